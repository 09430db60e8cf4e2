/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** Sends a recorded request to a sandbox. */
import * as http from 'node:http';

import type { Got } from './replay-compare';
import type { Exchange, Symbols, Transport } from './replay-types';

type Pairs = Array<[string, string]>;

/** The entries of a form, runs written out, references filled in. */
export function formOf(exchange: Exchange, symbols: Symbols): Pairs {
	const pairs: Pairs = [];
	const refs = exchange.refsAt ?? {};
	const fill = (name: string, value: string): string =>
		name in refs ? symbols.fill(refs[name]) : value;
	const last = new Map(exchange.form.map((entry, i) => [Array.isArray(entry) ? entry[0] : '', i]));
	for (const [i, entry] of exchange.form.entries()) {
		// The template of a name that is sent twice belongs to the last one; the others are found by their recorded id.
		if (Array.isArray(entry) && entry[0] in refs && last.get(entry[0]) !== i) {
			pairs.push([entry[0], String(symbols.candidates(Number(entry[1]))[0] ?? entry[1])]);
		} else if (Array.isArray(entry)) pairs.push([entry[0], fill(entry[0], entry[1])]);
		else {
			for (let i = 0; i < entry.count; i++) {
				for (const [name, value, step] of entry.entries) {
					const here = step === 0 ? fill(name, value) : String(Number(value) + step * i);
					pairs.push([name.replace(`[${entry.from}]`, `[${entry.from + i}]`), here]);
				}
			}
		}
	}
	return pairs;
}

const encode = (pairs: Pairs): string =>
	pairs
		.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
		.join('&');

function multipart(
	pairs: Pairs,
	files: NonNullable<Transport['files']>,
): { body: string; type: string } {
	const boundary = 'sandbox-boundary-7e3';
	const part = (head: string, content: string): string =>
		`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
	const fields = pairs.map(([name, value]) => part(`name="${name}"`, value));
	const sent = files.map((f) => part(`name="${f.field}"; filename="${f.filename}"`, f.content));
	return {
		body: `${[...fields, ...sent].join('')}--${boundary}--\r\n`,
		type: `multipart/form-data; boundary=${boundary}`,
	};
}

/** A request ready to be sent. */
interface Prepared {
	method: string;
	path: string;
	headers: Record<string, string>;
	body: string;
}

/** Where the token goes. */
function place(
	transport: Transport,
	token: string | null,
	form: Pairs,
): { form: Pairs; query: Pairs } {
	const query: Pairs = [...(transport.query ?? [])];
	if (token === null || transport.tokenAt === 'header' || transport.tokenAt === 'json')
		return { form, query };
	const pair: [string, string] = [transport.tokenAt === 'field' ? 'token' : 'wstoken', token];
	if (transport.tokenAt === 'last') return { form: [...form, pair], query };
	if (transport.tokenAt === 'query') return { form, query: [pair, ...query] };
	return { form: [pair, ...form], query };
}

/** Builds the request of an exchange. */
export function prepare(exchange: Exchange, token: string | null, symbols: Symbols): Prepared {
	const transport = exchange.transport ?? {};
	const { form, query } = place(transport, token, formOf(exchange, symbols));
	const method = transport.method ?? 'POST';
	const inQuery = transport.in === 'query' ? [...query, ...form] : query;
	const path =
		(transport.path ?? '/webservice/rest/server.php') +
		(inQuery.length > 0 ? `?${encode(inQuery)}` : '');
	if (method === 'GET') return { method, path, headers: {}, body: '' };
	let type = transport.contentType ?? 'application/x-www-form-urlencoded';
	let body = encode(form);
	if (type === 'multipart/form-data') ({ body, type } = multipart(form, transport.files ?? []));
	if (transport.body !== undefined) body = transport.body.replace('REDACTED', token ?? '');
	return {
		method,
		path,
		headers: { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) },
		body,
	};
}

/** Sends a request and reads the whole reply. */
export async function send(base: string, request: Prepared): Promise<Got> {
	return await new Promise((resolve, reject) => {
		const url = new URL(base + request.path);
		const options = { method: request.method, headers: request.headers };
		const sent = http.request(url, options, (response) => {
			const parts: Buffer[] = [];
			response.on('data', (part: Buffer) => parts.push(part));
			response.on('end', () =>
				resolve({
					status: response.statusCode ?? 0,
					contentType: response.headers['content-type'] ?? '',
					text: Buffer.concat(parts).toString('utf8'),
					location: response.headers.location,
				}),
			);
			response.on('error', reject);
		});
		sent.on('error', reject);
		sent.end(request.body);
	});
}
