/** Checks parameters and replies against Moodle's descriptions, as external_api does. */
import { cleanParam, type Installed } from './clean';
import { caught, invalidParameter, invalidResponse } from './errors';
import { isExactInt } from './php';
import type {
	Description,
	ListDescription,
	PhpValue,
	StructureDescription,
	ValueDescription,
} from './types';

function isStructure(d: Description): d is StructureDescription {
	return 'keys' in d;
}

function isList(d: Description): d is ListDescription {
	return 'items' in d;
}

const entries = new WeakMap<StructureDescription, Array<[string, Description]>>();

/** Keys of a structure with their descriptions, taken apart once. */
function entriesOf(d: StructureDescription): Array<[string, Description]> {
	let found = entries.get(d);
	if (!found) {
		found = Object.entries(d.keys);
		entries.set(d, found);
	}
	return found;
}

/** Lists of values are the same for default and optional keys: 1 required, 2 optional, 0 default. */
function requiredOf(d: Description): number {
	return d.required ?? 1;
}

/**
 * validate_param: the cleaned value must be equal to the one given.
 * @returns number for int and float, boolean for bool, else text
 */
function checkText(text: string, d: ValueDescription, site: Installed): unknown {
	if (d.type === 'int') {
		if (!isExactInt(text))
			throw invalidParameter(`the value is "${text}", the server was expecting "int" type`);
		return Number(text);
	}
	if (d.type === 'float') {
		if (
			text === '' ||
			!/^-?[0-9]*\.?[0-9]*(e[-+]?[0-9]+)?$/i.test(text) ||
			Number.isNaN(Number(text))
		) {
			throw invalidParameter(`the value is "${text}", the server was expecting "float" type`);
		}
		return Number(text);
	}
	if (d.type === 'bool') {
		if (text === '1' || text === '0') return text === '1';
		throw invalidParameter(`the value is "${text}", the server was expecting "bool" type`);
	}
	const cleaned = cleanParam(text, d.type, site);
	if (cleaned !== text) {
		throw invalidParameter(`the value is "${text}", the server was expecting "${d.type}" type`);
	}
	return cleaned;
}

/** A default of the signature, which is JSON and not a form. */
function applyDefault(d: Description, value: unknown): unknown {
	if (value === undefined || value === null) return isList(d) ? [] : null;
	if (isStructure(d)) {
		const given = (Array.isArray(value) ? {} : value) as Record<string, unknown>;
		const result: Record<string, unknown> = {};
		for (const [key, sub] of Object.entries(d.keys)) {
			if (key in given) result[key] = applyDefault(sub, given[key]);
			else if (requiredOf(sub) === 0) result[key] = applyDefault(sub, sub.default);
		}
		return result;
	}
	if (isList(d)) return value;
	if (d.type === 'bool') return value === true || value === 1 || value === '1';
	if (d.type === 'int' || d.type === 'float') return Number(value);
	return String(value);
}

/**
 * validate_parameters.
 * @param value what PHP made of the form
 * @returns plain objects, lists and values
 * @throws MoodleError invalidparameter
 */
export function checkParameters(d: Description, value: PhpValue, site: Installed): unknown {
	if (isStructure(d)) return checkStructure(d, value, site);
	if (isList(d)) {
		if (!(value instanceof Map))
			throw invalidParameter('Only arrays accepted. The bad value is: ' + `'${value}'`);
		return [...value.values()].map((item) => checkParameters(d.items, item, site));
	}
	if (value instanceof Map)
		throw invalidParameter('Scalar type expected, array or object received.');
	return checkText(value, d, site);
}

function checkStructure(d: StructureDescription, value: PhpValue, site: Installed): unknown {
	if (!(value instanceof Map))
		throw invalidParameter(`Only arrays accepted. The bad value is: '${value}'`);
	const result: Record<string, unknown> = {};
	const unexpected = new Set(value.keys());
	for (const [key, sub] of entriesOf(d)) {
		unexpected.delete(key);
		const given = value.get(key);
		if (given !== undefined) result[key] = nested(key, () => checkParameters(sub, given, site));
		else if (requiredOf(sub) === 1)
			throw invalidParameter(`Missing required key in single structure: ${key}`);
		else if (requiredOf(sub) === 0) result[key] = applyDefault(sub, sub.default);
	}
	if (unexpected.size > 0) {
		throw invalidParameter(
			`Unexpected keys (${[...unexpected].join(', ')}) detected in parameter array.`,
		);
	}
	return result;
}

/** Puts the name of the key in front of the reason, as debugging shows it. */
function nested(key: string, check: () => unknown): unknown {
	try {
		return check();
	} catch (error) {
		throw invalidParameter(
			`${key} => Invalid parameter value detected: ${caught(error).debug ?? ''}`,
		);
	}
}

/** A scalar of a reply, as PHP would cast it. */
function cleanScalar(d: ValueDescription, value: unknown, site: Installed): unknown {
	if (value === null || value === undefined) {
		if (d.allownull === false) throw invalidResponse('null is not allowed');
		return null;
	}
	if (typeof value === 'object')
		throw invalidResponse('Scalar type expected, array or object received.');
	if (
		d.type === 'bool' &&
		(value === true ||
			value === false ||
			value === 0 ||
			value === 1 ||
			value === '0' ||
			value === '1')
	) {
		return value === true || value === 1 || value === '1';
	}
	if (d.type === 'float' && typeof value === 'number') return value;
	// PARAM_RAW leaves numbers and booleans as they are.
	if (d.type === 'raw' && typeof value !== 'string') return value;
	const text = typeof value === 'boolean' ? (value ? '1' : '') : String(value);
	try {
		return checkText(text, d, site);
	} catch {
		throw invalidResponse(
			`the value is "${text}", of PHP type "${typeof value}", expected "${d.type}"`,
		);
	}
}

/**
 * clean_returnvalue: keys in the order of the description, unknown keys dropped.
 * @throws MoodleError invalidresponse
 */
export function cleanReply(d: Description, value: unknown, site: Installed): unknown {
	if (isStructure(d)) {
		if (typeof value !== 'object' || value === null)
			throw invalidResponse('Only arrays/objects accepted.');
		const given = value as Record<string, unknown>;
		const result: Record<string, unknown> = {};
		for (const [key, sub] of entriesOf(d)) {
			if (given[key] !== undefined) result[key] = cleanReply(sub, given[key], site);
			else if (requiredOf(sub) === 1)
				throw invalidResponse(`Error in response - Missing following required key: ${key}`);
			else if (requiredOf(sub) === 0 && !isStructure(sub) && !isList(sub)) {
				result[key] = cleanReply(sub, sub.default ?? null, site);
			}
		}
		return Object.keys(result).length === 0 ? [] : result;
	}
	if (isList(d)) {
		if (!Array.isArray(value)) throw invalidResponse('Only arrays accepted.');
		return value.map((item) => cleanReply(d.items, item, site));
	}
	return cleanScalar(d, value, site);
}
