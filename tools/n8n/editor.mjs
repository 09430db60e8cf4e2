// npm run editor: opens a real n8n with the node, a Moodle stand-in with people and courses, a credential that is ready,
// and the example workflows. Ctrl-C ends it; everything it wrote was in tools/n8n/.editor and goes with it.
//
//   npm run editor
//   npm run editor -- --keep          keeps n8n's data for the next time (with the stand-in: the data of n8n only)
//   npm run editor -- --port 5679
//   MOODLE_URL=https://moodle-test.example.org MOODLE_TOKEN=... npm run editor     with a site of yours
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { here, install } from './install.mjs';
import {
	OWNER,
	client,
	freePort,
	pack,
	root,
	settings,
	standIn,
	startServer,
	unpack,
	withCredential,
} from './n8n.mjs';
import { build } from '../../scripts/ensure-build.mjs';

const { values: wanted } = parseArgs({
	options: {
		keep: { type: 'boolean', default: false },
		port: { type: 'string', default: '5678' },
	},
});
const { MOODLE_URL, MOODLE_TOKEN } = process.env;
if (!MOODLE_URL !== !MOODLE_TOKEN) {
	console.error('Set both MOODLE_URL and MOODLE_TOKEN, or neither');
	process.exit(2);
}

const home = join(here, '.editor');
const running = [];
let stopping;

/** Stops what runs, newest first, and takes the data away. */
async function stop(code) {
	for (const part of running.reverse()) await part();
	if (!wanted.keep) rmSync(home, { recursive: true, force: true });
	process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
	process.on(signal, () => {
		if (!stopping) console.log('\nStopping ...');
		stopping ??= stop(0);
	});

/** The example workflows, by name. */
const examples = () =>
	readdirSync(join(root, 'examples'))
		.filter((name) => name.endsWith('.json'))
		.map((name) => JSON.parse(readFileSync(join(root, 'examples', name), 'utf8')));

async function open() {
	const n8n = install();
	build();
	const fresh = !existsSync(join(home, '.n8n', 'database.sqlite'));
	mkdirSync(home, { recursive: true });
	unpack(pack(home), home);
	let site = { url: MOODLE_URL, token: MOODLE_TOKEN };
	if (!MOODLE_URL) {
		site = await standIn('--college');
		running.push(() => site.close());
	}
	const environment = settings(n8n.environment, home, await freePort(Number(wanted.port)), {
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
	});
	console.log('Starting n8n ...');
	const server = await startServer(n8n, environment, join(home, 'n8n.log'));
	running.push(() => server.stop());
	const api = client(server.address);
	await api.signIn();
	const name = MOODLE_URL ? 'Moodle' : 'Moodle (stand-in)';
	const credential = await api.credential(name, { siteUrl: site.url, token: site.token });
	const there = fresh ? [] : await api.must('GET', '/rest/workflows');
	for (const flow of examples())
		if (!there.some((other) => other.name === flow.name))
			await api.workflow(withCredential(flow, credential, name));
	console.log(`
n8n      ${server.address}
sign in  ${OWNER.email}
         ${OWNER.password}
Moodle   ${site.url}${MOODLE_URL ? '' : ' (a stand-in with 30 people and 10 courses; it has no pages to look at)'}

The example workflows are there, with the credential "${name}". Ctrl-C ends it.`);
	const code = await server.end;
	if (!stopping) {
		console.error(`n8n has ended by itself (${code}):\n${server.log().slice(-1000)}`);
		stopping = stop(1);
	}
}

try {
	await open();
} catch (error) {
	if (!stopping) {
		console.error(error instanceof Error ? error.message : error);
		stopping = stop(1);
	}
}
