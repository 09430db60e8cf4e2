/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import * as net from 'node:net';
import * as tls from 'node:tls';

import { selfMadeCertificate } from './certificate';
import { whole } from './faultyProxy';

/**
 * How the encryption breaks once Moodle has carried a request out, in place of the answer. With the code that Node 22
 * gives such a connection:
 * - `badRecord`: a record that cannot be decrypted (ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC, by version).
 * - `plainText`: words where a record should be (ERR_SSL_WRONG_VERSION_NUMBER).
 * - `cut`: the connection is reset (ECONNRESET).
 */
export type TlsFault = keyof typeof BREAKS;

const BREAKS = {
	badRecord: Buffer.from([0x17, 3, 3, 0, 32, ...Buffer.alloc(32)]),
	plainText: Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
	cut: null,
};

/** A TLS server on 127.0.0.1 in front of a server without, with a certificate of its own making. */
export interface TlsProxy {
	/** Address to use in place of the server's. Nobody vouches for the certificate. */
	url: string;
	/** Connections so far. */
	connections: number;
	/** Asked for each request, numbered from 0. */
	fault: (index: number) => TlsFault | undefined;
	close(): Promise<void>;
}

/** Starts a proxy in front of `target` (an address with port). One request a connection, as n8n sends them. */
export async function startTlsProxy(target: string): Promise<TlsProxy> {
	const { hostname, port, pathname } = new URL(target);
	const sockets = new Set<net.Socket>();
	const keep = <S extends net.Socket>(socket: S): S => {
		sockets.add(socket);
		socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
		return socket;
	};
	/** The client's raw connections, by the port from which their bytes reach the inner server. */
	const clients = new Map<number, net.Socket>();
	const inner = tls.createServer(selfMadeCertificate(), (secure) => {
		keep(secure);
		const index = proxy.connections++;
		const client = clients.get(secure.remotePort ?? 0);
		void answerOf(secure, keep(net.connect(Number(port), hostname))).then(
			(answer) => {
				const fault = proxy.fault(index);
				if (fault === undefined || !client) secure.end(answer);
				else breakUp(client, BREAKS[fault]);
			},
			() => client?.destroy(),
		);
	});
	const outer = net.createServer((client) => {
		keep(client);
		const through = keep(
			net.connect((inner.address() as net.AddressInfo).port, '127.0.0.1', () => {
				clients.set(through.localPort ?? 0, client);
				client.pipe(through).pipe(client);
			}),
		);
		client.on('close', () => through.destroy());
	});
	const proxy: TlsProxy = {
		url: '',
		connections: 0,
		fault: () => undefined,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			for (const server of [outer, inner])
				await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
	for (const server of [inner, outer])
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	proxy.url = `https://127.0.0.1:${(outer.address() as net.AddressInfo).port}${pathname === '/' ? '' : pathname}`;
	return proxy;
}

async function answerOf(secure: tls.TLSSocket, server: net.Socket): Promise<Buffer> {
	server.write(await whole(secure, true));
	return await whole(server, false);
}

function breakUp(client: net.Socket, bytes: Buffer | null): void {
	if (bytes) client.end(bytes);
	else client.resetAndDestroy();
}
