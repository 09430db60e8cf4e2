import { Problem } from '../moodle/problem';
import type { Json } from '../moodle/values';
import type { Look, Row, Sight } from './types';

/** A look at all members of something: who is there, and who was and is not any more. */
export interface Comings extends Look {
	gone: number[];
}

/** @throws Problem for more things than are remembered */
export function needAtMost(count: number, most: number, what: string, mend: string): void {
	if (count <= most) return;
	throw new Problem({
		message: `There are ${count} ${what}; this event remembers at most ${most}`,
		mend,
		code: 'toomany',
	});
}

const rowOf = (key: number, data: Json = {}): Row => ({ key, version: 0, at: key, data });

/**
 * Ids that are there, compared with those that are known.
 *
 * @throws Problem for more than `most`
 */
export function listed(ids: number[], { seen }: Sight, most: number, what: string): Comings {
	needAtMost(
		ids.length,
		most,
		what,
		'Choose something smaller, or use a custom report with the event Report Row Added.',
	);
	const there = new Set(ids);
	return {
		rows: ids.map((id) => rowOf(id)),
		gone: [...seen.keys()].filter((key) => !there.has(key)),
	};
}
