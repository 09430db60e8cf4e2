/**
 * The package in a real n8n: installed as n8n installs it, driven through n8n's own REST calls and commands.
 *
 *   npm run build
 *   N8N_BIN=/opt/n8n/n8n.sh node test/e2e/e2e.mjs                                          # against the stand-in
 *   N8N_BIN=… MOODLE_URL=http://127.0.0.1:18051/moodle MOODLE_TOKEN=… node test/e2e/e2e.mjs   # against a test site
 *
 * N8N_BIN       the n8n command, as an executable file. n8n 2.38 and later need Node 24, so a small script that puts that
 *               Node first on PATH and runs node_modules/n8n/bin/n8n does it. Outside of this repository:
 *                   npm install n8n@2.41.1 node@24 --legacy-peer-deps --ignore-scripts
 *                   (cd node_modules/node && node installArchSpecificPackage)     # the Node 24 binary
 *                   (cd node_modules/sqlite3 && npx node-gyp rebuild)             # Node's C headers: --nodedir=/usr
 * MOODLE_URL,   a test site, NOT a real one: users, courses, a category and a cohort are made in it, and left there. The token
 * MOODLE_TOKEN  is that of an administrator. Without both, the stand-in takes the place of the site.
 * MOODLE_USER,  an account of that site for signing in with its password, and the short name of the service. Without
 * MOODLE_PASSWORD, MOODLE_SERVICE   them, signing in is tried on the stand-in, which runs in any case.
 * PACKAGE       a packed package (.tgz), default: what `npm pack` makes of dist/.
 * KEEP=1        leaves the folder with n8n's data, logs and runs, and tells where it is. It holds the token (encrypted).
 *
 * What is checked: (1) how the package loads, (2) the connection test, (3) the lists of the locators, (4) examples/*.json
 * and runs with a failing item, (7) that no token is anywhere in n8n's database, log or output. Not in here, because they
 * need a browser or a Redis: the look of the node, and queue mode.
 *
 * Measured: all pass in n8n 1.88.0 and 2.41.1. In 1.123.50 those of the connection test that rest on the HTTP status (wrong
 * path, sub-folder left out, redirect, 403, 503) fail: that version shows texts of its own there.
 *
 * Every check prints a line; the last one counts them. Exit code 1 when one has failed, 2 when nothing could be checked.
 * This is no jest test: it takes some minutes and an n8n of 2 GB. Tokens are never printed.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
	createWriteStream,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NAME = 'n8n-nodes-moodle-lms';
const TYPE = `${NAME}.moodle`;
const { N8N_BIN: n8n, PACKAGE: given, KEEP } = process.env;

function giveUp(why) {
	console.error(why);
	process.exit(2);
}
if (!n8n || !existsSync(n8n)) giveUp('Set N8N_BIN to an n8n command (see the top of this file)');
if (!process.env.MOODLE_URL !== !process.env.MOODLE_TOKEN)
	giveUp('Set both MOODLE_URL and MOODLE_TOKEN, or neither');
if (!given && !existsSync(join(root, 'dist', 'nodes', 'Moodle', 'Moodle.node.js')))
	giveUp('Run npm run build first, or set PACKAGE');

const home = mkdtempSync(join(tmpdir(), 'moodle-e2e-'));
const PORT = Number(process.env.E2E_PORT ?? 15678);
const base = `http://127.0.0.1:${PORT}`;
const environment = {
	...process.env,
	N8N_USER_FOLDER: home,
	N8N_PORT: String(PORT),
	N8N_RUNNERS_BROKER_PORT: String(PORT + 1),
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_ENCRYPTION_KEY: 'end-to-end',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_SECURE_COOKIE: 'false',
	N8N_LOG_LEVEL: 'debug',
	N8N_RUNNERS_ENABLED: 'true',
	EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
};
for (const name of [
	'MOODLE_URL',
	'MOODLE_TOKEN',
	'MOODLE_PASSWORD',
	'MOODLE_LIMITED_TOKEN',
	'NODE_PATH',
])
	delete environment[name];

// ---------------------------------------------------------------------------------------------------------- keeping score

let passed = 0;
let failed = 0;
let skipped = 0;
/** Texts that must not come up anywhere. */
const secrets = new Set();
const hidden = (text) =>
	[...secrets].reduce((rest, secret) => rest.replaceAll(secret, '<secret>'), String(text));

async function check(what, body) {
	try {
		const remark = await body();
		passed++;
		console.log(`ok       ${what}${remark ? `: ${hidden(remark)}` : ''}`);
	} catch (error) {
		failed++;
		console.log(`FAILED   ${what}: ${hidden(error instanceof Error ? error.message : error)}`);
	}
}
function notTried(what, why) {
	skipped++;
	console.log(`NOT TRIED ${what}: ${why}`);
}
const heading = (text) => console.log(`\n${text}`);

// -------------------------------------------------------------------------------------------------------- sites and Moodle

const children = new Set();
const servers = new Set();

/** The stand-in in its own process. */
async function standIn() {
	const child = spawn(
		process.execPath,
		[join(root, 'scripts', 'run-ts.mjs'), join(root, 'test', 'e2e', 'stand-in.ts')],
		{ cwd: root, stdio: ['pipe', 'pipe', 'inherit'] },
	);
	children.add(child);
	for await (const line of createInterface({ input: child.stdout }))
		if (line.startsWith('{')) return JSON.parse(line);
	throw new Error('The stand-in does not start');
}

/** A server that is no Moodle: `answers[path]` is `[status, content type, body, headers]`. */
async function oddServer(answers) {
	const server = createServer((request, response) => {
		const [status, type, body, headers] = Object.entries(answers).find(([path]) =>
			request.url.startsWith(path),
		)?.[1] ?? [404, 'text/html', '<h1>Not Found</h1>'];
		response.writeHead(status, { 'content-type': type, ...headers }).end(body);
	});
	servers.add(server);
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return `http://127.0.0.1:${server.address().port}`;
}

let site;

function flat(value, name, form = new URLSearchParams()) {
	if (value !== null && typeof value === 'object')
		for (const [key, inner] of Object.entries(value))
			flat(inner, name ? `${name}[${key}]` : key, form);
	else form.append(name, String(value));
	return form;
}
/** Calls Moodle directly, past the node. */
async function moodle(wsfunction, params = {}) {
	const body = flat({ wstoken: site.token, wsfunction, moodlewsrestformat: 'json', ...params });
	const answer = await (
		await fetch(`${site.url}/webservice/rest/server.php`, { method: 'POST', body })
	).json();
	if (answer?.exception || answer?.errorcode) throw new Error(`${wsfunction}: ${answer.message}`);
	return answer;
}

/** What the checks need in the site; made where it is missing. */
async function furnish() {
	const [category] = await moodle('core_course_get_categories', {
		criteria: [{ key: 'idnumber', value: 'accessplanit' }],
	});
	const categoryId =
		category?.id ??
		(
			await moodle('core_course_create_categories', {
				categories: [{ name: 'accessplanit', idnumber: 'accessplanit' }],
			})
		)[0].id;
	const { cohorts } = await moodle('core_cohort_search_cohorts', {
		query: 'OneMembership',
		context: { contextid: 1 },
	});
	if (!cohorts.some((cohort) => cohort.idnumber === 'OneMembership')) {
		await moodle('core_cohort_create_cohorts', {
			cohorts: [
				{
					categorytype: { type: 'system', value: '' },
					name: 'OneMembership',
					idnumber: 'OneMembership',
				},
			],
		});
	}
	const { courses } = await moodle('core_course_get_courses_by_field', {
		field: 'shortname',
		value: 'E2E-1',
	});
	const courseId =
		courses[0]?.id ??
		(
			await moodle('core_course_create_courses', {
				courses: [{ fullname: 'End to end & back', shortname: 'E2E-1', categoryid: categoryId }],
			})
		)[0].id;
	const groups = await moodle('core_group_get_course_groups', { courseid: courseId });
	if (!groups.some((group) => group.name === 'E2E Mondays'))
		await moodle('core_group_create_groups', {
			groups: [{ courseid: courseId, name: 'E2E Mondays', description: '' }],
		});
	const wanted = Array.from(
		{ length: 60 },
		(_, index) => `e2e.user${String(index + 1).padStart(2, '0')}`,
	);
	const known = new Set(
		(await moodle('core_user_get_users_by_field', { field: 'username', values: wanted })).map(
			(user) => user.username,
		),
	);
	const users = wanted
		.filter((name) => !known.has(name))
		.map((username, index) => ({
			username,
			password: 'E2e-password, 1',
			firstname: 'Ezra',
			lastname: `Two-End ${index + 1}`,
			email: `${username}@example.com`,
		}));
	if (users.length > 0) await moodle('core_user_create_users', { users });
	return { courseId };
}

// ---------------------------------------------------------------------------------------------------------------------- n8n

let runs = 0;
const logFile = (name) => join(home, `${String(++runs).padStart(2, '0')}-${name}.log`);

/** Runs an n8n command to its end; its output, which is kept for the search for tokens too. */
async function command(...args) {
	const file = logFile(args[0].replace(':', '-'));
	const child = spawn(n8n, args, {
		env: { ...environment, N8N_RUNNERS_BROKER_PORT: String(PORT + 2) },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	children.add(child);
	const out = createWriteStream(file);
	child.stdout.pipe(out, { end: false });
	child.stderr.pipe(out, { end: false });
	const timer = setTimeout(() => child.kill('SIGKILL'), 180_000);
	const code = await new Promise((done) => child.on('close', done));
	clearTimeout(timer);
	children.delete(child);
	await new Promise((done) => out.end(done));
	return { code, text: readFileSync(file, 'utf8') };
}

/** Starts the server and waits until its API answers. */
async function start() {
	const file = logFile('start');
	const child = spawn(n8n, ['start'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
	children.add(child);
	const out = createWriteStream(file);
	child.stdout.pipe(out, { end: false });
	child.stderr.pipe(out, { end: false });
	let ended = false;
	const end = new Promise((done) => child.on('close', done)).then(() => (ended = true));
	for (let second = 0; ; second++) {
		const status = await fetch(`${base}/rest/login`).then(
			(answer) => answer.status,
			() => 0,
		);
		if (status === 401) break;
		if (ended || second > 180)
			throw new Error(`n8n does not start:\n${readFileSync(file, 'utf8').slice(-2000)}`);
		await new Promise((done) => setTimeout(done, 1000));
	}
	return {
		log: () => readFileSync(file, 'utf8'),
		async stop() {
			child.kill('SIGTERM');
			await end;
			children.delete(child);
		},
	};
}

let version = '';
let cookie = '';
async function rest(method, path, body) {
	const answer = await fetch(`${base}${path}`, {
		method,
		headers: { 'content-type': 'application/json', 'browser-id': 'end-to-end', cookie },
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

// ------------------------------------------------------------------------------------------------------------------- checks

/** Unpacks the package as n8n does, and once more where the tests' own n8n-workflow is in reach. */
function install() {
	const tarball =
		given ??
		join(
			home,
			JSON.parse(
				execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], {
					cwd: root,
					encoding: 'utf8',
					stdio: ['ignore', 'pipe', 'ignore'],
				}),
			)[0].filename,
		);
	const nodes = join(home, '.n8n', 'nodes');
	const target = join(nodes, 'node_modules', NAME);
	const twin = join(root, 'node_modules', '.cache', `e2e-${process.pid}`);
	for (const folder of [target, twin]) {
		mkdirSync(folder, { recursive: true });
		execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
	}
	const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
	for (const key of ['devDependencies', 'peerDependencies', 'optionalDependencies'])
		delete manifest[key];
	writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
	writeFileSync(
		join(nodes, 'package.json'),
		JSON.stringify({
			name: 'installed-nodes',
			private: true,
			dependencies: { [NAME]: manifest.version },
		}),
	);
	try {
		const { Moodle } = createRequire(import.meta.url)(
			join(twin, 'dist', 'nodes', 'Moodle', 'Moodle.node.js'),
		);
		return { description: new Moodle().description, target };
	} finally {
		rmSync(twin, { recursive: true, force: true });
	}
}

/** What n8n makes of a value on its way to the browser. */
const asJson = (value) => JSON.parse(JSON.stringify(value));

async function loading({ description, target }, server) {
	heading('1. The package in n8n');
	let node;
	const { json: types } = await rest('GET', '/types/nodes.json');
	await check('the node type is there', () => {
		node = types.find((type) => type.name === TYPE);
		assert(node, 'no such type in types/nodes.json');
		return `${node.properties.length} parameters`;
	});
	if (!node) return;
	await check('all parameters survive', () => {
		assert.deepEqual(node.properties, asJson(description.properties));
	});
	await check('icons', async () => {
		for (const [shade, url] of Object.entries(node.iconUrl)) {
			const answer = await fetch(`${base}/${url}`);
			assert(answer.ok && (await answer.text()).includes('<svg'), `${shade}: ${answer.status}`);
		}
		return Object.keys(node.iconUrl).join(', ');
	});
	await check('categories and search words', () => {
		assert.deepEqual(node.codex.categories, ['Productivity']);
		assert(node.codex.alias.includes('lms') && node.codex.alias.includes('enrol'), 'alias');
		return `${node.codex.alias.length} words`;
	});
	await check('tool for AI agents', () => {
		const tool = types.find((type) => type.name === `${TYPE}Tool`);
		assert(tool, 'no moodleTool');
		assert.deepEqual(
			tool.outputs.map((output) => output.type ?? output),
			['ai_tool'],
		);
		assert(tool.properties.length >= node.properties.length, 'parameters are missing');
		return `${tool.displayName}, ${tool.properties.length} parameters`;
	});
	await check('credential type', async () => {
		const { json } = await rest('GET', '/types/credentials.json');
		const type = json.find(({ name }) => name === 'moodleApi');
		assert(type, 'no moodleApi');
		assert((await fetch(`${base}/${type.iconUrl.light ?? type.iconUrl}`)).ok, 'no icon');
		return type.displayName;
	});
	await check('output schemas', async () => {
		const operations = description.properties
			.filter(({ name }) => name === 'operation')
			.flatMap((property) =>
				property.displayOptions.show.resource.flatMap((resource) =>
					property.options.map(({ value }) => `${resource}/${value}`),
				),
			);
		const lacking = [];
		for (const operation of operations) {
			const { status, json } = await rest('GET', `/schemas/${TYPE}/1.0.0/${operation}.json`);
			if (status !== 200 || !json?.type) lacking.push(operation);
		}
		if (lacking.length === operations.length && version.startsWith('1.'))
			return 'none: this n8n serves those of its own nodes only';
		if (lacking.length > 0)
			assert.fail(`${lacking.length} of ${operations.length} are missing: ${lacking.join(', ')}`);
		return `${operations.length}`;
	});
	await check('the log says nothing against it', () => {
		const bad = server
			.log()
			.split('\n')
			.filter(
				(line) =>
					/moodle/i.test(line) &&
					/error|could not|fail|warn/i.test(line) &&
					!line.includes(`${home}/.n8n`),
			);
		assert.deepEqual(bad, []);
		assert(existsSync(target));
	});
}

/** Saves a credential; its ID. */
async function save(name, data) {
	const { json, text } = await rest('POST', '/rest/credentials', {
		name,
		type: 'moodleApi',
		data: { authMethod: 'token', readOnly: false, ignoreSslIssues: false, ...data },
	});
	if (!json?.data?.id) throw new Error(`The credential cannot be saved: ${text.slice(0, 300)}`);
	return json.data.id;
}

/** Tests a credential as the panel does, which saves it first; the status and the text. */
async function connection(data) {
	const id = await save('Moodle account', data);
	const credentials = {
		id,
		name: 'Moodle account',
		type: 'moodleApi',
		data: { authMethod: 'token', readOnly: false, ignoreSslIssues: false, ...data },
	};
	const { json, text } = await rest('POST', '/rest/credentials/test', { credentials });
	assert(json?.data?.status, `unexpected answer: ${text.slice(0, 300)}`);
	return json.data;
}
const connects = async (data) => {
	const { status, message } = await connection(data);
	assert.equal(status, 'OK', message);
	return message;
};
const refuses = async (data, words) => {
	const { status, message } = await connection(data);
	assert.equal(status, 'Error', message);
	assert.match(message, words);
	return message;
};

async function connectionTest(stand, account) {
	heading('2. The connection test');
	const wrong = 'e2e0123456789abcdef0123456789abc';
	secrets.add(wrong);
	const { url, token } = site;
	const { origin, pathname } = new URL(url);
	const odd = await oddServer({
		'/html': [200, 'text/html', '<!doctype html><title>Welcome</title>'],
		'/json': [200, 'application/json', '{"hello":"world"}'],
		'/moved': [303, 'text/html', '', { location: 'https://www.example.com/' }],
		'/forbidden': [403, 'text/html', '<h1>Forbidden</h1>'],
		'/busy': [503, 'text/html', '<h1>Service Unavailable</h1>'],
		'/limited': [429, 'text/html', 'Too many'],
	});
	await check('right token', () => connects({ siteUrl: url, token }));
	await check('token with blanks, address with a slash', () =>
		connects({ siteUrl: ` ${url}/ `, token: ` ${token} ` }),
	);
	await check('address of the login page', () =>
		connects({ siteUrl: `${url}/login/index.php?lang=en`, token }),
	);
	await check('address of a dashboard', () => connects({ siteUrl: `${url}/my/`, token }));
	await check('wrong token', () => refuses({ siteUrl: url, token: wrong }, /token/));
	await check('no token', () => refuses({ siteUrl: url, token: '' }, /token/));
	await check('wrong path', () =>
		refuses({ siteUrl: `${origin}/nothing-here`, token }, /Site URL|Moodle/),
	);
	if (pathname === '/') notTried('site in a sub-folder', 'this site is not in one');
	else
		await check('sub-folder left out', () =>
			refuses({ siteUrl: origin, token }, /Site URL|Moodle/),
		);
	await check('redirect', () =>
		refuses({ siteUrl: `${odd}/moved`, token }, /sends this address on/),
	);
	await check('HTML page', () =>
		refuses({ siteUrl: `${odd}/html`, token }, /not as a Moodle web service/),
	);
	await check('other JSON', () =>
		refuses({ siteUrl: `${odd}/json`, token }, /not as a Moodle web service/),
	);
	await check('403', () => refuses({ siteUrl: `${odd}/forbidden`, token }, /REST|web services/i));
	await check('429', () => refuses({ siteUrl: `${odd}/limited`, token }, /\w/));
	await check('503', () => refuses({ siteUrl: `${odd}/busy`, token }, /maintenance|overloaded/));
	await check('nobody listens', () => refuses({ siteUrl: 'http://127.0.0.1:9', token }, /\w/));
	// n8n 1.123 does not even save it
	await check('no address', () =>
		refuses({ siteUrl: '', token }, /\w/).catch(
			(error) => (assert.match(error.message, /"siteUrl.{0,3} is mandatory/), 'cannot be saved'),
		),
	);

	const { siteUrl, ...login } = account ?? { siteUrl: stand.url, ...stand.account };
	secrets.add(login.password);
	if (!account)
		console.log(
			'         (MOODLE_USER and MOODLE_PASSWORD are not set: signing in is tried on the stand-in)',
		);
	const byPassword = { authMethod: 'password', siteUrl, ...login };
	await check('user name and password', () => connects(byPassword));
	await check('wrong password', () =>
		refuses({ ...byPassword, password: 'No, 1 really' }, /username or the password/),
	);
	await check('wrong service', () =>
		refuses({ ...byPassword, service: 'no_such_service' }, /service/),
	);
	return byPassword;
}

async function lists(credentialId, { courseId }) {
	heading('3. The lists of the locators');
	const ask = async (methodName, path, { filter, paginationToken, parameters = {} } = {}) => {
		const { status, json, text } = await rest(
			'POST',
			'/rest/dynamic-node-parameters/resource-locator-results',
			{
				nodeTypeAndVersion: { name: TYPE, version: 1 },
				path: `parameters.${path}`,
				methodName,
				currentNodeParameters: { resource: 'group', operation: 'get', ...parameters },
				credentials: { moodleApi: { id: credentialId, name: 'Moodle account' } },
				...(filter === undefined ? {} : { filter }),
				...(paginationToken === undefined ? {} : { paginationToken }),
			},
		);
		if (status !== 200) throw new Error(`${status} ${json?.message ?? text.slice(0, 300)}`);
		return json.data;
	};
	const finds = async (methodName, path, filter, pattern, parameters) => {
		const { results } = await ask(methodName, path, { filter, parameters });
		assert(
			results.some(({ name }) => pattern.test(name)),
			`${pattern} is not among ${results.length}: ${results
				.slice(0, 5)
				.map(({ name }) => name)
				.join(' | ')}`,
		);
		assert(
			results.every(
				({ name, value }) => typeof name === 'string' && name !== '' && value !== undefined,
			),
		);
		return `${results.length}, for example ${results[0].name}`;
	};
	await check('users, no filter', () => finds('searchUsers', 'userId', undefined, /\w/));
	await check('users, part of a name', () =>
		finds('searchUsers', 'userId', 'two-end', /e2e\.user/),
	);
	await check('users, e-mail address', () =>
		finds('searchUsers', 'userId', 'e2e.user07@example.com', /e2e\.user07/),
	);
	await check('users, next page', async () => {
		const first = await ask('searchUsers', 'userId');
		assert.equal(typeof first.paginationToken, 'string', 'no paging token with 60 users and more');
		const second = await ask('searchUsers', 'userId', { paginationToken: first.paginationToken });
		assert(second.results.length > 0, 'nothing on the second page');
		const ids = [...first.results, ...second.results].map(({ value }) => value);
		assert.equal(new Set(ids).size, ids.length, 'users twice');
		return `${first.results.length} + ${second.results.length}`;
	});
	await check('users, nobody', async () =>
		assert.deepEqual(
			(await ask('searchUsers', 'userId', { filter: 'zzz-nobody-zzz' })).results,
			[],
		),
	);
	await check('courses', () =>
		finds('searchCourses', 'courseId', 'End to end', /^End to end & back \(E2E-1\)$/),
	);
	await check('cohorts', () => finds('searchCohorts', 'cohortId', 'onemember', /OneMembership/));
	await check('categories', () =>
		finds('searchCategories', 'categoryId', 'accessplanit', /accessplanit/),
	);
	await check('roles', () => finds('searchRoles', 'roleId', 'student', /Student/));
	await check('functions', () =>
		finds('searchFunctions', 'functionName', 'get_site_info', /core_webservice_get_site_info/),
	);
	await check('reports', async () => `${(await ask('searchReports', 'reportId')).results.length}`);
	await check('groups, course chosen from the list', () =>
		finds('searchGroups', 'groupId', 'mondays', /E2E Mondays/, {
			courseId: { __rl: true, mode: 'list', value: String(courseId) },
		}),
	);
	await check('groups, course by short name', () =>
		finds('searchGroups', 'groupId', undefined, /E2E Mondays/, {
			courseId: { __rl: true, mode: 'shortname', value: 'E2E-1' },
		}),
	);
	await check(
		'groupings, course chosen',
		async () =>
			`${(await ask('searchGroupings', 'groupingId', { parameters: { courseId: { __rl: true, mode: 'id', value: String(courseId) } } })).results.length}`,
	);
	await check('groups without a course', async () => {
		await assert.rejects(
			ask('searchGroups', 'groupId', {
				parameters: { courseId: { __rl: true, mode: 'list', value: '' } },
			}),
			/Choose the course first/,
		);
	});
}

const CREDENTIALS = {
	right: 'e2eRight',
	wrong: 'e2eWrong',
	dead: 'e2eDead',
	password: 'e2ePassword',
};

/** A node of ours in a workflow of the checks. */
const moodleNode = (name, parameters, more = {}) => ({
	id: name,
	name,
	type: TYPE,
	typeVersion: 1,
	position: [400, 0],
	parameters: { options: {}, ...parameters },
	credentials: { moodleApi: { id: CREDENTIALS.right, name: 'Moodle account' } },
	...more,
});
/** Items, then nodes one after the other; what a node fails with goes to `Failed`. */
function workflow(id, items, nodes) {
	const lists = [
		{
			id: 'trigger',
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{
			id: 'data',
			name: 'Data',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [100, 0],
			parameters: {
				assignments: {
					assignments: [{ id: 'a', name: 'rows', type: 'array', value: JSON.stringify(items) }],
				},
				options: {},
			},
		},
		{
			id: 'items',
			name: 'Items',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			position: [200, 0],
			parameters: { fieldToSplitOut: 'rows', options: {} },
		},
		...nodes,
		{
			id: 'failed',
			name: 'Failed',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [800, 200],
			parameters: {
				assignments: {
					assignments: [
						{ id: 'b', name: 'item', type: 'string', value: "={{ $('Items').item.json.name }}" },
						{ id: 'c', name: 'reason', type: 'string', value: '={{ $json.error }}' },
					],
				},
				options: {},
			},
		},
	];
	const connections = {};
	const chain = ['Start', 'Data', 'Items', ...nodes.map(({ name }) => name)];
	for (const [index, name] of chain.entries()) {
		const next = chain[index + 1];
		const main = [next ? [{ node: next, type: 'main', index: 0 }] : []];
		if (nodes.some((node) => node.name === name && node.onError === 'continueErrorOutput'))
			main.push([{ node: 'Failed', type: 'main', index: 0 }]);
		connections[name] = { main };
	}
	return {
		id,
		name: id,
		nodes: lists,
		connections,
		settings: { executionOrder: 'v1' },
		active: false,
		pinData: {},
	};
}

const byUsername = {
	resource: 'user',
	operation: 'get',
	userId: { __rl: true, mode: 'username', value: '={{ $json.name }}' },
};
const people = [{ name: 'e2e.user01' }, { name: 'e2e.nobody' }, { name: 'e2e.user02' }];
const OWN = [
	workflow('e2eItems', people, [
		moodleNode('Moodle', byUsername, { onError: 'continueErrorOutput' }),
	]),
	workflow('e2eStops', people, [moodleNode('Moodle', byUsername)]),
	workflow('e2eBadToken', people, [
		moodleNode('Moodle', byUsername, {
			credentials: { moodleApi: { id: CREDENTIALS.wrong, name: 'Wrong' } },
		}),
	]),
	workflow('e2eDead', people.slice(0, 1), [
		moodleNode(
			'Moodle',
			{ ...byUsername, options: { timeout: 2000 } },
			{ credentials: { moodleApi: { id: CREDENTIALS.dead, name: 'Dead' } } },
		),
	]),
	workflow(
		'e2eSignIn',
		[{ name: 'e2e.signin' }],
		[
			moodleNode(
				'Moodle',
				{ resource: 'site', operation: 'getInfo' },
				{ credentials: { moodleApi: { id: CREDENTIALS.password, name: 'Password' } } },
			),
		],
	),
];

/** Imports the examples and our own workflows, with credentials. */
async function importAll(byPassword) {
	const credential = (id, name, data) => ({
		id,
		name,
		type: 'moodleApi',
		data: { authMethod: 'token', readOnly: false, ignoreSslIssues: false, ...data },
	});
	const wrong = 'e2efedcba9876543210fedcba9876543';
	secrets.add(wrong);
	writeFileSync(
		join(home, 'credentials.json'),
		JSON.stringify([
			credential(CREDENTIALS.right, 'Moodle account', { siteUrl: site.url, token: site.token }),
			credential(CREDENTIALS.wrong, 'Wrong', { siteUrl: site.url, token: wrong }),
			credential(CREDENTIALS.dead, 'Dead', { siteUrl: 'http://127.0.0.1:9', token: site.token }),
			credential(CREDENTIALS.password, 'Password', byPassword),
		]),
	);
	const examples = readdirSync(join(root, 'examples'))
		.filter((name) => name.endsWith('.json'))
		.map((name) => {
			const flow = JSON.parse(readFileSync(join(root, 'examples', name), 'utf8'));
			for (const node of flow.nodes)
				if (node.credentials?.moodleApi)
					node.credentials.moodleApi = { id: CREDENTIALS.right, name: 'Moodle account' };
			return { ...flow, id: `e2e${name.replace(/\W/g, '')}`.slice(0, 30), file: name };
		});
	writeFileSync(
		join(home, 'workflows.json'),
		JSON.stringify([...examples.map(({ file: _file, ...flow }) => flow), ...OWN]),
	);
	try {
		const credentials = await command(
			'import:credentials',
			`--input=${join(home, 'credentials.json')}`,
		);
		assert.equal(credentials.code, 0, credentials.text.slice(-500));
	} finally {
		rmSync(join(home, 'credentials.json'));
	}
	const workflows = await command('import:workflow', `--input=${join(home, 'workflows.json')}`);
	assert.equal(workflows.code, 0, workflows.text.slice(-500));
	return examples;
}

/** Runs a workflow; what each node gave, by output. */
async function execute(id) {
	const { code, text } = await command('execute', `--id=${id}`, '--rawOutput');
	// between lines of the log, some of it on the same line; in colours
	const [found] =
		text.replace(/\u001b\[[0-9;]*m/g, '').match(/\{\r?\n  "data": \{[\s\S]*?\n\}/) ?? [];
	assert(found, `exit code ${code}, no run data: ${text.slice(-600)}`);
	const run = JSON.parse(found);
	const { resultData } = run.data;
	const items = (name, output = 0) =>
		(resultData.runData[name] ?? []).flatMap((turn) => turn.data?.main?.[output] ?? []);
	return { code, error: resultData.error, nodes: Object.keys(resultData.runData), items };
}

/** What must come out of the examples; of others only that they end well. */
const EXPECTED = {
	'ds-enroll.json'(run) {
		assert.equal(run.items('Done').length, 3, 'contacts that are members');
		const [bad, ...more] = run.items('Not Done').map(({ json }) => json);
		assert.equal(more.length, 0, 'one contact cannot be done');
		assert.equal(bad.contact, 'C-4');
		return `3 done; ${bad.contact}: ${bad.reason}`;
	},
	'accessplanit.json'(run) {
		assert.deepEqual(
			run.items('Course Not Done').map(({ json }) => json),
			[],
		);
		assert.deepEqual(
			run
				.items('Course Done')
				.map(({ json }) => json.course)
				.sort(),
			['AP-1001', 'AP-1002'],
		);
		assert.equal(run.items('Booking Done').length, 2);
		assert.equal(
			run.items('Cancellation Done').length + run.items('Booking Not Done').length,
			1,
			'the cancelled booking',
		);
		return `courses ${run.items('Course Done').length}, bookings ${run.items('Booking Done').length}; not done: ${
			run
				.items('Booking Not Done')
				.map(({ json }) => json.reason)
				.join('; ') || 'none'
		}`;
	},
};

async function examplesAndRuns(byPassword) {
	heading('4. Examples and runs');
	let examples = [];
	await check('import', async () => {
		examples = await importAll(byPassword);
		return examples.map(({ file }) => file).join(', ');
	});
	for (const { id, file } of examples) {
		for (const time of ['first', 'second']) {
			await check(`${file}, ${time} time`, async () => {
				const run = await execute(id);
				assert.equal(run.error, undefined, `${run.error?.message} ${run.error?.description ?? ''}`);
				return EXPECTED[file]?.(run) ?? `${run.nodes.length} nodes ran`;
			});
		}
	}
	await check('one item of three fails: error output and paired items', async () => {
		const run = await execute('e2eItems');
		assert.equal(run.error, undefined);
		assert.deepEqual(
			run.items('Moodle').map(({ json }) => json.username),
			['e2e.user01', 'e2e.user02'],
		);
		assert.deepEqual(
			run
				.items('Moodle')
				.map(({ pairedItem }) => pairedItem?.item ?? pairedItem?.[0]?.item ?? pairedItem),
			[0, 2],
		);
		const [{ json }, ...more] = run.items('Failed');
		assert.equal(more.length, 0);
		assert.equal(json.item, 'e2e.nobody');
		assert.match(json.reason, /e2e\.nobody/);
		return json.reason;
	});
	await check('one item of three fails: the workflow stops', async () => {
		const { error } = await execute('e2eStops');
		assert.match(error?.message ?? '', /e2e\.nobody/);
		assert.equal(error.context?.itemIndex ?? error.itemIndex, 1);
		return `${error.message} | ${error.description}`;
	});
	await check('wrong token: one clear error', async () => {
		const { error } = await execute('e2eBadToken');
		assert.match(error?.message ?? '', /token/i);
		return `${error.message} | ${error.description}`;
	});
	await check('nobody listens: one clear error', async () => {
		const { error } = await execute('e2eDead');
		assert.match(error?.message ?? '', /refuses the connection/);
		return `${error.message} | ${error.description}`;
	});
	await check('run with user name and password', async () => {
		const run = await execute('e2eSignIn');
		assert.equal(run.error, undefined, run.error?.message);
		assert(run.items('Moodle').length === 1);
		return `as ${run.items('Moodle')[0].json.username}`;
	});
}

/** Every file below a folder. */
const filesBelow = (folder) =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory()
			? filesBelow(join(folder, entry.name))
			: entry.isFile()
				? [join(folder, entry.name)]
				: [],
	);

async function noSecrets() {
	heading('7. No token in what n8n keeps');
	const files = filesBelow(home).filter(
		(file) => !file.includes(`${NAME}/`) && !file.endsWith('.tgz'),
	);
	const spellings = [...secrets]
		.filter((secret) => secret !== '')
		.flatMap((secret) => [
			secret,
			encodeURIComponent(secret),
			new URLSearchParams({ s: secret }).toString().slice(2),
			Buffer.from(secret).toString('base64'),
		]);
	await check('neither in the database, nor in the log, nor in the output of the runs', () => {
		assert(
			files.some((file) => file.endsWith('database.sqlite')),
			'no database found',
		);
		const found = files.filter((file) => {
			const content = readFileSync(file);
			return [...new Set(spellings)].some((text) => content.includes(text));
		});
		assert.deepEqual(
			found.map((file) => relative(home, file)),
			[],
		);
		const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
		return `${files.length} files, ${(size / 1e6).toFixed(1)} MB, ${secrets.size} secrets`;
	});
	await check('the search finds what is there', () => {
		assert(
			files.some((file) => readFileSync(file).includes('e2e.user01')),
			'a user name of the runs is in none of the files',
		);
	});
}

async function main() {
	const stand = await standIn();
	secrets.add(stand.token);
	const { MOODLE_URL, MOODLE_TOKEN, MOODLE_USER, MOODLE_PASSWORD, MOODLE_SERVICE } = process.env;
	site = MOODLE_URL ? { url: MOODLE_URL.replace(/\/+$/, ''), token: MOODLE_TOKEN } : stand;
	secrets.add(site.token);
	const account =
		MOODLE_USER && MOODLE_PASSWORD
			? {
					siteUrl: site.url,
					username: MOODLE_USER,
					password: MOODLE_PASSWORD,
					service: MOODLE_SERVICE ?? 'moodle_mobile_app',
				}
			: undefined;
	version = execFileSync(n8n, ['--version'], { env: environment, encoding: 'utf8' })
		.trim()
		.split('\n')
		.pop();
	console.log(
		`n8n ${version}, ${MOODLE_URL ? `Moodle ${(await moodle('core_webservice_get_site_info')).release}` : 'stand-in'}`,
	);
	const facts = await furnish();
	const installed = install();

	const server = await start();
	await rest('POST', '/rest/owner/setup', {
		email: 'e2e@example.com',
		firstName: 'End',
		lastName: 'Toend',
		password: 'E2e-password-1',
	});
	await rest('POST', '/rest/login', {
		email: 'e2e@example.com',
		emailOrLdapLoginId: 'e2e@example.com',
		password: 'E2e-password-1',
	});
	await loading(installed, server);
	const byPassword = await connectionTest(stand, account);
	await lists(await save('Moodle account', { siteUrl: site.url, token: site.token }), facts);
	await server.stop();

	await examplesAndRuns(byPassword);
	await noSecrets();
	console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
}

function cleanUp() {
	for (const child of children) child.kill('SIGKILL');
	for (const server of servers) server.close();
	if (KEEP === '1') console.log(`Kept: ${home}`);
	else rmSync(home, { recursive: true, force: true });
}

try {
	await main();
	process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
	console.error(hidden(error instanceof Error ? error.stack : error));
	process.exitCode = 2;
} finally {
	cleanUp();
}
