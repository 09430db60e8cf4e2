import type { Release } from './version';

/**
 * A parameter in the catalogue. A text is a type followed by `?` (may be left out), `@4.2` (known since that version) and
 * `=50` (what Moodle takes where it is left out); a list is `[element, flags]`; anything else is an object of parameters,
 * whose own flags sit under the key `~`.
 */
export type Node = string | [Node, string?] | { [key: string]: Node };

/** A function of the catalogue: whether it writes, since and until which version Moodle has it, its parameters. */
export interface Signature {
	write: boolean;
	since?: Release;
	/** First version of the three in the catalogue that no longer has it. */
	gone?: Release;
	params: { [key: string]: Node };
}

/** What the notation says of a parameter beside its type. */
export interface Flags {
	/** It may be left out. */
	optional: boolean;
	/** Known since that version, when it is younger than its function. */
	since?: Release;
	/** What Moodle takes where it is left out. */
	preset?: string;
}

/** A text of the notation in its parts. */
export function flagsOf(notation: string): Flags & { type: string } {
	const end = notation.indexOf('=');
	const [head, since] = (end < 0 ? notation : notation.slice(0, end)).split('@');
	const preset = end < 0 ? undefined : notation.slice(end + 1);
	return { type: head.replace('?', ''), optional: head.endsWith('?'), since, preset };
}

/** Whether a parameter is a list. */
export function isList(node: Node): node is [Node, string?] {
	return Array.isArray(node);
}

/** The flags of a parameter of any kind. */
export function flagsOfNode(node: Node): Flags {
	if (typeof node === 'string') return flagsOf(node);
	if (isList(node)) return flagsOf(node[1] ?? '');
	return flagsOf((node['~'] as string | undefined) ?? '');
}

/** The parameters of a structure: its entries without its own flags. */
export function keysOf(keys: { [key: string]: Node }): Array<[key: string, node: Node]> {
	return Object.entries(keys).filter(([key]) => key !== '~');
}
