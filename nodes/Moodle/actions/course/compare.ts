import { isObject, objectsOf, type Json, type Params, type Value } from '../../moodle/values';

/** A value as text, the way Moodle stores it. */
function stored(value: unknown): string {
	if (value === undefined || value === null) return '';
	return typeof value === 'boolean' ? String(Number(value)) : String(value as string | number);
}

/** Named pairs that do not have the wanted value yet. One that the course does not show counts as different. */
function differentPairs(wanted: Value[], existing: unknown, key: 'name' | 'shortname'): Value[] {
	const current = new Map(
		objectsOf(existing).map((row) => [String(row[key]), stored(row.valueraw ?? row.value)]),
	);
	return wanted.filter(
		(pair) => isObject(pair) && current.get(String(pair[key])) !== stored(pair.value),
	);
}

/**
 * The wanted values that a course does not have yet. A field that Moodle does not show to this account counts as different.
 *
 * @param existing as read raw by get_courses or get_courses_by_field, which name the theme differently
 */
export function courseChanges(wanted: Params, existing: Json): Params {
	const course: Json = { forcetheme: existing.theme, ...existing };
	const changes: Params = {};
	for (const [key, value] of Object.entries(wanted)) {
		if (value === undefined) continue;
		if (Array.isArray(value)) {
			const pairs = differentPairs(
				value,
				course[key],
				key === 'customfields' ? 'shortname' : 'name',
			);
			if (pairs.length > 0) changes[key] = pairs;
		} else if (course[key] === undefined || stored(value) !== stored(course[key]))
			changes[key] = value;
	}
	return changes;
}
