/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
/** `npm run function`: what a contributor is told of a web-service function. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageDir } from '../sandbox/catalogue';

function told(...words: string[]) {
	const { status, stdout } = spawnSync(
		process.execPath,
		[join('scripts', 'function.mjs'), ...words],
		{ cwd: packageDir(), encoding: 'utf8' },
	);
	return { status, stdout };
}

test('tells parameters, reply, permissions and the record to begin with', () => {
	const { status, stdout } = told('core_message_get_user_message_preferences');
	expect(status).toBe(0);
	expect(stdout).toContain('reads, Moodle 4.1 or later');
	expect(stdout).toContain('  userid: int?=0\n');
	expect(stdout).toContain('moodle/user:editownmessageprofile: Edit own user messaging profile');
	expect(stdout).toContain("function: 'core_message_get_user_message_preferences',");
	expect(stdout).toContain('reply: shaped({ preferences: shaped({}) }),');
});

test('begins a function that writes with what is safe until it is measured', () => {
	const { stdout } = told('core_user_add_user_device');
	expect(stdout).toContain("repeat: 'never', // measure it");
	expect(told('core_message_block_user').stdout).toContain('reply: warningRows,');
	const list = told('core_competency_create_plan').stdout;
	expect(list).toContain("atomic: 'all',");
	expect(told('core_comment_delete_comments').stdout).toContain("atomic: 'unknown', // measure it");
});

test('names the files that know a function', () =>
	expect(told('core_notes_create_notes').stdout).toContain('nodes/Moodle/actions/note/calls.ts'));

test('finds functions by a word, and says so where there is none', () => {
	expect(told('create_notes')).toEqual({ status: 0, stdout: 'core_notes_create_notes writes\n' });
	expect(told('nonsense').status).toBe(1);
});
