/** The node as a tool of an AI agent, driven by n8n's own tool context: what the model sees, and what it reads. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import type { Sandbox } from '../sandbox';
import { converse } from '../support/agent';
import { by, onStandIn, sentTo } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));
const sent = sentTo(() => sandbox);

async function talk(parameters: INodeParameters, calls: IDataObject[], readOnly = false) {
	const { url: siteUrl, token } = sandbox;
	const heard = await converse(
		new Moodle(),
		{
			credentialTypes: { moodleApi: new MoodleApi() },
			credentials: { moodleApi: { siteUrl, token, readOnly } },
		},
		parameters,
		calls,
	);
	expect(heard.everything + heard.answers.join()).not.toContain(token);
	return heard;
}

const createUser: INodeParameters = {
	resource: 'user',
	operation: 'create',
	username: "={{ $fromAI('username', 'lower case, without spaces') }}",
	firstname: "={{ $fromAI('firstname') }}",
	lastname: "={{ $fromAI('lastname') }}",
	email: "={{ $fromAI('email', 'the e-mail address') }}",
	additionalFields: { createpassword: true },
};
const ada = {
	username: 'ada',
	firstname: 'Ada',
	lastname: 'Byron',
	email: 'ada@example.org',
};

const getUser: INodeParameters = {
	resource: 'user',
	operation: 'get',
	userId: by('email', "={{ $fromAI('email', 'the e-mail address') }}"),
};

test('the model sees what the tool does and what it wants', async () => {
	const { name, description, arguments: wanted } = await talk(createUser, []);
	expect(name).toBe('Moodle_Tool');
	expect(description).toBe('Create user in Moodle');
	expect(Object.keys(wanted).sort()).toEqual(['email', 'firstname', 'lastname', 'username']);
	expect(wanted.email).toBe('the e-mail address');
});

test('each call of the model is a run, and its answer is short', async () => {
	const made = await talk(createUser, [ada, { ...ada, username: 'bob', email: 'bob@example.org' }]);
	expect(made.answers.map((answer) => JSON.parse(answer) as unknown)).toEqual([
		[expect.objectContaining({ id: expect.any(Number), username: 'ada' })],
		[expect.objectContaining({ id: expect.any(Number), username: 'bob' })],
	]);
	expect(made.answers[0].length).toBeLessThan(200);
	const { answers } = await talk(getUser, [{ email: 'ada@example.org' }]);
	expect(JSON.parse(answers[0])).toEqual([expect.objectContaining({ email: 'ada@example.org' })]);
	expect(answers[0].length).toBeLessThan(600);
});

test('a list is cut to the limit, whatever the site holds', async () => {
	const list = await talk({ resource: 'user', operation: 'getAll', limit: 1 }, [{}]);
	expect(JSON.parse(list.answers[0])).toHaveLength(1);
});

test.each<[string, INodeParameters, IDataObject, RegExp]>([
	[
		'nobody has the address',
		getUser,
		{ email: 'nobody@example.org' },
		/nobody@example\.org[^]*Details: /,
	],
	['an empty argument', getUser, { email: '' }, /'User' is empty[^]*Details: /],
	[
		'a value that Moodle would refuse',
		createUser,
		{ ...ada, username: 'Ada L' },
		/'Username' must be in lower case/,
	],
	[
		'parameters that do not fit the function',
		{
			resource: 'webService',
			operation: 'callFunction',
			functionName: by('name', "={{ $fromAI('function') }}"),
			specifyParameters: 'json',
			parameters: "={{ $fromAI('parameters', 'as JSON', 'json') }}",
		},
		{ function: 'core_user_create_users', parameters: { users: [{ username: 'ada' }] } },
		/users\[0\]\.\w+ is missing/,
	],
])('a refusal tells the model what to do: %s', async (_what, parameters, args, words) => {
	const { answers } = await talk(parameters, [args]);
	expect(answers[0]).toMatch(/^Error: /);
	expect(answers[0]).toMatch(words);
	expect(answers[0]).not.toMatch(/<[a-z]|at \w+ \(|undefined|\[object/);
	expect(sent('core_user_create_users')).toBe(0);
});

test('after a refusal the model can do it right', async () => {
	const { answers } = await talk(createUser, [{ ...ada, username: 'Ada L' }, ada]);
	expect(answers[0]).toMatch(/^Error: .*lower case/);
	expect(JSON.parse(answers[1])).toEqual([expect.objectContaining({ username: 'ada' })]);
});

test.each<[string, INodeParameters, IDataObject]>([
	['an operation', createUser, ada],
	[
		'a function by its name',
		{
			resource: 'webService',
			operation: 'callFunction',
			functionName: by('name', "={{ $fromAI('function') }}"),
			parameters: "={{ $fromAI('parameters', 'as JSON', 'json') }}",
		},
		{ function: 'core_user_delete_users', parameters: { userids: [2] } },
	],
])('Read Only keeps the model from writing by %s, and says so', async (_way, parameters, args) => {
	const { answers } = await talk(parameters, [args], true);
	expect(answers[0]).toMatch(/^Error: .*Read Only/);
	expect(sent('core_user_create_users') + sent('core_user_delete_users')).toBe(0);
	const read = await talk(getUser, [{ email: 'nobody@example.org' }], true);
	expect(read.answers[0]).not.toContain('Read Only');
});
