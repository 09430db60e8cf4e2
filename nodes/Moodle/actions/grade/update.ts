import type { Activity } from '../../lookup/activities';
import type { Resolved } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';
import { isObject, type Json } from '../../moodle/values';
import { field, property, required } from '../fields';
import { activityLocator, locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Operation, Services, Step, Task } from '../types';
import { assignmentGrade } from './assignments';
import { saveAssignmentGrades, updateGrades } from './calls';
import { checkReads, gradeChecks } from './checks';

const grade = field('grade', 'Grade', 'number', {
	// No number to begin with: a zero in place of a forgotten grade would be a grade.
	default: '',
	description:
		'As a number inside the range of the activity. For a scale: the position in the list, starting at 1.',
});
const feedback = field('feedback', 'Feedback', 'multiline', {
	description:
		'A comment for the student, may hold HTML. Moodle takes it for assignments only, where the grade is then stored in the assignment.',
});
const storeIn = field('storeIn', 'Store In', 'choice', {
	default: 'gradebook',
	options: [
		{
			name: 'Gradebook',
			value: 'gradebook',
			description:
				'Works for every activity. Moodle calculates it anew when the activity itself changes its grades.',
		},
		{
			name: 'Assignment',
			value: 'assignment',
			description: 'The grade lasts, and the assignment shows it too. The student may be notified.',
		},
	],
	description: 'Where Moodle keeps the grade',
});
const itemnumber = field('itemnumber', 'Grade Item Number', 'integer', {
	min: 0,
	description:
		'Which grade of the activity, for activities with several: a workshop has 0 for the submission and 1 for the assessment',
});

function inputOf(p: Parameters) {
	const more = p.fields('additionalFields', [feedback, itemnumber, storeIn]);
	return {
		cmid: p.activity(),
		userId: p.ref('user', 'User'),
		grade: Number(p.need(grade)),
		feedback: more.feedback === undefined ? undefined : String(more.feedback),
		itemnumber: Number(more.itemnumber ?? 0),
		inAssignment: more.storeIn === 'assignment' || more.feedback !== undefined,
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

function wrongKind(activity: Activity): Problem {
	return new Problem({
		message: `'${activity.name}' is not an assignment, and only assignments keep grades and feedback of their own`,
		mend: "Remove 'Feedback', and store the grade in the gradebook.",
		code: 'notassignment',
	});
}

function taskOf(input: Input, activity: Activity): Task {
	const { userId, grade: value } = input;
	const output = (reply: unknown): Json => ({
		userid: userId,
		activityid: activity.cmid,
		courseid: activity.courseid,
		grade: isObject(reply) ? reply.grade : value,
		updated: true,
	});
	const preview = {
		userid: userId,
		activityid: activity.cmid,
		courseid: activity.courseid,
		grade: value,
	};
	if (!input.inAssignment) {
		const shared = {
			source: 'n8n',
			courseid: activity.courseid,
			component: `mod_${activity.module}`,
			activityid: activity.cmid,
			itemnumber: input.itemnumber,
		};
		return {
			call: updateGrades,
			record: { studentid: userId, grade: value },
			shared,
			action: 'update',
			output,
			preview,
		};
	}
	return {
		call: saveAssignmentGrades,
		record: assignmentGrade(userId, value, input.feedback),
		shared: { assignmentid: activity.instance, applytoall: false },
		action: 'update',
		output,
		preview,
	};
}

async function steps(inputs: Input[], services: Services): Promise<Step[]> {
	const { activity, refusal } = gradeChecks(services.read, inputs);
	return await services.each(inputs, async (input) => {
		const found = await activity(input.cmid);
		if (input.inAssignment && found.module !== 'assign') return { problem: wrongKind(found) };
		const problem = await refusal(input, found);
		return problem ? { problem } : { task: taskOf(input, found) };
	});
}

export const operation: Operation<ReturnType<typeof inputOf>> = {
	resource: 'grade',
	value: 'update',
	name: 'Update',
	action: 'Update grade of user',
	description:
		'Grade a user in an activity. Whether Moodle has taken the grade is checked afterwards.',
	writes: true,
	batched: true,
	calls: [updateGrades, saveAssignmentGrades],
	reads: checkReads,
	fields: [
		activityLocator(),
		locator('user'),
		required(grade),
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [property(feedback), property(itemnumber), property(storeIn)],
		},
	],
	input: inputOf,
	steps,
};
