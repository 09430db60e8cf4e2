/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/**
 * Whatever goes wrong, nothing that n8n stores, returns, logs or shows holds a secret, and nothing leaves for another
 * address. n8n's log is kept at its debug level by the harness.
 */
import type * as http from 'node:http';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { addUser, giveCapabilities } from '../sandbox';
import { serving } from '../sandbox/listening';
import { loadOptions, runNode, serialise, testCredential, type NodeRun } from '../support/harness';
import {
	addressOf,
	closeWorld,
	FAULT_NAMES,
	LASTING,
	MODES,
	openWorld,
	PASSING,
	pooled,
	startStranger,
	writes,
	type Arrange,
	type FaultName,
	type Mode,
	type Stranger,
	type World,
} from './httpStrike';

/** Typed by nobody into a parameter or an item, so that it is found only where it leaked: the expression puts it together. */
const PASSWORD = 'Geheim-9!pass word';
const passwordExpression = "={{ 'Geheim-9' + '!pass' + ' word' }}";
const SIGN_IN_PASSWORD = 'Sign-In/7+secret&x=1';
const PROXY_USER = 'proxyuser';
const PROXY_PASSWORD = 'Proxy/9+secret';

/** The forms in which a secret may stand in a text. */
function formsOf(secret: string): string[] {
	const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '');
	return [
		...new Set([
			secret,
			encodeURIComponent(secret),
			new URLSearchParams({ a: secret }).toString().slice(2),
			JSON.stringify(secret).slice(1, -1),
			base64(secret),
		]),
	];
}

/** Which secrets a text holds, by name. */
function found(text: string, secrets: Record<string, string>): string[] {
	return Object.entries(secrets)
		.filter(([, secret]) => secret !== '' && formsOf(secret).some((form) => text.includes(form)))
		.map(([name]) => name);
}

const secretsOf = ({ sandbox }: World): Record<string, string> => ({
	token: sandbox.token,
	'password of a new user': PASSWORD,
	'password of the sign-in': SIGN_IN_PASSWORD,
	'private key of the account': String(sandbox.site.config.privateKey),
	...Object.fromEntries(
		[...sandbox.site.tokens.values()].flatMap((row, index) => [
			[`private token ${index}`, row.privatetoken],
			[`token ${index}`, row.token],
		]),
	),
});

let stranger: Stranger;
const printed: string[] = [];
beforeAll(async () => {
	stranger = await startStranger();
	for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
		jest
			.spyOn(console, method)
			.mockImplementation((...said: unknown[]) => void printed.push(serialise(said)));
});
afterAll(async () => {
	jest.restoreAllMocks();
	await stranger.close();
});

const people = (count: number) =>
	Array.from({ length: count }, (_, index) => ({
		username: `leak${index}`,
		email: `leak${index}@example.org`,
	}));

const creating: INodeParameters = {
	resource: 'user',
	operation: 'create',
	username: '={{ $json.username }}',
	firstname: 'A',
	lastname: 'B',
	email: '={{ $json.email }}',
	additionalFields: { password: passwordExpression },
};
const reading: INodeParameters = {
	resource: 'user',
	operation: 'get',
	userId: { __rl: true, mode: 'email', value: '={{ $json.email }}' },
	simplify: false,
};
const looking: INodeParameters = { resource: 'site', operation: 'getInfo' };

type Credential = 'token' | 'password';

/** An account that may get itself a token, as an integrator's would. */
function addSignIn({ sandbox: { site } }: World): void {
	const { id } = addUser(site, {
		username: 'signin',
		password: SIGN_IN_PASSWORD,
		email: 'signin@example.org',
	});
	giveCapabilities(site, id, [
		'webservice/rest:use',
		'moodle/webservice:createtoken',
		'moodle/user:create',
		'moodle/user:viewdetails',
		'moodle/user:viewhiddendetails',
		'moodle/site:viewuseridentity',
	]);
}

/** The credential of a run; an account with a password may sign in to the service of the app. */
function credentialOf(world: World, kind: Credential): IDataObject {
	const { sandbox } = world;
	if (kind === 'token') return { ...addressOf(world), authMethod: 'token', token: sandbox.token };
	return {
		...addressOf(world),
		authMethod: 'password',
		username: 'signin',
		password: SIGN_IN_PASSWORD,
		service: 'sandbox_all',
	};
}

async function runIn(
	world: World,
	parameters: INodeParameters,
	mode: Mode,
	kind: Credential,
	timeout: number,
	folder = '',
): Promise<NodeRun> {
	const values = credentialOf(world, kind);
	return await runNode(new Moodle(), {
		parameters: {
			...parameters,
			options: { recordsPerRequest: 3, recoverySeconds: 1, timeout } as INodeParameters,
		},
		items: people(5),
		onError: mode,
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { ...values, siteUrl: `${String(values.siteUrl)}${folder}` } },
	});
}

interface Leak {
	where: string;
	secrets: string[];
}

/**
 * Runs many at once and searches what n8n kept of each, then the log of them all: lines of runs that overlap may be in
 * each other's log, and the first run begins first and ends last, so that none is lost.
 */
async function search(
	many: Array<{
		where: string;
		fault: FaultName;
		parameters: INodeParameters;
		mode: Mode;
		kind: Credential;
	}>,
): Promise<{ leaks: Leak[]; log: string; all: Record<string, string> }> {
	const leaks: Leak[] = [];
	const logs: string[] = [];
	const all: Record<string, string> = {};
	const note = (run: NodeRun) => logs.push(...run.log);
	const silent = await startServer(() => undefined);
	const stop = new AbortController();
	const bracket = runNode(new Moodle(), {
		parameters: { ...reading, options: { timeout: 600_000 } },
		items: people(1),
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: `http://127.0.0.1:${silent.port}`, token: 'none' } },
		signal: stop.signal,
	});
	await pooled(many, 40, async ({ where, fault, parameters, mode, kind }) => {
		const world = await openWorld(stranger);
		addSignIn(world);
		const arrange: Arrange = { ...PASSING, ...LASTING }[fault];
		const secrets = secretsOf(world);
		await arrange(world, 0);
		const run = await runIn(
			world,
			parameters,
			mode,
			kind,
			fault.startsWith('timeout') ? 1000 : 20_000,
		);
		note(run);
		Object.assign(secrets, secretsOf(world));
		for (const [name, secret] of Object.entries(secrets)) all[`${name} of ${where}`] = secret;
		const kept = found(serialise([run.run, run.hints, run.error]), secrets);
		if (kept.length > 0) leaks.push({ where, secrets: kept });
		await closeWorld(world);
	});
	stop.abort();
	note(await bracket);
	await silent.close();
	return { leaks, log: logs.join('\n'), all };
}

const faults = FAULT_NAMES.filter((fault) => fault !== 'lasting503');

test.each([
	['create users with a password', creating, 'token'],
	['read users in full', reading, 'token'],
	['read what the site tells of itself', looking, 'token'],
	['create users, signed in with user name and password', creating, 'password'],
] as const)(
	'%s: no fault brings a secret to light',
	async (what, parameters, kind) => {
		const many = faults.flatMap((fault) =>
			(kind === 'token' && what.startsWith('create')
				? MODES
				: (['stopWorkflow', 'continueErrorOutput'] as const)
			).map((mode) => ({ where: `${what}, ${fault}, ${mode}`, fault, parameters, mode, kind })),
		);
		const { leaks, log, all } = await search(many);
		expect(leaks).toEqual([]);
		expect(log.length).toBeGreaterThan(1000);
		// Signed in with a password, Moodle has made a token and a private token of its own, beside those of the accounts: there was something to leak.
		const isSignedIn = Object.keys(all).some((name) => name.startsWith('private token 2 of'));
		expect(isSignedIn).toBe(kind === 'password');
		expect(found(log, all)).toEqual([]);
		expect(found(printed.join('\n'), all)).toEqual([]);
		expect(stranger.seen).toEqual([]);
	},
	60_000,
);

test('the searches of the editor and the connection test show no secret, whatever goes wrong', async () => {
	await pooled(faults, 12, async (fault) => {
		const world = await openWorld(stranger);
		addSignIn(world);
		await ({ ...PASSING, ...LASTING }[fault] as Arrange)(world, 0);
		const said: unknown[] = [];
		for (const kind of ['token', 'password'] as const) {
			const credentials = { moodleApi: credentialOf(world, kind) };
			said.push(await testCredential(new MoodleApi(), credentials.moodleApi));
			const searching = loadOptions(new Moodle(), 'searchUsers', {
				credentialTypes: { moodleApi: new MoodleApi() },
				credentials,
				filter: 'a',
			});
			said.push(await searching.catch((caught: unknown) => caught));
		}
		expect([fault, found(serialise(said), secretsOf(world))]).toEqual([fault, []]);
		await closeWorld(world);
	});
	expect(stranger.seen).toEqual([]);
}, 60_000);

const folderOf = (what: string) => `/${what.replace(/ /g, '-')}`;

/** A server with one answer to everything, or none. As a proxy it keeps what it is given as Authorization. */
async function startServer(
	answer: (request: http.IncomingMessage, response: http.ServerResponse, body: Buffer) => void,
) {
	const seen: string[] = [];
	const server = await serving((request, response, body) => {
		seen.push(String(request.headers['proxy-authorization'] ?? ''));
		answer(request, response, body);
	});
	return { ...server, seen };
}

describe('behind a proxy with a password', () => {
	const answers: Record<string, (response: http.ServerResponse) => void> = {
		'that refuses': (response) =>
			response
				.writeHead(407, { 'Proxy-Authenticate': 'Basic' })
				.end('<html>Proxy Authentication Required</html>'),
		'that cuts the connection': (response) => void response.socket?.resetAndDestroy(),
		'that answers with a page': (response) => response.writeHead(200).end('<html>Log in</html>'),
		'that has no way to the site': (response) =>
			response.writeHead(502).end('<html>Bad gateway</html>'),
	};
	const before = { ...process.env };
	afterEach(() => {
		for (const name of ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy']) {
			if (before[name] === undefined) delete process.env[name];
			else process.env[name] = before[name];
		}
	});

	test('nothing holds its Authorization, whatever it does', async () => {
		const world = await openWorld(stranger);
		// The folder of the site says how the proxy behaves.
		const proxy = await startServer((request, response) =>
			answers[
				Object.keys(answers).find((what) => String(request.url).includes(folderOf(what))) ?? ''
			](response),
		);
		for (const name of ['NO_PROXY', 'no_proxy', 'http_proxy']) delete process.env[name];
		process.env.HTTP_PROXY = `http://${PROXY_USER}:${encodeURIComponent(PROXY_PASSWORD)}@127.0.0.1:${proxy.port}`;
		const secrets = {
			...secretsOf(world),
			'password of the proxy': PROXY_PASSWORD,
			'Authorization of the proxy': `${PROXY_USER}:${PROXY_PASSWORD}`,
		};
		await pooled(
			Object.keys(answers).flatMap((what) =>
				(['stopWorkflow', 'continueErrorOutput'] as const).map((mode) => ({ what, mode })),
			),
			8,
			async ({ what, mode }) => {
				const run = await runIn(world, reading, mode, 'token', 2000, folderOf(what));
				expect([what, found(serialise([run.run, run.log, run.hints]), secrets)]).toEqual([
					what,
					[],
				]);
				expect(run.failed.length + (run.error ? 1 : 0)).toBeGreaterThan(0);
			},
		);
		// The proxy was asked, and was given its password: there was something to leak.
		expect(
			proxy.seen.every(
				(header) =>
					header === `Basic ${Buffer.from(`${PROXY_USER}:${PROXY_PASSWORD}`).toString('base64')}`,
			),
		).toBe(true);
		expect(proxy.seen.length).toBeGreaterThan(7);
		expect(world.sandbox.requests).toEqual([]);
		await proxy.close();
		await closeWorld(world);
	}, 90_000);
});

test('the search finds what it is meant to find', () => {
	const world = { a: SIGN_IN_PASSWORD, b: PASSWORD };
	expect(
		found(
			serialise(
				Object.assign(new Error('x'), {
					cause: { data: new URLSearchParams({ p: SIGN_IN_PASSWORD }) },
				}),
			),
			world,
		),
	).toEqual(['a']);
	expect(found(Buffer.from(PASSWORD).toString('base64'), world)).toEqual(['b']);
	expect(writes('core_user_create_users')).toBe(true);
});
