/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** What some work took. */
export interface Counted<T> {
	result: T;
	/** Requests that it made over plain HTTP. */
	requests: number;
	/** Bytes of their answers. */
	bytes: number;
	milliseconds: number;
}

/** Does some work, and counts what of this process goes over the network meanwhile. */
export async function counted<T>(work: () => Promise<T>): Promise<Counted<T>> {
	const count = { requests: 0, bytes: 0 };
	const answered = (message: unknown) => {
		const { response } = message as { response: IncomingMessage };
		const { socket } = response;
		count.requests++;
		response.once('close', () => (count.bytes += socket.bytesRead));
	};
	const began = Date.now();
	subscribe('http.client.response.finish', answered);
	try {
		return { result: await work(), ...count, milliseconds: Date.now() - began };
	} finally {
		unsubscribe('http.client.response.finish', answered);
	}
}
