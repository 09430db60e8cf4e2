import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { removeMembers } from './memberCalls';
import { readMembers } from './read';

export const operation = writing({
	resource: 'cohort',
	value: 'removeMember',
	name: 'Remove Member',
	action: 'Remove member from cohort',
	description: 'Remove a user from a cohort. Nothing is done about somebody who is no member.',
	calls: [removeMembers],
	reads: [READS.core_cohort_get_cohort_members, READS.core_cohort_get_cohorts],
	fields: [locator('cohort'), locator('user')],
	input: (p) => ({ cohortId: p.ref('cohort', 'Cohort'), userId: p.ref('user', 'User') }),
	keys: ({ cohortId, userId }) => [`${refKey(cohortId)} ${refKey(userId)}`],
	// A cohort that may not be read can still be emptied: those members are removed without a look beforehand.
	before: async (inputs, { read }) => {
		const { rows } = await readMembers(
			read,
			inputs.map((input) => input.cohortId),
		);
		const members = new Map([...rows].map(([cohort, users]) => [cohort, new Set(users)]));
		return inputs.map(({ cohortId, userId }) => {
			const isAbsent = members.get(cohortId)?.has(userId) === false;
			return isAbsent
				? { done: { ...success({ cohortid: cohortId, userid: userId }), nothingToDo: true } }
				: undefined;
		});
	},
	record: ({ cohortId, userId }) => ({ cohortid: cohortId, userid: userId }),
	output: ({ cohortId, userId }) => ({
		...success({ cohortid: cohortId, userid: userId }),
		nothingToDo: false,
	}),
});
