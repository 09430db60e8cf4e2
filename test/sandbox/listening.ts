/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** Servers on this machine. */
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens. */
export interface Listening {
	port: number;
	/** Its address, without a slash at the end. */
	url: string;
	/** Ends all its connections, too. */
	close: () => Promise<void>;
}

/** Lets a server listen. */
export async function listening(
	server: http.Server,
	wanted = 0,
	host = '127.0.0.1',
): Promise<Listening> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(wanted, host, resolve);
	});
	const { port } = server.address() as AddressInfo;
	const close = async () =>
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { port, url: `http://${host}:${port}`, close };
}

/** The whole body of a request or an answer. */
export async function bodyOf(message: http.IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of message) parts.push(part as Buffer);
	return Buffer.concat(parts);
}

/** Starts a server that answers each request once its whole body is there. */
export async function serving(
	answer: (request: http.IncomingMessage, response: http.ServerResponse, body: Buffer) => void,
): Promise<Listening> {
	return await listening(
		http.createServer((request, response) => {
			void bodyOf(request).then(
				(body) => answer(request, response, body),
				() => response.destroy(),
			);
		}),
	);
}
