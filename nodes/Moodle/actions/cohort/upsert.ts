import type { Resolved } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import type { Json, Params } from '../../moodle/values';
import { upserting } from '../build';
import { differences } from '../differences';
import { collection, required } from '../fields';
import { valueKeys } from '../keys';
import { locator } from '../locators';
import { oneFound } from '../matching';
import type { Parameters } from '../parameters';
import type { Services } from '../types';
import { categoryType, createCohorts, holders, updateCohorts, type CategoryType } from './calls';
import { details, idnumber, name } from './cohortFields';
import { customFieldProblems } from './customFields';
import { placesOf, unknownPlace } from './place';

function inputOf(p: Parameters) {
	return {
		categoryId: p.maybeRef('category', 'Category'),
		record: {
			name: p.text(name),
			idnumber: p.text(idnumber),
			...p.fields('additionalFields', details),
		} as Params,
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

/** What would change; the ID number counts as equal where Moodle's own search holds it equal. */
function changesOf({ record }: Input, existing: Json): Params {
	return differences({ ...record, idnumber: undefined }, existing);
}

/** The cohorts that exist; those that will change come with the place where they are, so that they stay there. */
async function find(
	inputs: Input[],
	{ read }: Services,
): Promise<Array<Json | Problem | undefined>> {
	const found = await holders(
		read,
		inputs.map((input) => String(input.record.idnumber)),
	);
	const rows = inputs.map(({ record }) =>
		oneFound(
			found.get(String(record.idnumber)) ?? [],
			String(record.idnumber),
			'cohorts have the ID number',
		),
	);
	const changing = rows.filter(
		(row, at): row is Json =>
			row !== undefined &&
			!(row instanceof Problem) &&
			Object.keys(changesOf(inputs[at], row)).length > 0,
	);
	const places = await placesOf(read, changing);
	return rows.map((row, at) => {
		if (row === undefined || row instanceof Problem) return row;
		if (Object.keys(changesOf(inputs[at], row)).length === 0) return row;
		const categorytype = places.get(Number(row.id));
		return categorytype ? { ...row, categorytype } : unknownPlace(row);
	});
}

export const operation = upserting({
	resource: 'cohort',
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update cohort',
	description: 'Create a new cohort, or update the current one if it already exists (upsert)',
	calls: [createCohorts, updateCohorts],
	reads: [
		READS.core_cohort_search_cohorts,
		READS.core_cohort_get_cohorts,
		READS.core_course_get_categories,
	],
	fields: [
		required({
			...idnumber,
			description: 'The cohort with this ID number is updated; if there is none, it is created',
		}),
		required(name),
		locator('category', {
			required: false,
			description:
				'Category of a cohort that is created; if left empty, it is for the whole site. One that exists stays where it is.',
		}),
		collection('additionalFields', details),
	],
	input: inputOf,
	keys: ({ record }) => valueKeys('idnumber', record.idnumber),
	match: ({ record }) => ({ label: 'ID number', text: String(record.idnumber) }),
	find,
	before: async (inputs, services) =>
		await customFieldProblems(
			services.read,
			inputs.map((input) => input.record),
		),
	create: ({ record, categoryId }) => ({ categorytype: categoryType(categoryId), ...record }),
	change: (input, existing) => {
		const changes = changesOf(input, existing);
		if (Object.keys(changes).length === 0) return undefined;
		return whole(existing, existing.categorytype as CategoryType, changes);
	},
	output: ({ record }) => ({ name: record.name, idnumber: record.idnumber }),
});

/** A change as Moodle wants it: with place, name and ID number, and the format of a description that stays. */
export function whole(existing: Json, categorytype: CategoryType, changes: Params): Params {
	const format =
		changes.description === undefined
			? { descriptionformat: Number(existing.descriptionformat ?? 1) }
			: {};
	return {
		id: Number(existing.id),
		categorytype,
		name: String(existing.name),
		idnumber: String(existing.idnumber ?? ''),
		...format,
		...changes,
	};
}
