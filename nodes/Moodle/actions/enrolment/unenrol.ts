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
import { blindSpots, participantsOfAll, readableLists, unlistedUsers } from './participants';
import { enrolledUsersFacts } from './reads';
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
	reads: [enrolledUsersFacts, getCoursesFacts, READS.core_course_get_courses_by_field],
	fields: [locator('user'), locator('course')],
	options: [checkFirst],
	input: (p) => ({
		userId: p.ref('user', 'User'),
		courseId: p.ref('course', 'Course'),
		checkFirst: p.fields('options', [checkFirst]).checkFirst !== false,
	}),
	keys: ({ userId, courseId }) => [`enrol:${refKey(userId)}:${refKey(courseId)}`],
	steps: async (inputs, services) => {
		const lists = await participantsOfAll(
			services.read,
			inputs.filter((input) => input.checkFirst).map((input) => input.courseId),
		);
		const readable = readableLists(lists);
		const unlisted = unlistedUsers(
			inputs.filter((input) => input.checkFirst),
			readable,
		);
		const blind = await blindSpots(readable, unlisted, services);
		return inputs.map(({ userId, courseId, checkFirst: isChecked }): Step => {
			const list = isChecked ? lists.get(courseId) : undefined;
			if (list instanceof MoodleFailure && list.code.startsWith('invalidrecord'))
				return { problem: unknownCourse(String(courseId)) };
			// Where the list may hide users, the call is made: it does no harm.
			const isDone =
				isChecked &&
				readable.get(courseId)?.roles.has(userId) === false &&
				blind(courseId, userId) === undefined;
			return isDone
				? { done: success({ userid: userId, courseid: courseId, nothingToDo: true }) }
				: task(userId, courseId);
		});
	},
};
