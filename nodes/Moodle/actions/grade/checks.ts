import { remembering } from '../../common/remembering';
import { usersByCourse, type Activity } from '../../lookup/activities';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import type { Json } from '../../moodle/values';
import { activitiesOf, type Kind } from '../activities';
import { takesComments } from './assignments';
import { lockedGrade, overriddenGrade } from './calls';
import { itemOf, reportsOf } from './gradeItems';

/** A grade for a user in an activity, as far as it is checked. */
export interface Graded {
	cmid: number;
	userId: number;
	grade: number;
	itemnumber: number;
	feedback?: string;
}

function notParticipant({ userId }: Graded, activity: Activity): Problem {
	return new Problem({
		message: `The user with the ID ${userId} takes no part in the course of '${activity.name}'`,
		mend: 'Enrol the user there first. It may also be that the account behind the token cannot see the user.',
		code: 'notenrolled',
	});
}

/** Why this grade would not end up in the gradebook. Moodle would take most of this in silence (4.1 to 5.1 measured). */
function objection(
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
const noComments = (activity: Activity) =>
	new Problem({
		message: `'${activity.name}' takes no feedback comments: Moodle would drop the text`,
		mend: "Switch on 'Feedback comments' under Feedback types in the settings of the assignment.",
		code: 'nocomments',
	});

/** What the checks read with. */
export const checkReads = [
	READS.core_course_get_course_module,
	READS.gradereport_user_get_grade_items,
	READS.core_user_get_course_user_profiles,
	READS.mod_assign_get_assignments,
	READS.mod_assign_get_grades,
];

/**
 * Reads what the checks need: each activity once, each course once for all its users.
 *
 * @param kind refuses activities of other kinds
 * @returns `refusal` gives why a grade, or its comment, would not be kept; throws MoodleFailure where that cannot be read
 */
export function gradeChecks(
	read: Read,
	inputs: Array<Pick<Graded, 'cmid' | 'userId'>>,
	kind?: Kind,
) {
	const activity = activitiesOf(read, kind);
	const users = remembering<'all', Map<number, number[]>>(
		async () => await usersByCourse(inputs, activity),
	);
	const reports = remembering(
		async (courseid: number) =>
			await reportsOf(read, courseid, (await users('all')).get(courseid) ?? []),
	);
	const commented = remembering(async (courseid: number) => await takesComments(read, courseid));
	const refusal = async (input: Graded, found: Activity): Promise<Problem | undefined> => {
		const report = (await reports(found.courseid)).get(input.userId);
		if (report instanceof MoodleFailure) throw report;
		const problem = objection(input, found, report);
		if (problem || input.feedback === undefined) return problem;
		return (await commented(found.courseid)).has(found.instance) ? undefined : noComments(found);
	};
	return { activity, refusal };
}
