import { memberEvent } from './cohortMembers';
import { event } from './types';

export const polled = event({
	...memberEvent,
	value: 'cohortMemberAdded',
	name: 'Cohort Member Added',
	description: 'A user became a member of a cohort',
	about: {
		asks: 'The IDs of all members of the chosen cohort',
		knows: 'Who was not there at the last poll',
		misses: 'Who is added and removed again between two polls',
		cost: '1, and 1 for the details of up to 500 new members',
	},
	tells: 'rows',
});
