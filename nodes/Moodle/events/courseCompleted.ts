import { simplifiedCourse } from '../actions/completion/getCourse';
import { enrolledUsersFacts } from '../actions/enrolment/reads';
import { simplify } from '../actions/fields';
import { locator } from '../actions/locators';
import { usersByFieldFacts } from '../actions/user/calls';
import { asIs } from '../common/asIs';
import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { withUser, withUsers } from './people';
import { MOST_PARTICIPANTS, notFollowed, sweep, type Finding } from './sweep';
import { event } from './types';

/** Codes for a course without completion. */
const NOT_SET_UP = new Set(['nocriteriaset', 'completionnotenabled']);

async function statusOf(read: Read, courseid: number, userid: number): Promise<Json | undefined> {
	try {
		const asked = { courseid, userid };
		return (await read(READS.core_completion_get_course_completion_status, asked)).completionstatus;
	} catch (caught) {
		if (!(caught instanceof MoodleFailure)) throw asIs(caught);
		if (NOT_SET_UP.has(caught.code)) throw notFollowed('course');
		// Somebody whose completion is not followed, such as a teacher.
		if (caught.code === 'usernotenroled') return undefined;
		throw asIs(caught);
	}
}

/** When the last of the criteria was reached; the time of the course itself is not told (4.1 to 5.1). */
const latest = (status: Json) =>
	Math.max(0, ...objectsOf(status.completions).map((entry) => Number(entry.timecompleted ?? 0)));

function findingOf(status: Json | undefined): Finding {
	if (!status) return undefined;
	return status.completed === true ? { at: latest(status), data: status } : 'open';
}

export const polled = event({
	value: 'courseCompleted',
	name: 'Course Completed',
	description: 'A user completed a course',
	reads: [
		READS.core_completion_get_course_completion_status,
		enrolledUsersFacts,
		usersByFieldFacts,
	],
	fields: [locator('course'), withUser, simplify],
	about: {
		asks: 'The participants of the chosen course, and the completion of 50 of them: 25 who were in the course last, 25 in turn',
		knows: 'Who had not completed it before',
		misses: `Courses of more than ${MOST_PARTICIPANTS} participants; in courses of more than 50 a completion without a visit, as by cron, shows when its turn comes`,
		cost: '1 for each 500 participants and 1 more, up to 50, and 1 for details. Activation: 1 for each participant',
	},
	tells: 'rows',
	most: MOST_PARTICIPANTS,
	input: (p) => ({ courseId: p.ref('course', 'Course') }),
	look: async ({ courseId }, sight) =>
		await sweep(courseId, sight, async (userid) =>
			findingOf(await statusOf(sight.read, courseId, userid)),
		),
	items: async ({ courseId }, rows, read, show) =>
		await withUsers(read, rows, show, ({ key, data }) => ({
			courseid: courseId,
			userid: key,
			...(show.simple ? simplifiedCourse(data) : data),
		})),
});
