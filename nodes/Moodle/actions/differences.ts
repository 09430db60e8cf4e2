import { isObject, objectsOf, type Json, type Params, type Value } from '../moodle/values';

/** A value as text, the way Moodle stores it: yes/no as 1/0, nothing as the empty text. */
function stored(value: unknown): string {
	if (value === undefined || value === null) return '';
	return typeof value === 'boolean' ? String(Number(value)) : String(value as string | number);
}

/** The custom fields (short name and value) that do not have the wanted value yet. */
function differentFields(wanted: Value[], existing: unknown): Value[] {
	const current = new Map(
		objectsOf(existing).map((row) => [String(row.shortname), stored(row.valueraw ?? row.value)]),
	);
	return wanted.filter(
		(pair) => isObject(pair) && current.get(String(pair.shortname)) !== stored(pair.value),
	);
}

/**
 * The wanted values that a record does not have yet; empty when there is nothing to do.
 *
 * @param wanted fields as they would be sent
 * @param existing the record as Moodle has it (read raw)
 */
export function differences(wanted: Params, existing: Json): Params {
	const changes: Params = {};
	for (const [key, value] of Object.entries(wanted)) {
		if (value === undefined) continue;
		if (Array.isArray(value)) {
			const pairs = differentFields(value, existing[key]);
			if (pairs.length > 0) changes[key] = pairs;
		} else if (stored(value) !== stored(existing[key])) changes[key] = value;
	}
	return changes;
}
