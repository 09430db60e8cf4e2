import { READS } from '../../moodle/reads';
import type { Params } from '../../moodle/values';
import { idOf, writing } from '../build';
import { collection, required } from '../fields';
import { valueKeys } from '../keys';
import { locator } from '../locators';
import { categoryType, createCohorts } from './calls';
import { details, idnumber, name } from './cohortFields';
import { customFieldProblems } from './customFields';

export const operation = writing({
	resource: 'cohort',
	value: 'create',
	name: 'Create',
	action: 'Create cohort',
	description: 'Create a new cohort',
	calls: [createCohorts],
	reads: [READS.core_cohort_search_cohorts, READS.core_course_get_categories],
	fields: [
		required(name),
		required(idnumber),
		locator('category', {
			required: false,
			description: 'Category to which the cohort belongs. If left empty, it is for the whole site.',
		}),
		collection('additionalFields', details),
	],
	input: (p) => ({
		categoryId: p.maybeRef('category', 'Category'),
		record: {
			name: p.text(name),
			idnumber: p.text(idnumber),
			...p.fields('additionalFields', details),
		} as Params,
	}),
	keys: ({ record }) => valueKeys('idnumber', record.idnumber),
	before: async (inputs, services) => {
		const problems = await customFieldProblems(
			services.read,
			inputs.map((input) => input.record),
		);
		return problems.map((problem) => problem && { problem });
	},
	record: ({ record, categoryId }) => ({ categorytype: categoryType(categoryId), ...record }),
	output: ({ record, categoryId }, reply) => ({
		id: idOf(reply),
		name: record.name,
		idnumber: record.idnumber,
		categoryid: categoryId ?? null,
	}),
});
