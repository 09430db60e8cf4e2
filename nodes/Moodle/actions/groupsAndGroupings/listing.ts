import type { GroupKind } from '../../lookup/groups';
import type { Resolved } from '../../lookup/reference';
import type { Json } from '../../moodle/values';
import { returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Services } from '../types';
import { readCourses } from './read';

const inputOf = (p: Parameters) => ({
	courseId: p.ref('course', 'Course'),
	limit: p.limit(),
	simple: p.flag('simplify'),
});

/** Get Many of the groups or groupings of a course; each course is asked once. */
export const listing = (kind: GroupKind, simplified: (row: Json) => Json) => ({
	fields: [locator('course'), ...returnAllAndLimit, simplify],
	input: inputOf,
	steps: async (
		inputs: Array<Resolved<ReturnType<typeof inputOf>>>,
		{ read }: Pick<Services, 'read'>,
	) => {
		const { rows, refused } = await readCourses(
			read,
			kind,
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
