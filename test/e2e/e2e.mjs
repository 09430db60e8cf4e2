/**
 * The package in a real n8n: packed, installed as n8n installs it, driven through n8n's own REST calls and commands.
 *
 *   npm run e2e                                                              # against the stand-in
 *   npm run e2e -- --no-browser                                              # without the checks in a browser
 *   npm run e2e -- --events                                                  # the events of the trigger only
 *   MOODLE_URL=http://127.0.0.1:18051/moodle MOODLE_TOKEN=… npm run e2e      # against a test site
 *
 * N8N_BIN       another n8n command than the one of tools/n8n, as an executable file.
 * MOODLE_URL,   a test site, NOT a real one: users, courses, a category and a cohort are made in it, and left there. The token
 * MOODLE_TOKEN  is that of an administrator. Without both, the stand-in takes the place of the site.
 * MOODLE_USER,  an account of that site for signing in with its password, and the short name of the service. Without
 * MOODLE_PASSWORD, MOODLE_SERVICE   them, signing in is tried on the stand-in, which runs in any case.
 * PACKAGE       a packed package (.tgz), default: what `npm pack` makes of dist/.
 * KEEP=1        leaves the folder with n8n's data, logs and runs, and tells where it is. It holds the token (encrypted).
 *
 * With --events the token may be that of the documents' account, and MOODLE_COURSE and others say what no web service makes:
 * see test/live/eventScenarios.ts.
 *
 * What is checked: (1) how the package loads, (2) the connection test, (3) the lists of the locators, (4) runs with a
 * failing item, (5) every event of the trigger in an active workflow, once, and every workflow of examples/ on a stand-in of its own,
 * twice, with what must be in Moodle afterwards,
 * (6) the editor in a browser, where there is one, (7) that no token is anywhere in n8n's database, log or output.
 *
 * Measured: all pass in n8n 2.41.1. In 1.123.50 those of the connection test that rest on the HTTP status (wrong path,
 * sub-folder left out, redirect, 403, 503) fail: that version shows texts of its own there.
 *
 * Every check prints a line; the last one counts them. Exit code 1 when one has failed, 2 when nothing could be checked.
 * Tokens are never printed.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
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
import { join, relative } from 'node:path';
import { build } from '../../scripts/ensure-build.mjs';
import { install as installTools } from '../../tools/n8n/install.mjs';
import { callMoodle } from '../../tools/n8n/moodle.mjs';
import {
	NAME,
	TYPE,
	client,
	endAll,
	freePort,
	launch,
	manualTrigger,
	pack,
	root,
	settings,
	standIn,
	startServer,
	unpack,
	withCredentials,
} from '../../tools/n8n/n8n.mjs';
import { watchEvents } from './events.mjs';
import { FLOWS } from './flows.mjs';

const { N8N_BIN, PACKAGE: given, KEEP } = process.env;

function giveUp(why) {
	console.error(why);
	process.exit(2);
}
if (N8N_BIN && !existsSync(N8N_BIN)) giveUp('N8N_BIN is no file');
if (!process.env.MOODLE_URL !== !process.env.MOODLE_TOKEN)
	giveUp('Set both MOODLE_URL and MOODLE_TOKEN, or neither');

const n8n = N8N_BIN ? { program: N8N_BIN, first: [], environment: process.env } : installTools();
if (!given) build();
const home = mkdtempSync(join(tmpdir(), 'moodle-e2e-'));
const environment = settings(
	n8n.environment,
	home,
	await freePort(Number(process.env.E2E_PORT ?? 0)),
	{
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		N8N_LOG_LEVEL: 'debug',
		// older ones refuse names of modules that they do not know
		...(N8N_BIN ? { N8N_DISABLED_MODULES: '' } : {}),
	},
);
const api = client(`http://127.0.0.1:${environment.N8N_PORT}`);
const { rest } = api;
const base = `http://127.0.0.1:${environment.N8N_PORT}`;

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
		console.log(
			`FAILED   ${what}: ${hidden(error instanceof Error ? error.message : error).replaceAll(/\s+/g, ' ')}`,
		);
	}
}
function notTried(what, why) {
	skipped++;
	console.log(`NOT TRIED ${what}: ${why}`);
}
const heading = (text) => console.log(`\n${text}`);

// -------------------------------------------------------------------------------------------------------- sites and Moodle

const servers = new Set();

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

/** Calls Moodle directly, past the node. */
const moodle = async (wsfunction, params) => await callMoodle(site, wsfunction, params);

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
	const child = launch(
		n8n,
		args,
		{ ...environment, N8N_RUNNERS_BROKER_PORT: String(await freePort()) },
		logFile(args[0].replace(':', '-')),
	);
	const timer = setTimeout(child.kill, 240_000);
	const code = await child.end;
	clearTimeout(timer);
	return { code, text: child.log() };
}

/** n8n may close an idle connection at the very moment when it is used again: then once more. */
const get = async (url) => await fetch(url).catch(async () => await fetch(url));

let version = '';
// ------------------------------------------------------------------------------------------------------------------- checks

/** Unpacks the package as n8n does, and once more where the tests' own n8n-workflow is in reach. */
function install() {
	const tarball = given ?? pack(home);
	const target = unpack(tarball, home);
	const twin = join(root, 'node_modules', '.cache', `e2e-${process.pid}`);
	mkdirSync(twin, { recursive: true });
	execFileSync('tar', ['-xzf', tarball, '-C', twin, '--strip-components=1']);
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
			const answer = await get(`${base}/${url}`);
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
		assert((await get(`${base}/${type.iconUrl.light ?? type.iconUrl}`)).ok, 'no icon');
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

/** Tests a credential as the panel does, which saves it first; the status and the text. */
async function connection(data) {
	const id = await api.credential('Moodle account', data);
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
	// n8n does not even save it
	await check('no token', () =>
		refuses({ siteUrl: url, token: '' }, /token/).catch(
			(error) => (assert.match(error.message, /"token.{0,3} is mandatory/), 'cannot be saved'),
		),
	);
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
		manualTrigger(),
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

/** Makes credentials and our own workflows; n8n's IDs of the workflows by ours. */
async function prepareRuns(byPassword) {
	const wrong = 'e2efedcba9876543210fedcba9876543';
	secrets.add(wrong);
	const made = {
		[CREDENTIALS.right]: { siteUrl: site.url, token: site.token },
		[CREDENTIALS.wrong]: { siteUrl: site.url, token: wrong },
		[CREDENTIALS.dead]: { siteUrl: 'http://127.0.0.1:9', token: site.token },
		[CREDENTIALS.password]: byPassword,
	};
	for (const [name, data] of Object.entries(made)) made[name] = await api.credential(name, data);
	for (const flow of OWN) {
		for (const { credentials } of flow.nodes)
			if (credentials) credentials.moodleApi.id = made[credentials.moodleApi.id];
		const id = await api.workflow(flow);
		OWN_IDS.set(flow.id, id);
	}
}
const OWN_IDS = new Map();

/** What each node of an execution gave, by output. */
function results({ resultData }) {
	const items = (name, output = 0) =>
		(resultData.runData[name] ?? []).flatMap((turn) => turn.data?.main?.[output] ?? []);
	return { error: resultData.error, nodes: Object.keys(resultData.runData), items };
}

/** Runs one of our own workflows in the running n8n. */
const execute = async (id) => results(await api.run(OWN_IDS.get(id)));

/** Runs a workflow by n8n's command; what each node gave, by output. */
async function executeByCommand(id) {
	const { code, text } = await command('execute', `--id=${id}`, '--rawOutput');
	// between lines of the log, some of it on the same line; in colours
	const [found] =
		text.replace(/\u001b\[[0-9;]*m/g, '').match(/\{\r?\n  "data": \{[\s\S]*?\n\}/) ?? [];
	assert(found, `exit code ${code}, no run data: ${text.slice(-600)}`);
	return results(JSON.parse(found).data);
}

async function failingRuns() {
	heading('4. Runs with failing items');
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

/** The examples, each on a college of its own, or all on the site that was given. */
async function exampleRuns() {
	const files = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.json'));
	for (const name of files.map((file) => file.replace('.json', ''))) {
		const flow = JSON.parse(readFileSync(join(root, 'examples', `${name}.json`), 'utf8'));
		const plan = FLOWS[name];
		if (!plan) {
			await check(name, () => assert.fail('no expectations in test/e2e/flows.mjs'));
			continue;
		}
		const place = process.env.MOODLE_URL
			? { ...site, adminToken: site.token }
			: await standIn('--college');
		for (const token of [place.token, place.adminToken]) secrets.add(token);
		const administrator = { url: place.url, token: place.adminToken };
		const call = async (wsfunction, params) => await callMoodle(administrator, wsfunction, params);
		let adapted = { flow };
		try {
			if (!process.env.MOODLE_URL) await plan.prepare?.(call);
			adapted = (await plan.adapt?.(flow)) ?? adapted;
			const credential = async (type, data) => ({
				id: await api.credential(name, data, type),
				name,
			});
			const id = await api.workflow(
				withCredentials(adapted.flow, {
					moodleApi: await credential('moodleApi', { siteUrl: place.url, token: place.token }),
					...(adapted.openAi ? { openAiApi: await credential('openAiApi', adapted.openAi) } : {}),
				}),
			);
			for (const turn of [1, 2])
				await check(`${name}, ${turn === 1 ? 'first' : 'second'} time`, async () => {
					const start = adapted.triggers?.[turn - 1] ?? adapted.trigger;
					const run = results(await api.run(id, start));
					assert.equal(
						run.error,
						undefined,
						`${run.error?.message} ${run.error?.description ?? ''}`,
					);
					if (process.env.MOODLE_URL) return `${run.nodes.length} nodes ran`;
					return await plan.expect(run, turn, call, adapted.help);
				});
			if (name === 'ds-enroll') byCommand = { id, place };
			else if (!process.env.MOODLE_URL) await place.close();
		} catch (error) {
			await check(name, () => assert.fail(error));
		} finally {
			adapted.help?.close();
		}
	}
}
let byCommand;

/** Every file below a folder. */
const filesBelow = (folder) =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory()
			? filesBelow(join(folder, entry.name))
			: entry.isFile()
				? [join(folder, entry.name)]
				: [],
	);

async function inBrowser(server) {
	heading('6. The editor in a browser');
	if (process.argv.includes('--no-browser')) return notTried('the editor', '--no-browser');
	const { browserPath } = await import('../../tools/n8n/browser.mjs');
	if (!browserPath()) return notTried('the editor', 'no Chromium or Chrome found (CHROMIUM)');
	const { look, lookInTheDark } = await import('../../tools/n8n/look.mjs');
	const place = await standIn('--college');
	for (const token of [place.token, place.adminToken]) secrets.add(token);
	const name = 'Moodle (stand-in)';
	const credential = {
		name,
		id: await api.credential(name, { siteUrl: place.url, token: place.token }),
	};
	const contacts = JSON.parse(readFileSync(join(root, 'examples', 'ds-enroll.json'), 'utf8'));
	const flows = new Map([
		[contacts.name, await api.workflow(withCredentials(contacts, { moodleApi: credential }))],
	]);
	try {
		const stage = { api, server, site: place, credential, flows };
		for (const text of await look(stage, check, () => undefined)) secrets.add(text);
		await lookInTheDark(stage, check);
	} catch (error) {
		await check('the editor', () => assert.fail(error));
	}
	await place.close();
}

/** @param there a text of the runs that n8n keeps, so that the search is known to find what is there */
async function noSecrets(there) {
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
			files.some((file) => readFileSync(file).includes(there)),
			`${there} is in none of the files`,
		);
	});
}

/** Nothing but the events. */
async function events() {
	install();
	const server = await startServer(n8n, environment, logFile('start'));
	await api.signIn();
	await (
		await watchEvents({ api, server, check, notTried, secrets })
	)();
	await server.stop();
	await noSecrets('Moodle Trigger');
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
	version = (await command('--version')).text.trim().split('\n').pop();
	console.log(
		`n8n ${version}, ${MOODLE_URL ? `Moodle ${(await moodle('core_webservice_get_site_info')).release}` : 'stand-in'}`,
	);
	const facts = await furnish();
	const installed = install();

	const server = await startServer(n8n, environment, logFile('start'));
	await api.signIn();
	await loading(installed, server);
	const byPassword = await connectionTest(stand, account);
	await lists(
		await api.credential('Moodle account', { siteUrl: site.url, token: site.token }),
		facts,
	);
	await prepareRuns(byPassword);
	await failingRuns();
	heading('5. Trigger and examples');
	const told = await watchEvents({ api, server, check, notTried, secrets });
	await exampleRuns();
	await inBrowser(server);
	await told();
	await server.stop();
	await check('by the command: n8n execute', async () => {
		const run = await executeByCommand(byCommand.id);
		assert.equal(run.items('Done').length, 3);
	});
	await noSecrets('e2e.user01');
}

function cleanUp() {
	endAll();
	for (const server of servers) server.close();
	if (KEEP === '1') console.log(`Kept: ${home}`);
	else rmSync(home, { recursive: true, force: true });
}

try {
	await (process.argv.includes('--events') ? events() : main());
	console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
	process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
	console.error(hidden(error instanceof Error ? error.stack : error));
	process.exitCode = 2;
} finally {
	cleanUp();
}
