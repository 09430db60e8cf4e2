import { toUnix } from '../moodle/dates';
import { Problem, shown } from '../moodle/problem';
import { isStorable, mendStorable, NOT_STORABLE } from '../moodle/storable';
import { isObject, objectsOf, type Json, type Params, type Value } from '../moodle/values';
import { yesOrNo } from '../moodle/yesNo';
import type { Field } from './fields';

/** Most custom fields, preferences or format options one record may carry: more cannot fit a request of 900 variables. */
const MOST_PAIRS = 400;

function bad(field: Field, reason: string, value: unknown, mend?: string): Problem {
	const end = field.type === 'password' ? '' : `: ${shown(value)}`;
	return new Problem({ message: `'${field.displayName}' ${reason}${end}`, mend, code: 'badvalue' });
}

/** Whether a value is neither an object nor a list. */
function isPlain(value: unknown): boolean {
	return typeof value !== 'object' || value === null;
}

/** A value as text. Said here, not before sending: a request shared by many would be refused as a whole. */
function storable(field: Field, value: unknown): string {
	const text = String(value);
	if (!isStorable(text)) throw bad(field, NOT_STORABLE, text, mendStorable(text));
	return text;
}

function toText(field: Field, value: unknown): string {
	if (!isPlain(value)) throw bad(field, 'must be a text', value);
	const text = storable(field, value);
	if (field.max !== undefined && [...text].length > field.max)
		throw bad(field, `may hold at most ${field.max} characters, not ${[...text].length}`, text);
	return text;
}

/**
 * E-mail addresses as PHP's own filter takes them, which Moodle asks (validate_email, 4.1 to 5.1): plain ASCII, no two
 * dots in a row, a domain with a dot. Rarer forms that the filter takes as well, such as quoted names, are not offered.
 */
const EMAIL =
	/^(?!\.)(?!.*\.\.)[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?<!\.)@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

function toEmail(field: Field, value: unknown): string {
	const text = toText(field, value).trim();
	if (!EMAIL.test(text)) throw bad(field, 'is not an e-mail address', text);
	return text;
}

/** Decimal only: JavaScript would take '0x1F' for 31. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function toNumber(field: Field, value: unknown): number {
	const number =
		typeof value === 'string' && DECIMAL.test(value.trim()) ? Number(value.trim()) : value;
	if (typeof number !== 'number' || !Number.isFinite(number))
		throw bad(field, 'must be a number', value);
	if (field.type === 'integer' && !Number.isSafeInteger(number))
		throw bad(field, 'must be a whole number', value);
	if (field.min !== undefined && number < field.min)
		throw bad(field, `must be at least ${field.min}`, value);
	return number;
}

/** A yes/no in any form that an expression may give; an empty value is no. */
function toBoolean(field: Field, value: unknown): boolean {
	const answer = isBlank(value) ? false : yesOrNo(value);
	if (answer === undefined) throw bad(field, 'must be true or false', value);
	return answer;
}

/** @throws Problem for a key that would be dropped without a word */
function knownKeys(field: Field, value: Json, known: string[]): void {
	const odd = Object.keys(value).find((key) => !known.includes(key));
	if (odd !== undefined) throw bad(field, `may hold ${known.join(' and ')} only`, odd);
}

function toPairs(field: Field, value: unknown): Value[] {
	if (isObject(value)) knownKeys(field, value, ['values']);
	const entries: unknown = isObject(value) ? (value.values ?? []) : isBlank(value) ? [] : value;
	const rows = objectsOf(entries);
	rows.forEach((row) => knownKeys(field, row, ['name', 'value']));
	if (!Array.isArray(entries) || rows.length < entries.length)
		throw bad(field, 'must be a list of entries with name and value', value);
	if (rows.length > MOST_PAIRS)
		throw new Problem({
			message: `'${field.displayName}' contains ${rows.length} entries, and one record can carry at most ${MOST_PAIRS}`,
			code: 'toomanyfields',
		});
	const [nameKey, valueKey] = field.keys ?? ['shortname', 'value'];
	return rows.map((row) => {
		const name = isPlain(row.name) ? String(row.name ?? '').trim() : '';
		if (name === '')
			throw new Problem({
				message: `'${field.displayName}' has an entry without a name`,
				mend: 'Give name and value of each entry; n8n takes no expression for the list as a whole.',
				code: 'badvalue',
			});
		const content = row.value;
		if (!isPlain(content))
			throw bad(field, `has a value for '${name}' that is not a text`, content);
		const text = typeof content === 'boolean' ? Number(content) : (content ?? '');
		return { [nameKey]: storable(field, name), [valueKey]: storable(field, text) };
	});
}

function toChoice(field: Field, value: unknown): Value {
	const options = field.options ?? [];
	const known = options.find(
		(option) =>
			option.value === value || (isPlain(value) && String(option.value) === String(value)),
	);
	if (known) return known.value;
	throw bad(
		field,
		`must be one of ${options.map((option) => String(option.value)).join(', ')}`,
		value,
	);
}

function toList(field: Field, value: unknown): string {
	const entries: unknown[] = Array.isArray(value) ? value : [value];
	if (!entries.every(isPlain))
		throw bad(field, 'must be a text with commas, or a list of texts', value);
	const parts = Array.isArray(value) ? entries.map(String) : String(value).split(',');
	return toText(
		field,
		parts
			.map((part) => part.trim())
			.filter((part) => part !== '')
			.join(','),
	);
}

/**
 * The value of a field as Moodle wants it.
 *
 * @param zone time zone for dates that name none
 * @throws Problem naming the field by its display name, and the value (never a password)
 */
export function convert(field: Field, value: unknown, zone: string): Value {
	switch (field.type) {
		case 'email':
			return toEmail(field, value);
		case 'integer':
		case 'number':
			return toNumber(field, value);
		case 'boolean':
			return toBoolean(field, value);
		case 'switch':
			return toBoolean(field, value) ? 1 : 0;
		case 'date':
			return toUnix(value, zone, field.displayName);
		case 'customFields':
		case 'pairs':
			return toPairs(field, value);
		case 'choice':
			return toChoice(field, value);
		case 'list':
			return toList(field, value);
		default:
			return toText(field, value);
	}
}

/** Whether a value says nothing: not entered, or an expression that found nothing. */
export function isBlank(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

/**
 * The entered fields of a collection as a part of a record. Empty ones, empty custom fields too, are left out, except that on an update an
 * empty text clears a field which Moodle can clear.
 *
 * @throws Problem for a value that cannot be sent, and for clearing what cannot be cleared
 */
export function convertAll(
	fields: Field[],
	values: unknown,
	zone: string,
	mode: 'create' | 'update',
): Params {
	const entered = isObject(values) ? values : {};
	const record: Params = {};
	for (const field of fields) {
		const value = entered[field.name];
		if (value === undefined || value === null) continue;
		if (!isBlank(value)) {
			const converted = said(field, convert(field, value, zone), mode);
			if (!Array.isArray(converted) || converted.length > 0) record[field.name] = converted;
		} else if (mode === 'update') record[field.name] = cleared(field);
	}
	return record;
}

/** What a value says: outside of updates the empty value of a custom field is as empty as that of any other field. */
function said({ type, keys }: Field, value: Value, mode: 'create' | 'update'): Value {
	if (type !== 'customFields' || mode === 'update' || !Array.isArray(value)) return value;
	return value.filter((pair) => isObject(pair) && !isBlank(pair[keys?.[1] ?? 'value']));
}

function cleared(field: Field): Value {
	if (field.clearable) return '';
	if (field.type === 'date') return 0;
	throw new Problem({
		message: `'${field.displayName}' cannot be emptied`,
		mend: 'Give a value, or remove the field from the node.',
		code: 'badvalue',
	});
}
