import { usersByFieldFacts } from '../actions/user/calls';
import { locator } from '../actions/locators';
import { READS } from '../moodle/reads';
import { lookAtMembers, MOST_MEMBERS } from './cohortMembers';
import { withUser, withUsers } from './people';
import { event } from './types';

export const polled = event({
	value: 'cohortMemberRemoved',
	name: 'Cohort Member Removed',
	description: 'A user is no longer a member of a cohort',
	reads: [READS.core_cohort_get_cohort_members, usersByFieldFacts],
	fields: [locator('cohort'), withUser],
	about: {
		asks: 'The IDs of all members of the chosen cohort',
		knows: 'Who was there at the last poll and is not any more',
		misses: 'Who is removed and added again between two polls',
		cost: '1, and 1 for the details of up to 500 users; of deleted users there are none',
	},
	tells: 'gone',
	most: MOST_MEMBERS,
	input: (p) => ({ cohortId: p.ref('cohort', 'Cohort') }),
	look: lookAtMembers,
	items: async ({ cohortId }, rows, read, show) =>
		await withUsers(read, rows, show, ({ key }) => ({ cohortid: cohortId, userid: key })),
});
