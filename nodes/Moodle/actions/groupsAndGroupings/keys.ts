import type { Reference } from '../../lookup/reference';
import type { Params } from '../../moodle/values';
import { refKey, valueKeys } from '../keys';

/** What two groups, or two groupings, of a course must not have in common inside one request. */
export function uniqueKeys(course: Reference | undefined, { name, idnumber }: Params): string[] {
	const scope = course ? refKey(course) : '';
	return [...valueKeys(`${scope} name`, name), ...valueKeys(`${scope} idnumber`, idnumber)];
}
