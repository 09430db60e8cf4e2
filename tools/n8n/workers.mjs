// npm run workers: n8n in queue mode, as big installations have it: a main process, two workers, Redis and PostgreSQL.
// 2,000 contacts come in by webhook, 50 a call, and become users and members of a cohort. In the middle of it one worker is
// killed (SIGKILL, no chance to finish). In the end every contact has to be told of, and the site to be right.
//
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
import { build } from '../../scripts/ensure-build.mjs';
import { install } from './install.mjs';
import {
	TYPE,
	client,
	freePort,
	hasEnded,
	launch,
	pack,
	settings,
	standIn,
	startServer,
	unpack,
} from './n8n.mjs';

const CALLS = 40;
const CONTACTS = 50;
const COHORT = 'apprentices-2026';

const running = [];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
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
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_DATABASE: 'n8n',
		DB_POSTGRESDB_USER: 'n8n',
	};
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
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(port),
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
	};
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

/** The flow of the first example, with a webhook in front. */
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
	const core = (name, type, typeVersion, x, parameters, more = {}) => ({
		id: name,
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position: [x, 0],
		parameters,
		...more,
	});
	const to = (...names) => names.map((node) => [{ node, type: 'main', index: 0 }]);
	return {
		name: 'Onboarding',
		nodes: [
			core(
				'Webhook',
				'webhook',
				2,
				0,
				{ httpMethod: 'POST', path: 'onboarding', responseMode: 'onReceived', options: {} },
				{ webhookId: 'onboarding' },
			),
			core('Contacts', 'splitOut', 1, 200, { fieldToSplitOut: 'body.contacts', options: {} }),
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
			Webhook: { main: to('Contacts') },
			Contacts: { main: to('User') },
			User: { main: to('Member', 'Not Done') },
			Member: { main: to('Done', 'Not Done') },
		},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	};
}

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

async function moodle(site, wsfunction, fields) {
	const form = { wstoken: site.adminToken, wsfunction, moodlewsrestformat: 'json', ...fields };
	const body = new URLSearchParams(form);
	const answer = await fetch(`${site.url}/webservice/rest/server.php`, { method: 'POST', body });
	return await answer.json();
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
	const queue = { ...(await startPostgres(join(home, 'postgres'))), ...(await startRedis()) };
	const environment = async () =>
		settings(n8n.environment, home, await freePort(), {
			...queue,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		});
	const main = await startServer(n8n, await environment(), join(home, 'main.log'));
	running.push(() => main.stop());
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
	const flow = await api.workflow(onboarding({ id, name }));
	await api.activate(flow);

	const send = async (call) =>
		await fetch(`${main.address}/webhook/onboarding`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ contacts: contacts(call) }),
		});
	// activating goes through Redis and takes a moment
	await until('the webhook is there', async () => (await send(0)).status === 200, 60);
	for (let call = 1; call < CALLS; call++) assert.equal((await send(call)).status, 200);
	say(`${CALLS} calls with ${CONTACTS} contacts each are taken`);

	const executions = () => api.executions(flow);
	await until(
		'some executions are through',
		async () => (await executions()).filter(hasEnded).length >= 6,
	);
	const busy = (await executions()).filter(({ status }) => status === 'running').length;
	workers[0].kill();
	await workers[0].end;
	say(`the first worker is killed, ${busy} executions are running`);

	const all = await until(
		'every execution has ended',
		async () => {
			const list = await executions();
			return list.length >= CALLS && list.every(hasEnded) ? list : undefined;
		},
		420,
	);
	const count = (status) => all.filter((one) => one.status === status).length;
	say(
		`all have ended: ${count('success')} success, ${count('crashed')} crashed, ${count('error')} error`,
	);

	const failed = all.filter(({ status }) => status !== 'success');
	const told = { done: [], notDone: [] };
	async function note(execution) {
		const { done, notDone } = toldBy(await api.data(execution));
		told.done.push(...done);
		told.notDone.push(...notDone);
	}
	for (const { id: execution } of all.filter(({ status }) => status === 'success'))
		await note(execution);
	for (const { id: execution, status } of failed) say(`execution ${execution}: ${status}`);
	const missing = Array.from({ length: CALLS }, (_, call) => call).filter(
		(call) => !contacts(call).every(({ email }) => [...told.done, ...told.notDone].includes(email)),
	);
	say(`calls of which nobody is told: ${missing.length}, sent again`);
	assert.equal(
		missing.length,
		failed.length,
		'a call is untold and its execution is not shown as failed',
	);
	for (const call of missing) assert.equal((await send(call)).status, 200);
	const known = new Set(all.map(({ id: execution }) => execution));
	const again = await until('the repeated calls have ended', async () => {
		const list = await executions();
		return list.length >= known.size + missing.length && list.every(hasEnded) ? list : undefined;
	});
	for (const { id: execution } of again.filter((one) => !known.has(one.id))) await note(execution);

	const wanted = Array.from({ length: CALLS }, (_, call) => contacts(call)).flat();
	const good = wanted.filter(({ lastname }) => lastname).map(({ email }) => email);
	const bad = wanted.filter(({ lastname }) => !lastname).map(({ email }) => email);
	assert.deepEqual([...told.done].sort(), [...good].sort(), 'told as done');
	assert.deepEqual([...told.notDone].sort(), [...bad].sort(), 'told as not done');
	const { users } = await moodle(site, 'core_user_get_users', {
		'criteria[0][key]': 'email',
		'criteria[0][value]': '%@crm.example',
	});
	assert.deepEqual(users.map(({ email }) => email).sort(), [...good].sort(), 'users in Moodle');
	const { cohorts } = await moodle(site, 'core_cohort_search_cohorts', {
		query: COHORT,
		'context[contextid]': '1',
	});
	const [{ userids }] = await moodle(site, 'core_cohort_get_cohort_members', {
		'cohortids[0]': String(cohorts[0].id),
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

let code = 0;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
try {
	await main();
} catch (error) {
	console.error(error);
	code = 1;
}
for (const part of running.reverse()) await part();
process.exit(code);
