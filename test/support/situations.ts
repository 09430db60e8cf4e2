/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** Ways in which a connection to Moodle does not come about, for the credential's test and for runs of the node. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Sandbox } from '../sandbox';
import { serving } from '../sandbox/listening';
import { newUser } from '../sandbox/site';

/** A text nobody could guess, of letters and digits. */
export const randomText = (): string => randomBytes(16).toString('hex');

/** What the user has typed into the credential. */
export interface Typed {
	siteUrl: string;
	token?: string;
	authMethod?: 'token' | 'password';
	username?: string;
	password?: string;
	service?: string;
	readOnly?: boolean;
	ignoreSslIssues?: boolean;
	sessionToken?: string;
}

/** A server of the test's own on 127.0.0.1. */
export interface Server {
	url: string;
	/** Everything that came in: method, address, headers and body as one text each. */
	seen: string[];
	close: () => Promise<void>;
}

/** Starts a server that gives the same answer to everything. */
export async function startServer(answer: RequestListener): Promise<Server> {
	const seen: string[] = [];
	const server = await serving((request, response, body) => {
		seen.push(
			`${request.method} ${request.url}\n${JSON.stringify(request.headers)}\n${body.toString()}`,
		);
		answer(request, response);
	});
	return { ...server, seen };
}

/** The same answer to everything. */
export const saying =
	(
		status: number,
		body: string,
		headers: Record<string, string> = { 'content-type': 'text/html' },
	): RequestListener =>
	(_request, response) => {
		response.writeHead(status, headers);
		response.end(body);
	};

const PAGE =
	'<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Not Moodle</h1></body></html>';

/** An account with the rights of a manager and REST, but no administrator. Gives its id. */
export function addManager(
	sandbox: Sandbox,
	more: Partial<Parameters<typeof newUser>[0]> = {},
): number {
	const { site } = sandbox;
	const user = {
		username: 'manager',
		firstname: 'Mana',
		lastname: 'Ger',
		email: 'manager@example.org',
		...more,
	};
	const { id } = site.users.insert(newUser(user, site.now()));
	const rest = site.roles.insert({
		id: 90,
		shortname: 'rest',
		name: '',
		sortorder: 90,
		capabilities: new Set(['webservice/rest:use']),
		levels: [10],
		mayAssign: [],
	}).id;
	for (const roleid of [1, rest])
		site.roleAssignments.insert({
			roleid,
			contextid: 1,
			userid: id,
			component: '',
			itemid: 0,
			timemodified: 0,
		});
	return id;
}

/** What a situation gives: what to type, and what to clean up. */
interface Arranged {
	typed: Typed;
	server?: Server;
}

export interface Situation {
	name: string;
	arrange: (sandbox: Sandbox) => Arranged | Promise<Arranged>;
	/** What the credential's test says; null: it cannot tell. */
	test: RegExp | null;
	/** What the node says when it creates users. */
	message: string;
	/** Part of the remedy. */
	mend: RegExp;
	/** Whether somebody may still wonder if it was done. */
	uncertain?: boolean;
}

const own = (sandbox: Sandbox, token = sandbox.token): Arranged => ({
	typed: { siteUrl: sandbox.url, token },
});

async function elsewhere(answer: RequestListener): Promise<Arranged> {
	const server = await startServer(answer);
	return { typed: { siteUrl: server.url, token: randomText() }, server };
}

export const situations: Situation[] = [
	{
		name: 'wrong token',
		arrange: (sandbox) => own(sandbox, randomText()),
		test: /^Moodle does not know the token\. Make a new token under Site administration > Server > Web services > Manage tokens/,
		message: 'Moodle does not know the token',
		mend: /Manage tokens/,
	},
	{
		name: 'no token',
		arrange: (sandbox) => own(sandbox, ''),
		test: /^The token of the credential is empty/,
		message: 'The token of the credential is empty',
		mend: /Manage tokens/,
	},
	{
		name: 'token past its date',
		arrange: (sandbox) => own(sandbox, sandbox.addToken('past', { userid: 2, validuntil: 1000 })),
		test: /past its date/,
		message: 'Moodle does not know the token',
		mend: /Manage tokens/,
	},
	{
		name: 'function not in the service',
		arrange: (sandbox) =>
			own(sandbox, sandbox.addToken('small', { userid: 2, functions: ['core_user_get_users'] })),
		test: /^The token is not accepted for 'core_webservice_get_site_info'.*External services > Functions/,
		message: 'The token may not use this function',
		mend: /External services > Functions.*core_user_create_users/,
	},
	{
		name: 'function not in a service that has site info',
		arrange: (sandbox) =>
			own(
				sandbox,
				sandbox.addToken('info', { userid: 2, functions: ['core_webservice_get_site_info'] }),
			),
		test: null,
		message: 'The service of the token does not contain a function that this operation needs',
		mend: /External services > Functions.*core_user_create_users/,
	},
	{
		name: 'REST not allowed to the account',
		arrange: (sandbox) => {
			const { id } = sandbox.site.users.insert(
				newUser(
					{ username: 'norest', firstname: 'No', lastname: 'Rest', email: 'norest@example.org' },
					0,
				),
			);
			return own(sandbox, sandbox.addToken('norest', { userid: id }));
		},
		test: /its role does not allow the REST protocol/,
		message: 'The token may not use this function',
		mend: /its role allows the REST protocol/,
	},
	{
		name: 'wrong path',
		arrange: (sandbox) => ({
			typed: { siteUrl: `${sandbox.url}/elsewhere`, token: sandbox.token },
		}),
		test: /^There is no Moodle at the Site URL\. Check the address, including its sub-folder/,
		message: 'There is no Moodle at the Site URL',
		mend: /sub-folder/,
	},
	{
		name: 'a page that is not Moodle',
		arrange: async () => await elsewhere(saying(200, PAGE)),
		test: /^The address answers, but not as a Moodle web service/,
		message: 'The address answers with a web page instead of data',
		mend: /Check the Site URL/,
		// A page proves nothing: Moodle may have done it and printed the page afterwards.
		uncertain: true,
	},
	{
		name: 'plain text that is not Moodle',
		arrange: async () =>
			await elsewhere(saying(200, 'It works!', { 'content-type': 'text/plain' })),
		test: /^The address answers, but not as a Moodle web service/,
		message: 'The answer cannot be read',
		mend: /Site URL/,
		uncertain: true,
	},
	{
		name: 'JSON that is not Moodle',
		arrange: async () =>
			await elsewhere(
				saying(200, '{"code":"rest_no_route","data":{"status":404}}', {
					'content-type': 'application/json',
				}),
			),
		test: /^The address answers, but not as a Moodle web service/,
		message: 'The answer cannot be read',
		mend: /Site URL/,
		uncertain: true,
	},
	{
		name: 'a sign-in in front of Moodle',
		arrange: async () =>
			await elsewhere(saying(401, PAGE, { 'www-authenticate': 'Basic realm="x"' })),
		test: /^The server in front of Moodle asks for a sign-in/,
		message: 'The server in front of Moodle asks for a sign-in',
		mend: /let n8n through/,
	},
	{
		name: 'a firewall in front of Moodle',
		arrange: async () => await elsewhere(saying(403, PAGE)),
		test: /the server in front of Moodle refuses/,
		message: 'The server in front of Moodle refuses the request',
		mend: /firewall/,
		uncertain: true,
	},
	{
		name: 'a gateway without Moodle behind it',
		arrange: async () => await elsewhere(saying(502, PAGE)),
		test: /^The server in front of Moodle got no answer from it/,
		message: 'The server gave up on the request (status 502)',
		mend: /Records per Request|Timeout/,
		uncertain: true,
	},
	{
		name: 'REST off',
		arrange: (sandbox) => {
			sandbox.switches.rest = false;
			return own(sandbox);
		},
		test: /^Moodle refuses web services\..*Enable web services.*Manage protocols > REST/,
		message: 'Moodle refuses web services',
		mend: /Manage protocols > REST/,
	},
	{
		name: 'web services off',
		arrange: (sandbox) => {
			sandbox.switches.webservices = false;
			return own(sandbox);
		},
		test: /^Moodle refuses web services/,
		message: 'Moodle refuses web services',
		mend: /Enable web services/,
	},
	{
		name: 'another address configured',
		arrange: (sandbox) => {
			sandbox.switches.httpsRedirect = 'https://moodle.example.org';
			return own(sandbox);
		},
		test: /^Moodle sends this address on to another one.*the address that Moodle shows in the browser/,
		message: 'Moodle sends this address on to another one, so nothing was done',
		mend: /https:\/\/moodle\.example\.org\./,
	},
	{
		name: 'policy not agreed',
		arrange: (sandbox) => {
			sandbox.switches.sitePolicyPending = true;
			return own(sandbox, sandbox.addToken('policy', { userid: addManager(sandbox) }));
		},
		// Site info works without it, and says `policyagreed: 0` on sites that have no policy as well.
		test: null,
		message: 'The account behind the token has not agreed to the site policy',
		mend: /Log in to Moodle once in a browser/,
	},
	{
		name: 'password change pending',
		arrange: (sandbox) =>
			own(
				sandbox,
				sandbox.addToken('change', {
					userid: addManager(sandbox, { preferences: { auth_forcepasswordchange: '1' } }),
				}),
			),
		test: null,
		message: 'The account behind the token must change its password',
		mend: /Log in to Moodle once in a browser/,
	},
	{
		name: 'maintenance mode',
		arrange: (sandbox) => {
			sandbox.switches.maintenance = 'web';
			return own(sandbox, sandbox.addToken('maintained', { userid: addManager(sandbox) }));
		},
		test: /^The site is in maintenance mode/,
		message: 'The site is in maintenance mode',
		mend: /when it is over/,
	},
	{
		name: 'maintenance mode of the command line',
		arrange: (sandbox) => {
			sandbox.switches.maintenance = 'cli';
			return own(sandbox);
		},
		test: /^The site is in maintenance mode or overloaded/,
		message: 'The site is not available for the moment',
		mend: /later/,
		uncertain: true,
	},
	{
		name: 'upgrade under way',
		arrange: (sandbox) => {
			sandbox.switches.upgradeRunning = true;
			return own(sandbox);
		},
		test: /^The site is being upgraded/,
		message: 'The site is being upgraded',
		mend: /when it is over/,
	},
	...(
		[
			['suspended', { suspended: true }, 'The account behind the token is suspended', /Reactivate/],
			['deleted', { deleted: true }, 'The account behind the token is deleted', /another account/],
			[
				'not confirmed',
				{ confirmed: false },
				'The account behind the token is not confirmed',
				/Log in/,
			],
			[
				'without login',
				{ auth: 'nologin' },
				'The account behind the token may not log in',
				/authentication method/,
			],
			[
				'with an expired password',
				{ preferences: { sandbox_passwordexpired: '1' } },
				'The password of the account behind the token is too old',
				/Log in/,
			],
		] as const
	).map(
		([state, more, message, mend]): Situation => ({
			name: `account ${state}`,
			arrange: (sandbox) =>
				own(sandbox, sandbox.addToken('state', { userid: addManager(sandbox, more) })),
			test: new RegExp(`^${message}`),
			message,
			mend,
		}),
	),
	{
		name: 'no server at the address',
		arrange: async () => {
			const server = await startServer(saying(200, ''));
			await server.close();
			return { typed: { siteUrl: server.url, token: randomText() } };
		},
		test: /^ECONNREFUSED$/,
		message: 'The server of the Site URL refuses the connection',
		mend: /port/,
	},
	{
		name: 'https for a server that speaks http',
		arrange: (sandbox) => ({
			typed: { siteUrl: sandbox.url.replace('http:', 'https:'), token: sandbox.token },
		}),
		test: /^(?:EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/,
		message: 'The server of the Site URL does not speak https there',
		mend: /http or https/,
		// TLS can break like this after the request was handled, too.
		uncertain: true,
	},
];

/** The secrets that a situation's credential holds. */
export const secretsOf = (typed: Typed): string[] =>
	[typed.token, typed.password, typed.sessionToken].filter(
		(text): text is string => typeof text === 'string' && text !== '',
	);
