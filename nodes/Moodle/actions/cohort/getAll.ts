import { searchCohorts, type CohortPlace } from '../../lookup/cohorts';
import { asIs } from '../../common/asIs';
import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import type { Json } from '../../moodle/values';
import { reading } from '../build';
import { collection, field, returnAllAndLimit, simplify } from '../fields';
import { categoryFor, simplified } from './cohortFields';
import type { Parameters } from '../parameters';

/** A power of two, so that a page that cannot be read can be read in halves: Moodle counts in pages. */
const PAGE = 128;

const search = field('query', 'Search Text', 'text', {
	placeholder: 'e.g. staff',
	description: 'Only cohorts whose name, ID number or description holds this text',
});

const location = {
	displayName: 'Location',
	name: 'location',
	type: 'options' as const,
	options: [
		{
			name: 'Everywhere',
			value: 'everywhere',
			description: 'All cohorts of the site that the account behind the token may see',
		},
		{ name: 'Category', value: 'category', description: 'Cohorts that belong to one category' },
		{ name: 'System', value: 'system', description: 'Cohorts that belong to no category' },
	],
	default: 'everywhere',
	description: 'Where to look for cohorts',
};

function inputOf(p: Parameters) {
	const place = p.choice(location);
	return {
		place,
		categoryId: place === 'category' ? p.ref('category', 'Category') : undefined,
		query: String(p.fields('filters', [search]).query ?? '').trim(),
		limit: p.limit(),
		simple: p.flag('simplify'),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

function placeOf({ place, categoryId }: Input): CohortPlace {
	if (categoryId !== undefined) return { category: categoryId };
	return place === 'system' ? 'system' : 'everywhere';
}

/** One page; where one cohort of it cannot be read, the others, and a word about that one. */
async function page(read: Read, input: Input, number: number, size: number): Promise<Json[]> {
	try {
		return await searchCohorts(read, input.query, number, size, placeOf(input));
	} catch (caught) {
		if (!(caught instanceof MoodleFailure) || caught.code !== 'invalidresponse') throw asIs(caught);
		if (size === 1)
			return [
				{
					id: null,
					unreadable: `Moodle cannot put cohort ${number + 1} of this list into words: its theme may have been removed`,
				},
			];
		const halves = [
			await page(read, input, 2 * number, size / 2),
			await page(read, input, 2 * number + 1, size / 2),
		];
		return halves.flat();
	}
}

async function cohorts(read: Read, input: Input): Promise<Json[]> {
	const rows: Json[] = [];
	for (let number = 0; rows.length < input.limit; number++) {
		const found = await page(read, input, number, PAGE);
		for (const row of found) rows.push(row);
		if (found.length < PAGE) break;
	}
	return rows.slice(0, input.limit);
}

export const operation = reading({
	resource: 'cohort',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many cohorts',
	description: 'Retrieve a list of cohorts',
	reads: [READS.core_cohort_search_cohorts],
	fields: [
		location,
		categoryFor('location', 'Cohorts of categories below it are not listed'),
		...returnAllAndLimit,
		simplify,
		collection('filters', [search]),
	],
	input: inputOf,
	steps: async (inputs, services) =>
		await services.each(inputs, async (input) => {
			const found = await cohorts(services.read, input);
			return {
				done: input.simple
					? found.map((row) => ('unreadable' in row ? row : simplified(row)))
					: found,
			};
		}),
});
