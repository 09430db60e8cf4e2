import { enrolledUsersFacts } from '../actions/enrolment/reads';
import { isCompleted, simplifiedActivity } from '../actions/completion/getActivities';
import { simplify } from '../actions/fields';
import { activityLocator } from '../actions/locators';
import { usersByFieldFacts } from '../actions/user/calls';
import { readActivity } from '../lookup/activities';
import { READS } from '../moodle/reads';
import { objectsOf } from '../moodle/values';
import { withUser, withUsers } from './people';
import { MOST_PARTICIPANTS, notFollowed, sweep } from './sweep';
import { event } from './types';

export const polled = event({
	value: 'activityCompleted',
	name: 'Activity Completed',
	description: 'A user completed an activity',
	reads: [
		READS.core_completion_get_activities_completion_status,
		READS.core_course_get_course_module,
		enrolledUsersFacts,
		usersByFieldFacts,
	],
	fields: [activityLocator(), withUser, simplify],
	about: {
		asks: 'The participants of the course of the chosen activity, and the completion of 50 of them: 25 who were in the course last, 25 in turn',
		knows: 'Who had not completed it before; completed also means passed',
		misses: `Courses of more than ${MOST_PARTICIPANTS} participants; in courses of more than 50 a completion without a visit, as by a teacher, shows when its turn comes`,
		cost: '2, 1 for each 500 participants, up to 50, and 1 for details. Activation: 1 for each participant',
	},
	tells: 'rows',
	most: MOST_PARTICIPANTS,
	input: (p) => ({ cmid: p.activity() }),
	look: async ({ cmid }, sight) => {
		const { courseid } = await readActivity(sight.read, cmid);
		return await sweep(courseid, sight, async (userid) => {
			const { statuses } = await sight.read(
				READS.core_completion_get_activities_completion_status,
				{ courseid, userid },
			);
			const status = objectsOf(statuses).find((row) => Number(row.cmid) === cmid);
			if (!status) throw notFollowed('activity');
			if (status.istrackeduser === false) return undefined;
			const data = { courseid, status };
			return isCompleted(status) ? { at: Number(status.timecompleted ?? 0), data } : 'open';
		});
	},
	items: async (_, rows, read, show) =>
		await withUsers(read, rows, show, ({ key, data }) => {
			const [courseId, status] = [Number(data.courseid), data.status as Record<string, unknown>];
			return show.simple
				? simplifiedActivity({ courseId, userId: key }, status)
				: { courseid: courseId, userid: key, ...status };
		}),
});
