/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-dangerous-functions, no-console */
/**
 * Records what a real test site answers to the requests of `steps.ts`, as `test/data/exchanges` keeps it:
 *
 *   MOODLE_URL=… node scripts/run-ts.mjs test/record/record.ts activities 'COMMAND' > test/data/exchanges/activities-5.1.jsonl
 *
 * What is recorded stands first, `activities` or `notes`. COMMAND does on the server what no web service can. It is run twice,
 * reads one JSON object and prints another, `{ "setup": […], "tokens": { … } }`, with what it did as test/data/README.md
 * describes `setup`:
 * first with `accounts` (capabilities by name) and `functions`, for accounts and tokens, `main` being the administrator's;
 * then with `ids` by symbolic name, for the activities of the course. Nothing secret and no address of the site is printed.
 */
import { execFileSync } from 'node:child_process';
import { rolePreset, serviceFunctions } from '../sandbox/accounts';
import type { SetupStep } from '../sandbox/replay-types';
import { places, recordings, type Params, type RecordStep } from './steps';

interface Prepared {
	setup: SetupStep[];
	tokens: Record<string, string>;
}

const HOST = 'https://moodle.example.org';
const SECRET = new Set(['token', 'privatetoken', 'userprivateaccesskey', 'password', 'uniquehash']);
/** Pictures that stand in the reply itself. */
const PICTURE = /(data:image\/[a-z+]+);base64,[A-Za-z0-9+/=]*/g;
const REF = /\{([^{}]+:[^{}]+)\}/g;

/** Runs the command on the server. */
function prepare(command: string, given: object): Prepared {
	const output = execFileSync('sh', ['-c', command], {
		input: JSON.stringify(given),
		encoding: 'utf8',
	});
	return JSON.parse(output) as Prepared;
}

/** Parameters as PHP reads them from a form. */
function pairs(value: Params, name = ''): Array<[string, string]> {
	if (typeof value === 'object')
		return Object.entries(value).flatMap(([key, part]) =>
			pairs(part as Params, name === '' ? key : `${name}[${key}]`),
		);
	return [[name, typeof value === 'boolean' ? String(Number(value)) : String(value)]];
}

function readAt(body: unknown, at: string): number {
	const value = at
		.split('.')
		.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], body);
	if (typeof value !== 'number') throw new Error(`no number at ${at}`);
	return value;
}

/** A reply without secrets, and without anything that tells which site it is. */
function cleaned(value: unknown, site: RegExp): unknown {
	if (typeof value === 'string') return value.replace(site, `${HOST}/x`).replace(PICTURE, '$1');
	if (Array.isArray(value)) return value.map((entry) => cleaned(entry, site));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, part]) => [
			key,
			SECRET.has(key) && typeof part === 'string' && part !== '' ? 'REDACTED' : cleaned(part, site),
		]),
	);
}

/** Addresses on the site, in JSON inside of a text as well. */
function addressesOf(url: string): RegExp {
	const start = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\//g, '\\\\?/');
	return new RegExp(`${start}[^\\s"'<>]*?(?=\\\\?["'<>\\s]|$)`, 'g');
}

async function main(): Promise<void> {
	const url = process.env.MOODLE_URL ?? '';
	const [steps, command] = [recordings[process.argv[2]], process.argv[3]];
	if (!url || !steps || !command)
		throw new Error(
			`MOODLE_URL, one of ${Object.keys(recordings).join(', ')} and a command are needed`,
		);
	const site = addressesOf(url);
	const ids = new Map<string, number>();
	const known = ({ setup }: Prepared) => {
		for (const { defines = {} } of setup)
			for (const [name, id] of Object.entries(defines)) ids.set(name, id);
		return setup;
	};
	const fill = (text: string) =>
		text.replace(REF, (_, name: string) => {
			const id = ids.get(name);
			if (id === undefined) throw new Error(`{${name}} is not known`);
			return String(id);
		});
	const accounts = {
		role: rolePreset().capabilities,
		bare: ['webservice/rest:use', 'moodle/course:view'],
	};
	const first = prepare(command, { accounts, functions: [...serviceFunctions()] });
	const secrets = Object.values(first.tokens);

	async function record(step: RecordStep, setup: SetupStep[]): Promise<void> {
		const { scenario, name, account, params, defines = {} } = step;
		const templates = pairs(params);
		const form = templates.map(([key, value]): [string, string] => [key, fill(value)]);
		const refsAt = Object.fromEntries(templates.filter(([, value]) => fill(value) !== value));
		const reply = await fetch(`${url}/webservice/rest/server.php`, {
			method: 'POST',
			body: new URLSearchParams([
				['wsfunction', step.function],
				['moodlewsrestformat', 'json'],
				...form,
				['wstoken', first.tokens[account ?? 'main']],
			]),
		});
		if (reply.status !== 200) throw new Error(`${name}: HTTP ${reply.status}`);
		const body = JSON.parse(await reply.text()) as unknown;
		for (const [symbol, at] of Object.entries(defines)) ids.set(symbol, readAt(body, at));
		const line = JSON.stringify({
			scenario,
			step: name,
			function: step.function,
			...(account === undefined ? {} : { account }),
			...(setup.length > 0 ? { setup } : {}),
			form,
			...(Object.keys(refsAt).length > 0 ? { refsAt } : {}),
			body: cleaned(body, site),
			...(Object.keys(defines).length > 0
				? {
						defines: Object.fromEntries(
							Object.entries(defines).map(([symbol, at]) => [symbol, { id: ids.get(symbol), at }]),
						),
					}
				: {}),
		});
		if (secrets.some((secret) => line.includes(secret)) || line.includes(new URL(url).host))
			throw new Error(`${name}: something secret is left in the reply`);
		console.log(line);
	}

	let setup = known(first);
	for (const step of places) {
		await record(step, setup);
		setup = [];
	}
	setup = known(prepare(command, { ids: Object.fromEntries(ids) }));
	for (const step of steps) {
		await record(step, setup);
		setup = [];
	}
}

main().catch((caught: unknown) => {
	console.error(caught instanceof Error ? caught.message : 'failed');
	process.exit(1);
});
