import { READS } from '../../moodle/reads';
import { isObject } from '../../moodle/values';
import { success, writing } from '../build';
import { locator } from '../locators';
import { usersByFieldFacts } from '../user/calls';
import { addMembers, newMember } from './memberCalls';

export const operation = writing({
	resource: 'cohort',
	value: 'addMember',
	name: 'Add Member',
	action: 'Add member to cohort',
	description: 'Add a user to a cohort. Somebody who is a member already stays one.',
	calls: [addMembers],
	reads: [READS.core_cohort_get_cohorts, usersByFieldFacts],
	fields: [locator('cohort'), locator('user')],
	input: (p) => ({ cohortId: p.ref('cohort', 'Cohort'), userId: p.ref('user', 'User') }),
	record: ({ cohortId, userId }) => newMember(cohortId, userId),
	output: ({ cohortId, userId }, reply) => ({
		...success({ cohortid: cohortId, userid: userId }),
		already: isObject(reply) && reply.already === true,
	}),
});
