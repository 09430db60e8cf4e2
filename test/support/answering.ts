import type { Read } from '../../nodes/Moodle/moodle/calls';
import { readerOf, type Reading } from '../../nodes/Moodle/moodle/memory';
import type { Params } from '../../nodes/Moodle/moodle/values';

/** A `read` of which only the test knows what it answers. */
export function answering(answer: (wsfunction: string, params: Params) => Promise<unknown>): Read {
	return readerOf({ read: answer as Reading['read'] });
}
