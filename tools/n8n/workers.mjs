// npm run workers: n8n in queue mode, as big installations have it: a main process, two workers, Redis and PostgreSQL.
// 2,000 contacts come in by webhook, 50 a call, and become users and members of a cohort. In the middle of it one worker is
// killed (SIGKILL, no chance to finish). n8n 2 runs nothing of it again by itself (it allows Bull no second start of a
// stalled job, and what it keeps of the failed execution has no input to retry with), so the workflows do: a call is kept in a
// data table before it is answered, and taken out when it is done; what stays there is run again every minute. In the end
// every contact has to be told of, the table to be empty, and the site to be right.
//
// main and workers get the environment of docs/compose.yml, and the same commands, without containers.
// redis-server and PostgreSQL have to be installed (Debian: apt-get install redis-server postgresql); both are started
// here, in a folder of this script, on ports of their own.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../scripts/ensure-build.mjs';
import { install } from './install.mjs';
import { callMoodle } from './moodle.mjs';
import {
	TYPE,
	client,
	freePort,
	hasEnded,
	launch,
	pack,
	root,
	settings,
	standIn,
	startServer,
	unpack,
} from './n8n.mjs';

const CALLS = 40;
const CONTACTS = 50;
const COHORT = 'apprentices-2026';

const running = [];
const say = (text) =>
	console.log(`${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${text}`);
const begun = Date.now();

/** Waits until something is so; what it gave. */
async function until(what, ask, seconds = 300) {
	for (const from = Date.now(); Date.now() - from < seconds * 1000; await sleep(500)) {
		const answer = await ask();
		if (answer) return answer;
	}
	throw new Error(`Not within ${seconds} s: ${what}`);
}

/** PostgreSQL does not run as root: then it runs as the user that its package made. */
function postgresUser() {
	if (process.getuid() !== 0) return {};
	const number = (what) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
	return { uid: number('-u'), gid: number('-g') };
}

/** What docs/compose.yml gives to main and workers; what it leaves to the file .env is left out. */
function ofCompose() {
	const text = readFileSync(join(root, 'docs', 'compose.yml'), 'utf8');
	const [block] = /environment: &environment\n( {4}\w+: .*\n)+/.exec(text);
	const pairs = [...block.matchAll(/^ {4}(\w+): '?([^'\n]*)'?$/gm)].map(([, name, value]) => [
		name,
		value,
	]);
	assert(pairs.length > 8, 'the environment of docs/compose.yml was not found');
	return Object.fromEntries(pairs.filter(([, value]) => !value.startsWith('$')));
}

async function startPostgres(folder) {
	const base = '/usr/lib/postgresql';
	const version = existsSync(base) ? readdirSync(base).sort().pop() : undefined;
	const tool = (name) => (version ? join(base, version, 'bin', name) : name);
	const user = postgresUser();
	mkdirSync(folder);
	if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
	const data = join(folder, 'data');
	const port = await freePort();
	const options = { cwd: folder, stdio: 'ignore', ...user };
	execFileSync(tool('initdb'), ['-D', data, '-U', 'n8n', '-A', 'trust', '-E', 'UTF8'], options);
	const server = spawn(
		tool('postgres'),
		['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'],
		options,
	);
	running.push(() => end(server));
	await until('PostgreSQL answers', () => {
		try {
			execFileSync(
				tool('createdb'),
				['-h', '127.0.0.1', '-p', String(port), '-U', 'n8n', 'n8n'],
				options,
			);
			return true;
		} catch {
			return false;
		}
	});
	return { DB_POSTGRESDB_HOST: '127.0.0.1', DB_POSTGRESDB_PORT: String(port) };
}

async function startRedis() {
	const port = await freePort();
	const server = spawn(
		'redis-server',
		['--bind', '127.0.0.1', '--port', String(port), '--save', ''],
		{
			stdio: 'ignore',
		},
	);
	running.push(() => end(server));
	await new Promise((done, fail) => server.once('spawn', done).once('error', fail));
	return { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: String(port) };
}

async function end(child) {
	if (child.exitCode !== null) return;
	const ended = new Promise((done) => child.once('exit', done));
	child.kill('SIGINT');
	await ended;
}

/** Contacts of one call. Every hundredth has no last name, and cannot be done. */
const contacts = (call) =>
	Array.from({ length: CONTACTS }, (_, index) => {
		const number = call * CONTACTS + index;
		return {
			firstname: 'Contact',
			lastname: number % 100 === 99 ? '' : `Number ${number}`,
			email: `contact.${number}@crm.example`,
		};
	});

const SAVED = { executionOrder: 'v1', saveDataSuccessExecution: 'all' };
const TABLE = 'Calls';
/** How old a call in the table has to be before it is taken up again: longer than any execution takes. */
const PATIENCE = { minutes: 2 };

const to = (...names) => names.map((node) => [{ node, type: 'main', index: 0 }]);
const core = (name, type, typeVersion, x, parameters, more = {}) => ({
	id: name,
	name,
	type: `n8n-nodes-base.${type}`,
	typeVersion,
	position: [x, 0],
	parameters,
	...more,
});
const table = (name, x, operation, parameters, more) =>
	core(
		name,
		'dataTable',
		1.1,
		x,
		{
			resource: 'row',
			operation,
			dataTableId: { __rl: true, mode: 'name', value: TABLE },
			...parameters,
		},
		more,
	);
const where = (keyName, condition, keyValue) => ({
	matchType: 'allConditions',
	filters: { conditions: [{ keyName, condition, keyValue }] },
});

/** The flow of the first example, for a call that stands in the table. */
function onboarding(credential) {
	const moodle = (name, x, parameters) => ({
		id: name,
		name,
		type: TYPE,
		typeVersion: 1,
		position: [x, 0],
		parameters: { ...parameters, options: {} },
		credentials: { moodleApi: credential },
		onError: 'continueErrorOutput',
	});
	const contacts = {
		id: 'c',
		name: 'contacts',
		type: 'array',
		value: '={{ JSON.parse($json.call) }}',
	};
	return {
		name: 'Onboarding',
		nodes: [
			core('Call', 'executeWorkflowTrigger', 1.1, 0, { inputSource: 'passthrough' }),
			core('Read', 'set', 3.4, 100, { assignments: { assignments: [contacts] }, options: {} }),
			core('Contacts', 'splitOut', 1, 200, { fieldToSplitOut: 'contacts', options: {} }),
			moodle('User', 400, {
				resource: 'user',
				operation: 'upsert',
				matchBy: 'email',
				email: '={{ $json.email }}',
				firstname: '={{ $json.firstname }}',
				lastname: '={{ $json.lastname }}',
			}),
			moodle('Member', 600, {
				resource: 'cohort',
				operation: 'addMember',
				cohortId: { __rl: true, mode: 'idnumber', value: COHORT },
				userId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			}),
			core('Done', 'noOp', 1, 800, {}),
			core('Not Done', 'noOp', 1, 800, {}),
		],
		connections: {
			Call: { main: to('Read') },
			Read: { main: to('Contacts') },
			Contacts: { main: to('User') },
			User: { main: to('Member', 'Not Done') },
			Member: { main: to('Done', 'Not Done') },
		},
		settings: SAVED,
	};
}

/** The work on a call, then its row is taken out of the table. */
const work = (onboardingId, x, row) => [
	core(
		'Onboard',
		'executeWorkflow',
		1.2,
		x,
		{
			workflowId: { __rl: true, mode: 'id', value: onboardingId },
			mode: 'once',
			options: { waitForSubWorkflow: true },
		},
		{ alwaysOutputData: true },
	),
	table(
		'Take Out',
		x + 200,
		'deleteRows',
		{ ...where('id', 'eq', row), options: {} },
		{ executeOnce: true },
	),
];

/** A call is kept, then answered, then worked on: what was answered with 200 is in n8n's database. */
const intake = (onboardingId) => ({
	name: 'Intake',
	nodes: [
		core(
			'Webhook',
			'webhook',
			2,
			0,
			{ httpMethod: 'POST', path: 'onboarding', responseMode: 'responseNode', options: {} },
			{ webhookId: 'onboarding' },
		),
		table('Keep', 200, 'insert', {
			columns: {
				mappingMode: 'defineBelow',
				value: { call: '={{ JSON.stringify($json.body.contacts) }}' },
				matchingColumns: [],
				schema: [
					{ id: 'call', displayName: 'call', type: 'string', display: true, required: false },
				],
			},
			options: {},
		}),
		core('Answer', 'respondToWebhook', 1.1, 400, { respondWith: 'noData', options: {} }),
		...work(onboardingId, 600, "={{ $('Keep').first().json.id }}"),
	],
	connections: {
		Webhook: { main: to('Keep') },
		Keep: { main: to('Answer') },
		Answer: { main: to('Onboard') },
		Onboard: { main: to('Take Out') },
	},
	settings: SAVED,
});

/** What stays in the table is taken up again, one call after the other. */
const again = (onboardingId) => ({
	name: 'Once More',
	nodes: [
		core('Every Minute', 'scheduleTrigger', 1.2, 0, {
			rule: { interval: [{ field: 'minutes', minutesInterval: 1 }] },
		}),
		table('Left Behind', 200, 'get', {
			...where('createdAt', 'lt', `={{ $now.minus(${JSON.stringify(PATIENCE)}).toISO() }}`),
			returnAll: true,
		}),
		core('One by One', 'splitInBatches', 3, 400, { batchSize: 1, options: {} }),
		...work(onboardingId, 600, "={{ $('One by One').first().json.id }}"),
	],
	connections: {
		'Every Minute': { main: to('Left Behind') },
		'Left Behind': { main: to('One by One') },
		'One by One': { main: [[], to('Onboard')[0]] },
		Onboard: { main: to('Take Out') },
		'Take Out': { main: to('One by One') },
	},
	settings: SAVED,
});

const contactOf = ({ json }) => json.email;

/** Who was told of by an execution: done or not done. */
function toldBy(run) {
	const items = (name) =>
		(run.resultData.runData[name] ?? []).flatMap((turn) => turn.data?.main?.[0] ?? []);
	const users = run.resultData.runData.User?.[0]?.data?.main?.[0] ?? [];
	const emails = new Map(users.map(({ json }) => [json.id, json.email]));
	const done = items('Done').map(({ json }) => emails.get(json.userid));
	return { done, notDone: items('Not Done').map(contactOf) };
}

async function main() {
	const n8n = install();
	build();
	const home = mkdtempSync(join(tmpdir(), 'n8n-workers-'));
	running.push(() => rmSync(home, { recursive: true, force: true }));
	if (process.getuid?.() === 0) execFileSync('chmod', ['755', home]);
	unpack(pack(home), home);
	const site = await standIn('--college');
	running.push(() => site.close());
	const queue = {
		...ofCompose(),
		...(await startPostgres(join(home, 'postgres'))),
		...(await startRedis()),
	};
	const environment = async () =>
		settings(n8n.environment, home, await freePort(), {
			...queue,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		});
	const main = await startServer(n8n, await environment(), join(home, 'main.log'));
	running.push(() => main.stop());
	const { status } = await fetch(`${main.address}/healthz/readiness`);
	assert.equal(status, 200, 'what docs/compose.yml asks before it starts the workers');
	say('main is up');
	const workers = [];
	for (const name of ['first', 'second']) {
		const file = join(home, `${name}.log`);
		const worker = launch(n8n, ['worker', '--concurrency=5'], await environment(), file);
		running.push(() => worker.stop());
		await until(`the ${name} worker is ready`, () => worker.log().includes('worker is now ready'));
		workers.push(worker);
		say(`the ${name} worker is up`);
	}

	const api = client(main.address);
	await api.signIn();
	const name = 'Moodle';
	const id = await api.credential(name, { siteUrl: site.url, token: site.token });
	const { id: project } = await api.must('GET', '/rest/projects/personal');
	await api.must('POST', `/rest/projects/${project}/data-tables`, {
		name: TABLE,
		columns: [{ name: 'call', type: 'string' }],
	});
	const flow = await api.workflow(onboarding({ id, name }));
	const taken = await api.workflow(intake(flow));
	const late = await api.workflow(again(flow));
	for (const one of [flow, taken, late]) await api.activate(one);

	/** Sends a call; whether n8n has said that it keeps it. */
	const send = async (call) =>
		await fetch(`${main.address}/webhook/onboarding`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ contacts: contacts(call) }),
		}).then(
			({ status }) => status === 200,
			() => false,
		);
	// activating goes through Redis and takes a moment
	await until('the webhook is there', async () => await send(0), 60);
	let refused = 0;
	/** As any sender has to: again, until it is kept. */
	async function deliver(call) {
		while (!(await send(call))) {
			refused++;
			await sleep(2000);
		}
	}
	const delivered = Promise.all(
		Array.from({ length: CALLS - 1 }, async (_, index) => await deliver(index + 1)),
	);
	say(`${CALLS} calls with ${CONTACTS} contacts each are sent`);

	await until(
		'some executions are through',
		async () => (await api.executions(taken)).filter(hasEnded).length >= 6,
	);
	const busy = (await api.executions(taken)).filter(({ status }) => status === 'running').length;
	workers[0].kill();
	await workers[0].end;
	say(`the first worker is killed, ${busy} calls are being worked on`);
	await delivered;
	say(`every call is answered with 200; ${refused} had to be sent again before that`);

	const rows = async () =>
		(await api.must('GET', `/rest/projects/${project}/data-tables/${await tableId()}/rows`)).count;
	const tableId = async () =>
		(await api.must('GET', `/rest/projects/${project}/data-tables`)).data[0].id;
	// those of the sub-workflow stay "running" in n8n's list until its recovery, three hours later
	await until(
		'every call has ended',
		async () => (await api.executions(taken)).every(hasEnded),
		420,
	);
	const failed = (await api.executions(taken)).filter(({ status }) => status !== 'success');
	say(
		`${failed.length} executions have failed with their worker, ${await rows()} calls are in the table`,
	);
	await until('n8n has taken up all of them', async () => (await rows()) === 0, 420);
	await until('that has ended', async () => (await api.executions(late)).every(hasEnded));
	let repeated = 0;
	for (const { id: execution } of await api.executions(late))
		repeated += (await api.data(execution)).resultData.runData.Onboard?.length ?? 0;
	assert(repeated > 0, 'the worker was killed between two calls: nothing is tried');
	say(`n8n has run ${repeated} calls again by itself, the table is empty`);

	const told = { done: [], notDone: [] };
	for (const { id: execution, status } of await api.executions(flow)) {
		if (status !== 'success') continue;
		const { done, notDone } = toldBy(await api.data(execution));
		told.done.push(...done);
		told.notDone.push(...notDone);
	}

	const wanted = Array.from({ length: CALLS }, (_, call) => contacts(call)).flat();
	const good = wanted.filter(({ lastname }) => lastname).map(({ email }) => email);
	const bad = wanted.filter(({ lastname }) => !lastname).map(({ email }) => email);
	// a call that was sent or run again is told again
	const once = (list) => [...new Set(list)].sort();
	assert.deepEqual(once(told.done), [...good].sort(), 'told as done');
	assert.deepEqual(once(told.notDone), [...bad].sort(), 'told as not done');
	const administrator = { url: site.url, token: site.adminToken };
	const { users } = await callMoodle(administrator, 'core_user_get_users', {
		criteria: [{ key: 'email', value: '%@crm.example' }],
	});
	assert.deepEqual(users.map(({ email }) => email).sort(), [...good].sort(), 'users in Moodle');
	const { cohorts } = await callMoodle(administrator, 'core_cohort_search_cohorts', {
		query: COHORT,
		context: { contextid: 1 },
	});
	const [{ userids }] = await callMoodle(administrator, 'core_cohort_get_cohort_members', {
		cohortids: [cohorts[0].id],
	});
	const members = new Set(userids);
	assert(
		users.every(({ id: user }) => members.has(user)),
		'all are members',
	);
	const logs = ['main', 'first', 'second'].map((log) =>
		readFileSync(join(home, `${log}.log`), 'utf8'),
	);
	assert(!logs.some((log) => log.includes(site.token)), 'the token is in a log');
	say(`${good.length} users and members, none twice; ${bad.length} told as not done. Right.`);
}

let stopping;
/** Stops what runs, newest first, and takes the data away. */
async function stop(code) {
	for (const part of running.reverse()) await part();
	process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
	process.on(signal, () => (stopping ??= stop(1)));
try {
	await main();
	stopping ??= stop(0);
} catch (error) {
	if (!stopping) console.error(error);
	stopping ??= stop(1);
}
