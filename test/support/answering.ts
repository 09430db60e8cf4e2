import type { Read } from '../../nodes/Moodle/moodle/calls';
import { readerOf, type Reading } from '../../nodes/Moodle/moodle/memory';
import type { ReadFacts } from '../../nodes/Moodle/moodle/reads';
import type { Params } from '../../nodes/Moodle/moodle/values';

/** The user that every site has, as Moodle gives it. */
export const GUEST = {
	id: 1,
	username: 'guest',
	firstname: 'Guest user',
	lastname: ' ',
	fullname: 'Guest user  ',
	email: 'root@localhost',
};

/** A `read` of which only the test knows what it answers. */
export function answering(answer: (wsfunction: string, params: Params) => Promise<unknown>): Read {
	const read = async (facts: ReadFacts, params: Params) => await answer(facts.function, params);
	const flight = { limit: 4, share: (_left: number, most: number) => most };
	return readerOf({ read: read as Reading['read'], flight });
}
