/** Users as an account sees them that is no administrator: every version, and accounts from which a site hides things. */
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import {
	addUser,
	startSandbox,
	type AccountName,
	type MoodleVersion,
	type Sandbox,
} from '../sandbox';
import { runNode } from '../support/harness';
import { sentTo } from '../support/node';

const PEOPLE = ['ada', 'bob', 'cyd'];
const VERSIONS: MoodleVersion[] = ['4.1', '4.5', '5.0', '5.1'];
const CREATE = 'core_user_create_users';
const UPDATE = 'core_user_update_users';
const OPEN = /may have been carried out all the same/;

let sandbox: Sandbox;
afterEach(async () => await sandbox.close());

async function user(operation: string, parameters: object, token: string) {
	const run = await runNode(new Moodle(), {
		parameters: { resource: 'user', operation, ...parameters } as never,
		items: PEOPLE.map((name, index) => ({ name, index })) as never,
		onError: 'continueErrorOutput',
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: sandbox.url, token } },
	});
	return {
		json: run.success.map((item) => item.json),
		errors: run.failed.map((item) => String(item.json.error)),
	};
}

const sent = sentTo(() => sandbox);
const person = {
	username: '={{ $json.name }}',
	firstname: '={{ $json.name }}',
	lastname: 'Byron',
	email: '={{ $json.name }}@Example.org',
};

describe.each(VERSIONS)('a second night on Moodle %s', (version) => {
	const told = {
		idnumber: '=HR-{{ $json.index }}',
		city: 'London',
		country: 'gb',
		institution: 'Analytical',
		department: '0',
		interests: 'Chess, 0',
		mailformat: 0,
		lang: 'en',
		timezone: '99',
	};
	const night = async (token: string) =>
		await user('upsert', { ...person, additionalFields: told }, token);

	test('sends nothing with the role of the documents', async () => {
		sandbox = await startSandbox({ version });
		expect((await night(sandbox.token)).json).toEqual(
			PEOPLE.map(() => expect.objectContaining({ created: true })),
		);
		sandbox.requests.length = 0;
		expect((await night(sandbox.token)).json).toEqual(
			PEOPLE.map(() => expect.objectContaining({ created: false, updated: false })),
		);
		expect(sent(UPDATE)).toBe(0);
	});

	test('sends nothing with a role from which names are hidden: the full name tells them', async () => {
		sandbox = await startSandbox({ version });
		const token = sandbox.tokenWith([
			'moodle/user:create',
			'moodle/user:update',
			'moodle/user:viewdetails',
			'moodle/user:viewalldetails',
			'moodle/site:viewuseridentity',
		]);
		await night(token);
		sandbox.requests.length = 0;
		expect((await night(token)).json).toHaveLength(3);
		expect(sent(UPDATE)).toBe(0);
	});
});

describe.each<[AccountName, boolean]>([
	['role', true],
	['blind', false],
	['hiddenEmails', false],
])('an answer is lost, account %s', (account, canTell) => {
	/** Loses the answer to the first request for a function, which Moodle has carried out. */
	const lose = (name: string) => {
		let isLost = false;
		sandbox.switches.fault = (request) => {
			if (isLost || request.function !== name) return null;
			isLost = true;
			return { execute: true, cut: 'before' };
		};
	};
	const quickly = { options: { recoverySeconds: 1 } };

	test.each(VERSIONS)(
		'users who were created are never told as refused, Moodle %s',
		async (version) => {
			sandbox = await startSandbox({ version, account });
			lose(CREATE);
			const { json, errors } = await user('create', { ...person, ...quickly }, sandbox.token);
			expect(json).toHaveLength(canTell ? 3 : 0);
			expect(errors).toEqual(canTell ? [] : PEOPLE.map(() => expect.stringMatching(OPEN)));
			expect(sent(CREATE)).toBe(1);
			expect(
				sandbox.site.users.all().filter(({ username }) => PEOPLE.includes(username)),
			).toHaveLength(3);
		},
	);

	test.each(VERSIONS)(
		'users who were deleted are never told as refused, Moodle %s',
		async (version) => {
			sandbox = await startSandbox({ version, account });
			const ids = PEOPLE.map((username) => addUser(sandbox.site, { username }).id);
			lose('core_user_delete_users');
			const userId = {
				__rl: true,
				mode: 'id',
				value: `={{ ${JSON.stringify(ids)}[$json.index] }}`,
			};
			const { json, errors } = await user('delete', { userId, ...quickly }, sandbox.token);
			expect(json).toHaveLength(canTell ? 3 : 0);
			expect(errors).toEqual(canTell ? [] : PEOPLE.map(() => expect.stringMatching(OPEN)));
		},
	);
});
