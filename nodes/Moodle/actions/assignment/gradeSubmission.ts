import type { Resolved } from '../../lookup/reference';
import type { Activity } from '../../lookup/activities';
import { isObject } from '../../moodle/values';
import { ASSIGNMENT } from '../activities';
import { collection, field, required } from '../fields';
import { assignmentGrade } from '../grade/assignments';
import { saveAssignmentGrades } from '../grade/calls';
import { checkReads, gradeChecks } from '../grade/checks';
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
	const { activity, refusal } = gradeChecks(read, inputs, ASSIGNMENT);
	return await each(inputs, async (input) => {
		const found = await activity(input.cmid);
		const problem = await refusal(input, found);
		return problem ? { problem } : { task: taskOf(input, found) };
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
	reads: checkReads,
	fields: [
		activityLocator({ displayName: 'Assignment' }),
		locator('user'),
		required(grade),
		collection('additionalFields', [feedback, applytoall]),
	],
	input: inputOf,
	steps,
};
