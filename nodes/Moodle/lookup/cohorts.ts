import type { Read } from '../moodle/calls';
import { READS } from '../moodle/reads';
import { objectsOf, type Json, type Params } from '../moodle/values';
import { answerEach, mapAnswers, type Answers } from './answers';
import { readHalving } from './readHalving';
import { foundRow, type Finder } from './found';
import { havingText } from './havingText';
import { Spellings } from '../moodle/spellings';

/** From this many distinct values on, one list of all cohorts is cheaper than a search for each. */
const ALL_FROM = 5;
const PAGE = 100;

/** Where cohorts are searched: the site as a whole, or what belongs to one category (and not to those below it). */
export type CohortPlace = { category: number } | 'system' | 'everywhere';

/** The system's context by its level: its id is 1 on most sites, but not on database clusters. */
const SYSTEM: Params = { contextlevel: 'system', instanceid: 0 };

/**
 * One page of the cohorts whose name, ID number or description holds `query`, by name. Moodle's `limitfrom` is the
 * number of the PAGE, from 0, not of the row (measured on 4.1, 4.5 and 5.1).
 */
export async function searchCohorts(
	read: Read,
	query: string,
	page: number,
	count: number,
	place: CohortPlace = 'everywhere',
): Promise<Json[]> {
	const reply = await read(READS.core_cohort_search_cohorts, {
		query,
		context:
			typeof place === 'object'
				? { contextlevel: 'coursecat', instanceid: place.category }
				: SYSTEM,
		includes: place === 'everywhere' ? 'all' : 'self',
		limitfrom: page,
		limitnum: count,
	});
	return objectsOf(reply.cohorts);
}

/** Every cohort whose name, ID number or description holds `query`, page by page. */
export async function searchAllCohorts(
	read: Read,
	query: string,
	place?: CohortPlace,
): Promise<Json[]> {
	const rows: Json[] = [];
	for (let page = 0; ; page++) {
		const found = await searchCohorts(read, query, page, PAGE, place);
		for (const row of found) rows.push(row);
		if (found.length < PAGE) return rows;
	}
}

/** Cohorts by their ids; unknown ones, and those the token may not see, are left out. */
export async function cohortsById(read: Read, ids: string[]): Promise<Json[]> {
	if (ids.length === 0) return [];
	const { rows } = await readHalving([...new Set(ids)], async (part) =>
		objectsOf(await read(READS.core_cohort_get_cohorts, { cohortids: part })),
	);
	return rows;
}

/** The cohorts of the site by their ID numbers. */
export async function cohortsByNumber(read: Read): Promise<Spellings<Json>> {
	return new Spellings(await searchAllCohorts(read, ''), (cohort) => cohort.idnumber);
}

/**
 * The cohorts whose id or ID number has one of these values, whole records by value. The search finds texts inside of
 * texts, whatever their capitals, so what it gives is compared here.
 */
export async function cohortsByValue(
	read: Read,
	mode: string,
	values: string[],
): Promise<Answers<Json>> {
	const distinct = [...new Set(values)];
	if (mode === 'id') {
		const byId = new Map(
			(await cohortsById(read, distinct)).map((cohort) => [String(cohort.id), [cohort]]),
		);
		return new Map(distinct.map((value) => [value, byId.get(value) ?? []]));
	}
	const all = distinct.length >= ALL_FROM ? await cohortsByNumber(read) : undefined;
	return await answerEach(distinct, async (value) => {
		const rows =
			all ?? new Spellings(await searchAllCohorts(read, value), (cohort) => cohort.idnumber);
		return await havingText(read, rows, value);
	});
}

/** Finder of cohorts. */
export const findCohorts: Finder = async ({ read }, mode, values) =>
	mapAnswers(await cohortsByValue(read, mode, values), (row) =>
		foundRow(row, mode, String(row.name ?? 'cohort')),
	);
