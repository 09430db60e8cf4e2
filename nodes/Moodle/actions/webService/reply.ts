import type { RecordResult } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
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

const isWarning = (row: unknown): row is Json =>
	isObject(row) && typeof row.warningcode === 'string' && typeof row.message === 'string';

/** Functions that answer with nothing but warnings have done what these do not name (external_warnings, 4.1 to 5.1). */
function warned(reply: unknown): Problem | undefined {
	if (!Array.isArray(reply) || reply.length === 0 || !reply.every(isWarning)) return undefined;
	const texts = reply.map(({ message, item }) => (item ? `${message} (${item})` : message));
	return new Problem({
		message: `Moodle did not carry out all of the call: ${[...new Set(texts)].slice(0, 3).join(' ')}`,
		mend: 'What the warnings do not name may have been done: look in Moodle before this item is sent again.',
		code: String(reply[0].warningcode),
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
