import { activityShowsAllGroups, showsAllGroups } from '../actions/enrolment/participants';
import type { Activity } from '../lookup/activities';
import type { Read } from '../moodle/calls';
import { Problem } from '../moodle/problem';
import { needSight } from './people';
import type { Sight } from './types';

const hiddenGroups = (where: string) =>
	new Problem({
		message: `The ${where} has separate groups, and the account behind the token does not see all of them, so this event cannot be noticed`,
		mend: "Allow 'Access all groups' (moodle/site:accessallgroups) in the role of that account.",
		code: 'notvisible',
	});

/**
 * Moodle leaves out participants of other groups, and their grades, without a word (4.1 to 5.1 measured).
 *
 * @throws Problem where the account does not see all participants of the course
 */
export async function needWholeList(courseId: number, sight: Sight): Promise<void> {
	await needSight(sight);
	if (!(await showsAllGroups(sight.read, courseId))) throw hiddenGroups('course');
}

/**
 * Moodle leaves out what belongs to other groups, such as discussions, without a word (4.1 to 5.1 measured).
 *
 * @throws Problem where the account does not see all groups of the activity
 */
export async function needAllGroups(read: Read, { courseid, groupmode }: Activity): Promise<void> {
	if (!(await activityShowsAllGroups(read, courseid, groupmode))) throw hiddenGroups('activity');
}
