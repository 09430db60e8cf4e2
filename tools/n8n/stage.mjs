// An n8n with the package, a Moodle stand-in with people and courses (or a real site), a credential and the examples.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../scripts/ensure-build.mjs';
import { install } from './install.mjs';
import {
	client,
	freePort,
	pack,
	root,
	settings,
	standIn,
	startServer,
	unpack,
	withCredentials,
} from './n8n.mjs';

/** The example workflows as they are shipped. */
export const examples = () =>
	readdirSync(join(root, 'examples'))
		.filter((name) => name.endsWith('.json'))
		.map((name) => JSON.parse(readFileSync(join(root, 'examples', name), 'utf8')));

/**
 * Opens it in a folder, which keeps all that n8n writes.
 * @param running gets what stops each part, at once when the part runs, so that an interrupted start can be stopped too
 * @param site a real Moodle, `{ url, token }`; without it the stand-in
 */
export async function openStage({ home, port, running, site: real }) {
	const n8n = install();
	build();
	const fresh = !existsSync(join(home, '.n8n', 'database.sqlite'));
	mkdirSync(home, { recursive: true });
	unpack(pack(home), home);
	const site = real ?? (await standIn('--college'));
	if (!real) running.push(() => site.close());
	const environment = settings(n8n.environment, home, await freePort(port), {
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
	});
	console.log('Starting n8n ...');
	const server = await startServer(n8n, environment, join(home, 'n8n.log'));
	running.push(() => server.stop());
	const api = client(server.address);
	await api.signIn();
	const name = real ? 'Moodle' : 'Moodle (stand-in)';
	const credential = {
		name,
		id: await api.credential(name, { siteUrl: site.url, token: site.token }),
	};
	const there = fresh ? [] : await api.must('GET', '/rest/workflows');
	const model = await api.credential('OpenAI (none)', { apiKey: 'none' }, 'openAiApi');
	const flows = new Map();
	for (const flow of examples())
		if (!there.some((other) => other.name === flow.name))
			flows.set(
				flow.name,
				await api.workflow(
					withCredentials(flow, {
						moodleApi: credential,
						openAiApi: { id: model, name: 'OpenAI (none)' },
					}),
				),
			);
	return { api, server, site, credential, flows };
}
