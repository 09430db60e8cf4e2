import type { Reference } from '../lookup/reference';
import { trimmed, wideKey } from '../moodle/spelling';

/** A reference as a key: two items that could name the same record in the same way have the same one. */
export function refKey(reference: Reference): string {
	const scope = reference.scope ? ` in ${refKey(reference.scope)}` : '';
	return `${reference.kind} ${reference.mode} ${wideKey(reference.value)}${scope}`;
}

/** The key of a value that must be unique, in a list of none or one: without a value nothing is shared. */
export function valueKeys(what: string, value: unknown): string[] {
	return trimmed(value) === '' ? [] : [`${what} ${wideKey(value)}`];
}
