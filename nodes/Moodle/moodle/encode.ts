import { Problem } from './problem';
import type { Params, Value } from './values';

/** One form variable: name and value. */
export type FormField = [name: string, value: string];

/** Variables that every call carries besides its data: format, function, raw setting, token. */
export const HEAD_VARIABLES = 4;

function scalar(value: string | number | boolean, name: string): string {
	if (typeof value === 'boolean') return value ? '1' : '0';
	if (typeof value === 'number') {
		if (!Number.isFinite(value))
			throw new Problem({ message: `'${name}' is not a number`, code: 'notanumber' });
		return String(value);
	}
	return value;
}

function append(fields: FormField[], name: string, value: Value): void {
	if (value === undefined || value === null) return;
	if (Array.isArray(value))
		value.forEach((entry, index) => append(fields, `${name}[${index}]`, entry));
	else if (typeof value === 'object')
		Object.keys(value).forEach((key) => append(fields, `${name}[${key}]`, value[key]));
	else fields.push([name, scalar(value, name)]);
}

/**
 * Flattens parameters into the form variables Moodle reads (`users[0][email]`), in order.
 * Empty lists and objects leave nothing: Moodle has no way to say "empty list" (server.php, 4.1 to 5.1).
 *
 * @throws Problem for a number that is not finite
 */
export function encode(params: Params): FormField[] {
	const fields: FormField[] = [];
	Object.keys(params).forEach((key) => append(fields, key, params[key]));
	return fields;
}

/** How many form variables a value takes. PHP counts these, and cuts what exceeds `max_input_vars`. */
export function countVariables(value: Value): number {
	if (value === undefined || value === null) return 0;
	if (Array.isArray(value))
		return value.reduce<number>((sum, entry) => sum + countVariables(entry), 0);
	if (typeof value === 'object')
		return Object.keys(value).reduce((sum, key) => sum + countVariables(value[key]), 0);
	return 1;
}

/** How many records a call carries: the length of its longest list, wherever it stands; one where it has none. */
export function countRecords(value: Value): number {
	if (typeof value !== 'object' || value === null) return 1;
	const counts = Object.values(value).map((entry) =>
		Array.isArray(entry) ? entry.length : countRecords(entry),
	);
	return Math.max(1, ...counts);
}

/**
 * How much a call asked of the site: the records it carried, or the rows it was answered with. Of what only reads the
 * rows count: a page of a list carries nothing, and values that nobody has cost next to nothing.
 */
export function workOf(params: Params, reply: unknown, isReading: boolean): number {
	if (isReading && Array.isArray(reply)) return reply.length;
	return Math.max(countRecords(params), countRecords({ reply: reply as Value }));
}

/**
 * The form body of a call, without the token: format and function first, so that the token, which is appended by the
 * credential as the very last variable, is the first thing a cut request loses (measured).
 * `moodlewssettingraw` asks for texts as stored, so that what is read can be written back.
 */
export function formBody(wsfunction: string, params: Params): string {
	return new URLSearchParams([
		['moodlewsrestformat', 'json'],
		['wsfunction', wsfunction],
		['moodlewssettingraw', '1'],
		...encode(params),
	]).toString();
}
