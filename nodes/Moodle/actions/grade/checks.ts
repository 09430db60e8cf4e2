import { remembering } from '../../common/remembering';
import { readActivity, usersByCourse, type Activity } from '../../lookup/activities';
import type { Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import type { Json } from '../../moodle/values';
import { takesComments } from './assignments';
import { lockedGrade, overriddenGrade } from './calls';
import { itemOf, reportsOf } from './gradeItems';

/** A grade for a user in an activity, as far as it is checked. */
export interface Graded {
	cmid: number;
	userId: number;
	grade: number;
	itemnumber: number;
}

function notParticipant({ userId }: Graded, activity: Activity): Problem {
	return new Problem({
		message: `The user with the ID ${userId} takes no part in the course of '${activity.name}'`,
		mend: 'Enrol the user there first. It may also be that the account behind the token cannot see the user.',
		code: 'notenrolled',
	});
}

/** Why this grade would not end up in the gradebook. Moodle would take most of this in silence (4.1 to 5.1 measured). */
export function objection(
	input: Graded,
	activity: Activity,
	report: Json | undefined,
): Problem | undefined {
	if (!report) return notParticipant(input, activity);
	const item = itemOf(report, activity.cmid, input.itemnumber);
	const number = input.itemnumber > 0 ? ` with the number ${input.itemnumber}` : '';
	if (!item)
		return new Problem({
			message: `'${activity.name}' has no grade item${number}`,
			mend: 'Switch grading on in the settings of the activity.',
			code: 'nogradeitem',
		});
	if (item.locked === true || item.gradeislocked === true) return lockedGrade();
	if (item.gradeisoverridden === true) return overriddenGrade();
	const [least, most] = [Number(item.grademin ?? 0), Number(item.grademax ?? Infinity)];
	if (input.grade >= least && input.grade <= most) return undefined;
	return new Problem({
		message: `The grade ${input.grade} is outside ${least} to ${most}, the range of '${activity.name}'`,
		mend: 'Give a grade inside it: Moodle would cut this one off silently.',
		code: 'graderange',
	});
}

/** For an assignment that would drop the comment in silence. */
export const noComments = (activity: Activity) =>
	new Problem({
		message: `'${activity.name}' takes no feedback comments: Moodle would drop the text`,
		mend: "Switch on 'Feedback comments' under Feedback types in the settings of the assignment.",
		code: 'nocomments',
	});

/** Reads what the checks need: each activity once, each course once for all its users. */
export function readers(read: Read, inputs: Array<Pick<Graded, 'cmid' | 'userId'>>) {
	const activity = remembering(async (cmid: number) => await readActivity(read, cmid));
	const users = remembering<'all', Map<number, number[]>>(
		async () => await usersByCourse(inputs, activity),
	);
	const reports = remembering(
		async (courseid: number) =>
			await reportsOf(read, courseid, (await users('all')).get(courseid) ?? []),
	);
	const commented = remembering(async (courseid: number) => await takesComments(read, courseid));
	return { activity, reports, commented };
}
