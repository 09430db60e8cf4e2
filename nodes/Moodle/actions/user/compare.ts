import { narrowKey } from '../../moodle/spelling';
import { isObject, objectsOf, type Json, type Params, type Value } from '../../moodle/values';

const DAY = 86_400;

/** Moodle cuts a date without a time of day to midnight in a zone we do not know; a date with one is stored as sent. */
function sameDate(wanted: string, row: Json): boolean {
	const [sent, stored] = [Number(wanted), Number(row.value)];
	const hasTime = /\d[:.]\d/.test(String(row.displayvalue ?? ''));
	return (
		Number.isInteger(sent) &&
		sent > 0 &&
		(sent === stored || (!hasTime && sent > stored && sent - stored < DAY))
	);
}

/**
 * Moodle leaves custom fields out of its reply that hold nothing, and those that it hides from accounts without
 * moodle/user:viewalldetails (is_visible of profile fields, 4.1 to 5.1), which is the right to see user names as well.
 */
function hasValue(pair: Json, rows: Json[], isAllShown: boolean): boolean {
	const wanted = String(pair.value ?? '');
	const row = rows.find((entry) => narrowKey(entry.shortname) === narrowKey(pair.type));
	if (!row) return wanted === '' && isAllShown;
	return String(row.value ?? '') === wanted || (row.type === 'datetime' && sameDate(wanted, row));
}

const lower = (value: unknown) =>
	String(value ?? '')
		.trim()
		.toLowerCase();

/** An interest as Moodle cuts it: without control characters and <>`, one space for several (PARAM_TAG, 4.1 to 5.1). */
const asTag = (interest: string) =>
	lower(interest.replace(/[\p{Cc}<>`]/gu, '').replace(/\s+/gu, ' '));

/** Interests in one spelling: Moodle keeps one tag for all capitals, and drops an interest `0` (create_users, update_users, 4.1 to 5.1). */
const setOf = (list: unknown) =>
	[
		...new Set(
			String(list ?? '')
				.split(',')
				.map(asTag),
		),
	]
		.filter((entry) => entry !== '' && entry !== '0')
		.sort()
		.join(',');

/** What of a wanted value the user does not have yet; undefined when nothing. */
function difference(key: string, wanted: Value, existing: Json): Value {
	const current = existing[key];
	if (key === 'customfields' && Array.isArray(wanted)) {
		const rows = objectsOf(current);
		const missing = wanted.filter(
			(pair) => isObject(pair) && !hasValue(pair, rows, existing.username !== undefined),
		);
		return missing.length > 0 ? missing : undefined;
	}
	if (key === 'interests') return setOf(wanted) === setOf(current) ? undefined : wanted;
	if (key === 'email' || key === 'username')
		return lower(wanted) === lower(current) ? undefined : wanted;
	const isSame =
		typeof wanted === 'boolean' ? wanted === current : String(wanted) === String(current ?? '');
	return isSame ? undefined : wanted;
}

/**
 * What must be changed so that a user has the wanted values: those that Moodle does not show to be so already.
 *
 * Moodle leaves out of its reply what is empty or `0`, what it hides from the account, and what it never tells: middle,
 * alternate and phonetic names, calendar type, e-mail visibility (user_get_user_details, 4.1 to 5.1). That is written
 * whenever it is given: the other choice would lose changes without a word.
 *
 * @param wanted the given fields, without password and preferences
 * @param existing the user as `core_user_get_users_by_field` tells, read raw
 * @returns the changes, undefined when there are none
 */
export function changesOf(wanted: Params, existing: Json): Params | undefined {
	const changes: Params = {};
	for (const [key, value] of Object.entries(wanted)) {
		if (value === undefined) continue;
		const change = difference(key, value, existing);
		if (change !== undefined) changes[key] = change;
	}
	return Object.keys(changes).length > 0 ? changes : undefined;
}
