/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** How many round trips a run waits for: what does not depend on each other is asked side by side. */
import { operation as addGroupMember } from '../../nodes/Moodle/actions/group/addMember';
import { operation as upsertUser } from '../../nodes/Moodle/actions/user/upsert';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { formBody } from '../../nodes/Moodle/moodle/encode';
import type { Params } from '../../nodes/Moodle/moodle/values';
import { addUser } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import { runEngine } from '../support/engineRun';
import { functionOf, InProcessMoodle } from '../support/inProcess';
import { inWaves, type Waves } from '../support/waves';
import { problemOf } from './strike';

type Item = Record<string, unknown>;

const by = (mode: string, value: unknown) => ({ mode, value: String(value) });

/** The waves of a run that comes through for all its items. */
async function wavesOf(
	moodle: InProcessMoodle,
	operation: Operation,
	items: Item[],
): Promise<Waves> {
	const waves: Waves = [];
	const send = inWaves(async (body) => await Promise.resolve(moodle.answer(body)), waves);
	const { units } = await runEngine({ operation, items, send });
	expect(units.map(problemOf)).toEqual(items.map(() => ''));
	return waves;
}

const newPerson: Item = {
	matchBy: 'email',
	email: 'new@example.org',
	firstname: 'New',
	lastname: 'Person',
	username: '',
	additionalFields: {},
};

describe.each(['mariadb', 'postgres'] as const)('Create or Update User on %s', (database) => {
	const seen = 'core_user_get_users_by_field';

	test('one new person: the search, whether capitals count, what tells whether to believe it, the user, a look for twins', async () => {
		const waves = await wavesOf(new InProcessMoodle({ database }), upsertUser, [newPerson]);
		expect(waves.map((wave) => wave[0])).toEqual([
			seen,
			seen,
			// On PostgreSQL a search in any capitals.
			...(database === 'mariadb' ? [] : ['core_user_get_users']),
			'core_webservice_get_site_info',
			seen,
			'core_user_create_users',
			seen,
		]);
		expect(waves[1]).toEqual([seen, seen]);
	});

	test('one person who is there: the search, and nothing else', async () => {
		const moodle = new InProcessMoodle({ database });
		await wavesOf(moodle, upsertUser, [newPerson]);
		expect(await wavesOf(moodle, upsertUser, [newPerson])).toEqual([[seen]]);
	});
});

test('Add Member: users beside the course that the group is in', async () => {
	const moodle = new InProcessMoodle();
	const ask = (wsfunction: string, params: Params) =>
		moodle.answer(formBody(wsfunction, params), moodle.adminToken);
	const { id } = addCourse(moodle.site, { shortname: 'bio', fullname: 'Biology', category: 1 });
	const ada = addUser(moodle.site, { username: 'ada', email: 'ada@example.org' });
	ask('core_group_create_groups', { groups: [{ courseid: id, name: 'Red', description: '' }] });
	ask('enrol_manual_enrol_users', { enrolments: [{ roleid: 5, userid: ada.id, courseid: id }] });
	const item = {
		courseId: by('shortname', 'bio'),
		groupId: by('name', 'Red'),
		userId: by('email', 'ada@example.org'),
	};
	const waves = await wavesOf(moodle, addGroupMember, [item]);
	expect(waves).toHaveLength(4);
	expect(waves[0].sort()).toEqual([
		'core_course_get_courses_by_field',
		'core_user_get_users_by_field',
	]);
});

const later = async (milliseconds: number) =>
	await new Promise((resolve) => setTimeout(resolve, milliseconds));

test('the token is revoked while one thing is looked up beside another: nothing leaves after the end', async () => {
	const moodle = new InProcessMoodle();
	addCourse(moodle.site, { shortname: 'bio', fullname: 'Biology', category: 1 });
	const sent: string[] = [];
	const send = async (body: string) => {
		const wsfunction = functionOf(body);
		sent.push(wsfunction);
		if (wsfunction.includes('users')) {
			await later(20);
			moodle.revoke();
		}
		const reply = moodle.answer(body);
		// Found before the token is gone, answered after that.
		if (wsfunction.includes('courses')) await later(50);
		return reply;
	};
	const item = {
		courseId: by('shortname', 'bio'),
		groupId: by('name', 'Red'),
		userId: by('email', 'ada@example.org'),
	};
	const { units } = await runEngine({ operation: addGroupMember, items: [item], send });
	expect(units.map(problemOf)).toEqual([expect.stringMatching(/does not know the token/)]);
	const before = [...sent];
	await later(100);
	expect(sent).toEqual(before);
	expect(before).not.toContain('core_group_get_course_groups');
});
