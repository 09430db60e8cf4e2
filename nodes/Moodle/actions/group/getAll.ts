import { READS } from '../../moodle/reads';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';
import { simplified } from './groupFields';
import { readCourses } from '../groupsAndGroupings/read';

export const operation = reading({
	resource: 'group',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many groups',
	description: 'Retrieve a list of groups of a course',
	reads: [READS.core_group_get_course_groups],
	fields: [locator('course'), ...returnAllAndLimit, simplify],
	input: (p) => ({
		courseId: p.ref('course', 'Course'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read }) => {
		const { rows, refused } = await readCourses(
			read,
			'group',
			inputs.map(({ courseId }) => courseId),
		);
		return inputs.map(({ courseId, limit, simple }) => {
			const problem = refused.get(courseId);
			if (problem) return { problem };
			const wanted = (rows.get(courseId) ?? []).slice(0, limit);
			return { done: simple ? wanted.map(simplified) : wanted };
		});
	},
});
