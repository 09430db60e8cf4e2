import { Problem, shown } from '../moodle/problem';

/** By what an item of Create or Update finds its record. */
export interface Match {
	/** Of the field in messages, e.g. `ID number`. */
	label: string;
	/** As the item spells it; in lower case where capitals count for Moodle nowhere. Empty: nothing is looked for. */
	text: string;
}

/**
 * Notes for this run that an item means a record. MariaDB takes one text for another (Ecole and école): two items that
 * are two records elsewhere would become one, renamed to and fro at every run, so the second one is a problem. Items
 * that are spelt alike are meant to be the same record.
 *
 * @param claims the first text of each record in this run, by field and ID
 * @param record how messages name it, e.g. `course`
 */
export function claim(
	claims: Map<string, string>,
	record: string,
	id: number,
	{ label, text }: Match,
): Problem | undefined {
	const key = `${label} ${id}`;
	const first = claims.get(key) ?? text;
	claims.set(key, first);
	if (first === text) return undefined;
	return new Problem({
		message: `Moodle takes the ${label} ${shown(text)} for the same as ${shown(first)} of an earlier item: both mean the ${record} with the ID ${id}`,
		mend: 'Spell both alike if they are one record. If they are two, give one of them another text: databases take some letters for the same, such as e and é.',
		code: 'takenforthesame',
	});
}
