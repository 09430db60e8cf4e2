// A real n8n in a folder of its own: install the package into it, start and stop it, speak with its REST interface.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const NAME = 'n8n-nodes-moodle-lms';
export const TYPE = `${NAME}.moodle`;

/** The owner of every n8n that is started here. */
export const OWNER = {
	email: 'admin@example.com',
	firstName: 'Robin',
	lastName: 'Reed',
	password: 'Moodle-and-n8n-1',
};

/** What must not reach n8n from the shell of who starts it. */
const PRIVATE = /^(MOODLE_|NODE_PATH$|N8N_|DB_|QUEUE_|EXECUTIONS_|npm_)/;

/** The environment of an n8n that keeps to its folder and asks nobody on the internet. */
export function settings(base, home, port, more = {}) {
	const kept = Object.fromEntries(Object.entries(base).filter(([name]) => !PRIVATE.test(name)));
	return {
		...kept,
		N8N_USER_FOLDER: home,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_ENCRYPTION_KEY: 'of-a-test-instance',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_DISABLED_MODULES: 'mcp-registry',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_ENABLED: 'true',
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
		EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
		...more,
	};
}

/** A port that nobody listens on; the one asked for, if it is free. */
export async function freePort(wanted = 0) {
	const server = createServer();
	const port = await new Promise((done) => {
		server.once('error', () => done(undefined));
		server.listen(wanted, '127.0.0.1', () => done(server.address().port));
	});
	await new Promise((done) => server.close(done));
	return port ?? (await freePort());
}

/** Packs the package as it would be published; the path of the file. Needs a build. */
export function pack(folder) {
	const told = execFileSync(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
		{
			cwd: root,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
			shell: process.platform === 'win32',
		},
	);
	return join(folder, JSON.parse(told)[0].filename);
}

/** Unpacks a packed package where n8n keeps community nodes, as n8n does it; the folder. */
export function unpack(tarball, home) {
	const nodes = join(home, '.n8n', 'nodes');
	const target = join(nodes, 'node_modules', NAME);
	mkdirSync(target, { recursive: true });
	execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
	const file = join(target, 'package.json');
	const manifest = JSON.parse(readFileSync(file, 'utf8'));
	for (const key of ['devDependencies', 'peerDependencies', 'optionalDependencies'])
		delete manifest[key];
	writeFileSync(file, JSON.stringify(manifest));
	const installed = { name: 'installed-nodes', private: true };
	writeFileSync(
		join(nodes, 'package.json'),
		JSON.stringify({ ...installed, dependencies: { [NAME]: manifest.version } }),
	);
	return target;
}

/** What ends the programs that still run when the script ends. */
const atExit = new Set();
/** Ends what was started here and still runs; the script itself ends only then. */
export function endAll() {
	for (const kill of atExit) kill('SIGKILL');
}
process.once('exit', endAll);

/** Starts a program with its output in a file; `stop` asks it to end and waits until it has. */
export function launch({ program, first }, args, environment, file) {
	// in a group of its own: Ctrl-C reaches only the script, which then stops it in order
	const child = spawn(program, [...first, ...args], {
		env: environment,
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: process.platform !== 'win32',
	});
	const out = createWriteStream(file);
	child.stdout.pipe(out, { end: false });
	child.stderr.pipe(out, { end: false });
	let ended = false;
	const end = new Promise((done) => child.on('close', done)).then(async (code) => {
		ended = true;
		atExit.delete(kill);
		await new Promise((done) => out.end(done));
		return code;
	});
	const kill = (signal) => {
		try {
			process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
		} catch {
			// it has ended already
		}
	};
	atExit.add(kill);
	return {
		pid: child.pid,
		end,
		log: () => (existsSync(file) ? readFileSync(file, 'utf8') : ''),
		ended: () => ended,
		kill: () => kill('SIGKILL'),
		async stop() {
			child.kill('SIGTERM');
			const limit = setTimeout(() => kill('SIGKILL'), 30_000);
			await end;
			clearTimeout(limit);
		},
	};
}

/** Starts n8n's server and waits until its interface answers, which it does later than its health check. */
export async function startServer(n8n, environment, file) {
	const server = launch(n8n, ['start'], environment, file);
	const address = `http://127.0.0.1:${environment.N8N_PORT}`;
	for (const from = Date.now(); ; ) {
		const status = await fetch(`${address}/rest/login`).then(
			(answer) => answer.status,
			() => 0,
		);
		if (status === 401) break;
		if (server.ended() || Date.now() - from > 240_000) {
			server.kill();
			throw new Error(`n8n does not start:\n${server.log().slice(-2000)}`);
		}
		await new Promise((done) => setTimeout(done, 500));
	}
	return { ...server, address };
}

/** Reads what n8n keeps of an execution: a list whose objects hold the places of their values in the list, as text. */
function unflatten(text) {
	const list = JSON.parse(text);
	const made = new Map();
	function at(place) {
		const raw = list[Number(place)];
		if (raw === null || typeof raw !== 'object') return raw;
		if (made.has(place)) return made.get(place);
		const value = Array.isArray(raw) ? [] : {};
		made.set(place, value);
		for (const [key, inner] of Object.entries(raw))
			value[key] = typeof inner === 'string' ? at(inner) : inner;
		return value;
	}
	return at('0');
}

/** Whether an execution is over, well or not. */
export const hasEnded = ({ status }) => !['new', 'running', 'waiting', 'unknown'].includes(status);

/** Speaks with n8n's REST interface as its editor does. */
export function client(address) {
	/** An n8n that is at work for longer than it keeps connections open breaks them: it is asked again. */
	const orBusy = (caught) => {
		if (!(caught instanceof TypeError)) throw caught;
		return { status: 'unknown' };
	};
	let cookie = '';
	async function rest(method, path, body) {
		const answer = await fetch(`${address}${path}`, {
			method,
			headers: { 'content-type': 'application/json', 'browser-id': 'tests', cookie },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const set = answer.headers.getSetCookie().find((line) => line.startsWith('n8n-auth='));
		if (set) cookie = set.split(';')[0];
		const text = await answer.text();
		try {
			return { status: answer.status, text, json: JSON.parse(text) };
		} catch {
			return { status: answer.status, text };
		}
	}
	/** What n8n gives, or an exception in its words. */
	async function must(method, path, body) {
		const { status, json, text } = await rest(method, path, body);
		if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 400)}`);
		return json.data;
	}
	/**
	 * Runs a workflow from a trigger (its first one, if none is named) and gives the data of the execution. Whether it has
	 * ended is asked each so many milliseconds, which costs n8n work.
	 */
	async function run(id, trigger, every = 250) {
		const flow = await must('GET', `/rest/workflows/${id}`);
		const start = trigger ?? flow.nodes.find(({ type }) => /Trigger$/.test(type)).name;
		const { executionId } = await must('POST', `/rest/workflows/${id}/run`, {
			workflowData: flow,
			triggerToStartFrom: { name: start },
		});
		for (const from = Date.now(); Date.now() - from < 240_000; ) {
			const { status, data } = await must('GET', `/rest/executions/${executionId}`).catch(orBusy);
			// older ones tell the end before they have written the data
			const told = hasEnded({ status }) ? unflatten(data) : undefined;
			if (told) return told;
			await new Promise((done) => setTimeout(done, every));
		}
		throw new Error(`Execution ${executionId} has not ended after four minutes`);
	}
	/** Activates or deactivates a saved workflow; the first versions of n8n 1 have no paths of their own for it. */
	async function setActive(id, active) {
		const { versionId } = await must('GET', `/rest/workflows/${id}`);
		const path = `/rest/workflows/${id}/${active ? 'activate' : 'deactivate'}`;
		const { status, text } = await rest('POST', path, { versionId });
		if (status === 404) await must('PATCH', `/rest/workflows/${id}`, { versionId, active });
		else assert(status < 300, `${path}: ${status} ${text.slice(0, 400)}`);
	}
	return {
		rest,
		must,
		run,
		activate: async (id) => await setActive(id, true),
		deactivate: async (id) => await setActive(id, false),
		/** The executions of a workflow, without their data. */
		async executions(id) {
			const filter = encodeURIComponent(JSON.stringify({ workflowId: id }));
			return (await must('GET', `/rest/executions?limit=100&filter=${filter}`)).results;
		},
		/** The data of an execution. */
		data: async (id) => unflatten((await must('GET', `/rest/executions/${id}`)).data),
		/** Makes the owner of a new n8n and signs in. */
		async signIn() {
			await rest('POST', '/rest/owner/setup', OWNER);
			const { email, password } = OWNER;
			await must('POST', '/rest/login', { email, emailOrLdapLoginId: email, password });
		},
		/** Saves a credential, one of Moodle unless another type is named; its ID. */
		async credential(name, data, type = 'moodleApi') {
			const standard =
				type === 'moodleApi'
					? { authMethod: 'token', readOnly: false, ignoreSslIssues: false }
					: {};
			const given = { name, type, data: { ...standard, ...data } };
			return (await must('POST', '/rest/credentials', given)).id;
		},
		/** Saves a workflow as importing it from a file does; its ID. */
		async workflow(flow) {
			const { name, nodes, connections, settings = {}, pinData = {} } = flow;
			const given = { name, nodes, connections, settings, pinData, active: false };
			return (await must('POST', '/rest/workflows', given)).id;
		},
	};
}

/** The node that a workflow started by hand begins with. */
export const manualTrigger = (name = 'Start', position = [0, 0]) => ({
	id: name,
	name,
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position,
	parameters: {},
});

/** The credential type of a node, as far as the examples have such nodes. */
const credentialOf = ({ type }) => {
	if (type.startsWith(`${NAME}.`)) return 'moodleApi';
	return type.endsWith('.lmChatOpenAi') ? 'openAiApi' : undefined;
};

/** A workflow whose nodes use these credentials, `{ moodleApi: { id, name } }`. */
export const withCredentials = (flow, credentials) => ({
	...flow,
	nodes: flow.nodes.map((node) => {
		const type = credentialOf(node);
		return credentials[type] ? { ...node, credentials: { [type]: credentials[type] } } : node;
	}),
});

/**
 * A program of test/e2e in a process of its own, which tells lines of JSON and ends when its standard input does: what its
 * first line tells, `ask`, which gives its answer to a line, and `close`, which ends it.
 */
export async function helper(program, ...args) {
	const child = spawn(
		process.execPath,
		[join(root, 'scripts', 'run-ts.mjs'), join(root, 'test', 'e2e', program), ...args],
		{ cwd: root, stdio: ['pipe', 'pipe', 'inherit'], detached: process.platform !== 'win32' },
	);
	const end = new Promise((done) => child.on('exit', done));
	const kill = () => child.kill('SIGKILL');
	atExit.add(kill);
	void end.then(() => atExit.delete(kill));
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	async function told() {
		for (;;) {
			const { value, done } = await lines.next();
			if (done) throw new Error(`${program} has ended`);
			if (value.startsWith('{')) return JSON.parse(value);
		}
	}
	return {
		...(await told()),
		pid: child.pid,
		async ask(line) {
			child.stdin.write(`${line}\n`);
			return await told();
		},
		async close() {
			child.stdin.end();
			await end;
		},
	};
}

/** The stand-in for Moodle. */
export const standIn = async (...args) => await helper('stand-in.ts', ...args);
