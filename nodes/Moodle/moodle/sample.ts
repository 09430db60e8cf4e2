import { flagsOf, flagsOfNode, isList, keysOf, type Node } from './notation';
import type { Value } from './values';

/** What people enter for one of Moodle's types. */
export type Kind = 'whole number' | 'number' | 'yes or no' | 'text';

/** The kind of a value by its type in the notation. */
export function kindOf(notation: string): Kind {
	const { type } = flagsOf(notation);
	if (type === 'int') return 'whole number';
	if (type === 'float') return 'number';
	return type === 'bool' ? 'yes or no' : 'text';
}

const BLANKS: Record<Kind, Value> = { 'whole number': 0, number: 0, 'yes or no': false, text: '' };

/**
 * A value of the right form with nothing in it: every list with one entry, every structure with all its keys. Those that
 * may be missing are null, which is left out of a request, so that people see what there is; where a structure may lack
 * all, its first one is not. Passes `checkParams`; means nothing to Moodle.
 */
export function sampleOf(node: Node): Value {
	if (typeof node === 'string') return BLANKS[kindOf(node)];
	if (isList(node)) return [sampleOf(node[0])];
	const keys = keysOf(node);
	const needed = keys.filter(([, part]) => !flagsOfNode(part).optional);
	const filled = new Set((needed.length > 0 ? needed : keys.slice(0, 1)).map(([key]) => key));
	return Object.fromEntries(
		keys.map(([key, part]) => [key, filled.has(key) ? sampleOf(part) : null]),
	);
}
