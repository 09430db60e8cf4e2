import { explain } from '../../moodle/explain';
import { READS } from '../../moodle/reads';
import { reading } from '../build';
import { simplify } from '../fields';
import { locator } from '../locators';
import { simplified } from './cohortFields';
import { unknownCohort } from './memberCalls';
import { readCohorts } from './read';

export const operation = reading({
	resource: 'cohort',
	value: 'get',
	name: 'Get',
	action: 'Get cohort',
	description: 'Retrieve a cohort',
	reads: [READS.core_cohort_get_cohorts],
	batched: true,
	fields: [locator('cohort'), simplify],
	input: (p) => ({ cohortId: p.ref('cohort', 'Cohort'), simple: p.flag('simplify') }),
	steps: async (inputs, { read }) => {
		const { rows, refused } = await readCohorts(
			read,
			inputs.map((input) => input.cohortId),
		);
		return inputs.map(({ cohortId, simple }) => {
			const refusal = refused.get(cohortId);
			if (refusal)
				return {
					problem: explain(refusal, { capabilities: READS.core_cohort_get_cohorts.capabilities }),
				};
			const row = rows.get(cohortId);
			if (!row) return { problem: unknownCohort(cohortId) };
			return { done: simple ? simplified(row) : row };
		});
	},
});
