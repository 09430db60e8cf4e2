import { Problem, shown } from '../moodle/problem';
import type { Json } from '../moodle/values';

/** The words for a text that several records have. */
function ambiguous(rows: Json[], text: string, what: string): Problem {
	const ids = rows
		.slice(0, 5)
		.map((row) => String(row.id))
		.join(', ');
	return new Problem({
		message: `${rows.length} ${what} ${shown(text)} (IDs ${ids})`,
		mend: 'Give them different ones in Moodle.',
		code: 'ambiguous',
	});
}

/**
 * The one record of those that were found for a text.
 *
 * @param what words for messages, e.g. `groups have the name`
 * @returns the record, undefined where there is none, a problem where there are several, or where none could be looked up
 */
export function oneFound(
	rows: Json[] | Problem,
	text: string,
	what: string,
): Json | Problem | undefined {
	if (rows instanceof Problem) return rows;
	return rows.length < 2 ? rows[0] : ambiguous(rows, text, what);
}

/**
 * The words for a record that Moodle refused, where nobody else has exactly its text, but somebody has one that the
 * database may take for the same: ß and ss, か and が, two emojis, other accents.
 *
 * @param label of the field, e.g. `name`
 * @param holder what has the other text, e.g. `the group`
 */
export function takenForTheSame(
	label: string,
	text: string,
	other: Json,
	key: string,
	holder: string,
): Problem {
	return new Problem({
		message: `Moodle takes the ${label} ${shown(text)} for the same as ${shown(String(other[key]))}, which ${holder} with the ID ${String(other.id)} has`,
		mend: 'Give one of them another one: databases take some letters for the same, such as ß and ss, or all emojis.',
		code: 'takenforthesame',
	});
}
