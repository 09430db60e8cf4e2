/**
 * npm run race: the node against n8n's own HTTP Request node, in a real n8n, on a real Moodle.
 *
 *   MOODLE_URL=http://127.0.0.1:18051/moodle MOODLE_TOKEN=… npm run race [-- --users 200,2000 --enrolments 1000 --rounds 3]
 *
 * The same records by three ways: the Moodle node; the HTTP Request node, which sends all items at once; and the HTTP Request
 * node in a loop, one item after the other (a sample, counted up). Each in turn, on fresh records, beginning with another one
 * each round. Measured is the time that n8n itself notes for the nodes. Needs a test site, whose users and courses named `race…`
 * are made and deleted here; the account must be allowed to do both. Every turn leaves the site larger, and a larger one is
 * slower: `--between 'command'` is run before each turn and may put the database back as it was.
 */
import { execSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from '../../scripts/ensure-build.mjs';
import { install } from './install.mjs';
import { callMoodle, endpointOf } from './moodle.mjs';
import {
	TYPE,
	client,
	endAll,
	freePort,
	manualTrigger,
	pack,
	settings,
	startServer,
	unpack,
} from './n8n.mjs';

const { MOODLE_URL: url, MOODLE_TOKEN: token, N8N_BIN } = process.env;
if (!url || !token) {
	console.error('Set MOODLE_URL and MOODLE_TOKEN to those of a test site');
	process.exit(2);
}
const { values } = parseArgs({
	options: {
		users: { type: 'string', default: '200,2000' },
		enrolments: { type: 'string', default: '1000' },
		courses: { type: 'string', default: '200' },
		rounds: { type: 'string', default: '3' },
		sample: { type: 'string', default: '50' },
		between: { type: 'string' },
	},
});
const STUDENT = 5;
/** Milliseconds between questions whether a run has ended: n8n is to work on the run, not on answers. */
const SELDOM = 3000;

// --------------------------------------------------------------------------------------------------------------- Moodle

const moodle = async (wsfunction, params) => await callMoodle({ url, token }, wsfunction, params);

const parts = (list, size) =>
	Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
		list.slice(at * size, (at + 1) * size),
	);
const numbers = (count) => Array.from({ length: count }, (_, at) => at);
const usernames = [];
function person(tag, at) {
	const username = `race${tag}u${at}`;
	usernames.push(username);
	return {
		username,
		firstname: `First ${at}`,
		lastname: `Last ${tag}`,
		email: `${username}@example.org`,
	};
}

async function makeUsers(tag, count) {
	const made = [];
	const people = numbers(count).map((at) => ({ ...person(tag, at), createpassword: 1 }));
	for (const users of parts(people, 50))
		made.push(...(await moodle('core_user_create_users', { users })).map(({ id }) => id));
	return made;
}

const courseIds = [];
async function makeCourses(tag, count) {
	const made = [];
	const courses = numbers(count).map((at) => {
		const shortname = `race${tag}c${at}`;
		return { fullname: shortname, shortname, categoryid: 1 };
	});
	for (const some of parts(courses, 20))
		made.push(...(await moodle('core_course_create_courses', { courses: some })));
	courseIds.push(...made.map(({ id }) => id));
	return made.map(({ id }) => id);
}

/**
 * Tries again while connections break: a site that was sent everything at once is still busy with what nobody waits for. Only
 * for work that may be done twice.
 */
async function persistently(work) {
	for (let left = 10; ; left--)
		try {
			return await work();
		} catch (caught) {
			if (!(caught instanceof TypeError) || left === 0) throw caught;
			await wait(3000);
		}
}

/** Waits until the site has nothing else to do: nobody runs against the leftovers of another one. */
async function calm() {
	for (let quick = 0; quick < 3; ) {
		const since = performance.now();
		await persistently(async () => await moodle('core_webservice_get_site_info'));
		quick = performance.now() - since < 300 ? quick + 1 : 0;
		if (quick === 0) await wait(1000);
	}
}

async function cleanUp() {
	for (const values of parts(usernames, 50)) {
		const users = await moodle('core_user_get_users_by_field', { field: 'username', values });
		if (users.length > 0)
			await moodle('core_user_delete_users', { userids: users.map(({ id }) => id) });
	}
	for (const courseids of parts(courseIds, 10))
		await moodle('core_course_delete_courses', { courseids });
}

// ------------------------------------------------------------------------------------------------------------- workflows

const at = (place, node) => ({ id: node.name, position: [place * 200, 0], ...node });
const link = (...names) => names.map((node) => [{ node, type: 'main', index: 0 }]);

const TRIGGER = manualTrigger();
const source = (items) =>
	at(1, {
		name: 'Items',
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		parameters: { jsCode: `return ${JSON.stringify(items.map((json) => ({ json })))};` },
	});

/** The HTTP Request node as one sets it up for a function of Moodle. The token is not in the workflow. */
const http = (wsfunction, fields) =>
	at(3, {
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		onError: 'continueRegularOutput',
		parameters: {
			method: 'POST',
			url: endpointOf(url),
			sendBody: true,
			contentType: 'form-urlencoded',
			bodyParameters: {
				parameters: Object.entries({
					wsfunction,
					wstoken: '={{ $env.RACE_TOKEN }}',
					moodlewsrestformat: 'json',
					...fields,
				}).map(([name, value]) => ({ name, value })),
			},
			options: {},
		},
	});
const ours = (parameters) =>
	at(2, {
		name: 'Moodle',
		type: TYPE,
		typeVersion: 1,
		onError: 'continueRegularOutput',
		parameters,
	});

/** What is to be done, for each of the ways. */
const users = {
	node: ours({
		resource: 'user',
		operation: 'create',
		username: '={{ $json.username }}',
		firstname: '={{ $json.firstname }}',
		lastname: '={{ $json.lastname }}',
		email: '={{ $json.email }}',
		additionalFields: {},
		options: {},
	}),
	http: http('core_user_create_users', {
		'users[0][username]': '={{ $json.username }}',
		'users[0][firstname]': '={{ $json.firstname }}',
		'users[0][lastname]': '={{ $json.lastname }}',
		'users[0][email]': '={{ $json.email }}',
		'users[0][createpassword]': '1',
	}),
};
const byId = (value) => ({ __rl: true, mode: 'id', value });
const enrolments = {
	node: ours({
		resource: 'enrolment',
		operation: 'enrol',
		courseId: byId('={{ $json.courseid }}'),
		userId: byId('={{ $json.userid }}'),
		roleId: { __rl: true, mode: 'shortname', value: 'student' },
		additionalFields: {},
		options: {},
	}),
	http: http('enrol_manual_enrol_users', {
		'enrolments[0][roleid]': String(STUDENT),
		'enrolments[0][userid]': '={{ $json.userid }}',
		'enrolments[0][courseid]': '={{ $json.courseid }}',
	}),
};

const straight = (name, node) => ({
	name,
	nodes: [TRIGGER, node.items, node.work],
	connections: {
		Start: { main: link('Items') },
		Items: { main: link(node.work.name) },
	},
});
const looped = (name, { items, work }) => ({
	name,
	nodes: [
		TRIGGER,
		items,
		at(2, {
			name: 'Loop',
			type: 'n8n-nodes-base.splitInBatches',
			typeVersion: 3,
			parameters: { batchSize: 1, options: {} },
		}),
		work,
	],
	connections: {
		Start: { main: link('Items') },
		Items: { main: link('Loop') },
		Loop: { main: [[], [{ node: work.name, type: 'main', index: 0 }]] },
		[work.name]: { main: link('Loop') },
	},
});

// ---------------------------------------------------------------------------------------------------------------- the race

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** Runs a workflow; milliseconds from the start of the node to its last end, as n8n notes them. */
async function timed(api, flow, credential, expected) {
	const nodes = flow.nodes.map((node) =>
		node.type === TYPE ? { ...node, credentials: { moodleApi: credential } } : node,
	);
	const id = await api.workflow({ ...flow, nodes });
	const { resultData } = await api.run(id, undefined, SELDOM);
	const name = flow.nodes.find(
		(node) => node.type === TYPE || node.type.endsWith('.httpRequest'),
	).name;
	const runs = resultData.runData[name] ?? [];
	const rows = runs.flatMap((run) => run.data?.main?.[0] ?? []);
	const bad = rows.filter(
		({ json, error }) => error ?? json.error ?? json.exception ?? json.message,
	);
	if (resultData.error || rows.length !== expected || (bad.length > 0 && name === 'Moodle'))
		throw new Error(
			`${name}: ${rows.length} of ${expected} came, ${bad.length} bad: ${JSON.stringify(resultData.error?.message ?? bad[0]?.json).slice(0, 300)}`,
		);
	// A site may not bear all of them at once: then the time says little, and is told with what failed.
	if (bad.length > 0)
		console.log(
			`   ${name}: ${bad.length} of ${expected} failed: ${JSON.stringify(bad[0].json.error?.message ?? bad[0].json).slice(0, 80)}`,
		);
	const from = Math.min(...runs.map((run) => run.startTime));
	return Math.max(...runs.map((run) => run.startTime + run.executionTime)) - from;
}

async function race(api, credential, what, count, way, prepare) {
	const sample = Math.min(count, Number(values.sample));
	const found = { node: [], 'all at once': [], 'one by one': [] };
	const turns = [
		['node', count, (items) => straight('node', { items: source(items), work: way.node })],
		['all at once', count, (items) => straight('all', { items: source(items), work: way.http })],
		['one by one', sample, (items) => looped('one', { items: source(items), work: way.http })],
	];
	for (let round = 0; round < Number(values.rounds); round++)
		for (let turn = 0; turn < turns.length; turn++) {
			const [who, size, flow] = turns[(turn + round) % turns.length];
			if (values.between) execSync(values.between, { stdio: 'ignore' });
			await calm();
			const items = await prepare(`${Date.now().toString(36)}`, size);
			const time = await timed(api, flow(items), credential, size);
			found[who].push(Math.round((time * count) / size));
		}
	const [node, all, one] = Object.values(found).map(median);
	console.log(
		`${what}: node ${node} ms, all at once ${all} ms (${(all / node).toFixed(2)} times), one by one ${one} ms (${(one / node).toFixed(2)} times); rounds ${JSON.stringify(found)}`,
	);
}

async function main() {
	const n8n = N8N_BIN ? { program: N8N_BIN, first: [], environment: process.env } : install();
	build();
	const home = mkdtempSync(join(tmpdir(), 'moodle-race-'));
	let server;
	try {
		unpack(pack(home), home);
		const environment = settings(n8n.environment, home, await freePort(), {
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_BLOCK_ENV_ACCESS_IN_NODE: 'false',
			RACE_TOKEN: token,
		});
		server = await startServer(n8n, environment, join(home, 'n8n.log'));
		const api = client(server.address);
		await api.signIn();
		const id = await api.credential('Moodle', { siteUrl: url, token });
		const credential = { id, name: 'Moodle' };
		const newUsers = (tag, size) => numbers(size).map((index) => person(tag, index));
		// An n8n that has run before.
		await timed(
			api,
			straight('warm', {
				items: source(newUsers(`w${Date.now().toString(36)}`, 10)),
				work: users.node,
			}),
			credential,
			10,
		);
		for (const count of values.users.split(',').map(Number).filter(Boolean))
			await race(api, credential, `${count} new users`, count, users, newUsers);
		const count = Number(values.enrolments);
		if (count > 0) {
			const people = await makeUsers(`${Date.now().toString(36)}e`, count);
			const width = Number(values.courses);
			await race(
				api,
				credential,
				`${count} enrolments in ${width} courses`,
				count,
				enrolments,
				async (tag, size) => {
					const courses = await makeCourses(tag, width);
					return numbers(size).map((index) => ({
						userid: people[index],
						courseid: courses[index % width],
					}));
				},
			);
		}
	} finally {
		await server?.stop();
		rmSync(home, { recursive: true, force: true });
	}
}

main()
	.finally(async () => await persistently(cleanUp))
	.then(
		() => process.exit(0),
		(reason) => {
			const why = [reason?.message ?? reason, reason?.cause?.message].filter(Boolean).join(': ');
			console.error(why.replaceAll(token, '<secret>'));
			endAll();
			process.exit(1);
		},
	);
