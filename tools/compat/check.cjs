// Runs the built package on one version of n8n-workflow (see run.mjs). The node gets a small double of n8n's execute
// functions: requests go to the stand-in over HTTP, or fail with the very error that this version of n8n throws.
const assert = require('node:assert');
const http = require('node:http');
const Module = require('node:module');
const path = require('node:path');

const { root, name, url: site, token, traps } = JSON.parse(process.env.COMPAT);
const dist = path.join(root, 'dist') + path.sep;
const workflow = require.resolve(name);
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
	if (request === 'n8n-workflow' && parent?.filename?.startsWith(dist)) return workflow;
	return resolve.call(this, request, parent, ...rest);
};

const { LoggerProxy, NodeApiError } = require(name);
const { version } = require(
	path.join(workflow.slice(0, workflow.lastIndexOf(`${path.sep}dist${path.sep}`)), 'package.json'),
);
const { MoodleApi } = require(path.join(dist, 'credentials', 'MoodleApi.credentials.js'));
const { Moodle } = require(path.join(dist, 'nodes', 'Moodle', 'Moodle.node.js'));

const PASSWORD = 'Sign-In/7+secret&x=1';
const PROXY = 'Basic cHJveHk6c2VjcmV0LXBhc3N3b3Jk';
const SECRETS = [token, PASSWORD, PROXY.slice(6), 'Compat-Secret-1!'].flatMap((secret) => [
	secret,
	encodeURIComponent(secret),
	new URLSearchParams({ a: secret }).toString().slice(2),
	Buffer.from(secret).toString('base64').replace(/=+$/, ''),
]);

const logged = [];
const note = (...said) => logged.push(said);
LoggerProxy.init({ debug: note, info: note, warn: note, error: note, verbose: note });

/** Everything a value holds, non-enumerable fields, getters of its classes, symbols and cycles included, as one text. */
function deep(value, seen = new Set()) {
	if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
		return String(value);
	if (seen.has(value)) return '';
	seen.add(value);
	const parts = [];
	if (Buffer.isBuffer(value)) parts.push(value.toString('latin1'));
	if (value instanceof URLSearchParams || value instanceof URL) parts.push(String(value));
	if (value instanceof Map || value instanceof Set)
		for (const entry of value) parts.push(deep(entry, seen));
	for (
		let from = value;
		from && from !== Object.prototype && from !== Function.prototype;
		from = Object.getPrototypeOf(from)
	) {
		for (const key of Reflect.ownKeys(from)) {
			let part;
			try {
				part = value[key];
			} catch {
				continue;
			}
			if (typeof part !== 'function') parts.push(`${String(key)}=${deep(part, seen)}`);
		}
	}
	return parts.join('\n');
}

function expectNoSecret(what, value) {
	const text = `${deep(value)}\n${JSON.stringify(value) ?? ''}`;
	for (const secret of SECRETS)
		assert(
			!text.includes(secret),
			`${what} holds a secret: ${text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 20)}`,
		);
}

/** What axios throws for a request that got no answer, or one of this status. */
function axiosError(code, options, status) {
	const config = {
		url: options.url,
		method: 'post',
		data: options.body,
		headers: { ...options.headers, 'Proxy-Authorization': PROXY },
	};
	const error = new Error(
		status ? `Request failed with status code ${status}` : `connect ${code} 127.0.0.1:443`,
	);
	const request = {
		_header: `POST / HTTP/1.1\r\nProxy-Authorization: ${PROXY}\r\n`,
		body: options.body,
	};
	const response = status && {
		status,
		statusText: 'x',
		data: `<html>${options.body}</html>`,
		headers: { 'x-echo': String(options.body) },
		config,
		request,
	};
	return Object.assign(error, {
		name: 'AxiosError',
		isAxiosError: true,
		code,
		config,
		request,
		response,
		options: config,
	});
}

async function ask(options) {
	const body = String(options.body ?? '');
	return await new Promise((done, fail) => {
		const request = http.request(
			options.url,
			{
				method: options.method,
				headers: { ...options.headers, 'content-length': Buffer.byteLength(body) },
				agent: false,
			},
			(response) => {
				const parts = [];
				response
					.on('data', (part) => parts.push(part))
					.on('end', () =>
						done({
							statusCode: response.statusCode,
							headers: response.headers,
							body: Buffer.concat(parts).toString('utf8'),
						}),
					);
			},
		);
		request.on('error', fail).end(body);
	});
}

const NODE = {
	id: 'a',
	name: 'Moodle',
	type: 'n8n-nodes-moodle-lms.moodle',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	credentials: { moodleApi: { id: '1', name: 'x' } },
};

/** A double of n8n's execute functions. `breaks` gives the error that requests end with. */
function contextOf({
	items,
	goOn,
	breaks,
	values = { siteUrl: site, authMethod: 'token', token },
}) {
	const api = new MoodleApi();
	let thrown = 0;
	const get = (from, names) =>
		names.reduce((part, key) => (part === undefined ? undefined : part[key]), from);
	const context = {
		getInputData: () => items.map((json) => ({ json })),
		getNodeParameter: (key, index, fallback, options) =>
			options?.rawExpressions ? '={{ $json }}' : (get(items[index], key.split('.')) ?? fallback),
		getNode: () => structuredClone(NODE),
		getCredentials: async () => ({ ...values }),
		getTimezone: () => 'UTC',
		continueOnFail: () => goOn,
		addExecutionHints: note,
		getExecutionCancelSignal: () => undefined,
		helpers: {
			httpRequest: async (options) => {
				const broken = breaks?.(options, 'plain');
				if (broken) throw broken;
				return await ask(options);
			},
			// As n8n does it: whatever goes wrong is wrapped by this version's NodeApiError.
			httpRequestWithAuthentication: async function (_type, options) {
				const signed = await api.authenticate(values, options);
				const broken = breaks?.(signed, 'signed');
				if (broken) {
					thrown++;
					const wrapped = new NodeApiError(structuredClone(NODE), broken);
					context.holdsSecret ||= SECRETS.some((secret) => deep(wrapped).includes(secret));
					throw wrapped;
				}
				return await ask(signed);
			},
		},
		thrown: () => thrown,
		holdsSecret: false,
	};
	return context;
}

const person = (username) => ({
	resource: 'user',
	operation: 'create',
	username,
	firstname: 'A',
	lastname: 'B',
	email: `${username}@example.org`,
	additionalFields: { password: 'Compat-Secret-1!' },
	options: { recoverySeconds: 0, timeout: 5000 },
});
const reader = {
	resource: 'user',
	operation: 'get',
	userId: { __rl: true, mode: 'username', value: 'admin' },
	simplify: true,
	options: { recoverySeconds: 0, timeout: 5000 },
};

const run = async (context) => (await new Moodle().execute.call(context))[0];

function expectErrorItem(item, index) {
	assert.deepStrictEqual(Object.keys(item).sort(), ['json', 'pairedItem']);
	assert.deepStrictEqual(Object.keys(item.json), ['error']);
	assert(typeof item.json.error === 'string' && item.json.error !== '');
	assert.deepStrictEqual(item.pairedItem, { item: index });
}

/** The same failure in both modes: an item of the safe shape, and an error with the very same words. */
async function expectSafe(what, make) {
	const going = make(true);
	const out = await run(going);
	out.forEach(expectErrorItem);
	expectNoSecret(`${what}: the items`, out);
	const [{ json }] = out;
	const stopping = make(false);
	const caught = await run(stopping).then(
		() => assert.fail(`${what}: nothing was thrown`),
		(error) => error,
	);
	assert(caught instanceof NodeApiError, `${what}: threw ${caught?.name}: ${caught?.stack}`);
	expectNoSecret(`${what}: the error`, caught);
	const message = caught.message.replace(/ \[Item 0\]$/, '');
	assert(
		json.error.startsWith(message),
		`${what}: '${caught.message}' is not our text '${json.error}'`,
	);
	assert(
		!caught.description || json.error.endsWith(caught.description),
		`${what}: '${caught.description}' is not our text '${json.error}'`,
	);
	assert.strictEqual(caught.cause, undefined, `${what}: the error has a cause`);
	return { texts: json.error, holds: going.holdsSecret || stopping.holdsSecret };
}

async function main() {
	const api = new MoodleApi();
	const request = {
		url: `${site}/webservice/rest/server.php`,
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: 'a=1',
	};
	const signed = await api.authenticate({ siteUrl: site, authMethod: 'token', token }, request);
	assert.strictEqual(signed.body, `a=1&wstoken=${token}`);
	const elsewhere = { ...request, url: 'http://other.example.org/webservice/rest/server.php' };
	assert.strictEqual(
		(await api.authenticate({ siteUrl: site, authMethod: 'token', token }, elsewhere)).body,
		'a=1',
	);
	expectNoSecret('the description', new Moodle().description);

	const made = await run(
		contextOf({ items: ['compat1', 'compat2', 'compat3'].map(person), goOn: false }),
	);
	assert.deepStrictEqual(
		made.map((item) => [item.json.username, item.pairedItem]),
		[1, 2, 3].map((n) => [`compat${n}`, { item: n - 1 }]),
	);
	expectNoSecret('the items', made);

	let held = false;
	let count = 0;
	const safe = async (what, make) => {
		const { holds } = await expectSafe(what, make);
		held ||= holds;
		count++;
	};
	// Codes that are sent again would only cost time here; those which may not be are all there are.
	for (const code of [
		'ENOTFOUND',
		'CERT_HAS_EXPIRED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'ERR_INVALID_URL',
	])
		for (const parameters of [person('nobody'), reader])
			await safe(`${code}, ${parameters.operation}`, (goOn) =>
				contextOf({
					items: [parameters, parameters],
					goOn,
					breaks: (options) => axiosError(code, options),
				}),
			);
	const message = {
		resource: 'message',
		operation: 'send',
		userId: { __rl: true, mode: 'id', value: '2' },
		text: 'Hello',
		textformat: 2,
		options: { timeout: 5000 },
	};
	for (const code of [
		'ECONNRESET',
		'ETIMEDOUT',
		'ECONNABORTED',
		'ERR_BAD_RESPONSE',
		'EHOSTUNREACH',
		'EPROTO',
	])
		await safe(`${code}, message`, (goOn) =>
			contextOf({ items: [message], goOn, breaks: (options) => axiosError(code, options) }),
		);
	await safe('a status as an exception', (goOn) =>
		contextOf({
			items: [message],
			goOn,
			breaks: (options) => axiosError('ERR_BAD_RESPONSE', options, 500),
		}),
	);
	await safe('taken', (goOn) => contextOf({ items: [person('compat1')], goOn }));
	for (const trap of traps) await safe(trap, (goOn) => contextOf({ items: [person(trap)], goOn }));
	const values = {
		siteUrl: site,
		authMethod: 'password',
		username: 'admin',
		password: PASSWORD,
		service: 'x',
		sessionToken: 'stale',
	};
	await safe('a sign-in that fails', (goOn) =>
		contextOf({
			items: [reader],
			goOn,
			values,
			breaks: (options, kind) => (kind === 'plain' ? axiosError('ENOTFOUND', options) : undefined),
		}),
	);
	await safe('a sign-in that is refused', (goOn) => contextOf({ items: [reader], goOn, values }));
	expectNoSecret('the log', logged);
	if (/^1\.8/.test(version))
		assert(held, 'the errors of this n8n hold no secret: the check checks nothing');
	console.log(
		`n8n-workflow ${version}: ${count} failures in both modes, no secret, our words (n8n's own errors ${held ? 'hold the token' : 'hold none'})`,
	);
}

main().then(
	() => process.exit(0),
	(error) => {
		console.error(`n8n-workflow ${version}:`, error);
		process.exit(1);
	},
);
