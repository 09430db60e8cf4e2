import type { INodeParameters } from 'n8n-workflow';
import { needsOf } from '../../nodes/Moodle/actions/needs';
import { operations } from '../../nodes/Moodle/actions/registry';
import { USES } from '../../nodes/Moodle/actions/uses';
import { eventNeeds } from '../../nodes/Moodle/events/needs';
import type { AccountName, Sandbox } from '../sandbox';
import { nodeOn, onStandIn, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const useNamed = (value: string) => USES.find((use) => use.value === value)!;

async function site(
	operation: string,
	parameters: INodeParameters = {},
	more: { token?: string; readOnly?: boolean; items?: object[] } = {},
) {
	const { items, ...rest } = more;
	const run = await nodeOn('site', () => sandbox)(operation, parameters, items, {
		...split,
		...rest,
	});
	expect(run.everything).not.toContain(sandbox.site.config.privateKey);
	expect(run.everything).not.toContain('userprivateaccesskey');
	return run;
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
		expect(each.json).toHaveLength(operations.length + eventNeeds.length);
		expect(each.json.find((row) => row.name === 'User: Delete')).toMatchObject({
			resource: 'user',
			operation: 'delete',
			status: 'notInService',
			missingFunctions: expect.stringMatching(/^core_user_delete_users/),
			capabilities: expect.stringContaining('moodle/user:delete'),
		});
		expect(each.json.find((row) => row.name === 'Trigger: User Created')).toMatchObject({
			resource: 'trigger',
			operation: 'userCreated',
			status: 'notInService',
			missingFunctions: 'core_enrol_get_enrolled_users',
		});
	});

	test('says which uses are ready, and what each of the others lacks', async () => {
		const { json } = await site('checkSetup', { output: 'uses' });
		expect(json.map(({ use, ready }) => [use, ready])).toEqual(
			USES.map(({ value }) => [value, true]),
		);
		const admin = await site('checkSetup', { output: 'uses' }, { token: sandbox.adminToken });
		expect(admin.json.map(({ howToMend }) => howToMend)).toEqual(USES.map(() => ''));
		const token = sandbox.addToken('reporting', {
			userid: sandbox.account.userid,
			functions: needsOf(operations.filter(useNamed('reporting').covers)).functions,
		});
		const small = await site('checkSetup', { output: 'uses' }, { token });
		const rows = Object.fromEntries(small.json.map((row) => [row.use, row]));
		expect(rows.reporting).toMatchObject({
			ready: true,
			missingFunctions: '',
			usefulFunctions: expect.stringContaining('core_user_search_identity'),
			// functions are all that can be seen of what a token may do
			howToMend: expect.stringMatching(
				/does not tell what the role .* must allow the capabilities/,
			),
		});
		expect(rows.enrolment).toMatchObject({
			ready: false,
			operations: expect.arrayContaining(['Enrolment: Enrol User']),
			missingFunctions: expect.stringContaining('enrol_manual_enrol_users'),
			capabilities: expect.stringContaining('enrol/manual:enrol'),
			howToMend: expect.stringContaining('--use=enrolment'),
		});
		const { json: whole } = await site('checkSetup', {}, { token });
		expect(whole[0].readyUses).toEqual(['Grades Back']);
	});

	test.each([
		['an unknown token', '0123456789abcdef0123456789abcdef'],
		['a token that may not even ask for the site', 'none'],
	])('tells what a use needs before anything is set up: %s', async (_why, name) => {
		const token = name === 'none' ? sandbox.addToken('none', { userid: 2, functions: [] }) : name;
		const run = await site('checkSetup', { output: 'uses', uses: ['reporting'] }, { token });
		const { functions, capabilities } = needsOf(operations.filter(useNamed('reporting').covers));
		expect(run.json).toHaveLength(1);
		expect(run.json[0]).toMatchObject({
			use: 'reporting',
			ready: false,
			problem: expect.any(String),
			missingFunctions: functions.join(', '),
			capabilities: capabilities.join(', '),
		});
		const other = await site('checkSetup', { output: 'uses', uses: '={{ ["cooking"] }}' });
		expect(other.errors[0]).toMatch(/'Uses' cannot be 'cooking'/);
	});

	test('downloads that the service does not allow are told', async () => {
		const token = sandbox.addToken('closed', {
			userid: sandbox.account.userid,
			functions: ['core_webservice_get_site_info'],
		});
		[...sandbox.site.services.values()].at(-1)!.downloadfiles = false;
		const { json } = await site('checkSetup', {}, { token });
		expect(json[0].notInService).toContain('File: Download');
		expect(json[0].settingsToTick).toBe('Can download files');
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
