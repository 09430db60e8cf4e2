import { toUnix } from '../../moodle/dates';
import { Problem, shown } from '../../moodle/problem';
import { countVariables } from '../../moodle/encode';
import { isList, type Node } from '../../moodle/notation';
import { kindOf, sampleOf } from '../../moodle/sample';
import { signatureOf } from '../../moodle/signature';
import { isStorable, mendStorable, NOT_STORABLE } from '../../moodle/storable';
import { isObject, type Json, type Params, type Value } from '../../moodle/values';

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
	if (isStorable(text)) return text;
	throw bad(`'Parameters' ${NOT_STORABLE} under ${shown(path)}`, mendStorable(text));
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

/** A value as JSON without the keys that are null, which are not sent. */
const withoutNulls = (value: unknown) =>
	JSON.stringify(value, (_key, part: unknown) => (part === null ? undefined : part));

/** A list or structure of the form, which is entered as JSON text or given by an expression. */
function fromJson(name: string, node: Node, raw: unknown): unknown {
	const value = typeof raw === 'string' ? jsonOf(name, raw) : raw;
	const sample = sampleOf(node);
	if (countVariables(sample) === 0 || withoutNulls(value) !== withoutNulls(sample)) return value;
	throw bad(
		`'${name}' is still the empty sample`,
		`Fill it in${isList(node) ? ', with one entry for each record' : ''}, or take the field away if the function can do without it.`,
	);
}

function jsonOf(name: string, text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw bad(
			`'${name}' is not valid JSON: ${shown(text)}`,
			'Give a list such as [1, 2] or an object such as { "name": "value" }.',
		);
	}
}

/**
 * What the fields of the form hold, by the names of the function's parameters. Fields left empty are left out, but for texts.
 *
 * @param raw the value of n8n's resource mapper
 * @throws Problem for lists and structures that are no JSON, or still the empty sample
 */
export function formParameters(raw: unknown, wsfunction: string): Json {
	const value = isObject(raw) ? raw.value : undefined;
	const { params = {} } = signatureOf(wsfunction) ?? {};
	const given: Json = {};
	for (const [name, entry] of Object.entries(isObject(value) ? value : {})) {
		const node = Object.prototype.hasOwnProperty.call(params, name) ? params[name] : 'raw';
		const isText = typeof node === 'string' && kindOf(node) === 'text';
		if (entry === null || entry === undefined || (entry === '' && !isText)) continue;
		given[name] = typeof node === 'string' ? entry : fromJson(name, node, entry);
	}
	return given;
}

/**
 * The parameters of a call, from JSON text or an object.
 *
 * @param form those that the fields of the form hold
 * @throws Problem for anything that is no object, for names that steer the request, for values a form cannot carry, and for
 * what is given twice
 */
export function callParameters(raw: unknown, zone: string, form: Json = {}): Params {
	const json = parsed(raw);
	if (!isObject(json))
		throw bad(
			`'Parameters' must be an object, not ${shown(json)}`,
			'Give an object such as { "courseid": 42 }.',
		);
	const twice = Object.keys(json).find((name) => Object.prototype.hasOwnProperty.call(form, name));
	if (twice !== undefined)
		throw bad(
			`'${twice}' is given twice: by its field, and as JSON`,
			'Take it out of one of the two.',
		);
	const value: Json = { ...form, ...json };
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
