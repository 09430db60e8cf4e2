import type { Read } from '../moodle/calls';
import { READS } from '../moodle/reads';
import { trimmed } from '../moodle/spelling';
import { fieldText, objectsOf, type Json, type Value } from '../moodle/values';
import { categoriesById } from './categories';
import { chunks, inParallel, READ_WIDTH } from '../common/parallel';
import { inChunks, LOOKUP_SIZE } from './inChunks';
import { cohortsByValue } from './cohorts';
import { groupsOfCourse, type GroupKind } from './groups';
import { Spellings } from '../moodle/spellings';

const textOf = (record: Value, name: string) => trimmed(fieldText(record, name));

/** For each record the ids of the rows that have one of its texts, spelt exactly so. Empty texts are nobody's. */
function sharing(records: Value[], rows: Json[], names: string[]): number[][] {
	const byName = names.map((name) => ({
		name,
		spellings: new Spellings(rows, (row) => row[name]),
	}));
	return records.map((record) => {
		const same = byName.flatMap(({ name, spellings }) =>
			textOf(record, name) === '' ? [] : spellings.exactly(textOf(record, name)),
		);
		return [...new Set(same.map((row) => Number(row.id)))];
	});
}

/** How far from a new record one that came into being at the same moment is looked for. */
const AROUND = 60;

/**
 * The same before the first new user. Whoever was at work before and still is has users after it as well, and then all is
 * looked at: what can be missed has ended in between.
 */
const BEFORE = 20;

function neighbours(ids: number[], before = AROUND): string[] {
	const near: string[] = [];
	let next = 1;
	for (const id of [...ids].sort((a, b) => a - b))
		for (next = Math.max(next, id - before); next <= id + AROUND; next++) near.push(String(next));
	return near;
}

/**
 * The same values in another order: those that lie side by side go to different requests, where there are up to four. Before
 * the new ids there are users, behind them none, and only those that are there cost time.
 */
function dealt(values: string[]): string[] {
	const hands = Array.from({ length: READ_WIDTH }, (_, hand) => hand);
	return hands.flatMap((hand) => values.filter((_, at) => at % READ_WIDTH === hand));
}

/** Courses made at the same moment that have a short name or ID number of these: Moodle has no look-up of many short names. */
export async function courseNamesakes(
	records: Value[],
	ids: number[],
	read: Read,
): Promise<number[][]> {
	const pages = await inParallel(chunks(neighbours(ids), LOOKUP_SIZE), READ_WIDTH, async (part) =>
		objectsOf(await read(READS.core_course_get_courses, { options: { ids: part } })),
	);
	return sharing(records, pages.flat(), ['shortname', 'idnumber']);
}

/** Categories made at the same moment that have one of these ID numbers. */
export async function categoryNamesakes(
	records: Value[],
	ids: number[],
	read: Read,
): Promise<number[][]> {
	return sharing(records, await categoriesById(read, neighbours(ids)), ['idnumber']);
}

/** Cohorts that have one of these ID numbers. */
export async function cohortNamesakes(records: Value[], read: Read): Promise<number[][]> {
	const numbers = [...new Set(records.map((record) => textOf(record, 'idnumber')))].filter(
		(number) => number !== '',
	);
	const answers = await cohortsByValue(read, 'idnumber', numbers);
	const rows = [...answers.values()].flatMap((answer) => (Array.isArray(answer) ? answer : []));
	return sharing(records, rows, ['idnumber']);
}

/** Groups or groupings of the same course that have one of these names or ID numbers. */
export async function groupNamesakes(
	kind: GroupKind,
	records: Value[],
	read: Read,
): Promise<number[][]> {
	const courseOf = (record: Value) => Number(fieldText(record, 'courseid'));
	const courses = [...new Set(records.map(courseOf))];
	const lists = await inParallel(
		courses,
		READ_WIDTH,
		async (courseid) => await groupsOfCourse(read, kind, courseid),
	);
	const found = new Map<Value, number[]>();
	courses.forEach((courseid, index) => {
		const own = records.filter((record) => courseOf(record) === courseid);
		sharing(own, lists[index], ['name', 'idnumber']).forEach((ids, at) => found.set(own[at], ids));
	});
	return records.map((record) => found.get(record) ?? []);
}

async function usersHaving(field: 'id' | 'email', values: string[], read: Read): Promise<Json[]> {
	return await inChunks(read.flight, values, LOOKUP_SIZE, async (part) =>
		objectsOf(await read(READS.core_user_get_users_by_field, { field, values: part })),
	);
}

/**
 * Users made at the same moment that have one of these e-mail addresses, as far as the account sees addresses. Moodle gives
 * ids in the order of creation, so they stand between the new ones, or close to them: those few are looked at. Where
 * somebody else did create users meanwhile, or ids do not come one after the other (a database cluster), all the addresses
 * are asked for: each costs Moodle a third of what creating its user did (5.1, measured).
 */
export async function userNamesakes(
	records: Value[],
	ids: number[],
	read: Read,
): Promise<number[][]> {
	const emails = [...new Set(records.map((record) => textOf(record, 'email')))].filter(
		(email) => email !== '',
	);
	const own = new Set(ids.map(String));
	const near = neighbours(ids, BEFORE).filter((id) => !own.has(id));
	const first = ids.reduce((least, id) => Math.min(least, id), Infinity);
	const around =
		near.length < emails.length ? await usersHaving('id', dealt(near), read) : undefined;
	const isAlone = around?.every((row) => Number(row.id) < first) ?? false;
	const rows = around && isAlone ? around : await usersHaving('email', emails, read);
	return sharing(records, rows, ['email']);
}
