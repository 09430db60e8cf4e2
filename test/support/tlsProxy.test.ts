/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import * as https from 'node:https';

import { formBody } from '../../nodes/Moodle/moodle/encode';
import { startSandbox, type Sandbox } from '../sandbox';
import { startTlsProxy, type TlsFault, type TlsProxy } from './tlsProxy';

let sandbox: Sandbox;
let proxy: TlsProxy;
beforeAll(async () => {
	sandbox = await startSandbox();
	proxy = await startTlsProxy(sandbox.url);
});
afterAll(async () => {
	await proxy.close();
	await sandbox.close();
});

/** The body of the answer, or the network code. */
async function post(body: string, rejectUnauthorized = false): Promise<string> {
	return await new Promise((resolve) => {
		const headers = {
			'Content-Type': 'application/x-www-form-urlencoded',
			'Content-Length': Buffer.byteLength(body),
		};
		const request = https.request(
			`${proxy.url}/webservice/rest/server.php`,
			{ method: 'POST', headers, agent: false, rejectUnauthorized },
			(response) => {
				let text = '';
				response
					.on('data', (part) => (text += String(part)))
					.on('end', () => resolve(text))
					.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
			},
		);
		request.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
		request.end(body);
	});
}

const create = (username: string) => {
	const users = [
		{
			username,
			firstname: 'Ada',
			lastname: 'Byron',
			email: `${username}@example.org`,
			createpassword: true,
		},
	];
	return `${formBody('core_user_create_users', { users })}&wstoken=${sandbox.token}`;
};

test('passes requests on', async () =>
	expect(await post(create('fine'))).toContain('"username":"fine"'));

test('nobody vouches for the certificate, and nothing is sent then', async () => {
	expect(await post(create('unsent'), true)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
	expect(sandbox.site.users.find('username', 'unsent')).toHaveLength(0);
});

test.each<[TlsFault, RegExp]>([
	['badRecord', /^(EPROTO|ERR_SSL_.*)$/],
	['plainText', /^(EPROTO|ERR_SSL_.*)$/],
	['cut', /^ECONNRESET$/],
])('%s: the code speaks of the connection, and the call was carried out', async (fault, code) => {
	proxy.fault = () => fault;
	const said = await post(create(fault.toLowerCase()));
	expect(said).toMatch(code);
	expect(sandbox.site.users.find('username', fault.toLowerCase())).toHaveLength(1);
	proxy.fault = () => undefined;
});
