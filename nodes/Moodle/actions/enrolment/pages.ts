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
	const count = Math.min(size, limit);
	for (let from = 0; ; from += count) {
		const { users, odd } = await enrolledPage(read, courseid, options, from, count);
		for (const user of users) found.users.push(user);
		found.odd += odd;
		if (found.users.length >= limit) return { ...found, users: found.users.slice(0, limit) };
		if (users.length + odd === 0) return found;
	}
}
