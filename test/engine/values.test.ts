/** What expressions give, as n8n hands it to the node: nothing is taken for something else, and one odd item costs no other. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import type { Sandbox } from '../sandbox';
import { addUser } from '../sandbox/builders';
import { runNode, type NodeOptions } from '../support/harness';
import { by, onStandIn, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const people = ['ada', 'bob', 'cyd'].map((name) => ({ name }));
const creating: INodeParameters = {
	resource: 'user',
	operation: 'create',
	username: '={{ $json.name }}',
	firstname: 'A',
	lastname: 'B',
	email: '={{ $json.name }}@example.org',
};

async function run(
	parameters: INodeParameters,
	items: object[] = people,
	more: Partial<NodeOptions> & { facts?: object } = {},
) {
	const { facts, ...rest } = more;
	const result = await runNode(new Moodle(), {
		parameters,
		items: items as IDataObject[],
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: sandbox.url, token: sandbox.token, ...facts } },
		...rest,
	});
	return {
		error: result.error,
		json: result.success.map(({ json }) => json),
		errors: result.failed.map(({ json }) => String(json.error)),
	};
}

const made = () => people.filter(({ name }) => sandbox.site.users.first('username', name)).length;

/** Spellings that an expression gives for a value, as expressions. */
const given = (value: unknown) => `={{ ${JSON.stringify(value) ?? 'undefined'} }}`;

describe('Dry Run and Read Only are on unless they are clearly off', () => {
	const ON = [true, 'true', 'TRUE', 1, '1', 'yes', 'on', 'nonsense', '', null, undefined, 2, {}];
	const OFF = [false, 'false', 'FALSE', 0, '0', 'no', 'off'];

	test.each(ON)('Dry Run as %p writes nothing', async (value) => {
		const { json } = await run({ ...creating, options: { dryRun: given(value) } });
		expect(json.map(({ dryRun }) => dryRun)).toEqual([true, true, true]);
		expect(made()).toBe(0);
	});

	test.each(OFF)('Dry Run as %p writes', async (value) => {
		await run({ ...creating, options: { dryRun: given(value) } });
		expect(made()).toBe(3);
	});

	test.each([...ON.filter((value) => value !== undefined)])(
		'Read Only as %p refuses a write',
		async (readOnly) => {
			expect((await run(creating, people, { facts: { readOnly } })).error?.message).toMatch(
				/Read Only/,
			);
			expect(made()).toBe(0);
		},
	);

	test.each(OFF)('Read Only as %p lets a write pass', async (readOnly) => {
		expect((await run(creating, people, { facts: { readOnly } })).error).toBeUndefined();
		expect(made()).toBe(3);
	});

	test('Dry Run is for all items or for none', async () => {
		for (const dryRun of ["={{ $json.name === 'ada' }}", "={{ $json.name !== 'ada' }}"]) {
			const { errors } = await run({ ...creating, options: { dryRun } }, people, split);
			expect(errors).toEqual(
				people.map(() =>
					expect.stringMatching(
						/^'Dry Run' is on for some items and off for others, so nothing was sent\. /,
					),
				),
			);
		}
		expect(sandbox.requests).toEqual([]);
	});
});

describe('expressions of Options', () => {
	test('one that fails on the first item says that nothing was sent', async () => {
		const options = { recordsPerRequest: "={{ $('Nobody').first().json.x }}" };
		const { errors } = await run({ ...creating, options }, people, split);
		expect(errors).toEqual(
			people.map(() =>
				expect.stringMatching(/^'Options' cannot be evaluated \(.+\), so nothing was sent\. /),
			),
		);
		expect(errors.join()).not.toContain('may have been carried out');
		expect((await run({ ...creating, options })).error?.message).not.toMatch(/\[Item/);
		expect(sandbox.requests).toEqual([]);
	});

	test('a number that is none is refused, not replaced', async () => {
		expect((await run({ ...creating, options: { timeout: given('10 s') } })).error?.message).toBe(
			"'Timeout (Ms)' must be a number: '10 s'",
		);
		expect(
			(await run({ ...creating, options: { recordsPerRequest: given('') } })).error,
		).toBeUndefined();
	});
});

describe('one odd item', () => {
	test('a character that cannot be stored costs its own item only, and its field is named', async () => {
		const items = [{ name: 'ada' }, { name: 'b\u0000b' }, { name: 'cyd' }];
		const { json, errors } = await run(creating, items, split);
		expect(json).toHaveLength(2);
		expect(errors).toEqual([
			"'Username' contains a character that cannot be stored: 'b b'. Remove the character with the code 0 from it.",
		]);
	});

	test.each(['username', 'email', 'idnumber'])(
		'the same in a name that is looked up (%s)',
		async (mode) => {
			for (const name of ['ada', 'bob'])
				addUser(sandbox.site, { username: name, idnumber: `${name}@example.org` });
			const value = mode === 'username' ? '={{ $json.name }}' : '={{ $json.name }}@example.org';
			const { json, errors } = await run(
				{ resource: 'user', operation: 'get', userId: by(mode, value) },
				[{ name: 'ada' }, { name: 'x\u0000' }, { name: 'bob' }],
				split,
			);
			expect(json.map(({ username }) => username)).toEqual(['ada', 'bob']);
			expect(errors).toEqual([
				expect.stringMatching(/^'User' contains a character that cannot be stored: /),
			]);
		},
	);

	test('half of an emoji, as it is left where a text is cut, costs its own item only', async () => {
		const items = ['Ada', 'Cut 😀'.slice(0, 5), 'Whole 😀'].map((name) => ({ name }));
		const cohort = {
			resource: 'cohort',
			operation: 'create',
			name: '={{ $json.name }}',
			idnumber: '={{ $itemIndex }}',
		};
		const { json, errors } = await run(cohort, items, split);
		expect(json.map(({ name }) => name)).toEqual(['Ada', 'Whole 😀']);
		expect(errors).toEqual([
			expect.stringMatching(
				/^'Name' contains a character that cannot be stored: .* where a text is cut/,
			),
		]);
		expect(sandbox.site.cohorts.all().map(({ name }) => name)).toEqual(['Ada', 'Whole 😀']);
		const { errors: named } = await run(
			{ resource: 'user', operation: 'get', userId: by('idnumber', '={{ $json.name }}') },
			items.slice(1, 2),
			split,
		);
		expect(named).toEqual([expect.stringMatching(/^'User' contains a character that cannot/)]);
	});

	test('deeply nested parameters of a function', async () => {
		const nested = (levels: number): unknown =>
			JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
		const call = {
			resource: 'webService',
			operation: 'callFunction',
			functionName: by('name', 'core_user_get_users_by_field'),
			parameters: '={{ $json.p }}',
		};
		const good = { field: 'id', values: [2] };
		const { json, errors } = await run(
			call,
			[
				{ p: good },
				{ p: { field: 'id', values: nested(65) } },
				{ p: { field: 'id', values: nested(6000) } },
				{ p: good },
			],
			split,
		);
		expect(json.map(({ username }) => username)).toEqual(['admin', 'admin']);
		// the second one n8n itself cannot hand over
		expect(errors).toEqual([
			expect.stringMatching(/^'Parameters' is nested more than 64 levels deep under 'values'\. /),
			expect.stringMatching(/^A parameter cannot be evaluated for this item/),
		]);
	});

	test('64 levels are what PHP reads', async () => {
		const deepest = { a: JSON.parse(`${'['.repeat(64)}1${']'.repeat(64)}`) as unknown };
		const call = {
			resource: 'webService',
			operation: 'callFunction',
			functionName: by('name', 'local_x_y'),
			parameters: '={{ $json.p }}',
			options: { dryRun: true },
		};
		const { errors } = await run(call, [{ p: deepest }, { p: { a: [deepest.a] } }], split);
		expect(errors.filter((text) => text.includes('nested'))).toHaveLength(1);
	});
});

describe('addresses', () => {
	test('the number of another site is refused before anything is asked', async () => {
		const get = { resource: 'course', operation: 'get', courseId: by('url', '={{ $json.url }}') };
		const { json, errors } = await run(
			get,
			[
				{ url: `${sandbox.url}/course/view.php?id=1` },
				{ url: 'https://other.example.net/course/view.php?id=1' },
			],
			split,
		);
		expect(json).toMatchObject([{ id: 1 }]);
		expect(errors).toEqual([
			`'Course' is an address outside of the site of the credential: 'https://other.example.net'. Copy the address from ${sandbox.url}, or give the ID instead.`,
		]);
	});

	test('no message shows the key of an address', async () => {
		const digits = '0123456789abcdef'.repeat(2);
		const url = `${sandbox.url}/tokenpluginfile.php/${digits}/5/user/icon/f1`;
		for (const parameters of [
			{ resource: 'file', operation: 'download', url },
			{ resource: 'course', operation: 'get', courseId: by('url', `={{ "${url}" }}`) },
			{ resource: 'course', operation: 'get', courseId: by('id', `={{ "${url}" }}`) },
			{ ...creating, email: url },
		]) {
			const { error } = await run(parameters, [{ name: 'ada' }]);
			expect(error?.message).toMatch(/\.php/);
			expect(JSON.stringify([error?.message, error?.description])).not.toContain(digits);
		}
	});
});

describe('collections', () => {
	test('a list that an expression gives as a whole is refused, because n8n leaves nothing of it', async () => {
		const customfields = { values: '={{ $json.list }}' } as never;
		expect(
			(await run({ ...creating, additionalFields: { customfields } }, [{ name: 'ada', list: [] }]))
				.error?.message,
		).toMatch(/has an entry without a name/);
		expect(made()).toBe(0);
	});
});

describe('good data never looks like a failure', () => {
	const call = {
		resource: 'webService',
		operation: 'callFunction',
		functionName: by('name', 'core_webservice_get_site_info'),
	};

	test.each(['stopWorkflow', 'continueErrorOutput', 'continueRegularOutput'] as const)(
		'a reply with a key called error is given once (%s)',
		async (onError) => {
			sandbox.switches.fault = ({ path }) =>
				path.includes('server.php')
					? { execute: false, status: 200, body: '{"userid":2,"error":"a column","error 2":1}' }
					: null;
			const { json, errors, error } = await run(call, [{}], {
				onError,
				retryOnFail: true,
				maxTries: 3,
			});
			expect(error).toBeUndefined();
			expect(errors).toEqual([]);
			expect(json).toEqual([{ userid: 2, 'error 3': 'a column', 'error 2': 1 }]);
		},
	);
});

describe('a problem of the connection', () => {
	test('names no item', async () => {
		expect(
			(await run(creating, people, { facts: { token: 'unknown-token' } })).error?.message,
		).toBe('Moodle does not know the token');
	});

	test('a problem of an item names it', async () => {
		addUser(sandbox.site, { username: 'bob' });
		expect(
			(await run({ ...creating, username: '={{ $json.name === "bob" ? "b b" : $json.name }}' }))
				.error?.message,
		).toMatch(/\[Item 1\]$/);
	});
});
