import type { Read } from '../moodle/calls';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { GUEST } from './everybody';
import { readHalving } from './readHalving';
import { usersByField } from './users';

const unique = (ids: number[]) => [...new Set(ids)];

/** What is known of an id: a user has it, nobody has it (any more), or the account does not see enough. */
export type Presence = 'there' | 'gone' | 'unknown';

/** Of a deleted account Moodle keeps the row, with a time stamp at the end of the user name (delete_user, 4.1 to 5.1). */
const DELETED = /\.\d{10,}$/;

function presence(user: Json | undefined, isSighted: boolean): Presence {
	if (!user) return isSighted ? 'gone' : 'unknown';
	// Deleted accounts have been taken out where user name and address are shown.
	if (user.unreadable === true || user.username === undefined) return 'unknown';
	return user.email === undefined && DELETED.test(String(user.username)) ? 'unknown' : 'there';
}

/**
 * Whether these ids belong to users. That nobody has an id is concluded only by an account that sees the guest account,
 * which every site has: others see no more than those with whom they share a course.
 */
export async function presenceOf(read: Read, ids: string[]): Promise<Presence[]> {
	if (ids.length === 0) return [];
	const users = new Map(
		(await usersByField(read, 'id', [...ids, String(GUEST)])).map((user) => [
			String(user.id),
			user,
		]),
	);
	return ids.map((id) => presence(users.get(id), users.has(String(GUEST))));
}

/** Whether users are there, each asked for once. Those that were found before in this run are not asked about again. */
export async function presenceOfUsers(read: Read, ids: number[]): Promise<Map<number, Presence>> {
	const known = read.memory.users;
	const doubtful = unique(ids).filter((id) => !known.has(id));
	const told = await presenceOf(read, doubtful.map(String));
	return new Map([
		...unique(ids).map((id) => [id, 'there'] as const),
		...doubtful.map((id, index) => [id, told[index]] as const),
	]);
}

/** Whether cohorts are there. Of those that the account may only fill, but not see, that is unknown. */
export async function presenceOfCohorts(read: Read, ids: number[]): Promise<Map<number, Presence>> {
	const { rows, refused } = await readHalving(unique(ids), async (cohortids) =>
		objectsOf(await read(READS.core_cohort_get_cohorts, { cohortids })),
	);
	const found = new Set(rows.map((cohort) => Number(cohort.id)));
	return new Map(
		unique(ids).map((id) => [id, found.has(id) ? 'there' : refused.has(id) ? 'unknown' : 'gone']),
	);
}

const goneOf = (presences: Map<number, Presence>) =>
	new Set([...presences].filter(([, presence]) => presence === 'gone').map(([id]) => id));

/** Users that are certainly not there. */
export async function missingUsers(read: Read, ids: number[]): Promise<Set<number>> {
	return goneOf(await presenceOfUsers(read, ids));
}

/** Cohorts that are certainly not there. */
export async function missingCohorts(read: Read, ids: number[]): Promise<Set<number>> {
	return goneOf(await presenceOfCohorts(read, ids));
}
