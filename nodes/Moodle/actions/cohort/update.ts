import type { Resolved } from '../../lookup/reference';
import { explain } from '../../moodle/explain';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import type { Json, Params } from '../../moodle/values';
import { previewOf } from '../build';
import { collection } from '../fields';
import { refKey, valueKeys } from '../keys';
import { locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Operation, Services, Step } from '../types';
import { categoryType, holders, takenIdnumber, updateCohorts, type CategoryType } from './calls';
import { categoryFor, details, idnumber, name } from './cohortFields';
import { customFieldProblems } from './customFields';
import { unknownCohort } from './memberCalls';
import { placesOf, unknownPlace } from './place';
import { readCohorts } from './read';
import { whole } from './upsert';

const fields = [name, idnumber, ...details];

const location = {
	displayName: 'Location',
	name: 'location',
	type: 'options' as const,
	options: [
		{ name: 'Keep', value: 'keep', description: 'The cohort stays where it is' },
		{
			name: 'Move to Category',
			value: 'category',
			description: 'The cohort belongs to one category from now on',
		},
		{
			name: 'Move to System',
			value: 'system',
			description: 'The cohort is for the whole site from now on',
		},
	],
	default: 'keep',
	description:
		'Where the cohort belongs. To keep it there, Moodle must be asked where it is, which can take a request for each category.',
};

function inputOf(p: Parameters) {
	const place = p.choice(location);
	const changes: Params = p.fields('updateFields', fields, 'update');
	if (place === 'keep' && Object.keys(changes).length === 0)
		throw new Problem({
			message: "'Update Fields' holds nothing to change",
			mend: 'Add at least one field.',
			code: 'empty',
		});
	return {
		cohortId: p.ref('cohort', 'Cohort'),
		place,
		categoryId: place === 'category' ? p.ref('category', 'Category') : undefined,
		changes,
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

/** Where the cohorts of these inputs will be: where the user wants them, or else where they are. */
async function destinations(
	inputs: Input[],
	rows: Array<Json | undefined>,
	{ read }: Services,
): Promise<Array<CategoryType | undefined>> {
	const places = await placesOf(
		read,
		rows.filter((row, at): row is Json => row !== undefined && inputs[at].place === 'keep'),
	);
	return inputs.map(({ place, categoryId, cohortId }) =>
		place === 'keep' ? places.get(cohortId) : categoryType(categoryId),
	);
}

/** ID numbers that another cohort has. Moodle would take them, and then no lookup by ID number could tell the two apart. */
async function clashes(inputs: Input[], { read }: Services): Promise<Array<Problem | undefined>> {
	const wanted = inputs.map(({ changes }) =>
		changes.idnumber === undefined ? '' : String(changes.idnumber),
	);
	const found = await holders(read, wanted);
	return inputs.map(({ cohortId }, at) => {
		const answer = found.get(wanted[at]) ?? [];
		if (answer instanceof Problem) return answer;
		const other = answer.find((row) => Number(row.id) !== cohortId);
		return other && takenIdnumber(wanted[at], other);
	});
}

async function steps(inputs: Input[], services: Services): Promise<Step[]> {
	const { rows, refused } = await readCohorts(
		services.read,
		inputs.map((input) => input.cohortId),
	);
	const known = inputs.map((input) => rows.get(input.cohortId));
	const [custom, taken] = [
		await customFieldProblems(
			services.read,
			inputs.map((input) => input.changes),
		),
		await clashes(inputs, services),
	];
	const places = await destinations(inputs, known, services);
	return inputs.map((input, at) => {
		const refusal = refused.get(input.cohortId);
		const row = known[at];
		if (refusal)
			return {
				problem: explain(refusal, { capabilities: READS.core_cohort_get_cohorts.capabilities }),
			};
		if (!row) return { problem: unknownCohort(input.cohortId) };
		const [place, problem] = [places[at], custom[at] ?? taken[at]];
		if (problem) return { problem };
		if (!place) return { problem: unknownPlace(row) };
		const record = whole(row, place, input.changes);
		const output = () => ({
			id: input.cohortId,
			updated: true,
			name: record.name,
			idnumber: record.idnumber,
		});
		return {
			task: { call: updateCohorts, record, action: 'update', output, preview: previewOf(record) },
		};
	});
}

export const operation: Operation<ReturnType<typeof inputOf>> = {
	resource: 'cohort',
	value: 'update',
	name: 'Update',
	action: 'Update cohort',
	description: 'Update a cohort',
	writes: true,
	batched: true,
	calls: [updateCohorts],
	reads: [
		READS.core_cohort_get_cohorts,
		READS.core_cohort_search_cohorts,
		READS.core_course_get_categories,
	],
	fields: [
		locator('cohort'),
		location,
		categoryFor('location', 'Category to which the cohort is moved'),
		collection('updateFields', fields),
	],
	input: inputOf,
	keys: ({ cohortId, changes }) => [refKey(cohortId), ...valueKeys('idnumber', changes.idnumber)],
	steps,
};
