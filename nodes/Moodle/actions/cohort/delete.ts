import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { deleteCohorts } from './calls';

export const operation = writing({
	resource: 'cohort',
	value: 'delete',
	name: 'Delete',
	action: 'Delete cohort',
	description: 'Delete a cohort permanently. Its members stay users of the site.',
	calls: [deleteCohorts],
	reads: [READS.core_cohort_get_cohorts],
	fields: [locator('cohort')],
	input: (p) => ({ cohortId: p.ref('cohort', 'Cohort') }),
	keys: ({ cohortId }) => [refKey(cohortId)],
	record: ({ cohortId }) => cohortId,
	output: ({ cohortId }) => success({ id: cohortId }),
});
