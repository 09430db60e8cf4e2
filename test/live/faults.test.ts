/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/**
 * The faults of docs/guarantees.md on real requests: a proxy in front of the site lets one request of the writing function go
 * wrong. Runs against the stand-in, and with MOODLE_URL and MOODLE_TOKEN against a real Moodle.
 */
import * as http from 'node:http';
import type { IDataObject } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { bodyOf, listening } from '../sandbox/listening';
import { runNode } from '../support/harness';
import { startTlsProxy } from '../support/tlsProxy';
import { by, fine, fromJson, openSite, operate, tag, type LiveSite } from './site';

const COUNT = 9;
const TIMEOUT = 2500;

/** What befalls the one request: whether Moodle gets it, and what comes back in place of its answer. */
interface Fault {
	name: string;
	reaches: boolean;
	answer: (response: http.ServerResponse, real?: { status: number; body: Buffer }) => void;
	/** Breaks the encryption in place of answering. */
	tls?: 'badRecord' | 'plainText';
}

const page = (status: number) => (response: http.ServerResponse) =>
	void response.writeHead(status, { 'Content-Type': 'text/html' }).end('<html>No</html>');
const cut = (response: http.ServerResponse) => void response.socket?.resetAndDestroy();

const FAULTS: Fault[] = [
	{ name: 'cut before the commit', reaches: false, answer: cut },
	{ name: 'cut after the commit', reaches: true, answer: cut },
	{
		name: 'cut in the middle of the answer',
		reaches: true,
		answer: (response, real) => {
			response.writeHead(200, {
				'Content-Type': 'application/json',
				'Content-Length': String((real?.body.length ?? 0) + 10),
			});
			response.write(real?.body.subarray(0, Math.ceil(real.body.length / 2)), () =>
				response.socket?.resetAndDestroy(),
			);
		},
	},
	{
		name: 'time-out, then commit',
		reaches: true,
		answer: (response) => void setTimeout(() => response.destroy(), TIMEOUT + 500).unref(),
	},
	{ name: '502 after the commit', reaches: true, answer: page(502) },
	{ name: '503 after the commit', reaches: true, answer: page(503) },
	{ name: '503 before it', reaches: false, answer: page(503) },
	{ name: 'TLS with a bad record after the commit', reaches: true, answer: cut, tls: 'badRecord' },
	{ name: 'TLS with plain text after the commit', reaches: true, answer: cut, tls: 'plainText' },
];

/** Asks the site itself, under its own name. */
async function forward(
	target: URL,
	path: string,
	headers: http.IncomingHttpHeaders,
	body: Buffer,
): Promise<{ status: number; body: Buffer }> {
	return await new Promise((resolve, reject) => {
		const request = http.request(
			{
				host: target.hostname,
				port: target.port,
				path,
				method: 'POST',
				headers: { ...headers, host: target.host, connection: 'close' },
			},
			(answer) => {
				bodyOf(answer).then(
					(bytes) => resolve({ status: answer.statusCode ?? 0, body: bytes }),
					reject,
				);
			},
		);
		request.on('error', reject).end(body);
	});
}

/** A proxy that strikes the first request of a function, and counts what reached the site. */
async function startProxy(site: LiveSite, wsfunction: string, fault: Fault) {
	const target = new URL(site.url);
	const state = { struck: false, url: '', close: async () => await Promise.resolve() };
	const server = http.createServer((request, response) => {
		void (async () => {
			const body = await bodyOf(request);
			const isIt = !state.struck && body.includes(`wsfunction=${wsfunction}`);
			if (isIt) state.struck = true;
			const real =
				!isIt || fault.reaches
					? await forward(target, String(request.url), request.headers, body)
					: undefined;
			if (isIt && !fault.tls) return fault.answer(response, real);
			// A mark for the proxy with encryption, which breaks the connection in place of this answer.
			if (isIt) wounded++;
			response
				.writeHead(real?.status ?? 500, { 'Content-Type': 'application/json' })
				.end(real?.body);
		})().catch(() => response.destroy());
	});
	let wounded = 0;
	const { url, close } = await listening(server);
	state.url = `${url}${target.pathname.replace(/\/$/, '')}`;
	state.close = close;
	if (!fault.tls) return state;
	const secure = await startTlsProxy(state.url);
	secure.fault = () => (wounded-- > 0 ? fault.tls : undefined);
	state.url = secure.url;
	state.close = async () => {
		await secure.close();
		await close();
	};
	return state;
}

let site: LiveSite;
let course: number;
let cohort: number;
let people: number[];

const person = (name: string) => ({
	username: `${tag}${name}`,
	firstname: 'Fault',
	lastname: name,
	email: `${tag}${name}@example.org`,
});

beforeAll(async () => {
	site = await openSite();
	[{ id: course }] = (await fine(site, 'course.create', {
		fullname: `Faults ${tag}`,
		shortname: `${tag}FLT`,
		categoryId: by('id', 1),
		additionalFields: {},
	})) as Array<{ id: number }>;
	[{ id: cohort }] = (await fine(site, 'cohort.create', {
		name: `Faults ${tag}`,
		idnumber: `${tag}FLT`,
		additionalFields: {},
	})) as Array<{ id: number }>;
	people = (
		await fine(
			site,
			'user.create',
			fromJson as never,
			Array.from({ length: COUNT }, (_, index) => person(`base${index}`)),
		)
	).map(({ id }) => Number(id));
}, 60_000);

afterAll(async () => {
	await operate(site, 'course.delete', { courseId: by('id', course) });
	await operate(site, 'cohort.delete', { cohortId: by('id', cohort) });
	await operate(
		site,
		'user.delete',
		{ userId: by('id', '={{ $json.id }}') },
		people.map((id) => ({ id })),
	);
	await site.close();
}, 60_000);

/** A kind of write, and how the site shows how often each item was done. */
interface Kind {
	name: string;
	wsfunction: string;
	parameters: object;
	items: (mark: string) => IDataObject[];
	done: (items: IDataObject[]) => Promise<number[]>;
	isNeverRepeated?: boolean;
}

const times = <T>(list: T[], of: (entry: T) => boolean) => list.filter(of).length;

const KINDS: Kind[] = [
	{
		name: 'create users',
		wsfunction: 'core_user_create_users',
		parameters: { resource: 'user', operation: 'create', ...fromJson },
		items: (mark) => Array.from({ length: COUNT }, (_, index) => person(`${mark}u${index}`)),
		done: async (items) => {
			const { good } = await operate(
				site,
				'user.get',
				{ userId: by('username', '={{ $json.username }}'), simplify: true },
				items,
			);
			await operate(site, 'user.delete', { userId: by('id', '={{ $json.id }}') }, good);
			return items.map(({ username }) => times(good, (user) => user.username === username));
		},
	},
	{
		name: 'create groups',
		wsfunction: 'core_group_create_groups',
		parameters: {
			resource: 'group',
			operation: 'create',
			courseId: by('shortname', `${tag}FLT`),
			name: '={{ $json.name }}',
			additionalFields: {},
		},
		items: (mark) =>
			Array.from({ length: COUNT }, (_, index) => ({ name: `${mark} group ${index}` })),
		done: async (items) => {
			const groups = await fine(site, 'group.getAll', {
				courseId: by('id', course),
				returnAll: true,
				simplify: true,
			});
			return items.map(({ name }) => times(groups, (group) => group.name === name));
		},
	},
	{
		name: 'add members',
		wsfunction: 'core_cohort_add_cohort_members',
		parameters: {
			resource: 'cohort',
			operation: 'addMember',
			cohortId: by('id', '={{ $json.cohort }}'),
			userId: by('id', '={{ $json.user }}'),
		},
		items: () => people.map((user) => ({ user, cohort })),
		done: async (items) => {
			const members = await fine(site, 'cohort.getMembers', {
				cohortId: by('id', cohort),
				simplify: true,
			});
			await operate(
				site,
				'cohort.removeMember',
				{ cohortId: by('id', cohort), userId: by('id', '={{ $json.user }}') },
				items,
			);
			return items.map(({ user }) =>
				times(members, (member) => (member.userid ?? member.id) === user),
			);
		},
	},
	{
		name: 'enrol',
		wsfunction: 'enrol_manual_enrol_users',
		parameters: {
			resource: 'enrolment',
			operation: 'enrol',
			courseId: by('shortname', `${tag}FLT`),
			userId: by('id', '={{ $json.user }}'),
			roleId: by('shortname', 'student'),
		},
		items: () => people.map((user) => ({ user })),
		done: async (items) => {
			const enrolled = await fine(site, 'enrolment.getAll', {
				courseId: by('id', course),
				returnAll: true,
				simplify: true,
			});
			await operate(
				site,
				'enrolment.unenrol',
				{ courseId: by('id', course), userId: by('id', '={{ $json.user }}') },
				items,
			);
			return items.map(({ user }) => times(enrolled, ({ id }) => id === user));
		},
	},
];

async function strike(kind: Kind, fault: Fault): Promise<void> {
	const proxy = await startProxy(site, kind.wsfunction, fault);
	const items = kind.items(`${FAULTS.indexOf(fault)}${tag}`);
	try {
		const run = await runNode(new Moodle(), {
			parameters: {
				...kind.parameters,
				options: { recordsPerRequest: 4, recoverySeconds: 4, timeout: TIMEOUT },
			} as never,
			items,
			onError: 'continueErrorOutput',
			credentialTypes: { moodleApi: new MoodleApi() },
			credentials: {
				moodleApi: {
					siteUrl: proxy.url,
					token: site.token,
					ignoreSslIssues: fault.tls !== undefined,
				},
			},
		});
		expect(proxy.struck).toBe(true);
		const told = run.failed.map(({ json }) => String(json.error));
		expect({ told, done: await kind.done(items) }).toEqual({ told: [], done: items.map(() => 1) });
		expect(run.success).toHaveLength(COUNT);
	} finally {
		await proxy.close();
	}
}

describe.each(FAULTS.map((fault) => [fault.name, fault] as const))('%s', (_name, fault) => {
	test.each(KINDS.map((kind) => [kind.name, kind] as const))(
		'%s: each once, all told as done',
		async (_kind, kind) => await strike(kind, fault),
		60_000,
	);
});
