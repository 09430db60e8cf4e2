import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { by, nodeOn, onStandIn, split } from '../support/node';

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
