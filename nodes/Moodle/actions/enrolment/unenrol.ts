import type { Reference } from '../../lookup/reference';
import { MoodleFailure } from '../../moodle/failure';
import type { Params } from '../../moodle/values';
import { previewOf, success } from '../build';
import { unknownCourse } from '../course/calls';
import { getCoursesFacts } from '../course/reads';
import { field } from '../fields';
import { refKey } from '../keys';
import { locator } from '../locators';
import type { Operation, Step } from '../types';
import { unenrolUsers } from './calls';
import { enrolledUsersFacts } from './reads';
import { standingsOf } from './standing';
import { READS } from '../../moodle/reads';

interface Input {
	userId: Reference;
	courseId: Reference;
	checkFirst: boolean;
}

const checkFirst = field('checkFirst', 'Check First', 'boolean', {
	default: true,
	description:
		'Whether to read who is enrolled first, so that the output says where there was nothing to do. Moodle itself does not tell.',
});

function task(userid: number, courseid: number): Step {
	const record: Params = { userid, courseid };
	return {
		task: {
			call: unenrolUsers,
			record,
			action: 'unenrol',
			output: () => success(record),
			preview: previewOf(record),
		},
	};
}

export const operation: Operation<Input> = {
	resource: 'enrolment',
	value: 'unenrol',
	name: 'Unenrol User',
	action: 'Unenrol user from course',
	description:
		'End the manual enrolment of a user in a course with all its roles. Users enrolled by another method, such as a cohort, stay.',
	writes: true,
	batched: true,
	calls: [unenrolUsers],
	reads: [
		READS.core_group_get_course_user_groups,
		enrolledUsersFacts,
		getCoursesFacts,
		READS.core_course_get_courses_by_field,
	],
	fields: [locator('user'), locator('course')],
	options: [checkFirst],
	input: (p) => ({
		userId: p.ref('user', 'User'),
		courseId: p.ref('course', 'Course'),
		checkFirst: p.fields('options', [checkFirst]).checkFirst !== false,
	}),
	keys: ({ userId, courseId }) => [`enrol:${refKey(userId)}:${refKey(courseId)}`],
	steps: async (inputs, services) => {
		const questions = inputs
			.filter((input) => input.checkFirst)
			.map((input) => ({ ...input, withRoles: false }));
		const standing = await standingsOf(questions, services);
		return inputs.map(({ userId, courseId, checkFirst: isChecked }): Step => {
			const found = isChecked ? standing(courseId, userId) : undefined;
			const cause = found && 'unknown' in found ? found.unknown : undefined;
			if (cause instanceof MoodleFailure && cause.code.startsWith('invalidrecord'))
				return { problem: unknownCourse(String(courseId)) };
			// Where it cannot be told, the call is made: it does no harm.
			const isDone = found !== undefined && 'isEnrolled' in found && !found.isEnrolled;
			return isDone
				? { done: success({ userid: userId, courseid: courseId, nothingToDo: true }) }
				: task(userId, courseId);
		});
	},
};
