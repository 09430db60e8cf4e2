import { remembering } from '../common/remembering';
import type { Read } from '../moodle/calls';
import type { Json } from '../moodle/values';
import { reading } from './build';
import { returnAllAndLimit, simplify } from './fields';
import { locator } from './locators';
import type { Operation } from './types';

/** What is special about an operation that lists something of a course. */
interface CourseListSpec extends Pick<Operation, 'resource' | 'action' | 'description' | 'reads'> {
	/**
	 * All rows of a course, as Moodle gives them.
	 *
	 * @throws Problem for a course that is not there or not open to the account
	 */
	rowsOf: (read: Read, courseid: number) => Promise<Json[]>;
	/** A row as it is given with Simplify. */
	simplified: (row: Json) => Json;
}

/** Get Many of what a course has, each course read once. */
export function listOfCourse({ rowsOf, simplified, ...spec }: CourseListSpec) {
	return reading({
		...spec,
		value: 'getAll',
		name: 'Get Many',
		fields: [locator('course'), ...returnAllAndLimit, simplify],
		input: (p) => ({
			courseId: p.ref('course', 'Course'),
			limit: p.limit(),
			simple: p.flag('simplify'),
		}),
		steps: async (inputs, { read, each }) => {
			const all = remembering(async (courseid: number) => await rowsOf(read, courseid));
			return await each(inputs, async ({ courseId, limit, simple }) => {
				const rows = (await all(courseId)).slice(0, limit);
				return { done: simple ? rows.map(simplified) : rows };
			});
		},
	});
}
