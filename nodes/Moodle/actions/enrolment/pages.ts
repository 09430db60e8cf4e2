import { asIs } from '../../common/asIs';
import { HALVE, inHalves, places } from '../../common/halving';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import { namedValues, objectsOf, type Json, type Params, type Value } from '../../moodle/values';

/** Users of one page, and how many of it Moodle cannot serialise. */
export interface Page {
	users: Json[];
	odd: number;
}

function optionsOf(options: Params, from: number, count: number): Value[] {
	return namedValues({ ...options, limitfrom: from, limitnumber: count, sortby: 'id' });
}

/**
 * One page of the users enrolled in a course, by id. A single odd account (a name with a tag, a removed authentication
 * method) fails the whole answer, so the page is halved until it stands alone, and it is left out.
 *
 * @param options of the function: `userfields`, `onlyactive`, `groupid` …
 */
export async function enrolledPage(
	read: Read,
	courseid: number,
	options: Params,
	from: number,
	count: number,
): Promise<Page> {
	const ask = async ([at, ...more]: number[]) =>
		objectsOf(
			await read(READS.core_enrol_get_enrolled_users, {
				courseid,
				options: optionsOf(options, at, more.length + 1),
			}),
		);
	let odd = 0;
	const users = await inHalves(places(from, count), ask, (caught, some) => {
		if (!(caught instanceof MoodleFailure) || caught.code !== 'invalidresponse') throw asIs(caught);
		if (some.length > 1) return HALVE;
		odd++;
		return [];
	});
	return { users, odd };
}

/** Places by which a page is begun earlier where the list has moved up. */
const BACK = 100;

/** A page of the list: the users that no page before it held. */
export interface ListPage extends Page {
	/** Place of its first row, and how many rows it had. */
	from: number;
	count: number;
}

/**
 * The pages of the users enrolled in a course, by id, without an end. Somebody who leaves the course while it is read moves
 * all others up, past the beginning of the next page: so a page begins with the last user of a full one before it, and
 * earlier where that user is not there.
 */
export async function* enrolledPages(
	read: Read,
	courseid: number,
	options: Params,
	size: number,
): AsyncGenerator<ListPage, never> {
	for (let [from, last, isJoined] = [0, 0, false]; ; ) {
		const { users, odd } = await enrolledPage(read, courseid, options, from, size);
		if (isJoined && odd === 0 && from > 0 && !(Number(users[0]?.id) <= last)) {
			from = Math.max(0, from - BACK);
			continue;
		}
		const known = last;
		yield {
			users: users.filter(({ id }) => !(Number(id) <= known)),
			odd,
			from,
			count: users.length + odd,
		};
		last = Math.max(last, Number(users.at(-1)?.id ?? 0));
		isJoined = size > 1 && users.length === size;
		from += isJoined ? size - 1 : size;
	}
}

/**
 * Users enrolled in a course, up to `limit`. Users whom the account may not see are taken out of a page after it was cut
 * (all versions), so a short page is not the last one; an empty one is.
 */
export async function enrolledUsers(
	read: Read,
	courseid: number,
	options: Params,
	limit: number,
	size: number,
): Promise<Page> {
	const found: Page = { users: [], odd: 0 };
	for await (const page of enrolledPages(read, courseid, options, Math.min(size, limit))) {
		for (const user of page.users) found.users.push(user);
		found.odd += page.odd;
		if (found.users.length >= limit) return { ...found, users: found.users.slice(0, limit) };
		if (page.count === 0) break;
	}
	return found;
}
