import type { Reference } from '../../lookup/reference';
import { toIso } from '../../moodle/dates';
import { readFacts } from '../../moodle/reads';
import { rows } from '../../moodle/replies';
import { objectsOf, type Json } from '../../moodle/values';
import { pick, reading } from '../build';
import { field, returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';

const coursesFacts = readFacts({
	function: 'core_enrol_get_users_courses',
	capabilities: ['moodle/course:viewparticipants', 'moodle/user:viewdetails', 'moodle/course:view'],
	reply: rows,
});

interface Input {
	userId: Reference;
	counts: boolean;
	limit: number;
	simplify: boolean;
}

const counts = field('returnusercount', 'Include Number of Users', 'boolean', {
	description:
		'Whether to tell how many users each course has, which is slow in large courses. Only without Simplify.',
});

function show(course: Json, isShort: boolean): Json {
	if (!isShort) return course;
	return {
		...pick(course, ['id', 'shortname', 'fullname', 'idnumber', 'progress', 'completed']),
		visible: Number(course.visible) === 1,
		startdate: toIso(course.startdate),
		enddate: toIso(course.enddate),
		lastaccess: toIso(course.lastaccess),
	};
}

export const operation = reading<Input>({
	resource: 'enrolment',
	value: 'getUserCourses',
	name: 'Get User Courses',
	action: 'Get courses of user',
	description:
		'Retrieve the courses in which a user has an active enrolment, as far as the account behind the token may enter them',
	reads: [coursesFacts],
	fields: [locator('user'), ...returnAllAndLimit, simplify],
	options: [counts],
	input: (p) => ({
		// Moodle answers an unknown user with an empty list.
		userId: p.ref('user', 'User', 'userId', { verify: true }),
		counts: p.fields('options', [counts]).returnusercount === true && !p.flag('simplify'),
		limit: p.limit(),
		simplify: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) =>
		await each(inputs, async ({ userId, counts: withCounts, limit, simplify: isShort }) => {
			const courses = objectsOf(
				await read(coursesFacts, {
					userid: userId,
					returnusercount: withCounts,
				}),
			);
			const some = limit === Infinity ? courses : courses.slice(0, limit);
			return { done: some.map((course) => show(course, isShort)) };
		}),
});
