/** How many round trips a run waits for: what does not depend on each other is asked side by side. */
import { operation as addGroupMember } from '../../nodes/Moodle/actions/group/addMember';
import { operation as upsertUser } from '../../nodes/Moodle/actions/user/upsert';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { formBody } from '../../nodes/Moodle/moodle/encode';
import type { Params } from '../../nodes/Moodle/moodle/values';
import { addUser } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import { runEngine } from '../support/engineRun';
import { InProcessMoodle } from '../support/inProcess';
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

const person = (index: number): Item => ({
	matchBy: 'email',
	email: `new${index}@example.org`,
	firstname: 'New',
	lastname: `Person ${index}`,
	username: '',
	additionalFields: {},
});
const people = (count: number) => Array.from({ length: count }, (_, index) => person(index));

describe.each(['mariadb', 'postgres'] as const)('Create or Update User on %s', (database) => {
	const seen = 'core_user_get_users_by_field';

	test('one new person: the search, what tells whether to believe it in two steps, the user, a look for twins', async () => {
		const waves = await wavesOf(new InProcessMoodle({ database }), upsertUser, people(1));
		expect(waves).toHaveLength(5);
		expect(waves[0]).toEqual([seen]);
		expect(waves[1].sort()).toEqual([seen, seen, 'core_webservice_get_site_info']);
		expect(waves[3]).toEqual(['core_user_create_users']);
	});

	test('one person who is there: the search, and nothing else', async () => {
		const moodle = new InProcessMoodle({ database });
		await wavesOf(moodle, upsertUser, people(1));
		expect(await wavesOf(moodle, upsertUser, people(1))).toEqual([[seen]]);
	});

	test('many: what tells whether to believe the search is asked beside it', async () => {
		const waves = await wavesOf(new InProcessMoodle({ database }), upsertUser, people(60));
		expect(waves[0]).toContain('core_webservice_get_site_info');
		const begins = waves.findIndex((wave) => wave.includes('core_user_create_users'));
		// On PostgreSQL the addresses of all users are read before, page by page.
		expect(begins).toBe(database === 'mariadb' ? 2 : 4);
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
