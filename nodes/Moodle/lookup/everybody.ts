import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { namedValues, objectsOf, type Json } from '../moodle/values';
import { asIs } from '../common/asIs';
import { HALVE, inHalves, places } from '../common/halving';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { FRONT_PAGE } from './courses';

/** Users in the first page, and at the end of the list where the newest one is looked for: many sites have no more. */
const FIRST = 500;

/**
 * Users in each later page. Moodle sorts all users for every page (get_enrolled_users, 4.1 to 5.1): with 24,000 of them a
 * page costs 125 ms before its first row, a row with e-mail address 0.56 ms, without 0.2 ms (5.1, processor time).
 */
const PAGE = 2000;

/** The account of visitors who are not logged in. */
export const GUEST = 1;

/** Pages without anybody after which an account that sees nobody at the end of the list is taken to have seen all. */
const EMPTY_PAGES = 5;

/** Where a page lies, and what is read of its users. */
interface Page {
	from: number;
	size: number;
	fields: string;
	/** By default by id, which has no ties. `siteorder` is by name and then id. */
	sort?: 'id' | 'siteorder';
	direction?: 'ASC' | 'DESC';
}

async function ask(
	read: Read,
	{ from, size, fields, sort = 'id', direction = 'ASC' }: Page,
): Promise<Json[]> {
	const options = namedValues({
		userfields: fields,
		limitfrom: from,
		limitnumber: size,
		sortby: sort,
		sortdirection: direction,
	});
	return objectsOf(
		await read(READS.core_enrol_get_enrolled_users, { courseid: FRONT_PAGE, options }),
	);
}

/** The id of a user whose other values cannot be serialised; nothing when not even the full name can. */
async function bareId(read: Read, page: Page): Promise<Json> {
	if (page.fields === 'id') return {};
	try {
		return (await ask(read, { ...page, fields: 'id' }))[0] ?? {};
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.code === 'invalidresponse') return {};
		throw asIs(caught);
	}
}

/**
 * One page of all users, those left out whom the account may not see. Where one user spoils the answer, the others, and
 * a row that only tells its place: `{ unreadable: true, position, id? }`.
 */
export async function readPage(read: Read, page: Page): Promise<Json[]> {
	const part = ([from, ...more]: number[]): Page => ({ ...page, from, size: more.length + 1 });
	return await inHalves(
		places(page.from, page.size),
		async (some) => await ask(read, part(some)),
		(caught, some) => {
			if (!(caught instanceof MoodleFailure) || caught.code !== 'invalidresponse')
				throw asIs(caught);
			return some.length > 1 ? HALVE : unreadableRow(read, part(some));
		},
	);
}

/** The row of the only user on a page, whose values cannot be serialised. */
async function unreadableRow(read: Read, page: Page): Promise<Json[]> {
	const { id } = await bareId(read, page);
	return [{ ...(id === undefined ? {} : { id }), unreadable: true, position: page.from + 1 }];
}

const highestId = (rows: Json[]) =>
	rows.reduce<number>((highest, { id }) => Math.max(highest, Number(id ?? 0)), 0);

/** Pages that follow one another, as many as are read side by side, for at most `count` rows. */
function nextPages(from: number, count: number, fields: string): Page[] {
	const pages: Page[] = [];
	for (let left = count; left > 0 && pages.length < READ_WIDTH; left -= PAGE)
		pages.push({ from: from + count - left, size: Math.min(PAGE, left), fields });
	return pages;
}

/**
 * All users of the site by id, at most `limit`, without the guest account; users whom the account behind the token may
 * not see are left out by Moodle.
 *
 * Moodle leaves them out after it has cut the page, so that a short page, and even an empty one, is not the end. So the
 * highest id that can be seen is asked for after the first page: the end is where it was read, and there cannot be more
 * users than it says. Later pages are read side by side.
 *
 * @param fields what to read of each, separated by commas
 * @returns rows; of a user that Moodle cannot serialise `{ unreadable: true, position, id? }`
 */
export async function everybody(read: Read, limit: number, fields: string): Promise<Json[]> {
	const rows: Json[] = [];
	let [seen, empty] = [0, 0];
	const keep = (page: Json[]) => {
		for (const row of page) if (row.id !== GUEST) rows.push(row);
		seen = Math.max(seen, highestId(page));
		empty = page.length === 0 ? empty + 1 : 0;
	};
	// One more than wanted, for the guest.
	let from = Math.min(FIRST, limit + 1);
	keep(await readPage(read, { from: 0, size: from, fields }));
	if (rows.length >= limit) return rows.slice(0, limit);
	const newest = highestId(
		await readPage(read, { from: 0, size: FIRST, fields: 'id', direction: 'DESC' }),
	);
	const end = newest > 0 ? newest : Infinity;
	while (rows.length < limit && seen < end && from < end) {
		if (newest === 0 && empty >= EMPTY_PAGES) break;
		const pages = nextPages(from, Math.min(limit - rows.length + 1, end - from), fields);
		(await inParallel(pages, READ_WIDTH, (page) => readPage(read, page))).forEach(keep);
		from = pages.reduce((next, page) => next + page.size, from);
	}
	return rows.slice(0, limit);
}
