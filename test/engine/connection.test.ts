/** The way to Moodle: the credential's test, sign-in with user name and password, and what the node says when there is none. */
import type { IHttpRequestOptions } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { startSandbox, type Sandbox } from '../sandbox';
import { addService } from '../sandbox/tokens';
import { loadOptions, runNode, testCredential, type NodeOptions } from '../support/harness';
import { creatingUsers } from '../support/node';
import {
	addManager,
	randomText,
	saying,
	secretsOf,
	situations,
	startServer,
	type Server,
	type Typed,
} from '../support/situations';

// The node waits for sites that say "later"; here the time passes at once.
jest.mock('n8n-workflow', () => ({
	...jest.requireActual<object>('n8n-workflow'),
	sleep: async () => await Promise.resolve(),
}));

let sandbox: Sandbox;
let folder: Sandbox;
let server: Server | undefined;

beforeAll(async () => {
	[sandbox, folder] = await Promise.all([startSandbox(), startSandbox({ path: '/learn/moodle' })]);
});
afterAll(async () => await Promise.all([sandbox.close(), folder.close()]));
beforeEach(() => [sandbox, folder].forEach((site) => site.reset()));
afterEach(async () => {
	await server?.close();
	server = undefined;
});

const check = async (typed: Typed) => await testCredential(new MoodleApi(), typed);
const CONNECTED = { status: 'OK', message: 'Connection successful!' };

const people = ['ada', 'bob', 'cy'].map((name) => ({ name, email: `${name}@example.org` }));
const creating = {
	...creatingUsers,
	options: { recoverySeconds: 0 },
};

async function create(typed: Typed, more: Partial<NodeOptions> = {}) {
	const run = await runNode(new Moodle(), {
		parameters: creating,
		items: people,
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: typed },
		...more,
	});
	for (const text of secretsOf(typed)) expect(run.everything).not.toContain(text);
	return run;
}

/** Accounts beyond those of a new site. */
const made = (site = sandbox) =>
	site.site.users.all().filter((user) => ['ada', 'bob', 'cy'].includes(user.username)).length;

describe('the connection test', () => {
	it.each([
		'',
		'/',
		'//',
		'/login/index.php',
		'/login/',
		'/my/',
		'/my/courses.php',
		'/course/view.php?id=3',
		'/index.php',
		'/?redirect=0',
		' ',
		'/webservice/rest/server.php',
	])('succeeds for the address of the site with %p after it, in a sub-folder too', async (tail) => {
		for (const site of [sandbox, folder]) {
			expect(await check({ siteUrl: `${site.url}${tail}`, token: site.token })).toEqual(CONNECTED);
			expect(site.requests.at(-1)).toMatchObject({
				function: 'core_webservice_get_site_info',
				outcome: 'ok',
			});
		}
	});

	it('succeeds with blanks around address and token', async () => {
		expect(await check({ siteUrl: `  ${sandbox.url}/\n`, token: ` ${sandbox.token}\n` })).toEqual(
			CONNECTED,
		);
	});

	it('succeeds on all versions', async () => {
		for (const version of ['4.1', '4.5', '5.1'] as const) {
			const site = await startSandbox({ version });
			expect(await check({ siteUrl: site.url, token: site.token })).toEqual(CONNECTED);
			await site.close();
		}
	});

	it('sends the token once, in the body and as the last variable', async () => {
		server = await startServer(saying(200, '{"userid":2}'));
		const token = randomText();
		expect(await check({ siteUrl: server.url, token })).toEqual(CONNECTED);
		expect(server.seen).toHaveLength(1);
		expect(server.seen[0]).toMatch(new RegExp(`&wstoken=${token}$`));
		expect(server.seen[0].split(token)).toHaveLength(2);
		expect(server.seen[0]).not.toContain('connection-test');
	});

	it.each(situations.filter(({ test }) => test !== null))(
		'says what is wrong: $name',
		async ({ arrange, test }) => {
			const arranged = await arrange(sandbox);
			server = arranged.server;
			const { status, message } = await check(arranged.typed);
			expect(message).toMatch(test as RegExp);
			expect(status).toBe('Error');
			for (const text of secretsOf(arranged.typed)) expect(message).not.toContain(text);
		},
	);

	it.each(situations.filter(({ test }) => test === null))(
		'cannot tell, and does not pretend to: $name',
		async ({ arrange }) => {
			expect(await check((await arrange(sandbox)).typed)).toEqual(CONNECTED);
		},
	);

	it.each([301, 302, 303, 307, 308])('follows no %d', async (status) => {
		const stranger = await startServer(saying(200, '{"userid":2}'));
		server = await startServer(
			saying(status, '', { location: `${stranger.url}/webservice/rest/server.php` }),
		);
		expect((await check({ siteUrl: server.url, token: randomText() })).message).toMatch(
			/^Moodle sends this address on to another one/,
		);
		expect(stranger.seen).toEqual([]);
		await stranger.close();
	});

	it.each(['', 'not an address', 'ftp://moodle.example.org'])(
		'says that %p is no address',
		async (siteUrl) => {
			for (const authMethod of ['token', 'password'] as const)
				expect(
					await check({
						siteUrl,
						token: randomText(),
						authMethod,
						username: 'ada',
						password: randomText(),
					}),
				).toMatchObject({
					status: 'Error',
					message: expect.stringMatching(/^The 'Site URL' of the credential is not an address\. /),
				});
		},
	);

	it('says that the token is empty', async () => {
		const token = '';
		expect(await check({ siteUrl: sandbox.url, token: ' ' })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/^The token of the credential is empty\. /),
		});
		expect((await create({ siteUrl: sandbox.url, token })).error?.message).toBe(
			'The token of the credential is empty',
		);
		expect(sandbox.requests).toEqual([]);
	});

	it.each([429, 500, 503, 504])('fails with status %d', async (status) => {
		server = await startServer(saying(status, ''));
		const result = await check({ siteUrl: server.url, token: randomText() });
		expect(result.status).toBe('Error');
		expect(result.message.length).toBeGreaterThan(20);
	});
});

describe.each(situations)('the node: $name', ({ arrange, message, mend, uncertain }) => {
	let typed: Typed;
	beforeEach(async () => {
		const arranged = await arrange(sandbox);
		server = arranged.server;
		typed = arranged.typed;
	});

	it('gives one error item for each input with "continue using error output", and nothing else', async () => {
		const run = await create(typed, { onError: 'continueErrorOutput' });
		expect(run.success).toEqual([]);
		expect(run.failed.map(({ json }) => ({ ...json, error: undefined }))).toEqual(
			people.map((person) => ({ ...person, error: undefined })),
		);
		expect(run.failed.map(({ pairedItem }) => pairedItem)).toEqual(
			people.map((_, item) => ({ item })),
		);
		for (const { json } of run.failed) {
			expect(String(json.error)).toContain(`${message}. `);
			expect(String(json.error)).toMatch(mend);
			expect(String(json.error).includes('may have been carried out')).toBe(uncertain === true);
		}
		expect(run.error).toBeUndefined();
		expect(made()).toBe(0);
	});

	it('gives one error item for each input with "continue"', async () => {
		const run = await create(typed, { onError: 'continueRegularOutput' });
		expect(run.success.map(({ json }) => Object.keys(json))).toEqual(people.map(() => ['error']));
		for (const { json } of run.success) expect(String(json.error)).toContain(`${message}. `);
	});

	it('stops with one error in the same words', async () => {
		const run = await create(typed);
		expect(run.success).toEqual([]);
		expect(run.error?.name).toBe('NodeApiError');
		expect(run.error?.message).toMatch(
			new RegExp(`^${message.replace(/[()]/g, '\\$&')}(?: \\[Item 0\\])?$`),
		);
		expect(run.error?.description).toMatch(mend);
		expect(run.status).toBe('error');
		expect(made()).toBe(0);
	});
});

describe('the node', () => {
	it('reads under the same circumstances with the same words', async () => {
		const parameters = {
			resource: 'user',
			operation: 'get',
			userId: { __rl: true, mode: 'username', value: '={{ $json.name }}' },
		};
		const run = await create(
			{ siteUrl: sandbox.url, token: randomText() },
			{ parameters, onError: 'continueErrorOutput' },
		);
		expect(run.failed).toHaveLength(3);
		for (const { json } of run.failed)
			expect(json.error).toMatch(/^Moodle does not know the token\. /);
	});

	it.each(['', 'not an address', 'ftp://moodle.example.org'])(
		'names an address that is none: %p',
		async (siteUrl) => {
			const run = await create(
				{ siteUrl, token: randomText() },
				{ onError: 'continueErrorOutput' },
			);
			expect(run.success).toEqual([]);
			expect(run.failed).toHaveLength(3);
			for (const { json } of run.failed)
				expect(json.error).toMatch(/^The 'Site URL' of the credential is not an address\. /);
			expect((await create({ siteUrl, token: randomText() })).error?.message).toContain(
				"The 'Site URL' of the credential is not an address",
			);
		},
	);

	it('asks a hopeless site only a few times', async () => {
		for (const situation of situations.filter(({ name }) =>
			[
				'wrong token',
				'REST off',
				'another address configured',
				'wrong path',
				'upgrade under way',
			].includes(name),
		)) {
			sandbox.reset();
			await create((await situation.arrange(sandbox)).typed, {
				parameters: { ...creating, options: { recordsPerRequest: 1 } },
				onError: 'continueErrorOutput',
			});
			// Two are under way before anything is known of the site.
			expect([situation.name, sandbox.requests.length <= 2]).toEqual([situation.name, true]);
		}
	});

	it('uses a pasted address, a sub-folder and a token with blanks', async () => {
		const run = await create({
			siteUrl: ` ${folder.url}/login/index.php `,
			token: ` ${folder.token} `,
		});
		expect(run.error).toBeUndefined();
		expect(made(folder)).toBe(3);
	});

	it('sends the token last', async () => {
		await create({ siteUrl: sandbox.url, token: sandbox.token });
		for (const request of sandbox.requests) expect(request.tokenIndex).toBe(request.variables - 1);
	});
});

describe('Read Only', () => {
	const typed = () => ({ siteUrl: sandbox.url, token: sandbox.token, readOnly: true });

	it('refuses a write before anything is sent', async () => {
		const stopped = await create(typed());
		expect(stopped.error?.message).toBe(
			'The credential is set to Read Only, and this operation writes',
		);
		const split = await create(typed(), { onError: 'continueErrorOutput' });
		expect(split.success).toEqual([]);
		expect(split.failed.map(({ json }) => json.name)).toEqual(['ada', 'bob', 'cy']);
		for (const { json } of split.failed) expect(json.error).toMatch(/Read Only/);
		expect(sandbox.requests).toEqual([]);
	});

	it('refuses a Dry Run of a write as well, and lets reads pass', async () => {
		expect(
			(await create(typed(), { parameters: { ...creating, options: { dryRun: true } } })).error
				?.message,
		).toMatch(/Read Only/);
		const parameters = {
			resource: 'user',
			operation: 'get',
			userId: { __rl: true, mode: 'id', value: '2' },
		};
		const run = await create(typed(), { parameters, items: [{}] });
		expect(run.success[0].json).toMatchObject({ id: 2, username: 'admin' });
	});

	it('does not spoil the connection test', async () => {
		expect(await check(typed())).toEqual(CONNECTED);
	});
});

describe('sign-in with user name and password', () => {
	const PASS = 'Sesame-1234!';
	let typed: Typed;
	let userid: number;

	beforeEach(() => {
		addService(sandbox.site, { shortname: 'moodle_mobile_app', name: 'Mobile' });
		userid = addManager(sandbox, { password: PASS });
		typed = {
			siteUrl: sandbox.url,
			authMethod: 'password',
			username: 'manager',
			password: PASS,
			service: 'moodle_mobile_app',
		};
	});

	const tokens = () =>
		[...sandbox.site.tokens.values()]
			.filter((token) => token.userid === userid)
			.map(({ token }) => token);
	const signIns = () =>
		sandbox.requests.filter((request) => request.url.startsWith('/login/token.php'));

	it('makes the connection test succeed', async () => {
		for (const tail of ['', '/', '/login/index.php'])
			expect(await check({ ...typed, siteUrl: sandbox.url + tail })).toEqual(CONNECTED);
		expect(tokens()).toHaveLength(1);
	});

	it.each<[string, (site: Sandbox) => Partial<Typed>, RegExp]>([
		[
			'wrong password',
			() => ({ password: 'Sesame-4321!' }),
			/^Moodle refuses the username or the password/,
		],
		[
			'wrong username',
			() => ({ username: 'nobody' }),
			/^Moodle refuses the username or the password/,
		],
		[
			'nothing entered',
			() => ({ username: '', password: '' }),
			/^The username or the password of the credential is empty/,
		],
		[
			'no password entered',
			() => ({ password: '' }),
			/^The username or the password of the credential is empty/,
		],
		[
			'wrong service',
			() => ({ service: 'nothere' }),
			/^There is no enabled service with this short name/,
		],
		[
			'an administrator, for whom Moodle makes no token',
			() => ({ username: 'admin', password: 'Admin-1234!', service: 'sandbox_other' }),
			/^Moodle makes no token for this account|^There is no enabled service/,
		],
		[
			'an account that is not confirmed',
			(site) => (site.site.users.update(userid, { confirmed: false }), {}),
			/^The account is not confirmed/,
		],
		[
			'an expired password',
			(site) => (
				site.site.users.update(userid, { preferences: { sandbox_passwordexpired: '1' } }),
				{}
			),
			/^The password of the account is too old/,
		],
		[
			'maintenance mode',
			(site) => ((site.switches.maintenance = 'web'), {}),
			/^The site is in maintenance mode/,
		],
		[
			'another address',
			(site) => ((site.switches.httpsRedirect = 'https://moodle.example.org'), {}),
			/^Moodle sends this address on/,
		],
		[
			'a wrong path',
			(site) => ({ siteUrl: `${site.url}/elsewhere` }),
			/^There is no Moodle at the Site URL/,
		],
	])('says why there is no token: %s', async (_name, change, text) => {
		const changed = { ...typed, ...change(sandbox) };
		const tested = await check(changed);
		expect(tested).toMatchObject({ status: 'Error' });
		expect(tested.message).toMatch(text);
		const run = await create(changed, { onError: 'continueErrorOutput' });
		expect(run.success).toEqual([]);
		expect(run.failed).toHaveLength(3);
		for (const { json } of run.failed) expect(json.error).toMatch(text);
		const stopped = await create(changed);
		expect(stopped.error?.name).toBe('NodeApiError');
		expect(stopped.error?.message).toMatch(text);
	});

	it('says that web services are off', async () => {
		sandbox.switches.webservices = false;
		expect((await check(typed)).message).toMatch(/^Web services are switched off in this Moodle/);
	});

	it('signs in once for all requests of a run, and keeps the token', async () => {
		const type = new MoodleApi();
		const signIn = jest.spyOn(type, 'preAuthentication');
		const run = await create(typed, {
			credentialTypes: { moodleApi: type },
			parameters: { ...creating, options: { recordsPerRequest: 1 } },
		});
		expect(run.error).toBeUndefined();
		expect(made()).toBe(3);
		expect(signIn).toHaveBeenCalledTimes(1);
		expect(signIns()).toHaveLength(1);
		expect(run.everything).not.toContain(tokens()[0]);
	});

	it('uses the token that is kept', async () => {
		await check(typed);
		sandbox.requests.length = 0;
		const run = await create({ ...typed, sessionToken: tokens()[0] });
		expect(run.error).toBeUndefined();
		expect(signIns()).toHaveLength(0);
	});

	it.each(['revoked', 'past its date'])(
		'renews a kept token that is %s, in the node itself',
		async (state) => {
			const old = sandbox.site.tokens.get((await check(typed), tokens()[0]))!;
			if (state === 'revoked') sandbox.site.tokens.delete(old.token);
			else old.validuntil = 1000;
			sandbox.requests.length = 0;
			const run = await create(
				{ ...typed, sessionToken: old.token },
				{ parameters: { ...creating, options: { recordsPerRequest: 1 } } },
			);
			expect(run.error).toBeUndefined();
			expect(run.success).toHaveLength(3);
			expect(made()).toBe(3);
			expect(signIns()).toHaveLength(1);
			expect(tokens()).toHaveLength(1);
			expect(run.everything).not.toContain(tokens()[0]);
			expect(run.everything).not.toContain(PASS);
		},
	);

	it('renews a token that is revoked in the middle of a run', async () => {
		const original = sandbox.site.users.insert.bind(sandbox.site.users);
		let count = 0;
		const spy = jest.spyOn(sandbox.site.users, 'insert').mockImplementation((row) => {
			if (++count === 2) for (const token of tokens()) sandbox.site.tokens.delete(token);
			return original(row);
		});
		const run = await create(typed, {
			parameters: { ...creating, options: { recordsPerRequest: 1 } },
		});
		spy.mockRestore();
		expect(run.error).toBeUndefined();
		expect(run.success.map(({ json }) => json.username)).toEqual(['ada', 'bob', 'cy']);
		expect(made()).toBe(3);
	});

	it('tells the truth when the sign-in fails in the middle of a run', async () => {
		const original = sandbox.site.users.insert.bind(sandbox.site.users);
		const spy = jest.spyOn(sandbox.site.users, 'insert').mockImplementation((row) => {
			for (const token of tokens()) sandbox.site.tokens.delete(token);
			sandbox.site.users.update(userid, { password: 'Changed-1234!' });
			return original(row);
		});
		const run = await create(typed, {
			parameters: { ...creating, options: { recordsPerRequest: 1 } },
			onError: 'continueErrorOutput',
		});
		spy.mockRestore();
		expect(run.success.map(({ json }) => json.username)).toEqual(['ada']);
		expect(run.failed.map(({ json }) => json.name)).toEqual(['bob', 'cy']);
		for (const { json } of run.failed)
			expect(json.error).toMatch(/^Moodle refuses the username or the password/);
	});

	/** Each of these would be one more failed sign-in, and Moodle locks accounts after some. */
	describe('a refused sign-in is not repeated', () => {
		const changed = () => {
			sandbox.site.users.update(userid, { password: 'Changed-1234!' });
			for (const token of tokens()) sandbox.site.tokens.delete(token);
			sandbox.requests.length = 0;
		};
		const many = Array.from({ length: 40 }, (_, index) => ({
			name: `u${index}`,
			email: `u${index}@example.org`,
			id: index + 1,
		}));
		const ways: Array<[string, object]> = [
			['creating', { ...creating, options: { recoverySeconds: 0, recordsPerRequest: 5 } }],
			[
				'looking up',
				{
					resource: 'user',
					operation: 'get',
					userId: { __rl: true, mode: 'username', value: '={{ $json.name }}' },
				},
			],
			[
				'reading one by one',
				{
					resource: 'grade',
					operation: 'getCourseGrades',
					userId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
				},
			],
			[
				'downloading',
				{
					resource: 'file',
					operation: 'download',
					url: '=/pluginfile.php/{{ $json.id }}/a/b/0/c.txt',
				},
			],
		];

		it.each(ways)('%s', async (_name, parameters) => {
			await check(typed);
			const sessionToken = tokens()[0];
			changed();
			for (const onError of ['continueErrorOutput', 'stopWorkflow'] as const) {
				sandbox.requests.length = 0;
				const run = await create(
					{ ...typed, sessionToken },
					{ parameters: parameters as never, items: many, onError },
				);
				expect(signIns()).toHaveLength(1);
				for (const { json } of run.failed)
					expect(json.error).toMatch(
						/^Moodle refuses the username or the password\. .*needs a token/,
					);
				expect(run.failed).toHaveLength(onError === 'stopWorkflow' ? 0 : many.length);
				if (onError === 'stopWorkflow')
					expect(run.error?.message).toBe('Moodle refuses the username or the password');
			}
		});

		it('in the lists of the editor', async () => {
			await check(typed);
			const sessionToken = tokens()[0];
			changed();
			const search = loadOptions(new Moodle(), 'searchUsers', {
				credentialTypes: { moodleApi: new MoodleApi() },
				credentials: { moodleApi: { ...typed, sessionToken } },
			});
			await expect(search).rejects.toThrow('Moodle refuses the username or the password');
			expect(signIns()).toHaveLength(1);
		});

		it('when the password was wrong from the start: once by n8n, once to hear why', async () => {
			await create(
				{ ...typed, password: 'Wrong-1234!' },
				{ items: many, onError: 'continueErrorOutput' },
			);
			expect(signIns()).toHaveLength(2);
		});
	});

	it('signs in again when the first try was not judged', async () => {
		await check(typed);
		const sessionToken = tokens()[0];
		for (const token of tokens()) sandbox.site.tokens.delete(token);
		sandbox.requests.length = 0;
		sandbox.switches.fault = ({ path }) =>
			path.includes('token.php') && signIns().length <= 1
				? { execute: false, status: 503, body: '' }
				: null;
		const run = await create({ ...typed, sessionToken });
		expect(run.error).toBeUndefined();
		expect(made()).toBe(3);
	});

	it('sends user name and password to the sign-in only, and the token nowhere else', async () => {
		await check(typed);
		await create(typed);
		for (const request of sandbox.requests) {
			const names = request.form.map(([name]) => name);
			if (request.url.startsWith('/login/token.php'))
				expect(names).toEqual(['username', 'password', 'service']);
			else expect(names).not.toContain('password');
			expect(request.url).not.toContain('?');
		}
	});
});

describe('authenticate', () => {
	const SITE = 'https://moodle.example.org/lms';
	const token = randomText();
	const type = new MoodleApi();
	const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
	const signed = async (
		request: Partial<IHttpRequestOptions> & { uri?: string },
		siteUrl = `${SITE}/`,
	) =>
		JSON.stringify(
			await type.authenticate(
				{ siteUrl, token } as never,
				{ headers: FORM, body: 'a=1', method: 'POST', ...request } as IHttpRequestOptions,
			),
		);

	it.each<Partial<IHttpRequestOptions> & { uri?: string }>([
		{ url: `${SITE}/webservice/rest/server.php` },
		{ url: SITE },
		{ uri: `${SITE}/webservice/rest/server.php`, url: undefined },
		{ baseURL: SITE, url: '/webservice/rest/server.php' },
		{ baseURL: `${SITE}/`, url: 'webservice/rest/server.php' },
		{ url: 'HTTPS://MOODLE.EXAMPLE.ORG:443/lms/x' },
		{ url: '/lms/webservice/rest/server.php' },
	])('adds the token for the site: %j', async (request) => {
		expect(await signed(request)).toContain(token);
	});

	it.each<Partial<IHttpRequestOptions> & { uri?: string }>([
		{ url: 'https://evil.example.org/lms/webservice/rest/server.php' },
		{ url: 'https://moodle.example.org.evil.example/lms/x' },
		{ url: 'https://moodle.example.org@evil.example/lms/x' },
		{ url: 'https://evil.example/https://moodle.example.org/lms/' },
		{ url: 'http://moodle.example.org/lms/x' },
		{ url: 'https://moodle.example.org:8443/lms/x' },
		{ url: 'https://moodle.example.org/other/x' },
		{ url: 'https://moodle.example.org/' },
		{ url: 'https://moodle.example.org/lmsx/webservice/rest/server.php' },
		{ url: `${SITE}/../other/x` },
		{ url: `${SITE}/%2e%2e/other/x` },
		{ url: `${SITE}\\..\\other` },
		{ url: '//evil.example/lms/x' },
		{ url: '\\\\evil.example/lms/x' },
		{ url: ' https://evil.example/lms/x' },
		{ url: 'ht\ttps://evil.example/lms/x' },
		{ baseURL: 'https://evil.example/lms', url: '/webservice/rest/server.php' },
		{ baseURL: SITE, url: 'https://evil.example/lms/x' },
		{ baseURL: SITE, url: '//evil.example/lms/x' },
		{ baseURL: SITE, url: 'ftp://evil.example/lms/x' },
		{ baseURL: 'https://moodle.example.org', url: '/other' },
		{ uri: 'https://evil.example/lms/x', url: undefined },
		{ url: '' },
		{ url: 'http://[' },
	])('adds nothing for any other: %j', async (request) => {
		expect(await signed(request)).not.toContain(token);
	});

	it.each(['', 'not an address', 'ftp://moodle.example.org'])(
		'adds nothing when the Site URL is %p',
		async (siteUrl) => {
			expect(await signed({ url: `${SITE}/x` }, siteUrl)).not.toContain(token);
		},
	);

	it('does not change the request it is given', async () => {
		const headers = { ...FORM };
		const body = { a: 1 };
		const request = { url: `${SITE}/x`, headers, body } as IHttpRequestOptions;
		await type.authenticate({ siteUrl: SITE, token } as never, request);
		expect(request).toEqual({ url: `${SITE}/x`, headers: FORM, body: { a: 1 } });
		expect(request.body).toBe(body);
	});

	it('takes the token of the sign-in, and never the one of the other way', async () => {
		const both = { siteUrl: SITE, token, sessionToken: 'session', authMethod: 'password' };
		const { body } = await type.authenticate(
			both as never,
			{ url: `${SITE}/x`, headers: FORM, body: 'a=1' } as IHttpRequestOptions,
		);
		expect(body).toBe('a=1&wstoken=session');
	});
});

describe('preAuthentication', () => {
	const typed = {
		siteUrl: 'https://moodle.example.org',
		authMethod: 'password',
		username: 'ada',
		password: 'Sesame-1234!',
		service: 's',
	};
	const answering = (httpRequest: (options: IHttpRequestOptions) => Promise<unknown>) =>
		({ helpers: { httpRequest } }) as never;
	const run = async (answer: unknown, more: object = {}) =>
		await new MoodleApi().preAuthentication.call(
			answering(async () => await Promise.resolve(answer)),
			{ ...typed, ...more } as never,
		);

	it.each([
		undefined,
		null,
		'',
		'x',
		[],
		{},
		{ error: 'x', errorcode: 'invalidlogin' },
		{ token: 5 },
		{ token: null },
		'<html>',
	])('keeps nothing of the answer %j', async (answer) => {
		expect(await run(answer)).toEqual({});
	});

	it('keeps the token and nothing else', async () => {
		expect(await run({ token: 'abc', privatetoken: 'def' })).toEqual({ sessionToken: 'abc' });
	});

	it('does nothing for a credential with a token, or without an address', async () => {
		const ask = jest.fn();
		for (const more of [{ authMethod: 'token' }, { siteUrl: '' }, { siteUrl: 'ftp://x' }])
			expect(
				await new MoodleApi().preAuthentication.call(answering(ask), {
					...typed,
					...more,
				} as never),
			).toEqual({});
		expect(ask).not.toHaveBeenCalled();
	});

	it('lets nothing out of a request that fails, because it holds the password', async () => {
		const failing = answering(
			async () =>
				await Promise.reject(
					Object.assign(new Error('no'), { config: { data: 'password=Sesame-1234!' } }),
				),
		);
		expect(await new MoodleApi().preAuthentication.call(failing, typed as never)).toEqual({});
	});
});
