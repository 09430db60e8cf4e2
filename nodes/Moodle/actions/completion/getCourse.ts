import { toIso } from '../../moodle/dates';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { simplify } from '../fields';
import { locator } from '../locators';

/** Where a user stands in a course, in short. */
export function simplifiedCourse(status: Json): Json {
	const criteria = objectsOf(status.completions);
	const complete = criteria.filter((criterion) => criterion.complete === true);
	const latest = Math.max(0, ...complete.map((criterion) => Number(criterion.timecompleted ?? 0)));
	return {
		completed: status.completed === true,
		aggregation: status.aggregation === 2 ? 'any' : 'all',
		criteria: criteria.length,
		criteriacompleted: complete.length,
		lastcompleted: toIso(latest),
	};
}

export const operation = reading({
	resource: 'completion',
	value: 'getCourse',
	name: 'Get Course Completion',
	action: 'Get course completion of user',
	description: 'Retrieve whether a user has completed a course, and how many of its criteria',
	reads: [READS.core_completion_get_course_completion_status],
	fields: [locator('course'), locator('user'), simplify],
	input: (p) => ({
		courseId: p.ref('course', 'Course'),
		userId: p.ref('user', 'User'),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, services) =>
		await services.each(inputs, async ({ courseId, userId, simple }) => {
			const reply = await services.read(READS.core_completion_get_course_completion_status, {
				courseid: courseId,
				userid: userId,
			});
			const status = reply.completionstatus;
			return {
				done: {
					courseid: courseId,
					userid: userId,
					...(simple ? simplifiedCourse(status) : status),
				},
			};
		}),
});
