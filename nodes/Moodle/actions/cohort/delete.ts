import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { deleteCohorts } from './calls';
import { getFacts } from './cohortFields';

export const operation = writing({
	resource: 'cohort',
	value: 'delete',
	name: 'Delete',
	action: 'Delete cohort',
	description: 'Delete a cohort permanently. Its members stay users of the site.',
	calls: [deleteCohorts],
	reads: [getFacts],
	fields: [locator('cohort')],
	input: (p) => ({ cohortId: p.ref('cohort', 'Cohort') }),
	keys: ({ cohortId }) => [refKey(cohortId)],
	record: ({ cohortId }) => cohortId,
	output: ({ cohortId }) => success({ id: cohortId }),
});
