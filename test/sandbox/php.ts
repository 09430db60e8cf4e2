/** The bits of PHP that a Moodle request meets: form variables, casts, strip_tags, json_encode. */
import type { PhpArray, PhpValue } from './types';

const MAX_INT = 9223372036854775807n;

/** PHP's `(int)` of a text: the number it begins with, 0 where there is none. */
export function intval(text: string): number {
	const match = /^[ \t\n\r\v\f]*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/.exec(text);
	return match ? Math.trunc(Number(match[1])) : 0;
}

/** True where PHP's cast to int and back gives the same text. */
export function isExactInt(text: string): boolean {
	if (!/^(0|-?[1-9]\d*)$/.test(text)) return false;
	const value = BigInt(text);
	return value <= MAX_INT && value >= -MAX_INT - 1n;
}

/** PHP's `is_numeric`. */
export function isNumeric(text: string): boolean {
	return /^[ \t\n\r\v\f]*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?[ \t\n\r\v\f]*$/.test(text);
}

/** PHP's `strip_tags`: a `<` with a blank after it is no tag. */
export function stripTags(text: string): string {
	let out = '';
	let inside = false;
	let quote = '';
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (!inside) {
			if (c === '<' && !/\s/.test(text[i + 1] ?? '')) inside = true;
			else out += c;
		} else if (quote) {
			if (c === quote) quote = '';
		} else if (c === '"' || c === "'") quote = c;
		else if (c === '>') inside = false;
	}
	return out;
}

/** The name and brackets of a form variable, as PHP reads them. */
function splitName(name: string): { base: string; keys: string[] } {
	const trimmed = name.replace(/^ +/, '');
	const open = trimmed.indexOf('[');
	if (open <= 0) return { base: trimmed.replace(/[ .]/g, '_'), keys: [] };
	const keys: string[] = [];
	let rest = trimmed.slice(open);
	while (rest.startsWith('[')) {
		const close = rest.indexOf(']');
		if (close < 0) break;
		keys.push(rest.slice(1, close));
		rest = rest.slice(close + 1);
	}
	const base = trimmed.slice(0, open).replace(/[ .]/g, '_');
	if (keys.length === 0) return { base: trimmed.replace(/[ .[]/g, '_'), keys };
	return { base, keys };
}

/** The next free number of a PHP array. */
function nextIndex(list: PhpArray): string {
	let next = 0;
	for (const key of list.keys()) {
		if (/^(0|[1-9]\d*)$/.test(key)) next = Math.max(next, Number(key) + 1);
	}
	return String(next);
}

/** Next index of `a[]`, remembered per array so that long lists stay linear. */
const counters = new WeakMap<PhpArray, number>();

function appendKey(list: PhpArray): string {
	const next = counters.get(list) ?? Number(nextIndex(list));
	counters.set(list, next + 1);
	return String(next);
}

/**
 * Puts a variable into a PHP array the way PHP does (`a[0][b]`, `a[]`, later ones win).
 * @param into the array of all variables
 */
export function addVariable(into: PhpArray, name: string, value: string): void {
	const { base, keys } = splitName(name);
	if (base === '') return;
	let target = into;
	let key = base;
	for (const next of keys) {
		let inner: PhpValue | undefined = target.get(key);
		if (!(inner instanceof Map)) {
			inner = new Map<string, PhpValue>();
			target.set(key, inner);
		}
		target = inner;
		key = next === '' ? appendKey(target) : next;
	}
	target.set(key, value);
}

/** PHP's `json_encode`: slashes escaped, everything that is not ASCII as \u escapes. */
export function jsonEncode(value: unknown): string {
	return JSON.stringify(value)
		.replace(/\//g, '\\/')
		.replace(/[\u007f-\uffff]/g, (c) =>
			c === '\u007f' ? c : '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'),
		);
}

/** Splits an urlencoded text into its variables, in order. */
export function parseUrlencoded(text: string): Array<[string, string]> {
	const pairs: Array<[string, string]> = [];
	if (text === '') return pairs;
	for (const part of text.split('&')) {
		if (part === '') continue;
		const at = part.indexOf('=');
		const name = at < 0 ? part : part.slice(0, at);
		pairs.push([decode(name), at < 0 ? '' : decode(part.slice(at + 1))]);
	}
	return pairs;
}

/** urldecode: broken escapes stay as they are. */
function decode(text: string): string {
	const plain = text.includes('+') ? text.replace(/\+/g, ' ') : text;
	if (!plain.includes('%')) return plain;
	try {
		return decodeURIComponent(plain);
	} catch {
		return Buffer.from(
			plain.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
				String.fromCharCode(parseInt(hex, 16)),
			),
			'latin1',
		).toString('utf8');
	}
}

/** htmlspecialchars as Moodle's `s()` and format_string use it for a bare `&`. */
export function escapeAmpersand(text: string): string {
	return text.replace(/&(?![a-zA-Z]+;|#\d+;|#x[0-9a-fA-F]+;)/g, '&amp;');
}

/** A key for PHP's `==` of texts: numbers in different spellings are equal. */
export function looseKey(text: string): string {
	return isNumeric(text) ? `number ${Number(text)}` : `text ${text}`;
}
