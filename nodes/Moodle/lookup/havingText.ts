import type { Read } from '../moodle/calls';
import type { Spellings } from '../moodle/spellings';
import { tellsCapitalsApart } from './capitals';

/**
 * The records of a list that have this text. Those spelt exactly so come first. In a list Moodle does not say what its
 * database takes for the same, so other capitals count only on a site that is known not to tell them apart, and other
 * accents never: if Moodle takes them for the same, it refuses a second record, and that refusal names the first.
 *
 * @throws MoodleFailure when Moodle cannot be asked
 */
export async function havingText<T>(read: Read, rows: Spellings<T>, text: unknown): Promise<T[]> {
	const exact = rows.exactly(text);
	if (exact.length > 0) return exact;
	const near = rows.inAnyCapitals(text);
	return near.length > 0 && (await tellsCapitalsApart(read)) === false ? near : [];
}
