import { READS } from '../../moodle/reads';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { readCourses } from '../groupsAndGroupings/read';
import { locator } from '../locators';
import { simplified } from './groupingFields';

export const operation = reading({
	resource: 'grouping',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many groupings',
	description: 'Retrieve a list of groupings of a course',
	reads: [READS.core_group_get_course_groupings],
	fields: [locator('course'), ...returnAllAndLimit, simplify],
	input: (p) => ({
		courseId: p.ref('course', 'Course'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read }) => {
		const { rows, refused } = await readCourses(
			read,
			'grouping',
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
