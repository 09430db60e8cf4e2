import { allCategories } from '../../lookup/categories';
import { asIs } from '../../common/asIs';
import { inParallel, READ_WIDTH } from '../../common/parallel';
import { searchAllCohorts, type CohortPlace } from '../../lookup/cohorts';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { Problem, shown } from '../../moodle/problem';
import type { Json } from '../../moodle/values';
import { categoryType, type CategoryType } from './calls';

/** Up to this many cohorts are searched one by one in the system; more are cheaper to find in the list of all. */
const ONE_BY_ONE = 4;

/** A text by which the search finds a cohort: it looks into name, ID number and description. */
const textOf = (cohort: Json) => String(cohort.idnumber ?? '') || String(cohort.name ?? '');

/** Ids of the cohorts of a place that are among those looked for. A place that may not be searched has none to tell. */
async function idsIn(read: Read, place: CohortPlace, wanted: Json[]): Promise<number[]> {
	const queries =
		wanted.length === 1 || (place === 'system' && wanted.length <= ONE_BY_ONE)
			? wanted.map(textOf)
			: [''];
	try {
		const found = await inParallel(
			queries,
			READ_WIDTH,
			async (query) => await searchAllCohorts(read, query, place),
		);
		return found.flat().map((row) => Number(row.id));
	} catch (caught) {
		if (
			caught instanceof MoodleFailure &&
			(caught.reach === 'context' || caught.reach === 'record')
		)
			return [];
		throw asIs(caught);
	}
}

/**
 * Where cohorts belong. No function of Moodle says it, and an update that names another place MOVES the cohort. So they
 * are searched in the system first, then in one category after the other until all are found (4.1 to 5.1 measured).
 *
 * @returns the place of each cohort by id; cohorts that were not found anywhere are absent
 */
export async function placesOf(read: Read, cohorts: Json[]): Promise<Map<number, CategoryType>> {
	const left = new Map(cohorts.map((cohort) => [Number(cohort.id), cohort]));
	const places = new Map<number, CategoryType>();
	const settle = (ids: number[], place: CategoryType) => {
		for (const id of ids) if (left.delete(id)) places.set(id, place);
	};
	if (left.size > 0)
		settle(await idsIn(read, 'system', [...left.values()]), categoryType(undefined));
	if (left.size === 0) return places;
	const categories = (await allCategories(read)).map((category) => Number(category.id));
	await inParallel(categories, READ_WIDTH, async (category) => {
		if (left.size > 0)
			settle(await idsIn(read, { category }, [...left.values()]), categoryType(category));
	});
	return places;
}

/** The words for a cohort whose place cannot be found out. */
export function unknownPlace(cohort: Json): Problem {
	return new Problem({
		message: `Moodle does not tell to which category the cohort ${shown(String(cohort.name ?? ''))} belongs, and without that a change would move it`,
		mend: "Choose its place in 'Location' of the operation 'Update', or allow 'View site-wide cohorts' (moodle/cohort:view) and 'View hidden categories' in the role of the account behind the token.",
		code: 'unknownplace',
	});
}
