import { Problem, shown } from '../moodle/problem';
import { fold } from '../moodle/settle';
import type { Json } from '../moodle/values';

/**
 * The one record whose `key` is `value`: as databases compare, and among several the one that is spelt exactly so.
 *
 * @param kind word for messages, e.g. `cohort`
 * @returns the record, a problem where several are equally good, undefined where there is none
 */
export function oneMatching(rows: Json[], key: string, value: string, kind: string): Json | Problem | undefined {
	const hits = rows.filter((row) => fold(row[key]) === fold(value));
	const exact = hits.filter((row) => row[key] === value);
	const best = exact.length > 0 ? exact : hits;
	if (best.length < 2) return best[0];
	const ids = best.slice(0, 5).map((row) => String(row.id)).join(', ');
	return new Problem({ message: `${best.length} ${kind}s have the ${key === 'idnumber' ? 'ID number' : 'name'} ${shown(value)} (IDs ${ids})`, mend: 'Give them different ones in Moodle.', code: 'ambiguous' });
}
