import type { INodeListSearchResult, INodeParameters, ResourceMapperFields } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { collected } from '../../nodes/Moodle/actions/webService/collect';
import { withoutSecrets, writtenItems } from '../../nodes/Moodle/actions/webService/reply';
import type { Sandbox } from '../sandbox';
import { addModule, addUser } from '../sandbox/builders';
import { addBiology } from '../support/biology';
import { loadOptions } from '../support/harness';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

async function call(
	name: string,
	parameters: unknown,
	more: {
		options?: INodeParameters;
		readOnly?: boolean;
		items?: object[];
		mode?: string;
		token?: string;
	} = {},
) {
	const { items, options = {}, mode = 'name', ...rest } = more;
	return await nodeOn('webService', () => sandbox)(
		'callFunction',
		{ functionName: by(mode, name), parameters: parameters as never, options },
		items,
		{ ...split, ...rest },
	);
}

/** The form of the editor, as n8n stores it. */
const form = (value: object) => ({ mappingMode: 'defineBelow', value }) as never;

/** A call by the form, with what else is given. */
async function filled(name: string, value: object, more: INodeParameters = {}) {
	return await nodeOn('webService', () => sandbox)(
		'callFunction',
		{
			functionName: by('list', name),
			specifyParameters: 'fields',
			parameterFields: form(value),
			...more,
		},
		[{ email: 'ada@example.org' }],
		split,
	);
}

/** What a method of the editor answers. */
async function asked<T>(method: string, more: object): Promise<T> {
	return await loadOptions<T>(new Moodle(), method, {
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: sandbox.url, token: sandbox.token } },
		...more,
	});
}

/** The fields that the editor shows for a function. */
const fieldsOf = async (functionName: unknown) =>
	await asked<ResourceMapperFields>('functionParameters', { parameters: { functionName } });

const newUser = {
	users: [
		{
			username: 'ada',
			firstname: 'Ada',
			lastname: 'Byron',
			email: 'ada@example.org',
			createpassword: true,
		},
	],
};

test('a list becomes items, an object one, nothing is success', async () => {
	const made = await call('core_user_create_users', JSON.stringify(newUser));
	expect(made.json).toEqual([{ id: expect.any(Number), username: 'ada' }]);
	const list = await call(
		'core_user_get_users_by_field',
		'={{ { field: "id", values: [2, $json.id] } }}',
		{ items: [{ id: made.json[0].id }], mode: 'list' },
	);
	expect(list.json.map((row) => row.username)).toEqual(['admin', 'ada']);
	expect(list.success.every((item) => (item.pairedItem as { item: number }).item === 0)).toBe(true);
	const whole = await call(
		'core_user_get_users_by_field',
		{ field: 'id', values: [2] },
		{ options: { splitList: false } },
	);
	expect(whole.json).toEqual([{ result: [expect.objectContaining({ username: 'admin' })] }]);
	const gone = await call('core_user_delete_users', { userids: [made.json[0].id] });
	expect(gone.json).toEqual([{ success: true }]);
});

test('site info comes without the private key', async () => {
	const { json, everything } = await call('core_webservice_get_site_info', '');
	expect(json[0]).toMatchObject({ username: 'n8n' });
	expect(JSON.stringify(json)).not.toContain('userprivateaccesskey');
	expect(everything).not.toContain(sandbox.site.config.privateKey);
});

test('Read Only lets reads through and refuses writes', async () => {
	const read = await call(
		'core_user_get_users_by_field',
		{ field: 'id', values: [2] },
		{ readOnly: true },
	);
	expect(read.json).toHaveLength(1);
	const write = await call('core_user_create_users', newUser, { readOnly: true });
	expect(write.errors[0]).toMatch(/Read Only/);
	const smuggled = await call(
		'core_user_get_users_by_field',
		{ field: 'id', values: [2], wsfunction: 'core_user_delete_users', userids: [2] },
		{ readOnly: true },
	);
	expect(smuggled.errors[0]).toMatch(/cannot hold 'wsfunction'/);
	const blank = await call(
		'core_user_get_users_by_field',
		{ field: 'id', values: [2], ' wsfunction': 'core_user_delete_users' },
		{ readOnly: true },
	);
	expect(blank.errors[0]).toMatch(/cannot hold ' wsfunction'/);
	expect(sandbox.site.users.first('username', 'ada')).toBeUndefined();
});

test('keys and tokens are taken out of texts that hold JSON, too', () => {
	const KEY = '0123456789abcdef'.repeat(2);
	const info = {
		username: 'ada',
		userprivateaccesskey: KEY,
		userpictureurl: `https://moodle.example.org/tokenpluginfile.php/${KEY}/5/user/icon/f1`,
	};
	const php = (value: unknown) => JSON.stringify(value).replace(/\//g, '\\/');
	// As tool_mobile_call_external_functions answers (5.1 measured); one such call can hold another.
	const inner = { responses: [{ error: false, data: php(info) }] };
	for (const reply of [inner, { responses: [{ error: false, data: php(inner) }] }]) {
		const text = JSON.stringify(withoutSecrets(reply));
		expect(text).toContain('ada');
		expect(text).not.toContain(KEY);
	}
	for (const kept of ['{"token" is no JSON', 'a "token": word', '[1]'])
		expect(withoutSecrets({ text: kept })).toEqual({ text: kept });
});

test('parameters are checked before sending, unknown functions are named', async () => {
	const wrong = await call('core_user_get_users_by_field', { field: 'id', value: [2] });
	expect(wrong.errors[0]).toMatch(/'values' is missing|'value' is not known/);
	const unknown = await call('core_user_get_nothing', {});
	expect(unknown.errors[0]).toMatch(/may not use a function called 'core_user_get_nothing'/);
	const text = await call('delete everything', {});
	expect(text.errors[0]).toMatch(/not the name of a web-service function/);
	const json = await call('core_user_get_users_by_field', '{ field: }');
	expect(json.errors[0]).toMatch(/not valid JSON/);
	const list = await call('core_user_get_users_by_field', '[1]');
	expect(list.errors[0]).toMatch(/must be an object/);
	expect(
		sandbox.requests.filter((request) => request.function !== 'core_webservice_get_site_info'),
	).toHaveLength(0);
});

test('dry run of a write sends nothing and shows no password', async () => {
	const { json } = await call(
		'core_user_create_users',
		{ users: [{ ...newUser.users[0], password: 'Secret-123' }] },
		{ options: { dryRun: true } },
	);
	expect(json[0]).toMatchObject({
		dryRun: true,
		action: 'call',
		function: 'core_user_create_users',
	});
	expect(JSON.stringify(json)).not.toContain('Secret-123');
	expect(sandbox.requests.some((request) => request.function === 'core_user_create_users')).toBe(
		false,
	);
});

test('one bad call among good ones', async () => {
	const { json, errors } = await call('core_user_delete_users', '={{ { userids: [$json.id] } }}', {
		items: [{ id: 9999 }, { id: 1 }],
	});
	expect(json).toEqual([{ success: true }]);
	expect(errors).toHaveLength(1);
});

describe('the form', () => {
	test('has a field for each parameter, in the version of the site', async () => {
		const { fields } = await fieldsOf(by('list', 'core_user_get_users_by_field'));
		expect(fields).toMatchObject([
			{ id: 'field', type: 'string', required: true, displayName: 'field (text)' },
			{
				id: 'values',
				type: 'array',
				required: true,
				displayName: 'values (list, each a text)',
				defaultValue: '[""]',
			},
		]);
		const optional = await fieldsOf(by('name', 'core_cohort_search_cohorts'));
		expect(optional.fields.find(({ id }) => id === 'includes')).toMatchObject({
			required: false,
			removed: true,
			displayName: 'includes (text, parents if left out)',
		});
	});

	test.each([
		['nothing chosen', by('list', ''), /Choose the function first/],
		['an expression', by('name', '={{ $json.name }}'), /Choose the function first/],
		['a plugin', by('name', 'local_shop_get_orders'), /plugin.*JSON.*unchecked/],
		['no parameters', by('name', 'core_webservice_get_site_info'), undefined],
	])('says why there are no fields: %s', async (_why, chosen, words) => {
		const { fields, emptyFieldsNotice } = await fieldsOf(chosen);
		if (words) {
			expect(fields).toEqual([]);
			expect(emptyFieldsNotice).toMatch(words);
		} else expect(fields.map(({ required }) => required)).toEqual([false]);
	});

	test('what it holds is sent: texts, JSON, expressions', async () => {
		const found = await filled('core_user_get_users_by_field', {
			field: 'username',
			values: '["admin"]',
		});
		expect(found.json).toEqual([expect.objectContaining({ username: 'admin' })]);
		const made = await filled('core_user_create_users', {
			users:
				'={{ [{ username: "ada", firstname: "Ada", lastname: "Byron", email: $json.email, createpassword: true }] }}',
		});
		expect(made.json).toEqual([{ id: expect.any(Number), username: 'ada' }]);
	});

	test.each<[string, object, INodeParameters, RegExp]>([
		[
			'a missing part',
			{ users: '[{ "username": "ada", "firstname": "Ada", "lastname": "B" }]' },
			{},
			/^users\[0\]\.email is missing/,
		],
		[
			'a wrong part',
			{
				users:
					'[{ "username": "Ada L", "firstname": "Ada", "lastname": "B", "email": "a@example.org" }]',
			},
			{},
			/^users\[0\]\.username must be in lower case/,
		],
		[
			'the untouched sample',
			{ users: '[{"username":"","firstname":"","lastname":"","email":""}]' },
			{},
			/'users' is still the empty sample/,
		],
		['text that is no JSON', { users: '[{' }, {}, /'users' is not valid JSON/],
		['a parameter given twice', { users: '[1]' }, { parameters: '{ "users": [] }' }, /given twice/],
		['nothing', {}, {}, /'users' is missing/],
		[
			'a field of another function',
			{ courses: '[1]' },
			{},
			/'users' is missing|'courses' is not known/,
		],
	])('refuses before sending: %s', async (_what, value, more, words) => {
		const { errors, json } = await filled('core_user_create_users', value, more);
		expect(json).toEqual([]);
		expect(errors).toEqual([expect.stringMatching(words)]);
		expect(sandbox.requests.some(({ function: name }) => name === 'core_user_create_users')).toBe(
			false,
		);
	});

	test('fields and JSON together, and JSON alone', async () => {
		const { json } = await filled(
			'core_user_get_users_by_field',
			{ field: 'username' },
			{ parameters: '{ "values": ["admin"] }' },
		);
		expect(json).toHaveLength(1);
		const alone = await filled(
			'core_user_get_users_by_field',
			{ field: 'email' },
			{ specifyParameters: 'json', parameters: '{ "field": "id", "values": [2] }' },
		);
		expect(alone.json).toHaveLength(1);
	});

	test('the list of functions says what each does, and finds them by it', async () => {
		const list = async (filter: string) =>
			(await asked<INodeListSearchResult>('searchFunctions', { filter })).results.map(
				({ name }) => name,
			);
		expect(await list('core_user_create')).toEqual(['core_user_create_users (writes)']);
		expect(await list('gradeitems')).toEqual([
			'core_grades_get_gradeitems (reads, since Moodle 4.2)',
		]);
		expect(await list('cohort reads')).toContain('core_cohort_get_cohorts (reads)');
	});
});

describe('the sample of a list', () => {
	test('shows every key, those that may be missing as null; they are not sent', async () => {
		const { fields } = await fieldsOf(by('list', 'core_user_create_users'));
		const [{ displayName, defaultValue }] = fields;
		expect(displayName).toBe('users (list)');
		const [user] = JSON.parse(String(defaultValue)) as object[];
		expect(user).toMatchObject({ username: '', email: '', city: null, customfields: null });
		const ada = { username: 'ada', firstname: 'A', lastname: 'B', email: 'ada@example.org' };
		const users = JSON.stringify([{ ...user, ...ada, createpassword: true }]);
		const { json, errors } = await filled('core_user_create_users', { users });
		expect([json, errors]).toEqual([[{ id: expect.any(Number), username: 'ada' }], []]);
		const names = sandbox.requests.flatMap(({ form: sent }) => sent.map(([key]) => key)).join();
		expect(names).toContain('users[0][username]');
		expect(names).not.toMatch(/city|customfields/);
	});
});

describe('what a function that writes answers', () => {
	const extend = 'mod_assign_save_user_extensions';
	const record =
		'={{ { assignmentid: $json.assignment, userids: [$json.user], dates: [1900000000] } }}';
	let essay: number;
	let ada: number;
	beforeEach(() => {
		const { site } = sandbox;
		const biology = addBiology(site);
		({ ada } = biology);
		essay = addModule(site, biology.course, 'assign', 'Essay', { duedate: 1 }).instance;
	});

	test('an empty list is success: the item goes on', async () => {
		const { json, errors } = await call(extend, record, {
			items: [{ assignment: essay, user: ada }],
		});
		expect([json, errors]).toEqual([[{ success: true }], []]);
	});

	test('a list of nothing but warnings is a refusal', async () => {
		const { json, errors } = await call(extend, record, {
			items: [{ assignment: essay, user: 2 }],
		});
		expect(json).toEqual([]);
		expect(errors).toEqual([
			expect.stringMatching(/Could not grant submission date extensions[^]*may have been done/),
		]);
	});

	test('warnings beside an answer are told, and the answer with them', async () => {
		const { json, errors } = await call(
			'core_calendar_create_calendar_events',
			'={{ { events: [{ name: "Mine", eventtype: "user" }, { name: "Fair", eventtype: "site" }] } }}',
			{ token: sandbox.tokenWith(['moodle/calendar:manageownentries']), items: [{}] },
		);
		const [mine, ...others] = sandbox.site.events.all();
		expect([json, others]).toEqual([[], []]);
		expect(errors).toEqual([
			expect.stringMatching(
				new RegExp(`permissions to create this event \\(Fair\\)[^]*"id":${mine.id},[^]*"Mine"`),
			),
		]);
	});

	test('a refusal that stands in an object of warnings is none the less one', async () => {
		addUser(sandbox.site, { username: 'bob', email: 'bob@example.org' });
		const { json, errors } = await call(
			'core_user_update_users',
			'={{ { users: [{ id: $json.user, email: "bob@example.org" }] } }}',
			{ items: [{ user: ada }] },
		);
		expect(json).toEqual([]);
		expect(errors).toEqual([
			expect.stringMatching(
				new RegExp(`Duplicate address \\(user ${ada}\\)[^]*may have been done`),
			),
		]);
	});

	test('warnings of a function that reads stay in its answer', async () => {
		const { json, errors } = await call(
			'mod_assign_get_submissions',
			'={{ { assignmentids: [$json.assignment] } }}',
			{ items: [{ assignment: essay }] },
		);
		expect(errors).toEqual([]);
		expect(json).toMatchObject([{ warnings: [{ warningcode: '3' }] }]);
	});

	test('an answer that cannot be dealt out is one item for each, however long it is', () => {
		const { operations } = { operations: [] };
		const { call: facts } = collected(
			'core_message_delete_conversations_by_id',
			{ conversationids: [7] },
			operations,
		);
		const records = [{ a: 1 }, { a: 2 }];
		const rows = [{ x: 1 }, { x: 2 }, { x: 3 }];
		const items = facts.settle(rows, records).map((result) => {
			if ('problem' in result) throw result.problem;
			return writtenItems(result.reply, { split: true, writes: true });
		});
		expect(items).toEqual([[{ result: rows }], [{ result: rows }]]);
	});
});

describe('items collected into one call', () => {
	const people = (...names: string[]) => names.map((username) => ({ username }));
	const entry =
		'={{ { users: [{ username: $json.username, firstname: "A", lastname: "B", email: $json.username + "@example.org", createpassword: true }] } }}';
	const together = { options: { collectItems: true } };

	test('one request for all, and each item its own part of the answer', async () => {
		const { json, success } = await call('core_user_create_users', entry, {
			...together,
			items: people('ada', 'bob', 'cy'),
		});
		expect(json).toEqual(
			['ada', 'bob', 'cy'].map((username) => ({ id: expect.any(Number), username })),
		);
		expect(success.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2].map((item) => ({ item })),
		);
		expect(sentTo(() => sandbox)('core_user_create_users')).toBe(1);
	});

	test('members who are named in other ways than by ID, one of whom is not there', async () => {
		for (const username of ['ada', 'cy']) addUser(sandbox.site, { username });
		await call('core_cohort_create_cohorts', {
			cohorts: [{ name: 'A', idnumber: 'A', categorytype: { type: 'system', value: '' } }],
		});
		const member =
			'={{ JSON.stringify({ members: [{ cohorttype: { type: "idnumber", value: "A" }, usertype: { type: "username", value: $json.username } }] }) }}';
		const add = async (...names: string[]) =>
			await call('core_cohort_add_cohort_members', member, {
				...together,
				items: names.map((username) => ({ username })),
			});
		const { json, errors } = await add('ada', 'bob');
		expect(json).toEqual([{ already: false }]);
		expect(errors).toEqual(["There is no user with the username 'bob'. Check the spelling."]);
		const again = await add('ada', 'cy');
		expect(again.json).toEqual([{ already: true }, { already: false }]);
		expect(sandbox.site.cohortMembers.all()).toHaveLength(2);
	});

	test('a refused one is found where nothing of the call is kept, and the others are written', async () => {
		await call('core_user_create_users', entry, { items: people('bob') });
		const { json, errors } = await call('core_user_create_users', entry, {
			...together,
			items: people('ada', 'bob', 'cy'),
		});
		expect(json.map(({ username }) => username)).toEqual(['ada', 'cy']);
		expect(errors).toHaveLength(1);
	});

	test('a refused call of which nobody knows what was kept is not sent again: its items are open', async () => {
		const { json, errors } = await call(
			'core_grades_create_gradecategories',
			'={{ { courseid: 999, categories: [{ fullname: $json.name }] } }}',
			{ ...together, token: sandbox.adminToken, items: [{ name: 'Tests' }, { name: 'Oral' }] },
		);
		expect(sentTo(() => sandbox)('core_grades_create_gradecategories')).toBe(1);
		expect(json).toEqual([]);
		expect(errors).toEqual([
			expect.stringMatching(/may have been/),
			expect.stringMatching(/may have been/),
		]);
	});

	test.each<[string, string, unknown, RegExp]>([
		[
			'a function that reads',
			'core_user_get_users_by_field',
			{ field: 'id', values: [2] },
			/cannot be used with[^]*which part of it belongs to which item/,
		],
		['two entries', 'core_user_delete_users', { userids: [8, 9] }, /'userids' has 2 entries/],
		['a plugin', 'local_shop_add', { rows: [1] }, /cannot be used with|may not use/],
	])('is refused for %s', async (_what, name, parameters, words) => {
		const { errors } = await call(name, parameters, together);
		expect(errors).toEqual([expect.stringMatching(words)]);
	});
});
