import { chunks } from '../../common/parallel';
import { readHalving } from '../../lookup/readHalving';
import type { Read } from '../../moodle/calls';
import type { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import { asList, objectsOf, type Json } from '../../moodle/values';

const unique = (ids: number[]) => [...new Set(ids)];

/** What could be read, by cohort, and why the rest could not. */
export interface ByCohort<T> {
	rows: Map<number, T>;
	refused: Map<number, MoodleFailure>;
}

/** Cohorts by their ids, whole. Unknown ones are in neither map. */
export async function readCohorts(read: Read, ids: number[]): Promise<ByCohort<Json>> {
	const { rows, refused } = await readHalving(unique(ids), async (cohortids) =>
		objectsOf(await read(READS.core_cohort_get_cohorts, { cohortids })),
	);
	return { rows: new Map(rows.map((row) => [Number(row.id), row])), refused };
}

/** Cohorts whose members are asked for in one request: a cohort can have a hundred thousand of them. */
const COHORTS_AT_ONCE = 50;

/** The ids of the members of cohorts, in Moodle's order. One unknown cohort fails a whole request, so those are singled out. */
export async function readMembers(read: Read, ids: number[]): Promise<ByCohort<number[]>> {
	const result: ByCohort<number[]> = { rows: new Map(), refused: new Map() };
	for (const part of chunks(unique(ids), COHORTS_AT_ONCE)) {
		const { rows, refused } = await readHalving(part, async (cohortids) =>
			objectsOf(await read(READS.core_cohort_get_cohort_members, { cohortids })),
		);
		for (const row of rows) result.rows.set(Number(row.cohortid), asList(row.userids).map(Number));
		refused.forEach((failure, id) => result.refused.set(id, failure));
	}
	return result;
}
