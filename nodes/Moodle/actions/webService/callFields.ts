import { NOT_STORABLE } from '../convert';
import { toUnix } from '../../moodle/dates';
import { Problem, shown } from '../../moodle/problem';
import { isObject, type Params, type Value } from '../../moodle/values';

/** Names by which the request itself is steered; among the data they would change which function runs, and with whose rights. */
const STEERING = new Set(['wstoken', 'wsfunction', 'moodlewsrestformat']);

/** PHP trims and rewrites other names before Moodle sees them. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Levels below a parameter that PHP reads: `max_input_nesting_level`, 64 unless a site has changed it. */
const DEEPEST = 64;

function bad(message: string, mend: string): Problem {
	return new Problem({ message, mend, code: 'badvalue' });
}

function parsed(raw: unknown): unknown {
	if (typeof raw !== 'string') return raw ?? {};
	if (raw.trim() === '') return {};
	try {
		return JSON.parse(raw) as unknown;
	} catch {
		throw bad(
			`'Parameters' is not valid JSON: ${shown(raw)}`,
			'Give an object such as { "courseid": 42 }.',
		);
	}
}

/** A text or key as a form can carry it. */
function storable(text: string, path: string): string {
	if (!text.includes('\u0000')) return text;
	throw bad(
		`'Parameters' ${NOT_STORABLE} under ${shown(path)}`,
		'Remove the character with the code 0.',
	);
}

/**
 * A value as a form can carry it. Dates become Unix seconds, which is how Moodle keeps time.
 *
 * @param depth how many keys lead to it
 */
function converted(value: unknown, path: string, zone: string, depth: number): Value {
	if (value === null || value === undefined) return value;
	if (depth > DEEPEST)
		throw bad(
			`'Parameters' is nested more than ${DEEPEST} levels deep under ${shown(path.split('.')[0])}`,
			'PHP drops what lies deeper: give a flatter structure.',
		);
	if (typeof value === 'boolean') return value;
	if (typeof value === 'string') return storable(value, path);
	if (typeof value === 'number') {
		if (Number.isFinite(value)) return value;
		throw bad(
			`'Parameters' contains something that is not a number under '${path}'`,
			'Check the expression.',
		);
	}
	if (Array.isArray(value))
		return value.map((entry, index) => converted(entry, `${path}.${index}`, zone, depth + 1));
	if (value instanceof Date || (isObject(value) && 'toMillis' in value))
		return toUnix(value, zone, `Parameters: ${path}`);
	if (!isObject(value))
		throw bad(
			`'Parameters' contains something under '${path}' that cannot be sent`,
			'Use texts, numbers, true or false, lists and objects.',
		);
	return Object.fromEntries(
		Object.entries(value).map(([key, part]) => [
			storable(key, path),
			converted(part, `${path}.${key}`, zone, depth + 1),
		]),
	);
}

/**
 * The parameters of a call, from JSON text or an object.
 *
 * @throws Problem for anything that is no object, for names that steer the request, and for values a form cannot carry
 */
export function callParameters(raw: unknown, zone: string): Params {
	const value = parsed(raw);
	if (!isObject(value))
		throw bad(
			`'Parameters' must be an object, not ${shown(value)}`,
			'Give an object such as { "courseid": 42 }.',
		);
	const odd = Object.keys(value).find((name) => STEERING.has(name) || !NAME.test(name));
	if (odd !== undefined)
		throw bad(
			`'Parameters' cannot hold ${shown(odd)}`,
			'The node adds token, function and format itself; name only the parameters of the function.',
		);
	return Object.fromEntries(
		Object.entries(value).map(([name, part]) => [name, converted(part, name, zone, 0)]),
	);
}
