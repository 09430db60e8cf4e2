import type { Reference } from '../lookup/reference';
import { fold } from '../moodle/settle';

/** A reference as a key: two items that name the same record in the same way have the same one. */
export function refKey(reference: Reference): string {
	const scope = reference.scope ? ` in ${refKey(reference.scope)}` : '';
	return `${reference.kind} ${reference.mode} ${fold(reference.value)}${scope}`;
}
