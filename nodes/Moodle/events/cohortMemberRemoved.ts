import { memberEvent } from './cohortMembers';
import { event } from './types';

export const polled = event({
	...memberEvent,
	value: 'cohortMemberRemoved',
	name: 'Cohort Member Removed',
	description: 'A user is no longer a member of a cohort',
	about: {
		asks: 'The IDs of all members of the chosen cohort',
		knows: 'Who was there at the last poll and is not any more',
		misses: 'Who is removed and added again between two polls',
		cost: '1, and 1 for the details of up to 500 users; of deleted users there are none',
	},
	tells: 'gone',
});
