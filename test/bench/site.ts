/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { fork, type ChildProcess } from 'node:child_process';
import * as http from 'node:http';
import * as https from 'node:https';
import { formBody } from '../../nodes/Moodle/moodle/encode';
import type { Params } from '../../nodes/Moodle/moodle/values';

/** A Moodle to measure against. */
export interface BenchSite {
	url: string;
	token: string;
	/** Makes records for a round, at no cost where the cost is modelled. */
	prepared: <T>(work: () => Promise<T>) => Promise<T>;
	/** Milliseconds that the modelled server has worked since this was asked last; undefined for a real one. */
	spent: () => Promise<number | undefined>;
	close: () => void;
}

/** What the modelled server is like. */
export interface Model {
	cores: number;
	/** Round trip in milliseconds. */
	latencyMs: number;
	/** What creating a user costs, in milliseconds of a core. */
	costPerRecordMs: number;
}

/** One call, as function and parameters. */
export type Call = [wsfunction: string, params: Params];

/** The site of MOODLE_URL and MOODLE_TOKEN, or a stand-in in a process of its own. */
export async function openSite(model: Model): Promise<BenchSite> {
	const { MOODLE_URL: url, MOODLE_TOKEN: token } = process.env;
	if (url && token)
		return {
			url: url.replace(/\/+$/, ''),
			token,
			prepared: async (work) => await work(),
			spent: async () => await Promise.resolve(undefined),
			close: () => undefined,
		};
	// eslint-disable-next-line @n8n/community-nodes/no-dangerous-functions
	const child: ChildProcess = fork(
		'scripts/run-ts.mjs',
		['test/bench/server.ts', JSON.stringify(model)],
		{ stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
	);
	const ready = await new Promise<{ url: string; token: string }>((resolve, reject) => {
		child.once('message', (message) => resolve(message as { url: string; token: string }));
		child.once('exit', (code) => reject(new Error(`The stand-in ended with ${String(code)}`)));
	});
	const measured = async (isMeasured: boolean) => {
		const switched = new Promise<number>((resolve) =>
			child.once('message', (spent) => resolve(Number(spent))),
		);
		child.send(isMeasured);
		return await switched;
	};
	const prepared = async <T>(work: () => Promise<T>): Promise<T> => {
		await measured(false);
		const made = await work();
		await measured(true);
		return made;
	};
	return { ...ready, prepared, spent: async () => await measured(true), close: () => child.kill() };
}

/**
 * The bare client: the form as the node sends it, a new connection per request as n8n makes it, nothing else.
 *
 * @throws Error when Moodle refuses
 */
export async function bareCall(site: BenchSite, [wsfunction, params]: Call): Promise<unknown> {
	const body = `${formBody(wsfunction, params)}&wstoken=${site.token}`;
	const text = await new Promise<string>((resolve, reject) => {
		const url = new URL(`${site.url}/webservice/rest/server.php`);
		const library = url.protocol === 'https:' ? https : http;
		const request = library.request(
			url,
			{
				method: 'POST',
				agent: false,
				headers: {
					'content-type': 'application/x-www-form-urlencoded',
					'content-length': Buffer.byteLength(body),
					connection: 'close',
				},
			},
			(response) => {
				const parts: Buffer[] = [];
				response.on('data', (part: Buffer) => parts.push(part));
				response.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
			},
		);
		request.on('error', reject);
		request.end(body);
	});
	const reply = JSON.parse(text) as unknown;
	if (typeof reply === 'object' && reply !== null && 'exception' in reply)
		throw new Error(`${wsfunction}: ${JSON.stringify(reply)}`);
	return reply;
}
