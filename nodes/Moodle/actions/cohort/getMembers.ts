import { explain } from '../../moodle/explain';
import { READS } from '../../moodle/reads';
import { usersByFieldFacts } from '../user/calls';
import { reading } from '../build';
import { returnAllAndLimit } from '../fields';
import { locator } from '../locators';
import type { Services, Step } from '../types';
import { unknownCohort } from './memberCalls';
import { detailsOf, withUsers } from './memberDetails';
import { readMembers } from './read';

interface Input {
	cohortId: number;
	limit: number;
	users: boolean;
}

async function steps(inputs: Input[], { read }: Services): Promise<Step[]> {
	const { rows, refused } = await readMembers(
		read,
		inputs.map((input) => input.cohortId),
	);
	const members = inputs.map(({ cohortId, limit }) => rows.get(cohortId)?.slice(0, limit));
	const details = await detailsOf(
		read,
		inputs.flatMap((input, at) => (input.users ? (members[at] ?? []) : [])),
	);
	return inputs.map(({ cohortId, users }, at) => {
		const refusal = refused.get(cohortId);
		if (refusal?.code.startsWith('invalidrecord')) return { problem: unknownCohort(cohortId) };
		if (refusal)
			return {
				problem: explain(refusal, {
					capabilities: READS.core_cohort_get_cohort_members.capabilities,
				}),
			};
		return {
			done: (members[at] ?? []).map((userid) => ({
				cohortid: cohortId,
				userid,
				...(users ? details.get(userid) : {}),
			})),
		};
	});
}

export const operation = reading({
	resource: 'cohort',
	value: 'getMembers',
	name: 'Get Members',
	action: 'Get members of cohort',
	description: 'Retrieve the members of a cohort, one item each',
	reads: [READS.core_cohort_get_cohort_members, usersByFieldFacts],
	batched: true,
	fields: [locator('cohort'), ...returnAllAndLimit, withUsers],
	input: (p) => ({
		cohortId: p.ref('cohort', 'Cohort'),
		limit: p.limit(),
		users: p.flag(withUsers.name, withUsers.displayName),
	}),
	steps,
});
