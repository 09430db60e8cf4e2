/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import * as net from 'node:net';
import { asIs } from '../../nodes/Moodle/common/asIs';

/**
 * What befalls a request on its way:
 * - `cutBefore`: the connection is reset before a byte goes on.
 * - `cutRequest`: half of the request goes on, then both sides are cut.
 * - `cutAnswer`: Moodle carries the request out, the connection is reset before a byte of the answer comes back.
 * - `noise`: text stands in front of the answer's body.
 */
export type ProxyFault = 'cutBefore' | 'cutRequest' | 'cutAnswer' | 'noise';

/** A TCP proxy on 127.0.0.1 that lets go wrong what a server cannot. One request a connection, as n8n sends them. */
export interface FaultyProxy {
	/** Address to use in place of the server's. */
	url: string;
	/** Connections so far, those refused not counted. */
	connections: number;
	/** The head of each request, as it arrived. */
	heads: string[];
	/** Asked for each request, numbered from 0. */
	fault: (index: number) => ProxyFault | undefined;
	/** Refuses connections for `ms` milliseconds, from the end of request `index` on (0: at once). */
	refuseFrom(index: number, ms: number): Promise<void>;
	close(): Promise<void>;
}

/** Starts a proxy in front of `target` (an address with port). */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
	const { hostname, port: targetPort, pathname } = new URL(target);
	const sockets = new Set<net.Socket>();
	let refusal: { index: number; ms: number } | undefined;
	let closed = false;
	const keep = (socket: net.Socket): net.Socket => {
		sockets.add(socket);
		socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
		return socket;
	};
	const listen = async (port: number) =>
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject).listen(port, '127.0.0.1', () => {
				server.removeListener('error', reject);
				resolve();
			});
		});
	const refuse = async (ms: number): Promise<void> => {
		const { port } = server.address() as net.AddressInfo;
		server.close();
		setTimeout(() => {
			if (!closed) void listen(port);
		}, ms).unref();
		await Promise.resolve();
	};
	const server = net.createServer((client) => {
		keep(client);
		const index = proxy.connections++;
		if (refusal && proxy.connections >= refusal.index) {
			void refuse(refusal.ms);
			refusal = undefined;
		}
		void whole(client, true).then(
			(request) => {
				proxy.heads.push(request.subarray(0, headLength(request)).toString('latin1'));
				pass(request, proxy.fault(index), client, keep(net.connect(Number(targetPort), hostname)));
			},
			() => client.destroy(),
		);
	});
	const proxy: FaultyProxy = {
		url: '',
		connections: 0,
		heads: [],
		fault: () => undefined,
		refuseFrom: async (index, ms) => {
			if (index === 0) await refuse(ms);
			else refusal = { index, ms };
		},
		close: async () => {
			closed = true;
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
	await listenSomewhere(listen);
	proxy.url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}${pathname === '/' ? '' : pathname}`;
	return proxy;
}

let lastPort = process.pid * 61;

/**
 * Listens on a port below those that systems hand out by themselves: a proxy gives its port away for a while and wants the
 * same one back.
 */
async function listenSomewhere(listen: (port: number) => Promise<void>): Promise<void> {
	for (let tries = 1; ; tries++) {
		lastPort++;
		try {
			return await listen(20_000 + (lastPort % 10_000));
		} catch (caught) {
			if (tries === 50) throw asIs(caught);
		}
	}
}

const headLength = (message: Buffer): number => message.indexOf('\r\n\r\n') + 4;

/** A message with its whole body: as long as it says, or until the sender is done. */
export async function whole(socket: net.Socket, isRequest: boolean): Promise<Buffer> {
	return await new Promise((resolve, reject) => {
		let soFar = Buffer.alloc(0);
		socket.on('data', (part: Buffer) => {
			soFar = Buffer.concat([soFar, part]);
			const head = headLength(soFar);
			if (head < 4) return;
			const length = /^content-length: *(\d+)/im.exec(
				soFar.subarray(0, head).toString('latin1'),
			)?.[1];
			if (length === undefined ? isRequest : soFar.length >= head + Number(length)) resolve(soFar);
		});
		socket.on('end', () => resolve(soFar)).on('close', () => reject(new Error('cut')));
	});
}

function pass(
	request: Buffer,
	fault: ProxyFault | undefined,
	client: net.Socket,
	server: net.Socket,
): void {
	if (fault === 'cutBefore') {
		server.destroy();
		client.resetAndDestroy();
		return;
	}
	if (fault === 'cutRequest') {
		server.write(request.subarray(0, Math.floor(request.length / 2)), () => {
			server.resetAndDestroy();
			client.resetAndDestroy();
		});
		return;
	}
	server.write(request);
	if (fault === undefined) {
		server.on('close', () => client.destroy());
		client.on('close', () => server.destroy());
		server.pipe(client);
		return;
	}
	void whole(server, false).then(
		(answer) => {
			if (fault === 'cutAnswer') client.resetAndDestroy();
			else client.end(withNoise(answer));
		},
		() => client.destroy(),
	);
}

function withNoise(answer: Buffer): Buffer {
	const at = headLength(answer);
	const body = Buffer.concat([
		Buffer.from('<br />\n<b>Warning</b>: something in <b>/var/www/lib.php</b>\n'),
		answer.subarray(at),
	]);
	const head = answer
		.subarray(0, at)
		.toString('latin1')
		.replace(/^content-length: *\d+/im, `Content-Length: ${body.length}`);
	return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
