import { toIso } from '../../moodle/dates';
import { READS } from '../../moodle/reads';
import { ASSIGNMENT, writingIn } from '../activities';
import { field, required } from '../fields';
import { activityLocator, locator } from '../locators';
import { saveExtension } from './calls';

const date = field('extensionduedate', 'Extended Due Date', 'date', {
	description: 'Until when the user may submit. Not before the due date of the assignment.',
});

export const operation = writingIn({
	resource: 'assignment',
	value: 'grantExtension',
	verb: 'extend',
	name: 'Grant Extension',
	action: 'Grant extension for assignment',
	description: 'Let a user submit an assignment later than the others',
	batched: false,
	kind: ASSIGNMENT,
	calls: [saveExtension],
	reads: [READS.core_course_get_course_module],
	fields: [activityLocator({ displayName: 'Assignment' }), locator('user'), required(date)],
	input: (p) => ({
		cmid: p.activity('Assignment'),
		userId: p.ref('user', 'User'),
		until: Number(p.need(date)),
	}),
	record: ({ userId, until }, { instance }) => ({
		assignmentid: instance,
		userids: [userId],
		dates: [until],
	}),
	output: ({ cmid, userId, until }, { courseid }) => ({
		activityid: cmid,
		courseid,
		userid: userId,
		extensionduedate: toIso(until),
		updated: true,
	}),
});
