/** Two calls at once: what the database keeps unique, and what only Moodle's functions look after. */
import { formBody } from '../../nodes/Moodle/moodle/encode';
import type { Params } from '../../nodes/Moodle/moodle/values';
import { addCourse, addUser } from '../sandbox';
import { InProcessMoodle } from './inProcess';

const outcome = (text: string) =>
	(JSON.parse(text) as { errorcode?: string } | null)?.errorcode ?? 'done';

/** Begins the same call twice, and then finishes both; then calls a third time. */
function thrice(moodle: InProcessMoodle, wsfunction: string, params: Params): string[] {
	const body = formBody(wsfunction, params);
	const calls = [moodle.begin(body, moodle.adminToken), moodle.begin(body, moodle.adminToken)];
	return [
		...calls.map((call) => outcome(call.finish().text)),
		outcome(moodle.answer(body, moodle.adminToken).text),
	];
}

const person = (username: string, email: string) => ({
	username,
	email,
	firstname: 'Ada',
	lastname: 'Byron',
	createpassword: true,
});
const group = { courseid: 2, name: 'Monday', description: '', idnumber: 'M' };

const UNGUARDED: Array<[string, string, Params, string]> = [
	[
		'short names of courses',
		'core_course_create_courses',
		{ courses: [{ fullname: 'B', shortname: 'BIO', categoryid: 1 }] },
		'shortnametaken',
	],
	[
		'ID numbers of categories',
		'core_course_create_categories',
		{ categories: [{ name: 'C', idnumber: 'C' }] },
		'categoryidnumbertaken',
	],
	['groups', 'core_group_create_groups', { groups: [group] }, 'invalidparameter'],
	['groupings', 'core_group_create_groupings', { groupings: [group] }, 'invalidparameter'],
	[
		'cohorts',
		'core_cohort_create_cohorts',
		{ cohorts: [{ categorytype: { type: 'system', value: '' }, name: 'S', idnumber: 'S' }] },
		'invalidparameter',
	],
];

/** A site with the course 2 and a user who is not in it. */
function prepared(): { moodle: InProcessMoodle; userid: number } {
	const moodle = new InProcessMoodle();
	addCourse(moodle.site, { fullname: 'Course', shortname: 'COURSE', category: 1 });
	return { moodle, userid: addUser(moodle.site, { username: 'ada' }).id };
}

test.each(UNGUARDED)(
	'%s: both are made, a third is refused',
	(_what, wsfunction, params, refusal) => {
		expect(thrice(prepared().moodle, wsfunction, params)).toEqual(['done', 'done', refusal]);
	},
);

test('e-mail addresses: both are made, a third is refused', () => {
	const { moodle } = prepared();
	const begin = (username: string) =>
		moodle.begin(
			formBody('core_user_create_users', { users: [person(username, 'one@example.org')] }),
		);
	const calls = [begin('one'), begin('two')];
	expect(calls.map((call) => outcome(call.finish().text))).toEqual(['done', 'done']);
	expect(outcome(begin('three').finish().text)).toBe('invalidparameter');
});

test('user names, enrolments and memberships: the second is refused by the database, and nothing of it is written', () => {
	const { moodle, userid } = prepared();
	const { site } = moodle;
	expect(
		thrice(moodle, 'core_user_create_users', { users: [person('eve', 'eve@example.org')] }),
	).toEqual(['done', 'dmlwriteexception', 'invalidparameter']);
	expect(site.users.find('username', 'eve')).toHaveLength(1);
	expect(
		thrice(moodle, 'enrol_manual_enrol_users', {
			enrolments: [{ roleid: 5, userid, courseid: 2 }],
		}),
	).toEqual(['done', 'dmlwriteexception', 'done']);
	expect(site.userEnrolments.find('user', userid)).toHaveLength(1);
	moodle.answer(formBody('core_group_create_groups', { groups: [group] }));
	expect(
		thrice(moodle, 'core_group_add_group_members', { members: [{ groupid: 1, userid }] }),
	).toEqual(['done', 'dmlwriteexception', 'done']);
	expect(site.groupMembers.find('user', userid)).toHaveLength(1);
});

test('what has begun sees nothing of what comes after, and nobody sees it before it is finished', () => {
	const { moodle, userid } = prepared();
	const read = formBody('core_user_get_users_by_field', { field: 'id', values: [userid] });
	const city = (text: string) => (JSON.parse(text) as Array<{ city?: string }>)[0].city;
	const reading = moodle.begin(read);
	const writing = moodle.begin(
		formBody('core_user_update_users', { users: [{ id: userid, city: 'Rome' }] }),
	);
	expect(city(moodle.answer(read).text)).toBeUndefined();
	writing.finish();
	expect(city(moodle.answer(read).text)).toBe('Rome');
	expect(city(reading.finish().text)).toBeUndefined();
});
