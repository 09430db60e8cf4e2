// npm run editor: opens a real n8n with the node, a Moodle stand-in with people and courses, a credential that is ready,
// and the example workflows. Ctrl-C ends it; everything it wrote was in tools/n8n/.editor and goes with it.
//
//   npm run editor
//   npm run editor -- --keep          keeps n8n's data for the next time (with the stand-in: the data of n8n only)
//   npm run editor -- --port 5679
//   MOODLE_URL=https://moodle-test.example.org MOODLE_TOKEN=... npm run editor     with a site of yours
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { here } from './install.mjs';
import { OWNER } from './n8n.mjs';
import { openStage } from './stage.mjs';

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

async function open() {
	const site = MOODLE_URL
		? { url: MOODLE_URL.replace(/\/+$/, ''), token: MOODLE_TOKEN }
		: undefined;
	const stage = await openStage({ home, port: Number(wanted.port), running, site });
	const { server, credential } = stage;
	console.log(`
n8n      ${server.address}
sign in  ${OWNER.email}
         ${OWNER.password}
Moodle   ${stage.site.url}${site ? '' : ' (a stand-in with 30 people and 10 courses; it has no pages to look at)'}

The example workflows are there, with the credential "${credential.name}". Ctrl-C ends it.`);
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
