/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** What some work took. */
export interface Counted<T> {
	result: T;
	/** Requests that it made over plain HTTP. */
	requests: number;
	/** Bytes of the bodies of their answers, as they were sent. */
	bytes: number;
	/** Records in them: of each answer the entries of its longest list. */
	rows: number;
	milliseconds: number;
}

/** Entries of the longest list in a value. */
function longest(value: unknown): number {
	if (typeof value !== 'object' || value === null) return 0;
	const inner = Math.max(0, ...Object.values(value).map(longest));
	return Array.isArray(value) ? Math.max(value.length, inner) : inner;
}

function rowsIn(body: Buffer, encoding: string | undefined): number {
	try {
		const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString();
		return longest(JSON.parse(text));
	} catch {
		// no JSON: there are no records in it
		return 0;
	}
}

/** Does some work, and counts what of this process goes over the network meanwhile. */
export async function counted<T>(work: () => Promise<T>): Promise<Counted<T>> {
	const count = { requests: 0, bytes: 0, rows: 0 };
	const answered = (message: unknown) => {
		const { response } = message as { response: IncomingMessage };
		const chunks: Buffer[] = [];
		count.requests++;
		response.on('data', (chunk: Buffer) => chunks.push(chunk));
		response.once('close', () => {
			const body = Buffer.concat(chunks);
			count.bytes += body.length;
			count.rows += rowsIn(body, response.headers['content-encoding']);
		});
	};
	const began = Date.now();
	subscribe('http.client.response.finish', answered);
	try {
		return { result: await work(), ...count, milliseconds: Date.now() - began };
	} finally {
		unsubscribe('http.client.response.finish', answered);
	}
}
