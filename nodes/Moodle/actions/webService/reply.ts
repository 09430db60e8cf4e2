import { isObject, type Json, type Value } from '../../moodle/values';
import { previewOf } from '../build';

/** Keys that let somebody in: never in an output. */
const SECRET = new Set(['userprivateaccesskey', 'privatetoken', 'token', 'wstoken', 'password']);

/** Addresses of files that carry the private key of the token's account. */
const KEYED_ADDRESS = /(tokenpluginfile\.php\/)[0-9a-z]{16,}/gi;

/** A reply without keys and tokens, at any depth. */
export function withoutSecrets(value: unknown): unknown {
	if (typeof value === 'string')
		return value.includes('tokenpluginfile') ? value.replace(KEYED_ADDRESS, '$1-') : value;
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
