import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';
import { NetworkFailure, type SendRequest } from '../moodle/client';
import type { RawReply } from '../moodle/decode';
import { FORM, withToken } from './signing';
import { isObject } from '../moodle/values';

/** The contexts of n8n in which requests are made. */
export type N8nContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** Where and how requests go. Nothing in it is secret. */
export interface Destination {
	/** Address of the Moodle home page, without a trailing slash. */
	siteUrl: string;
	ignoreSsl: boolean;
	/** Milliseconds. */
	timeout: number;
}

/** With its character set: a text of just the type n8n parses first, for nothing, before it sends it as it is (1.88 to 2.41). */
const FORM_OF_TEXTS = `${FORM}; charset=UTF-8`;
export const REST = '/webservice/rest/server.php';

/** n8n puts the network code into `httpCode` on every version from 1.60 to 2.41; nothing else of the error is read. */
function codeOf(caught: unknown): string {
	const code =
		isObject(caught) || caught instanceof Error
			? ((caught as { httpCode?: unknown; code?: unknown }).httpCode ??
				(caught as { code?: unknown }).code)
			: undefined;
	return typeof code === 'string' && code !== '' ? code : 'ECONNRESET';
}

function lowerCase(headers: unknown): Record<string, string> {
	const entries = Object.entries(isObject(headers) ? headers : {});
	return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function rawReply(reply: unknown): RawReply {
	const { statusCode, headers, body } = reply as {
		statusCode?: number;
		headers?: unknown;
		body?: unknown;
	};
	return {
		status: statusCode ?? 200,
		headers: lowerCase(headers),
		text:
			typeof body === 'string'
				? body
				: body === undefined || body === null
					? ''
					: JSON.stringify(body),
	};
}

/** What every request has in common: nothing is followed to another address, and no status is an exception. */
function commonOptions(destination: Destination, path: string): IHttpRequestOptions {
	return {
		method: 'POST',
		url: `${destination.siteUrl}${path}`,
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		timeout: destination.timeout,
		skipSslCertificateValidation: destination.ignoreSsl,
	};
}

/** The options of a request with a form of texts: raw text back. */
export function requestOptions(
	destination: Destination,
	path: string,
	body: string,
): IHttpRequestOptions {
	return {
		...commonOptions(destination, path),
		headers: { 'content-type': FORM_OF_TEXTS, accept: 'application/json' },
		body,
		encoding: 'text',
	};
}

/**
 * The one place where signed requests leave. The credential adds the token as the last variable; a token of a renewed
 * sign-in (`own`) is added here instead, to the same site only.
 *
 * @throws NetworkFailure
 */
async function leave(
	context: N8nContext,
	options: IHttpRequestOptions,
	own: string | undefined,
): Promise<unknown> {
	try {
		if (own !== undefined)
			return (await context.helpers.httpRequest(withToken(options, own))) as unknown;
		return (await context.helpers.httpRequestWithAuthentication.call(
			context,
			'moodleApi',
			options,
		)) as unknown;
	} catch (caught) {
		throw networkFailure(caught);
	}
}

/** Sends a form of texts without a token: the sign-in. @throws what n8n throws */
export async function sendUnsigned(
	context: N8nContext,
	destination: Destination,
	path: string,
	body: string,
): Promise<RawReply> {
	return rawReply(await context.helpers.httpRequest(requestOptions(destination, path, body)));
}

/** Calls of web-service functions. `token()` gives the token of a renewed sign-in, when there is one. */
export function transport(
	context: N8nContext,
	destination: Destination,
	token: () => string | undefined,
): SendRequest {
	return async (body) =>
		rawReply(await leave(context, requestOptions(destination, REST, body), token()));
}

/** Sends a form with files. n8n sends it as it stands; its boundary and length come with it (n8n 1.86 to 2.41). */
export async function sendFiles(
	context: N8nContext,
	destination: Destination,
	path: string,
	form: FormData,
	own: string | undefined,
): Promise<RawReply> {
	const options = {
		...commonOptions(destination, path),
		headers: { accept: 'application/json' },
		body: form as unknown as IDataObject,
		encoding: 'text' as const,
	};
	return rawReply(await leave(context, options, own));
}

/** A reply whose body has not been read yet. */
export interface OpenReply {
	status: number;
	headers: Record<string, string>;
	body: FileStream;
}

/** What n8n takes as the content of a file. */
export type FileStream = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

/** Asks for a file. */
export async function openFile(
	context: N8nContext,
	destination: Destination,
	path: string,
	own: string | undefined,
): Promise<OpenReply> {
	const options = { ...requestOptions(destination, path, ''), encoding: 'stream' as const };
	const { statusCode, headers, body } = (await leave(context, options, own)) as {
		statusCode?: number;
		headers?: unknown;
		body: FileStream;
	};
	return { status: statusCode ?? 200, headers: lowerCase(headers), body };
}

/** A fresh failure that holds the network code and nothing of the request. */
export function networkFailure(caught: unknown): NetworkFailure {
	return new NetworkFailure(codeOf(caught));
}
