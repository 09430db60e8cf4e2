/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** The ready accounts: made from the documents, and as narrow as those. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { formBody } from '../../nodes/Moodle/moodle/encode';
import type { Params } from '../../nodes/Moodle/moodle/values';
import { InProcessMoodle, type InProcessOptions } from '../support/inProcess';
import { ACCOUNTS, rolePreset, serviceFunctions, type AccountName } from './accounts';
import { addUser } from './builders';
import { packageDir } from './catalogue';
import { VERSIONS } from './types';

interface Row {
	[key: string]: unknown;
	errorcode?: string;
}

/** Asks as an account; the text of the reply, parsed. */
function ask(
	moodle: InProcessMoodle,
	account: AccountName,
	wsfunction: string,
	params: Params,
): Row & Row[] {
	return JSON.parse(
		moodle.answer(formBody(wsfunction, params), moodle.accounts[account].token).text,
	) as Row & Row[];
}

function siteWithAda(options?: InProcessOptions): InProcessMoodle {
	const moodle = new InProcessMoodle(options);
	addUser(moodle.site, {
		username: 'ada',
		firstname: 'Ada',
		lastname: 'Byron',
		email: 'Ada@example.org',
		idnumber: 'A-1',
		description: 'About her',
	});
	return moodle;
}

const byUsername = { field: 'username', values: ['ada'] };

test('the role is read from the document: a preset that changes is felt at once', () => {
	const xml = readFileSync(join(packageDir(), 'docs', 'role-preset.xml'), 'utf8');
	const { capabilities, mayAssign } = rolePreset();
	expect(capabilities).toHaveLength(xml.split('<allow>').length - 1);
	expect(capabilities).toContain('webservice/rest:use');
	expect(mayAssign).toEqual(['editingteacher', 'teacher', 'student']);
	expect(
		rolePreset(xml.replace('<permissions>', '<permissions><allow>moodle/new:one</allow>'))
			.capabilities,
	).toContain('moodle/new:one');
	const { site, accounts } = new InProcessMoodle();
	const given = site.roleAssignments.find('user', accounts.role.userid);
	expect(
		given.map(({ contextid, roleid }) => [
			contextid,
			[...(site.roles.get(roleid)?.capabilities ?? [])],
		]),
	).toEqual([[1, capabilities]]);
});

test('the role calls the functions of the document and no others', () => {
	const moodle = new InProcessMoodle();
	const info = ask(moodle, 'role', 'core_webservice_get_site_info', {});
	expect((info.functions as Array<{ name: string }>).map(({ name }) => name).sort()).toEqual(
		[...serviceFunctions()].sort(),
	);
	expect(info.userissiteadmin).toBe(false);
	const other = 'enrol_self_enrol_user';
	const params = { courseid: 2 };
	expect(serviceFunctions()).not.toContain(other);
	expect(ask(moodle, 'role', other, params).errorcode).toBe('accessexception');
	expect(ask(moodle, 'admin', other, params).errorcode).not.toBe('accessexception');
});

test('the token is that of the account asked for, by default of the role', () => {
	for (const account of ACCOUNTS) {
		const moodle = new InProcessMoodle({ account });
		expect(moodle.token).toBe(moodle.accounts[account].token);
	}
	const moodle = new InProcessMoodle();
	expect([moodle.token, moodle.adminToken]).toEqual([
		moodle.accounts.role.token,
		moodle.accounts.admin.token,
	]);
});

test('other accounts stand in no list before they are asked for', () => {
	const moodle = new InProcessMoodle({ account: 'admin' });
	expect(moodle.site.users.all().map(({ username }) => username)).toEqual(['guest', 'admin']);
	expect(moodle.accounts.blind.username).toBe('n8n_blind');
	expect(moodle.site.users.all().map(({ username }) => username)).toEqual([
		'guest',
		'admin',
		'n8n_blind',
	]);
});

test.each(VERSIONS)(
	'Moodle %s: who sees the names of people, their addresses and their descriptions',
	(version) => {
		const moodle = siteWithAda({ version });
		const seen = (account: AccountName) => {
			const [row] = ask(moodle, account, 'core_user_get_users_by_field', byUsername);
			return row && ['firstname', 'email', 'idnumber', 'description'].filter((name) => name in row);
		};
		const names =
			version === '5.1' || rolePreset().capabilities.includes('moodle/site:viewfullnames')
				? ['firstname']
				: [];
		expect(seen('admin')).toEqual(['firstname', 'email', 'idnumber', 'description']);
		expect(seen('role')).toEqual([...names, 'email', 'idnumber']);
		expect(seen('hiddenEmails')).toEqual([...names, 'idnumber']);
		expect(seen('blind')).toBeUndefined();
	},
);

test('the blind account makes, changes and deletes people whom it does not see', () => {
	const moodle = siteWithAda();
	const user = {
		username: 'eve',
		firstname: 'Eve',
		lastname: 'B',
		email: 'eve@example.org',
		createpassword: true,
	};
	const [{ id }] = ask(moodle, 'blind', 'core_user_create_users', { users: [user] });
	expect(
		ask(moodle, 'blind', 'core_user_get_users_by_field', { field: 'id', values: [Number(id)] }),
	).toEqual([]);
	expect(
		ask(moodle, 'blind', 'core_user_update_users', { users: [{ id: Number(id), city: 'Rome' }] }),
	).toEqual({ warnings: [] });
	expect(ask(moodle, 'blind', 'core_user_delete_users', { userids: [Number(id)] })).toBeNull();
	expect(moodle.site.users.get(Number(id))).toMatchObject({ city: 'Rome', deleted: true });
});

test('the database decides what is equal', () => {
	const found = (options: InProcessOptions) =>
		ask(siteWithAda(options), 'role', 'core_user_get_users_by_field', {
			field: 'email',
			values: ['ada@example.org'],
		}).length;
	expect([
		found({}),
		found({ version: '5.0' }),
		found({ database: 'postgres' }),
		found({ version: '5.0', database: 'mariadb' }),
	]).toEqual([1, 0, 0, 1]);
});

test('a firewall in front answers with a page, and Moodle does not see the request', () => {
	const moodle = new InProcessMoodle();
	moodle.switches.firewall = { pattern: /<script/i, status: 406 };
	const create = (description: string) =>
		moodle.answer(
			formBody('core_user_create_users', {
				users: [
					{
						username: 'eve',
						firstname: 'Eve',
						lastname: 'B',
						email: 'eve@example.org',
						createpassword: true,
						description,
					},
				],
			}),
		);
	expect(create('<SCRIPT>')).toMatchObject({
		status: 406,
		text: expect.stringContaining('<html>') as string,
	});
	expect(moodle.site.users.find('username', 'eve')).toEqual([]);
	expect(create('fine').status).toBe(200);
});
