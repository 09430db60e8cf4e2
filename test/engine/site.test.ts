import type { INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { operations } from '../../nodes/Moodle/actions/registry';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { startSandbox, type AccountName, type Sandbox } from '../sandbox';
import { runNode } from '../support/harness';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());
beforeEach(() => sandbox.reset());

async function site(
	operation: string,
	parameters: INodeParameters = {},
	more: { token?: string; readOnly?: boolean; items?: object[] } = {},
) {
	const { token = sandbox.token, readOnly = false, items = [{}] } = more;
	const run = await runNode(new Moodle(), {
		parameters: { resource: 'site', operation, ...parameters },
		items: items as never,
		onError: 'continueErrorOutput',
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: sandbox.url, token, readOnly } },
	});
	expect(run.everything).not.toContain(token);
	expect(run.everything).not.toContain(sandbox.site.config.privateKey);
	expect(run.everything).not.toContain('userprivateaccesskey');
	return {
		...run,
		json: run.success.map((item) => item.json),
		errors: run.failed.map((item) => String(item.json.error)),
	};
}

describe('get info', () => {
	test('simplified and raw, asked once for many items', async () => {
		const { json } = await site('getInfo', {}, { items: [{}, {}, {}], readOnly: true });
		expect(json).toHaveLength(3);
		expect(json[0]).toMatchObject({
			userid: sandbox.account.userid,
			username: 'n8n',
			userissiteadmin: false,
			siteurl: sandbox.url,
		});
		expect(Object.keys(json[0]).length).toBeLessThanOrEqual(10);
		expect(sandbox.requests).toHaveLength(1);
		const raw = await site('getInfo', { simplify: false });
		expect(Array.isArray(raw.json[0].functions)).toBe(true);
	});
});

describe('check setup', () => {
	test('an administrator with every function can use everything the site has', async () => {
		const { json } = await site('checkSetup', {}, { token: sandbox.adminToken });
		expect(json).toHaveLength(1);
		expect(json[0]).toMatchObject({ siteAdministrator: true, username: 'admin', notInService: [] });
		expect(json[0].usable).toContain('User: Create');
		expect(json[0].usable).toContain('Web Service: Call Function');
		expect(json[0].capabilitiesNeeded).toMatch(/moodle\/user:create.*webservice\/rest:use/);
	});

	test('the account that the documents ask for can use every operation', async () => {
		const { json } = await site('checkSetup');
		expect(json[0]).toMatchObject({
			siteAdministrator: false,
			username: 'n8n',
			partlyUsable: [],
			notInService: [],
			hiddenFromToken: [],
		});
	});

	test.each<[AccountName, RegExp[]]>([
		['blind', [/^users: Allow 'View user profiles'/]],
		[
			'hiddenEmails',
			[/^e-mail addresses: .*'See full user identity in lists'.*Show user identity/],
		],
	])('says what the site hides of users: %s', async (account, hidden) => {
		const { json } = await site('checkSetup', {}, { token: sandbox.accounts[account].token });
		expect(json[0].hiddenFromToken).toEqual(hidden.map((words) => expect.stringMatching(words)));
	});

	test('names what a small service lacks, ready to paste', async () => {
		const token = sandbox.addToken('small', {
			userid: sandbox.account.userid,
			functions: [
				'core_webservice_get_site_info',
				'core_user_create_users',
				'core_user_get_users_by_field',
			],
		});
		const { json } = await site('checkSetup', {}, { token });
		expect(json[0].usable).toContain('User: Create');
		expect(json[0].partlyUsable).toContain('User: Create or Update');
		expect(json[0].notInService).toContain('User: Delete');
		expect(String(json[0].functionsToAdd).split(', ')).toEqual(
			expect.arrayContaining(['core_user_delete_users', 'core_user_update_users']),
		);
		const each = await site('checkSetup', { output: 'operations' }, { token });
		expect(each.json).toHaveLength(operations.length);
		expect(each.json.find((row) => row.name === 'User: Delete')).toMatchObject({
			resource: 'user',
			operation: 'delete',
			status: 'notInService',
			missingFunctions: expect.stringMatching(/^core_user_delete_users/),
			capabilities: expect.stringContaining('moodle/user:delete'),
		});
	});

	test('without site info it says so', async () => {
		const token = sandbox.addToken('none', {
			userid: sandbox.account.userid,
			functions: ['core_user_create_users'],
		});
		const { errors } = await site('checkSetup', {}, { token });
		expect(errors).toHaveLength(1);
	});
});
