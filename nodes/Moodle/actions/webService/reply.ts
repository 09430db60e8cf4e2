import type { RecordResult } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { warningsOf } from '../../moodle/settle';
import { isObject, type Json, type Value } from '../../moodle/values';
import { previewOf } from '../build';

/** Keys that let somebody in: never in an output. */
const SECRET = new Set(['userprivateaccesskey', 'privatetoken', 'token', 'wstoken', 'password']);

/** Addresses of files that carry the private key of the token's account; PHP writes a slash in JSON as `\\/`. */
const KEYED_ADDRESS = /(tokenpluginfile\.php\\*\/)[0-9a-z]{16,}/gi;

/** One of these keys in a text that holds JSON, or JSON that holds JSON. */
const SECRET_IN_TEXT = new RegExp(`"(?:${[...SECRET].join('|')})\\\\*"\\s*:`, 'i');

/** A text without keys and tokens. Some functions answer in JSON: tool_mobile_call_external_functions with all that others say. */
function textWithoutSecrets(text: string): string {
	const bare = text.includes('tokenpluginfile') ? text.replace(KEYED_ADDRESS, '$1-') : text;
	if (!SECRET_IN_TEXT.test(bare)) return bare;
	try {
		return JSON.stringify(withoutSecrets(JSON.parse(bare)));
	} catch {
		return bare;
	}
}

/** A reply without keys and tokens, at any depth. */
export function withoutSecrets(value: unknown): unknown {
	if (typeof value === 'string') return textWithoutSecrets(value);
	if (Array.isArray(value)) return value.map(withoutSecrets);
	if (!isObject(value)) return value;
	const entries = Object.entries(value).filter(([key]) => !SECRET.has(key.toLowerCase()));
	return Object.fromEntries(entries.map(([key, part]) => [key, withoutSecrets(part)]));
}

/** Parameters as Dry Run shows them. */
export function masked(value: Value): unknown {
	if (Array.isArray(value)) return value.map(masked);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(previewOf(value)).map(([key, part]) => [key, masked(part as Value)]),
	);
}

/** One value as an item. */
const item = (value: unknown): Json => (isObject(value) ? value : { result: value });

/** The answer to a call that several items share, where it cannot be told which part of it is whose. */
export class SharedAnswer {
	constructor(readonly reply: unknown) {}
}

/**
 * The items of a call that may have written. Nothing gets lost and nothing is doubled on the way: an empty list of a
 * function that writes is success, and an answer that several items share is not split for each of them.
 *
 * @param writes whether the function certainly writes
 */
export function writtenItems(
	reply: unknown,
	{ split, writes }: { split: boolean; writes: boolean },
): Json[] {
	if (reply instanceof SharedAnswer) return itemsOf(reply.reply, false);
	const items = itemsOf(reply, split);
	return items.length === 0 && writes ? [{ success: true }] : items;
}

/** Most characters of an answer that are told beside its warnings. */
const MOST_TOLD = 1000;

/** What an answer says besides its warnings, as JSON; empty where that is nothing. */
function restOf(reply: unknown): string {
	if (!isObject(reply)) return '';
	const rest = Object.entries(reply).filter(([key]) => key !== 'warnings');
	if (rest.length === 0) return '';
	const text = JSON.stringify(withoutSecrets(Object.fromEntries(rest)));
	return ` Its answer: ${text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}…` : text}`;
}

/**
 * Functions that write put what they refuse into warnings, instead of an answer or beside one, and have done what these do
 * not name (external_warnings, 4.1 to 5.1). An item that fails has nothing but its error on n8n's error output, so the
 * answer, such as the IDs of what was made, stands in there.
 */
function warned(reply: unknown): Problem | undefined {
	const warnings = warningsOf(reply);
	if (warnings.length === 0 || (Array.isArray(reply) && reply.length > warnings.length))
		return undefined;
	const texts = warnings.map(({ message, warningcode, item, itemid }) => {
		const about = [item, itemid].filter((part) => part !== undefined && part !== '').join(' ');
		return `${message || warningcode}${about === '' ? '' : ` (${about})`}`;
	});
	return new Problem({
		message: `Moodle answered with a warning: ${[...new Set(texts)].slice(0, 3).join(' ')}`,
		mend: `What the warning does not name may have been done: look in Moodle before this item is sent again.${restOf(reply)}`,
		code: warnings[0].warningcode,
	});
}

/** What each record of a call gets of its answer: the same, or why it was refused. */
export function settleAnswer(reply: unknown, records: Value[]): RecordResult[] {
	const problem = warned(reply);
	return records.map(() => (problem ? { problem } : { reply }));
}

/**
 * A reply as output items: an object is one item, a list one item for each entry (or one for all), nothing is success,
 * a single value stands under `result`.
 *
 * @param split whether a list becomes items
 */
export function itemsOf(reply: unknown, split: boolean): Json[] {
	if (reply === null || reply === undefined) return [{ success: true }];
	const clean = withoutSecrets(reply);
	if (Array.isArray(clean)) return split ? clean.map(item) : [{ result: clean }];
	return [item(clean)];
}
