import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { by, entries, nodeOn, onStandIn, seeding, sentTo, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const user = nodeOn('user', () => sandbox);

const sent = sentTo(() => sandbox);
const person = (name: string, more: object = {}) => ({
	username: name,
	firstname: name.toUpperCase(),
	lastname: 'Byron',
	email: `${name}@example.org`,
	...more,
});

const additional = entries(
	'more',
	'idnumber',
	'country',
	'password',
	'city',
	'lang',
	'auth',
	'interests',
	'mailformat',
	'timezone',
	'middlename',
);

const creating: INodeParameters = {
	username: '={{ $json.username }}',
	firstname: '={{ $json.firstname }}',
	lastname: '={{ $json.lastname }}',
	email: '={{ $json.email }}',
	additionalFields: additional,
};

const seed = seeding('user', creating, () => sandbox);

describe('create', () => {
	test('many in one request, with all kinds of fields', async () => {
		const people = [
			person('ada', { more: { idnumber: 'A-1', country: 'de', password: 'Secret-123' } }),
			person('Bob'),
			person('cyd'),
		];
		const { json } = await user('create', creating, people);
		expect(json.map((row) => row.username)).toEqual(['ada', 'bob', 'cyd']);
		expect(json[0]).toEqual({
			id: expect.any(Number),
			username: 'ada',
			email: 'ada@example.org',
			firstname: 'ADA',
			lastname: 'Byron',
		});
		expect(sent('core_user_create_users')).toBe(1);
		expect(sandbox.site.users.get(Number(json[0].id))).toMatchObject({
			idnumber: 'A-1',
			country: 'DE',
		});
	});

	test('one bad item among good ones: the others are written, the bad one says why', async () => {
		await seed(person('ada'));
		const people = [
			person('bob'),
			person('ada', { email: 'new@example.org' }),
			person('cyd'),
			person('dot', { email: 'ADA@example.org' }),
			person('eve', { more: { lang: 'xx' } }),
		];
		const { json, errors } = await user('create', creating, people, split);
		expect(json.map((row) => row.username)).toEqual(['bob', 'cyd']);
		expect(errors[0]).toMatch(/user name 'ada' is taken by another user \(ID \d+\)/);
		expect(errors[1]).toMatch(/e-mail address 'ADA@example.org' is taken/);
		expect(errors[2]).toMatch(/without saying which.*language 'xx' is not installed/);
	});

	test('a password against the rules is explained and never shown', async () => {
		const { errors, everything } = await user(
			'create',
			creating,
			[person('ada', { more: { password: 'tinysecret' } })],
			split,
		);
		expect(errors[0]).toMatch(/refuses the password/);
		expect(JSON.stringify(errors)).not.toContain('tinysecret');
		expect(everything.length).toBeGreaterThan(0);
	});
});

const upserting: INodeParameters = {
	matchBy: 'email',
	email: '={{ $json.email }}',
	firstname: '={{ $json.firstname }}',
	lastname: '={{ $json.lastname }}',
	additionalFields: additional,
};

/** With a custom profile field. */
const withDept: INodeParameters = {
	...upserting,
	additionalFields: {
		...additional,
		customfields: { values: [{ name: 'dept', value: '={{ $json.dept }}' }] },
	},
};

describe('create or update', () => {
	const full = {
		city: 'Köln',
		country: 'DE',
		idnumber: 'A-1',
		interests: 'Chess, go',
		mailformat: 0,
		timezone: 'Europe/Berlin',
		password: 'Secret-123',
	};

	beforeEach(() => {
		sandbox.site.profileFields.insert({
			shortname: 'dept',
			name: 'Department',
			datatype: 'text',
			param1: '',
			defaultdata: '',
		} as never);
	});

	test('creates, then changes nothing, then changes what differs', async () => {
		const people = [person('ada', { more: full, dept: 'PHY' }), person('bob', { dept: '' })];
		const first = await user('upsert', withDept, people);
		expect(first.json).toEqual([
			{ id: expect.any(Number), created: true, updated: false, email: 'ada@example.org' },
			{ id: expect.any(Number), created: true, updated: false, email: 'bob@example.org' },
		]);
		expect(sandbox.site.users.get(Number(first.json[0].id))).toMatchObject({
			username: 'ada@example.org',
			city: 'Köln',
		});
		sandbox.requests.length = 0;

		const second = await user('upsert', withDept, [
			person('ada', {
				email: 'ADA@Example.org',
				more: { ...full, interests: 'GO,chess' },
				dept: 'PHY',
			}),
			person('bob', { dept: '' }),
		]);
		expect(second.json.map(({ created, updated }) => [created, updated])).toEqual([
			[false, false],
			[false, false],
		]);
		expect(sandbox.requests.map((request) => request.function)).toEqual([
			'core_user_get_users_by_field',
		]);

		const third = await user('upsert', withDept, [
			person('ada', { firstname: 'Ada', more: full, dept: 'CHE' }),
		]);
		expect(third.json[0]).toMatchObject({ id: first.json[0].id, created: false, updated: true });
		const form = sandbox.requests.at(-1)!.form.filter(([name]) => name.startsWith('users'));
		expect(Object.fromEntries(form)).toEqual({
			'users[0][id]': String(first.json[0].id),
			'users[0][firstname]': 'Ada',
			'users[0][customfields][0][type]': 'dept',
			'users[0][customfields][0][value]': 'CHE',
		});
	});

	test('values that Moodle never tells are written every time, those of new users only never again', async () => {
		await seed(person('ada'));
		const preferences = { values: [{ name: 'auth_forcepasswordchange', value: '1' }] };
		const { json } = await user(
			'upsert',
			{
				...upserting,
				additionalFields: { middlename: 'King', password: 'Secret-123', preferences },
			},
			[person('ada')],
		);
		expect(json[0].updated).toBe(true);
		const form = sandbox.requests
			.at(-1)!
			.form.filter(([name]) => name.startsWith('users'))
			.map(([name]) => name);
		expect(form).toEqual(['users[0][id]', 'users[0][middlename]']);
	});

	test('the user name is changed only when it is given', async () => {
		const [id] = await seed(person('ada'));
		await user('upsert', upserting, [person('ada')]);
		expect(sandbox.site.users.get(id)!.username).toBe('ada');
		await user('upsert', { ...upserting, username: 'Lovelace' }, [person('ada')]);
		expect(sandbox.site.users.get(id)!.username).toBe('lovelace');
	});

	test('matches by user name and by ID number', async () => {
		const [ada, bob] = await seed(person('ada'), person('bob', { more: { idnumber: 'B 1' } }));
		const one = await user('upsert', { ...upserting, matchBy: 'username', username: 'ADA' }, [
			person('ada', { email: 'lovelace@example.org' }),
		]);
		expect(one.json[0]).toMatchObject({ id: ada, updated: true, username: 'ada' });
		expect(sandbox.site.users.get(ada)!.email).toBe('lovelace@example.org');
		const two = await user('upsert', { ...upserting, matchBy: 'idnumber', idnumber: 'b 1' }, [
			person('bob', { lastname: 'Marley' }),
		]);
		expect(two.json[0]).toMatchObject({ id: bob, updated: true });
		expect(sandbox.site.users.get(bob)!.lastname).toBe('Marley');
	});

	test('the same person twice in a run is created once', async () => {
		const { json } = await user('upsert', upserting, [
			person('ada'),
			person('ada', { firstname: 'Augusta' }),
		]);
		expect(json.map(({ created, updated }) => [created, updated])).toEqual([
			[true, false],
			[false, true],
		]);
		expect(json[0].id).toBe(json[1].id);
	});

	test('two users with the address: the item fails and names them', async () => {
		sandbox.switches.sameEmail = true;
		await seed(person('ada'), person('bob', { email: 'ada@example.org' }));
		const { json, errors } = await user('upsert', upserting, [person('ada'), person('cyd')], split);
		expect(json).toHaveLength(1);
		expect(errors[0]).toMatch(
			/2 users have the e-mail address 'ada@example.org': ADA Byron \(ID \d+\), BOB Byron \(ID \d+\)/,
		);
	});

	test('creates nobody when the account behind the token cannot see addresses', async () => {
		await seed(person('ada'), person('bob'));
		const token = sandbox.tokenWith([
			'moodle/user:create',
			'moodle/user:update',
			'moodle/user:viewdetails',
			'moodle/user:viewalldetails',
		]);
		const before = sandbox.site.users.all().length;
		const { errors } = await user('upsert', upserting, [person('ada'), person('cyd')], {
			...split,
			token,
		});
		expect(errors).toHaveLength(2);
		expect(errors[0]).toMatch(
			/hides the e-mail addresses.*Nothing was created.*moodle\/site:viewuseridentity/,
		);
		expect(sandbox.site.users.all()).toHaveLength(before);

		const more = sandbox.tokenWith([
			'moodle/user:create',
			'moodle/user:update',
			'moodle/user:viewdetails',
			'moodle/user:viewalldetails',
			'moodle/site:viewuseridentity',
		]);
		const fine = await user('upsert', upserting, [person('cyd'), person('dot')], {
			...split,
			token: more,
		});
		expect(fine.json.map((row) => row.created)).toEqual([true, true]);
	});

	test('an account that Moodle cannot put into words costs its own item only', async () => {
		const [ada] = await seed(person('ada'), person('bob'));
		sandbox.site.users.update(ada, { lastname: 'B<x>' });
		const { json, errors } = await user(
			'upsert',
			upserting,
			[person('ada'), person('bob'), person('cyd')],
			split,
		);
		expect(json.map(({ created }) => created)).toEqual([false, true]);
		expect(errors).toHaveLength(1);
	});

	test('dry run plans and sends nothing', async () => {
		await seed(person('ada'));
		const { json } = await user('upsert', { ...upserting, options: { dryRun: true } }, [
			person('ada', { firstname: 'Ada' }),
			person('bob', { more: { password: 'Secret-123' } }),
		]);
		expect(json.map(({ dryRun, action }) => [dryRun, action])).toEqual([
			[true, 'update'],
			[true, 'create'],
		]);
		expect(JSON.stringify(json)).not.toContain('Secret-123');
		expect(sent('core_user_create_users') + sent('core_user_update_users')).toBe(0);
	});
});

describe('update', () => {
	const updating = (mode: string): INodeParameters => ({
		userId: by(mode, '={{ $json.who }}'),
		updateFields: entries(
			'fields',
			'city',
			'suspended',
			'department',
			'email',
			'username',
			'firstname',
			'password',
		),
	});

	test.each([
		['id', (id: number) => id],
		['username', () => 'ADA'],
		['email', () => 'Ada@example.org'],
		['idnumber', () => 'A-1'],
		['url', (id: number) => `${sandbox.url}/user/profile.php?id=${id}`],
		['list', (id: number) => String(id)],
	])('finds the user by %s', async (mode, who) => {
		const [id] = await seed(person('ada', { more: { idnumber: 'A-1', city: 'Rome' } }));
		const { json } = await user('update', updating(mode), [
			{ who: who(id), fields: { city: '', suspended: true, department: 'X' } },
		]);
		expect(json).toEqual([{ id, updated: true }]);
		expect(sandbox.site.users.get(id)).toMatchObject({
			city: '',
			suspended: true,
			department: 'X',
		});
	});

	test('bad items among good ones', async () => {
		const [ada, bob, cyd] = await seed(person('ada'), person('bob'), person('cyd'));
		const { json, errors } = await user(
			'update',
			updating('id'),
			[
				{ who: ada, fields: { city: 'Rome' } },
				{ who: 9999, fields: { city: 'Rome' } },
				{ who: bob, fields: { email: 'cyd@example.org' } },
				{ who: bob, fields: { username: 'ada' } },
				{ who: cyd, fields: {} },
				{ who: cyd, fields: { firstname: '' } },
				{ who: cyd, fields: { city: 'Oslo' } },
			],
			split,
		);
		expect(json.map((row) => row.id)).toEqual([ada, cyd]);
		expect(errors[0]).toMatch(/no user with the ID '9999'/);
		expect(errors[1]).toMatch(/Another user has the e-mail address 'cyd@example.org'/);
		expect(errors[2]).toMatch(/user name 'ada' is taken/);
		expect(errors[3]).toMatch(/nothing to change/);
		expect(errors[4]).toMatch(/'First Name' cannot be emptied/);
	});

	test('passwords travel alone, and a weak one is told by its rules', async () => {
		const ids = await seed(person('ada'), person('bob'), person('cyd'), person('dot'));
		const fields = [
			{ password: 'Good-12345' },
			{ password: 'abc' },
			{ city: 'Rome' },
			{ city: 'Oslo' },
		];
		const { json, errors } = await user(
			'update',
			updating('id'),
			ids.map((who, index) => ({ who, fields: fields[index] })),
			split,
		);
		expect(json.map((row) => row.id)).toEqual([ids[0], ids[2], ids[3]]);
		expect(errors).toEqual([
			expect.stringMatching(
				/refuses the password, and has changed nothing.*fewer than 8 characters, it has no digit, it has no upper-case letter, it has no special/,
			),
		]);
		expect(sent('core_user_update_users')).toBe(3);
	});

	test('a password for somebody who has none in Moodle', async () => {
		const [id] = await seed(person('ada', { more: { auth: 'oauth2' } }));
		const { errors } = await user(
			'update',
			updating('id'),
			[{ who: id, fields: { password: 'Good-12345' } }],
			split,
		);
		expect(errors[0]).toMatch(/no password in Moodle: the authentication method is 'oauth2'/);
	});

	test('stops at the first bad item with its index, and sends nothing after it', async () => {
		const [ada, bob] = await seed(person('ada'), person('bob'));
		const { error } = await user('update', updating('id'), [
			{ who: ada, fields: { city: 'Rome' } },
			{ who: 9999, fields: { city: 'Rome' } },
			{ who: bob, fields: { city: 'Rome' } },
		]);
		expect(error!.message).toMatch(/no user with the ID '9999'.*\[Item 1\]/);
		expect(sandbox.site.users.get(ada)!.city).toBe('Rome');
		expect(sandbox.site.users.get(bob)!.city).toBe('');
	});

	test('an address nobody has is the problem of its item', async () => {
		await seed(person('ada'));
		const { json, errors } = await user(
			'update',
			updating('email'),
			[
				{ who: 'ada@example.org', fields: { city: 'Rome' } },
				{ who: 'nobody@example.org', fields: { city: 'Rome' } },
			],
			split,
		);
		expect(json).toHaveLength(1);
		expect(errors[0]).toMatch(/'User': no user has the e-mail address 'nobody@example.org'/);
	});
});

describe('delete', () => {
	test('deletes the good ones, names the others', async () => {
		const [ada, bob] = await seed(person('ada'), person('bob'));
		const { json, errors } = await user(
			'delete',
			{ userId: by('id', '={{ $json.id }}') },
			[{ id: ada }, { id: 9999 }, { id: 2 }, { id: 1 }, { id: bob }, { id: ada }],
			split,
		);
		expect(json).toEqual([
			{ success: true, id: ada },
			{ success: true, id: bob },
		]);
		expect(errors[0]).toMatch(/no user with the ID '9999'/);
		expect(errors[1]).toMatch(/administrators cannot be deleted/);
		expect(errors[2]).toMatch(/guest account cannot be deleted/);
		expect(errors[3]).toMatch(/no user with the ID/);
	});

	test('dry run finds unknown ids', async () => {
		const [ada] = await seed(person('ada'));
		const { json, errors } = await user(
			'delete',
			{ userId: by('id', '={{ $json.id }}'), options: { dryRun: true } },
			[{ id: ada }, { id: 9999 }],
			split,
		);
		expect(json).toEqual([
			{ dryRun: true, action: 'delete', function: 'core_user_delete_users', id: ada },
		]);
		expect(errors).toHaveLength(1);
		expect(sandbox.site.users.get(ada)!.deleted).toBe(false);
	});
});

describe('get', () => {
	test('many by address in one request, unknown ones named', async () => {
		await seed(person('ada', { more: { idnumber: 'A-1' } }), person('bob'));
		const { json, errors, success } = await user(
			'get',
			{ userId: by('email', '={{ $json.email }}') },
			[
				{ email: 'BOB@example.org' },
				{ email: 'no@example.org' },
				{ email: 'ada@example.org' },
				{ email: 'ada@example.org' },
			],
			split,
		);
		expect(json.map((row) => row.username)).toEqual(['bob', 'ada', 'ada']);
		expect(json[1]).toEqual({
			id: expect.any(Number),
			username: 'ada',
			firstname: 'ADA',
			lastname: 'Byron',
			fullname: 'ADA Byron',
			email: 'ada@example.org',
			idnumber: 'A-1',
			department: '',
			suspended: false,
			lastaccess: null,
		});
		expect(errors).toEqual([
			expect.stringMatching(/No user has the e-mail address 'no@example.org'/),
		]);
		expect(success.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 2 }, { item: 3 }]);
		// One for all; because somebody is missing two to learn whether capitals count here, and one whether all are seen.
		expect(sent('core_user_get_users_by_field')).toBe(4);
	});

	test.each([
		['id', (id: number) => id],
		['username', () => 'ADA '],
		['idnumber', () => 'a-1'],
		['url', (id: number) => `${sandbox.url}/user/view.php?course=3&id=${id}`],
	])('by %s', async (mode, who) => {
		const [id] = await seed(person('ada', { more: { idnumber: 'A-1' } }));
		const { json } = await user('get', { userId: by(mode, who(id)), simplify: false });
		expect(json[0]).toMatchObject({ id, username: 'ada', auth: 'manual' });
	});

	test('a user name that no account can have costs its own item only', async () => {
		await seed(person('ada'));
		const { json, errors } = await user(
			'get',
			{ userId: by('username', '={{ $json.u }}') },
			[{ u: 'ada' }, { u: 'a+b' }, { u: 'a b' }, { u: 'admin' }],
			split,
		);
		expect(json.map((row) => row.username)).toEqual(['ada', 'admin']);
		expect(errors).toEqual([
			expect.stringMatching(/No user has the user name 'a\+b'/),
			expect.stringMatching(/No user has the user name 'a b'/),
		]);
	});

	test('a deleted account is not found, a hidden one is said to be hidden', async () => {
		const [ada] = await seed(person('ada'));
		await user('delete', { userId: by('id', ada) });
		const gone = await user('get', { userId: by('id', ada) }, [{}], split);
		expect(gone.errors[0]).toMatch(/No user has the ID/);
		const token = sandbox.tokenWith([]);
		const hidden = await user('get', { userId: by('username', 'bob') }, [{}], { ...split, token });
		expect(hidden.errors[0]).toMatch(/sees no other user.*moodle\/user:viewdetails/);
	});
});

describe('odd characters', () => {
	test('a user name with one is explained on creation', async () => {
		const { errors } = await user('create', creating, [person('a+b')], split);
		expect(errors[0]).toMatch(
			/user names with '\+' are allowed only with 'Allow extended characters in usernames'/,
		);
	});

	test('an address with one becomes a user name that every site takes', async () => {
		const { json } = await user('upsert', upserting, [
			person('ada', { email: "o'neil+tag@example.org" }),
		]);
		expect(sandbox.site.users.get(Number(json[0].id))).toMatchObject({
			username: 'o_neil_tag@example.org',
			email: "o'neil+tag@example.org",
		});
	});
});

describe('get many', () => {
	test('everybody but the guest, page by page', async () => {
		await seed(...Array.from({ length: 40 }, (_, index) => person(`u${index}`)));
		const all = await user('getAll', { returnAll: true });
		expect(all.json).toHaveLength(42);
		expect(all.json.some((row) => row.username === 'guest')).toBe(false);
		const some = await user('getAll', { limit: 7 });
		expect(some.json.map((row) => row.username)).toEqual([
			'admin',
			'n8n',
			'u0',
			'u1',
			'u2',
			'u3',
			'u4',
		]);
		const raw = await user('getAll', { returnAll: true, simplify: false });
		expect(raw.json[2]).toMatchObject({ username: 'u0', auth: 'manual', suspended: false });
		expect(raw.json).toHaveLength(42);
	});

	test('filters; an underscore stands for itself', async () => {
		await seed(person('a_b'), person('axb'), person('bob', { lastname: 'Marley' }));
		const one = await user('getAll', { filters: { email: 'A_B@example.org' } });
		expect(one.json.map((row) => row.username)).toEqual(['a_b']);
		const some = await user('getAll', { filters: { email: '%@example.org', lastname: 'Byron' } });
		expect(some.json.map((row) => row.username)).toEqual(['a_b', 'axb']);
		const none = await user('getAll', { filters: { username: 'nobody' } });
		expect(none.json).toEqual([]);
		const stripped = await user('getAll', { filters: { username: 'b ob' } });
		expect(stripped.json).toEqual([]);
	});

	test('a user that cannot be put into words is reported, the others come', async () => {
		const ids = await seed(person('ada'), person('bob'), person('cyd'));
		sandbox.site.users.update(ids[1], { city: 'x', lastname: 'B<x>' });
		const { json } = await user('getAll', { returnAll: true });
		expect(json.map((row) => row.username ?? row)).toEqual([
			'admin',
			'n8n',
			'ada',
			'cyd',
			{ skippedUser: true, position: 5 },
		]);
		const raw = await user('getAll', { returnAll: true, simplify: false });
		expect(raw.json).toHaveLength(5);
	});

	test('without the paged list the search function serves', async () => {
		await seed(person('ada'));
		const token = sandbox.addToken('old', {
			userid: sandbox.account.userid,
			functions: ['core_user_get_users', 'core_webservice_get_site_info'],
		});
		const { json } = await user('getAll', { returnAll: true }, [{}], { token });
		expect(json.map((row) => row.username)).toEqual(['admin', 'n8n', 'ada']);
	});

	test('an empty answer for lack of rights is no empty list', async () => {
		await seed(person('ada'));
		const token = sandbox.tokenWith(['moodle/user:viewdetails']);
		const { errors } = await user('getAll', { filters: { email: 'ada@example.org' } }, [{}], {
			...split,
			token,
		});
		expect(errors[0]).toMatch(/hides the e-mail addresses/);
	});
});

describe('get course profile', () => {
	async function course(shortname: string): Promise<number> {
		const { site } = sandbox;
		const { id } = site.courses.insert({
			...site.courses.get(1)!,
			fullname: shortname,
			shortname,
			category: 1,
			idnumber: '',
		} as never);
		site.contexts.insert({ contextlevel: 50, instanceid: id, path: [1, id + 5000] } as never);
		return await Promise.resolve(id);
	}

	test('the same user in two courses, an unknown course, an unknown user', async () => {
		const [ada, bob] = await seed(person('ada'), person('bob'));
		const [one, two] = [await course('C1'), await course('C2')];
		const items = [
			{ u: ada, c: one },
			{ u: ada, c: two },
			{ u: bob, c: one },
			{ u: bob, c: 999 },
			{ u: 9999, c: one },
		];
		const { json, errors } = await user(
			'getCourseProfile',
			{ userId: by('id', '={{ $json.u }}'), courseId: by('id', '={{ $json.c }}') },
			items,
			split,
		);
		expect(json.map((row) => [row.id, row.courseid, row.roles, row.groups])).toEqual([
			[ada, one, [], []],
			[ada, two, [], []],
			[bob, one, [], []],
		]);
		expect(errors[0]).toMatch(/course does not exist/);
		expect(errors[1]).toMatch(/no user with the ID '9999'/);
	});
});

describe('request password reset', () => {
	test('by e-mail and by user name, with and without protected names', async () => {
		await seed(person('ada'));
		const mail = await user('requestPasswordReset', { by: 'email', email: 'nobody@example.org' });
		expect(mail.json[0]).toEqual({
			success: true,
			email: 'nobody@example.org',
			status: 'emailpasswordconfirmmaybesent',
		});
		sandbox.switches.protectUsernames = false;
		const name = await user(
			'requestPasswordReset',
			{ by: 'username', username: '={{ $json.u }}' },
			[{ u: 'ADA' }, { u: 'nobody' }],
			split,
		);
		expect(name.json[0]).toMatchObject({ success: true, username: 'ada' });
		expect(name.errors[0]).toMatch(/sends no mail: The username was not found/);
	});

	test('is a write: a Read Only credential refuses it', async () => {
		const { errors } = await user(
			'requestPasswordReset',
			{ by: 'username', username: 'ada' },
			[{}],
			{ ...split, readOnly: true },
		);
		expect(errors[0]).toMatch(/Read Only/);
		expect(sandbox.requests).toHaveLength(0);
	});
});
