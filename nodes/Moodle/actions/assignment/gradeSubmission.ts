import type { Resolved } from '../../lookup/reference';
import type { Activity } from '../../lookup/activities';
import { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import { isObject } from '../../moodle/values';
import { activitiesOf, ASSIGNMENT } from '../activities';
import { collection, field, required } from '../fields';
import { assignmentGrade } from '../grade/assignments';
import { saveAssignmentGrades } from '../grade/calls';
import { noComments, objection, readers } from '../grade/checks';
import { activityLocator, locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Operation, Services, Step, Task } from '../types';

const grade = field('grade', 'Grade', 'number', {
	// No number to begin with: a zero in place of a forgotten grade would be a grade.
	default: '',
	description:
		'As a number inside the range of the assignment. For a scale: the position in the list, starting at 1.',
});
const feedback = field('feedback', 'Feedback', 'multiline', {
	description: 'A comment for the student, may hold HTML',
});
const applytoall = field('applytoall', 'Whole Team', 'boolean', {
	default: true,
	description:
		'Whether the grade goes to all members of the group, in assignments that are submitted in groups',
});

function inputOf(p: Parameters) {
	const more = p.fields('additionalFields', [feedback, applytoall]);
	return {
		cmid: p.activity('Assignment'),
		userId: p.ref('user', 'User'),
		grade: Number(p.need(grade)),
		itemnumber: 0,
		feedback: more.feedback === undefined ? undefined : String(more.feedback),
		applytoall: more.applytoall === true,
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

function taskOf(input: Input, { cmid, courseid, instance }: Activity): Task {
	const { userId, grade: value } = input;
	const about = { activityid: cmid, courseid, userid: userId };
	return {
		call: saveAssignmentGrades,
		record: assignmentGrade(userId, value, input.feedback),
		shared: { assignmentid: instance, applytoall: input.applytoall },
		action: 'grade',
		output: (reply) => ({ ...about, grade: isObject(reply) ? reply.grade : value, updated: true }),
		preview: { ...about, grade: value },
	};
}

async function steps(inputs: Input[], { read, each }: Services): Promise<Step[]> {
	const assignment = activitiesOf(read, ASSIGNMENT);
	const { reports, commented } = readers(read, inputs);
	return await each(inputs, async (input) => {
		const found = await assignment(input.cmid);
		const report = (await reports(found.courseid)).get(input.userId);
		if (report instanceof MoodleFailure) throw report;
		const problem = objection(input, found, report);
		if (problem) return { problem };
		if (input.feedback !== undefined && !(await commented(found.courseid)).has(found.instance))
			return { problem: noComments(found) };
		return { task: taskOf(input, found) };
	});
}

export const operation: Operation<ReturnType<typeof inputOf>> = {
	resource: 'assignment',
	value: 'gradeSubmission',
	name: 'Grade Submission',
	action: 'Grade submission of assignment',
	description:
		'Grade what a user has submitted, with a comment. Whether Moodle has taken the grade is checked afterwards.',
	writes: true,
	batched: true,
	calls: [saveAssignmentGrades],
	reads: [
		READS.core_course_get_course_module,
		READS.gradereport_user_get_grade_items,
		READS.core_user_get_course_user_profiles,
		READS.mod_assign_get_assignments,
		READS.mod_assign_get_grades,
	],
	fields: [
		activityLocator({ displayName: 'Assignment' }),
		locator('user'),
		required(grade),
		collection('additionalFields', [feedback, applytoall]),
	],
	input: inputOf,
	steps,
};
