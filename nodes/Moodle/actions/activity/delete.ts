import { READS } from '../../moodle/reads';
import { writingIn } from '../activities';
import { success } from '../build';
import { activityLocator } from '../locators';
import { deleteActivities } from './calls';

export const operation = writingIn({
	resource: 'activity',
	value: 'delete',
	name: 'Delete',
	action: 'Delete activity',
	description:
		'Delete an activity with all that people have done in it. It is kept in the recycle bin of the course for a while, where the site has one.',
	batched: false,
	timeout: 300_000,
	calls: [deleteActivities],
	reads: [READS.core_course_get_course_module],
	fields: [activityLocator()],
	input: (p) => ({ cmid: p.activity() }),
	keys: ({ cmid }) => [`activity:${cmid}`],
	// an unknown one is found beforehand, in Dry Run too
	record: ({ cmid }) => cmid,
	output: ({ cmid }) => success({ id: cmid }),
});
