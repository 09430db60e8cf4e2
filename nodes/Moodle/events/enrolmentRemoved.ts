import { usersByFieldFacts } from '../actions/user/calls';
import {
	enrolmentFields,
	enrolmentInput,
	enrolmentReads,
	lookAtEnrolments,
	MOST_ENROLLED,
} from './enrolments';
import { withUser, withUsers } from './people';
import { event } from './types';

export const polled = event({
	value: 'enrolmentRemoved',
	name: 'Enrolment Removed',
	description: 'A user is no longer enrolled in a course',
	reads: [...enrolmentReads, usersByFieldFacts],
	fields: [...enrolmentFields, withUser],
	about: {
		asks: 'The IDs of all participants of the chosen course, suspended ones too; with a role, also their roles',
		knows:
			'Who was there at the last poll and is not any more, or no longer has the role; before that it makes sure that the account still sees everybody',
		misses:
			'Who is unenrolled and enrolled again between two polls; a suspended enrolment is still one',
		cost: '1 for each 1,000 participants and 1 more; where somebody is gone 2 or 3 more, and 1 for details; of deleted users there are none',
	},
	tells: 'gone',
	most: MOST_ENROLLED,
	input: enrolmentInput,
	look: lookAtEnrolments,
	items: async ({ courseId }, rows, read, show) =>
		await withUsers(read, rows, show, ({ key }) => ({ courseid: courseId, userid: key })),
});
