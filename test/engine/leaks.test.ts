/**
 * Tokens, passwords and private keys must not show anywhere: not in items, errors (stack, cause and hidden properties),
 * hints, n8n's record of the execution, its log at any level, or at any other address.
 */
import type { INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import type { Sandbox } from '../sandbox';
import { addService } from '../sandbox/tokens';
import {
	loadOptions,
	runNode,
	serialise,
	testCredential,
	type NodeOptions,
} from '../support/harness';
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
import { creatingUsers, onStandIn } from '../support/node';

// The node waits for sites that say "later"; here the time passes at once.
jest.mock('n8n-workflow', () => ({
	...jest.requireActual<object>('n8n-workflow'),
	sleep: async () => await Promise.resolve(),
}));

let sandbox: Sandbox;
let server: Server | undefined;
onStandIn((standIn) => (sandbox = standIn));
afterEach(async () => {
	await server?.close();
	server = undefined;
	jest.restoreAllMocks();
});

/** All the ways in which a text could be written down. */
function formsOf(secret: string): string[] {
	const base64 = [0, 1, 2].flatMap((shift) => {
		// inside longer base64 the text starts at one of three positions; what surrounds it is cut off
		const coded = Buffer.from('x'.repeat(shift) + secret).toString('base64');
		return [coded.slice(shift === 0 ? 0 : 4, -4)];
	});
	const texts = [
		secret,
		encodeURIComponent(secret),
		new URLSearchParams({ x: secret }).toString().slice(2),
		JSON.stringify(secret).slice(1, -1),
		...base64,
	];
	return [...new Set([...texts, Buffer.from(secret).toString('hex')])].filter(
		(text) => text.length > 5,
	);
}

/** Everything that hangs on a value, hidden properties, accessors of prototypes, symbols, stack and causes included. */
function everythingOf(value: unknown, seen = new Set<unknown>()): string {
	if (typeof value === 'function') return '';
	if (typeof value !== 'object' || value === null) return String(value);
	if (seen.has(value)) return '';
	seen.add(value);
	if (Buffer.isBuffer(value)) return value.toString('latin1');
	const names = new Set<string | symbol>(Reflect.ownKeys(value));
	for (
		let type = Object.getPrototypeOf(value) as object | null;
		type && type !== Object.prototype;
		type = Object.getPrototypeOf(type) as object | null
	)
		for (const name of Reflect.ownKeys(type)) names.add(name);
	const parts = [...names].map((name) => {
		try {
			return `${String(name)} ${everythingOf((value as Record<string | symbol, unknown>)[name], seen)}`;
		} catch {
			return String(name);
		}
	});
	return [String(value), ...parts].join('\n');
}

/** The secrets that show in the result of a run, in whatever form. */
function secretsIn(
	result: { everything: string; error?: unknown; run?: unknown; log?: unknown },
	secrets: string[],
): string[] {
	const text = [
		result.everything,
		everythingOf(result.error),
		everythingOf(result.run),
		serialise(result.log),
	].join('\n');
	return secrets.flatMap(formsOf).filter((form) => text.includes(form));
}

describe('secretsIn', () => {
	const secret = 'aB3$ x/&+geheim=%';

	it.each([
		['raw', secret],
		['in an address', encodeURIComponent(secret)],
		['in a form', new URLSearchParams({ x: secret }).toString()],
		['in JSON', JSON.stringify({ x: secret })],
		['in base64', Buffer.from(secret).toString('base64')],
		['inside longer base64', Buffer.from(`user:${secret}:more`).toString('base64')],
		['in hex', Buffer.from(secret).toString('hex')],
	])('finds it %s', (_how, text) => {
		expect(secretsIn({ everything: text }, [secret])).not.toEqual([]);
	});

	it('finds it in whatever hangs on an error', () => {
		const hidden = Object.defineProperty(new Error('x'), 'config', {
			value: { data: secret },
			enumerable: false,
		});
		const errors = [
			new Error(secret),
			Object.assign(new Error('x'), { stack: secret }),
			Object.assign(new Error('x'), { cause: new Error(secret) }),
			hidden,
			Object.assign(new Error('x'), { [Symbol('s')]: secret }),
		];
		for (const error of errors)
			expect(secretsIn({ everything: '', error }, [secret])).not.toEqual([]);
		expect(secretsIn({ everything: '', error: new Error('x') }, [secret])).toEqual([]);
	});
});

const PASS = 'Sesame & 1234/ö+%!';
const people = ['ada', 'bob'].map((name) => ({ name, email: `${name}@example.org`, pass: PASS }));
const creating: INodeParameters = {
	...creatingUsers,
	options: { recoverySeconds: 0 },
};

async function run(typed: Typed, more: Partial<NodeOptions> = {}) {
	return await runNode(new Moodle(), {
		parameters: creating,
		items: people.map(({ name, email }) => ({ name, email })),
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: typed },
		...more,
	});
}

const MODES = [undefined, 'continueErrorOutput', 'continueRegularOutput'] as const;

describe.each(situations)('without a connection: $name', ({ arrange }) => {
	it.each(MODES)('nothing leaks (On Error: %p)', async (onError) => {
		const arranged = await arrange(sandbox);
		server = arranged.server;
		const secrets = [...secretsOf(arranged.typed), sandbox.token, sandbox.site.config.privateKey];
		expect(secretsIn(await run(arranged.typed, { onError }), secrets)).toEqual([]);
	});

	it('nothing leaks from the connection test', async () => {
		const arranged = await arrange(sandbox);
		server = arranged.server;
		expect(
			secretsIn(
				{ everything: serialise(await testCredential(new MoodleApi(), arranged.typed)) },
				secretsOf(arranged.typed),
			),
		).toEqual([]);
	});

	it('nothing leaks from the lists of the editor', async () => {
		const arranged = await arrange(sandbox);
		server = arranged.server;
		let told: unknown;
		try {
			told = await loadOptions(new Moodle(), 'searchUsers', {
				credentialTypes: { moodleApi: new MoodleApi() },
				credentials: { moodleApi: arranged.typed },
				filter: 'ada',
			});
		} catch (caught) {
			told = caught;
		}
		expect(
			secretsIn({ everything: serialise(told), error: told }, secretsOf(arranged.typed)),
		).toEqual([]);
	});
});

describe('with a connection', () => {
	const typed = (): Typed => ({ siteUrl: sandbox.url, token: sandbox.token });
	const secrets = () => [sandbox.token, sandbox.site.config.privateKey];

	it.each(MODES)(
		'the token and the private key stay hidden in a good run (On Error: %p)',
		async (onError) => {
			const good = await run(typed(), { onError });
			expect(good.success).toHaveLength(2);
			expect(secretsIn(good, secrets())).toEqual([]);
		},
	);

	it('the private key that site info gives stays hidden', async () => {
		const parameters = { resource: 'site', operation: 'getInfo' };
		for (const simplify of [true, false]) {
			const info = await run(typed(), { parameters: { ...parameters, simplify }, items: [{}] });
			expect(info.error).toBeUndefined();
			expect(info.success).toHaveLength(1);
			expect(secretsIn(info, secrets())).toEqual([]);
		}
	});

	it('so it does when the function is called by its name', async () => {
		const info = await run(typed(), {
			parameters: {
				resource: 'webService',
				operation: 'callFunction',
				functionName: { __rl: true, mode: 'name', value: 'core_webservice_get_site_info' },
			},
			items: [{}],
		});
		expect(info.success[0].json).toMatchObject({ userid: sandbox.account.userid });
		expect(secretsIn(info, secrets())).toEqual([]);
	});

	/** An expression that gives a value without holding it: n8n keeps items and parameters in its record of a run. */
	const disguised = (value: unknown) =>
		`={{ JSON.parse(decodeURIComponent(${JSON.stringify([...encodeURIComponent(JSON.stringify(value))].join('|'))}.split("|").join(""))) }}`;
	const withPassword = (password: unknown): INodeParameters => ({
		...creating,
		additionalFields: { password: disguised(password) },
	});

	it.each(MODES)(
		'a password stays hidden when the users are made (On Error: %p)',
		async (onError) => {
			const made = await run(typed(), { parameters: withPassword(PASS), onError });
			expect(made.success).toHaveLength(2);
			expect(sandbox.site.users.first('username', 'ada')?.password).toBe(PASS);
			expect(secretsIn(made, [...secrets(), PASS])).toEqual([]);
		},
	);

	it.each(MODES)(
		'a password stays hidden when it is against the rules (On Error: %p)',
		async (onError) => {
			const weak = 'sesamesesame';
			for (const debugNormal of [false, true]) {
				sandbox.switches.debugNormal = debugNormal;
				const refused = await run(typed(), { parameters: withPassword(weak), onError });
				const texts = refused.error
					? [refused.error.message]
					: [...refused.success, ...refused.failed].map(({ json }) => String(json.error));
				for (const text of texts)
					expect(text).toMatch(
						/^Moodle refuses the password: Passwords must have at least 1 digit/,
					);
				expect(secretsIn(refused, [...secrets(), weak])).toEqual([]);
			}
		},
	);

	it.each(MODES)(
		'a password stays hidden when the rest of the record is refused (On Error: %p)',
		async (onError) => {
			for (const debugNormal of [false, true]) {
				sandbox.switches.debugNormal = debugNormal;
				const items = [
					{ name: 'ada', email: 'admin@example.org' },
					{ name: 'admin', email: 'new@example.org' },
					{ name: 'x y', email: 'x@example.org' },
				];
				const refused = await run(typed(), { parameters: withPassword(PASS), items, onError });
				expect(secretsIn(refused, [...secrets(), PASS])).toEqual([]);
			}
		},
	);

	it('a password stays hidden in a Dry Run', async () => {
		const announced = await run(typed(), {
			parameters: { ...withPassword(PASS), options: { dryRun: true } },
		});
		expect(announced.success[0].json).toMatchObject({ dryRun: true });
		expect(secretsIn(announced, [...secrets(), PASS])).toEqual([]);
	});

	it.each([[{ value: 5, deep: [PASS] }], [[PASS]], [`${PASS}\u0000`]])(
		'a password of the wrong form stays hidden: %#',
		async (password) => {
			const refused = await run(typed(), {
				parameters: withPassword(password),
				onError: 'continueErrorOutput',
			});
			expect(refused.success).toEqual([]);
			expect(secretsIn(refused, [...secrets(), PASS])).toEqual([]);
		},
	);

	it.each([502, 500, 429, 404, 403, 401, 303])(
		'a password stays hidden when the server answers %d',
		async (status) => {
			server = await startServer(
				saying(status, '', { location: 'https://moodle.example.org/x?wstoken=abcdefgh' }),
			);
			const token = randomText();
			for (const onError of MODES)
				expect(
					secretsIn(
						await run({ siteUrl: server.url, token }, { parameters: withPassword(PASS), onError }),
						[token, PASS, 'abcdefgh'],
					),
				).toEqual([]);
		},
	);

	it('a server that sends everything back gives nothing away', async () => {
		const mirror = await startServer((request, response) => {
			response.writeHead(200, { 'content-type': 'application/json' });
			const said = mirror.seen.at(-1);
			response.end(
				JSON.stringify({
					exception: 'moodle_exception',
					errorcode: 'invalidparameter',
					message: 'Invalid parameter value detected',
					debuginfo: said,
				}),
			);
		});
		server = mirror;
		const token = randomText();
		const echoed = await run(
			{ siteUrl: mirror.url, token },
			{ parameters: withPassword(PASS), onError: 'continueErrorOutput' },
		);
		expect(echoed.failed).toHaveLength(2);
		expect(secretsIn(echoed, [token, PASS])).toEqual([]);
	});

	it.each(['message', 'errorcode', 'exception', 'debuginfo'])(
		'a server that repeats the token in its %s gives it away to nobody',
		async (key) => {
			const token = randomText();
			const answer = {
				exception: 'moodle_exception',
				errorcode: 'oddcode',
				message: 'Text',
				[key]: `Refused for wstoken=${token}`,
			};
			server = await startServer(
				saying(200, JSON.stringify(answer), { 'content-type': 'application/json' }),
			);
			for (const onError of MODES)
				expect(secretsIn(await run({ siteUrl: server.url, token }, { onError }), [token])).toEqual(
					[],
				);
		},
	);
});

describe('with user name and password', () => {
	const WORD = 'Sesame-1234/+ü';
	let typed: Typed;

	beforeEach(() => {
		addService(sandbox.site, { shortname: 'moodle_mobile_app', name: 'Mobile' });
		addManager(sandbox, { password: WORD });
		typed = {
			siteUrl: sandbox.url,
			authMethod: 'password',
			username: 'manager',
			password: WORD,
			service: 'moodle_mobile_app',
		};
	});

	/** Password, tokens and their private twins. */
	const secrets = () => [
		WORD,
		...[...sandbox.site.tokens.values()].flatMap(({ token, privatetoken }) => [
			token,
			privatetoken,
		]),
	];

	it.each(MODES)(
		'nothing leaks in a good run, and in one that renews (On Error: %p)',
		async (onError) => {
			for (const sessionToken of ['', randomText()]) {
				const items = [
					{ name: `u${sessionToken.length}`, email: `u${sessionToken.length}@example.org` },
				];
				const good = await run({ ...typed, sessionToken }, { items, onError });
				expect(good.success[0].json).toHaveProperty('id');
				expect(
					secretsIn(good, [...secrets(), ...(sessionToken === '' ? [] : [sessionToken])]),
				).toEqual([]);
			}
		},
	);

	it.each<[string, () => Partial<Typed>]>([
		['wrong password', () => ({ password: `${WORD}x` })],
		['wrong service', () => ({ service: 'nothere' })],
		['nobody there', () => ({ siteUrl: 'http://127.0.0.1:9' })],
		['wrong path', () => ({ siteUrl: `${sandbox.url}/elsewhere` })],
		['redirect', () => ((sandbox.switches.httpsRedirect = 'https://moodle.example.org'), {})],
		['maintenance', () => ((sandbox.switches.maintenance = 'cli'), {})],
	])('nothing leaks when there is no token: %s', async (_name, change) => {
		const changed = { ...typed, ...change() };
		for (const onError of MODES)
			expect(
				secretsIn(await run(changed, { onError }), [...secrets(), String(changed.password)]),
			).toEqual([]);
		expect(
			secretsIn({ everything: serialise(await testCredential(new MoodleApi(), changed)) }, [
				...secrets(),
				String(changed.password),
			]),
		).toEqual([]);
	});
});

describe('other addresses', () => {
	it.each([301, 302, 303, 307, 308])(
		'see nothing of a redirect with %d, neither of the node nor of the sign-in nor of the test',
		async (status) => {
			const stranger = await startServer(
				saying(200, '{"token":"x","userid":2}', { 'content-type': 'application/json' }),
			);
			server = await startServer(
				saying(status, '', { location: `${stranger.url}/webservice/rest/server.php` }),
			);
			const token = randomText();
			const credentials: Typed[] = [
				{ siteUrl: server.url, token },
				{
					siteUrl: server.url,
					authMethod: 'password',
					username: 'ada',
					password: PASS,
					service: 's',
				},
				{
					siteUrl: server.url,
					authMethod: 'password',
					username: 'ada',
					password: PASS,
					service: 's',
					sessionToken: token,
				},
			];
			for (const typed of credentials) {
				expect((await run(typed)).error?.message).toMatch(
					/^Moodle sends this address on to another one/,
				);
				await testCredential(new MoodleApi(), typed);
			}
			expect(server.seen.length).toBeGreaterThanOrEqual(6);
			expect(stranger.seen).toEqual([]);
			await stranger.close();
		},
	);

	it('get no token in their address, also at the site itself', async () => {
		server = await startServer(saying(200, '[]', { 'content-type': 'application/json' }));
		const token = randomText();
		await run({ siteUrl: server.url, token });
		await testCredential(new MoodleApi(), { siteUrl: server.url, token }).catch(() => undefined);
		expect(server.seen.length).toBeGreaterThan(1);
		for (const request of server.seen) {
			const [head, headers, body] = request.split('\n');
			expect(head).toMatch(/^POST \/webservice\/rest\/server\.php$/);
			expect(headers).not.toContain(token);
			expect(body).toMatch(new RegExp(`&wstoken=${token}$`));
		}
	});
});
