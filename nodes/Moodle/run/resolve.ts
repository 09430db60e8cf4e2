import type { Lookup, Resolution } from '../lookup/lookup';
import { Reference } from '../lookup/reference';
import { Problem } from '../moodle/problem';
import type { Json } from '../moodle/values';
import type { Entry } from './inputs';
import { together } from './together';

const referencesOf = (entry: Entry) =>
	Object.values(entry.input).filter((value): value is Reference => value instanceof Reference);

/** An entry whose references have become ids, or why one of them has not. */
function withIds(entry: Entry, resolutions: Map<Reference, Resolution>): Entry | Problem {
	const input: Json = {};
	for (const [key, value] of Object.entries(entry.input)) {
		const resolution = value instanceof Reference ? resolutions.get(value) : undefined;
		if (resolution && 'problem' in resolution) return resolution.problem;
		input[key] = resolution ? resolution.id : value;
	}
	return { ...entry, input };
}

/**
 * References to ids, in bulk.
 *
 * @param words a failure for which Moodle could not be asked, in words
 * @returns for each entry, in order, itself with ids or its problem
 */
export async function resolve(
	entries: Entry[],
	lookup: Lookup,
	words: (caught: unknown) => Problem,
): Promise<Array<Entry | Problem>> {
	if (!entries.some((entry) => referencesOf(entry).length > 0)) return entries;
	const work = async (some: Entry[]): Promise<Array<Entry | Problem>> => {
		const resolutions = await lookup.resolve(some.flatMap(referencesOf));
		return some.map((entry) => withIds(entry, resolutions));
	};
	return await together<Entry, Entry | Problem>(entries, work, words);
}
