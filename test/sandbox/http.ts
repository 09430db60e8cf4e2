/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** The web server: reads requests as nginx and PHP would, and records them. */
import * as http from 'node:http';

import { CHEAPEST } from './cost';
import { NotImplemented } from './errors';
import { bodyOf, listening, type Listening } from './listening';
import { parseMultipart } from './multipart';
import { parseUrlencoded } from './php';
import { firewallPage } from './pages';
import { html, phpArray, type Reply, type Request, type UploadedFile } from './request';
import type { Fault, FaultRequest, SeenRequest, Switches } from './types';

const LONGEST_ADDRESS = 8192;

type Pairs = Array<[string, string]>;

/** A body as PHP keeps it. */
interface Body {
	sent: Pairs;
	kept: Pairs;
	files: UploadedFile[];
	bytes: number;
}

/** What the server needs to know. */
export interface ServerOptions {
	host: string;
	port: number;
	/** Folder of the site, without a slash at the end. */
	folder: string;
	switches: Switches;
	requests: SeenRequest[];
	answer: (request: Request) => Reply;
}

/** Starts the server. */
export async function listen(options: ServerOptions): Promise<Listening> {
	const server = http.createServer({ maxHeaderSize: 65536 }, (message, response) => {
		serve(options, message, response).catch((error: unknown) => {
			const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
			if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
			response.end(`Sandbox failure: ${text}`);
		});
	});
	server.keepAliveTimeout = 5000;
	return await listening(server, options.port, options.host);
}

async function serve(
	options: ServerOptions,
	message: http.IncomingMessage,
	response: http.ServerResponse,
): Promise<void> {
	const { switches } = options;
	// What the sandbox itself takes from here on is no part of a call's time: its cost is the whole of it.
	const due = performance.now() + switches.latencyMs;
	const raw = await bodyOf(message);
	if (switches.costModel) await turn(due);
	const url = message.url ?? '/';
	const at = url.indexOf('?');
	const path = at < 0 ? url : url.slice(0, at);
	const query = at < 0 ? [] : parseUrlencoded(url.slice(at + 1));
	const body = readBody(message, raw, switches);
	const request: Request = {
		method: message.method ?? 'GET',
		path: path.startsWith(options.folder) ? path.slice(options.folder.length) : '\u0000outside',
		query,
		get: phpArray(query.slice(0, switches.maxInputVars)),
		post: phpArray(body.kept),
		files: body.files,
		ip: (message.socket.remoteAddress ?? '').replace('::ffff:', ''),
	};
	const tooBig = switches.clientMaxBodySize > 0 && raw.length > switches.clientMaxBodySize;
	const run = (): Reply => {
		if (url.length > LONGEST_ADDRESS) return refusedByServer(414, 'Request-URI Too Large');
		if (tooBig) return refusedByServer(413, 'Request Entity Too Large');
		return firewallPage(switches, raw.toString('utf8')) ?? safely(options, request);
	};
	const note = (reply: Reply): Reply => {
		options.requests.push(seen(request, body, reply, switches.keepForms));
		return reply;
	};
	const fault = switches.fault?.(faultRequest(request, body, options.requests.length)) ?? null;
	if (fault) {
		await fail(fault, run, note, response, switches.latencyMs);
		return;
	}
	const reply = note(run());
	await until(due);
	if (switches.costModel) await (switches.work ?? onItsOwn)(reply.cost ?? 0, due);
	finish(response, reply);
}

function finish(response: http.ServerResponse, reply: Reply): void {
	if (response.destroyed) return;
	response.writeHead(reply.status, {
		...reply.headers,
		'Content-Length': String(Buffer.byteLength(reply.body)),
	});
	response.end(reply.body);
}

function faultRequest(request: Request, body: Body, number: number): FaultRequest {
	const { function: name, form } = seen(
		request,
		body,
		{ status: 0, headers: {}, body: '', outcome: '' },
		true,
	);
	return { function: name, path: request.path, number, form };
}

/** Lets go wrong what a test asked for. */
async function fail(
	fault: Fault,
	run: () => Reply,
	note: (reply: Reply) => Reply,
	response: http.ServerResponse,
	latencyMs: number,
): Promise<void> {
	const instead: Reply = {
		status: fault.status ?? 502,
		headers: { 'Content-Type': 'text/html', ...fault.headers },
		body: fault.body ?? '<html><body>Fault</body></html>',
		outcome: `fault${fault.status ?? ''}`,
	};
	const ran = fault.execute === true ? run() : null;
	if (fault.execute === 'later') setTimeout(run, fault.laterMs ?? 1000).unref();
	const shown = fault.status === undefined && ran ? ran : instead;
	note(fault.cut ? { ...shown, status: 0, outcome: `cut${fault.cut}` } : shown);
	await delay(latencyMs + (fault.delayMs ?? 0));
	if (fault.cut === 'before') response.destroy();
	else if (fault.cut === 'midbody') cutBody(response, shown);
	else finish(response, shown);
}

/** Sends half of a body under the length of the whole. */
function cutBody(response: http.ServerResponse, reply: Reply): void {
	const whole = Buffer.from(reply.body);
	response.writeHead(reply.status, { ...reply.headers, 'Content-Length': String(whole.length) });
	response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => response.destroy());
}

function safely(options: ServerOptions, request: Request): Reply {
	try {
		return options.answer(request);
	} catch (error) {
		return refusedLoudly(error);
	}
}

/** HTTP 501 for what the sandbox does not have, 500 for its own failures: never an answer that looks like Moodle's. */
function refusedLoudly(error: unknown): Reply {
	const headers = { 'Content-Type': 'text/plain' };
	if (error instanceof NotImplemented)
		return { status: 501, headers, body: error.message, outcome: 'notimplemented' };
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return { status: 500, headers, body: `Sandbox failure: ${text}`, outcome: 'failure' };
}

/** `$_POST`: only POST bodies, only forms, nothing above post_max_size, cut at max_input_vars. */
function readBody(message: http.IncomingMessage, raw: Buffer, switches: Switches): Body {
	const type = message.headers['content-type'] ?? '';
	const nothing: Body = { sent: [], kept: [], files: [], bytes: raw.length };
	const limit = switches.maxInputVars;
	if (type.startsWith('application/x-www-form-urlencoded')) {
		const sent = parseUrlencoded(raw.toString('utf8'));
		if (message.method !== 'POST' || raw.length > switches.postMaxSize) return { ...nothing, sent };
		return { ...nothing, sent, kept: sent.slice(0, limit + 1) };
	}
	if (type.startsWith('multipart/form-data')) {
		const { fields, files } = parseMultipart(raw, type);
		if (message.method !== 'POST' || raw.length > switches.postMaxSize)
			return { ...nothing, sent: fields };
		return { ...nothing, sent: fields, kept: fields.slice(0, limit), files };
	}
	return nothing;
}

function seen(request: Request, body: Body, reply: Reply, keepForms: boolean): SeenRequest {
	const all: Pairs = [...request.query, ...body.sent];
	const secret = (name: string): boolean => name === 'wstoken' || name === 'token';
	const shown = request.query
		.filter(([name]) => !secret(name))
		.map(([name, value]) => `${name}=${value}`);
	return {
		at: Date.now(),
		function: all.find(([name]) => name === 'wsfunction')?.[1] ?? null,
		form: keepForms ? all.filter(([name]) => !secret(name)) : [],
		variables: all.length,
		tokenIndex: all.findIndex(([name]) => name === 'wstoken'),
		http: reply.status,
		outcome: reply.outcome,
		url: request.path + (shown.length > 0 ? `?${shown.join('&')}` : ''),
		bytes: body.bytes,
	};
}

/** A page of nginx. */
function refusedByServer(status: number, text: string): Reply {
	const title = `${status} ${text}`;
	const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n`;
	return { ...html(status, page, String(status)), headers: { 'Content-Type': 'text/html' } };
}

let last = Promise.resolve();

/**
 * What the sandbox has to compute for a call that arrived at `time` is done while a core of the model works on it, one call
 * after the other, when the rest of a burst has arrived: others are not late because of it. A call that costs nothing, as a refused one, is
 * answered that much later.
 */
async function turn(time: number): Promise<void> {
	await until(time + CHEAPEST);
	last = last.then(async () => await new Promise<void>((resolve) => setImmediate(resolve)));
	await last;
}

const until = async (time: number) => await delay(time - performance.now());
const onItsOwn = async (ms: number, from: number) => await until(from + ms);

async function delay(ms: number): Promise<void> {
	if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
