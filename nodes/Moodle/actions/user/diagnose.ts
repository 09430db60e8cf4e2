import { GUEST } from '../../lookup/everybody';
import { usersByField, type UserField } from '../../lookup/users';
import type { Read } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { fold } from '../../moodle/settle';
import { isObject, type Json, type Value } from '../../moodle/values';

/** A field of a record as text; empty when the record has none. */
export const field = (record: Value, name: string): string => (isObject(record) ? String((record as Json)[name] ?? '') : '');

/** Everybody who holds one of these values of a unique field, by folded value. */
async function holders(read: Read, by: UserField, values: string[]): Promise<Map<string, Json[]>> {
	const wanted = values.filter((value) => value !== '');
	const users = wanted.length > 0 ? await usersByField(read, by, wanted) : [];
	const found = new Map<string, Json[]>();
	for (const user of users) {
		const key = fold(user[by]);
		const same = found.get(key);
		if (same) same.push(user);
		else found.set(key, [user]);
	}
	return found;
}

function taken(label: string, value: string, holder: Json): Problem {
	const id = holder.id === undefined ? '' : ` (ID ${String(holder.id)})`;
	return new Problem({
		message: `The ${label} ${shown(value)} is taken by another user${id}`,
		mend: "Use another one, or 'Create or Update' to change that user.",
		code: label === 'user name' ? 'usernametaken' : 'emailtaken',
		// E-mail addresses may be shared where the site allows it; user names never.
		certain: label === 'user name',
	});
}

/** The first unique value of each record that somebody else holds, as Moodle would refuse it. */
export async function takenValues(records: Value[], read: Read): Promise<Array<Problem | undefined>> {
	const usernames = await holders(read, 'username', records.map((record) => field(record, 'username')));
	const emails = await holders(read, 'email', records.map((record) => field(record, 'email')));
	const other = (record: Value, all: Map<string, Json[]>, name: string) => {
		const [value, self] = [field(record, name), field(record, 'id')];
		// An account that cannot be read has no id here: it may be the record itself.
		return value === '' ? undefined : all.get(fold(value))?.find((user) => (user.unreadable === true ? self === '' : String(user.id) !== self));
	};
	return records.map((record) => {
		const byName = other(record, usernames, 'username');
		if (byName) return taken('user name', field(record, 'username'), byName);
		const byMail = other(record, emails, 'email');
		return byMail ? taken('e-mail address', field(record, 'email'), byMail) : undefined;
	});
}

const INSTALLED: Array<[string, string]> = [
	['auth', 'the authentication method'],
	['lang', 'the language'],
	['theme', 'the theme'],
	['calendartype', 'the calendar type'],
];

/** What may be behind a refusal without a reason: values that only the site can judge. Undefined when there are none. */
export function suspects(record: Value): Problem | undefined {
	const odd = [...new Set(field(record, 'username').replace(/[-.@_a-z0-9]/g, ''))].join('');
	const reasons = INSTALLED.filter(([name]) => field(record, name) !== '').map(([name, label]) => `${label} ${shown(field(record, name))} is not installed`);
	if (odd !== '') reasons.unshift(`user names with ${shown(odd)} are allowed only with 'Allow extended characters in usernames' (Site administration > Security > Site security settings)`);
	// An address that passed our check can still be one that this site does not take, for example for its domain.
	if (reasons.length === 0 && field(record, 'email') !== '') reasons.push(`the e-mail address ${shown(field(record, 'email'))} is not accepted by this site`);
	if (reasons.length === 0) return undefined;
	return new Problem({
		message: 'Moodle refuses a value of this user without saying which',
		mend: `Likely: ${reasons.join('; or ')}. To make Moodle name it, set Site administration > Development > Debugging to NORMAL and leave 'Display debug messages' off.`,
		code: 'invalidparameter',
	});
}

/** Users as they are now, for records of which nobody knows whether they were created: name and address must agree. */
export async function findCreated(records: Value[], _shared: unknown, read: Read): Promise<unknown[]> {
	const found = await holders(read, 'username', records.map((record) => field(record, 'username')));
	return records.map((record) => {
		const user = found.get(fold(field(record, 'username')))?.[0];
		const same = user && ['email', 'firstname', 'lastname'].every((name) => fold(user[name]) === fold(field(record, name)));
		return same ? { id: user.id, username: user.username } : undefined;
	});
}

/**
 * Which of these ids belong to users. Undefined when that cannot be told: an account that does not see the guest account,
 * which every site has, sees only those with whom it shares a course.
 */
export async function existingIds(read: Read, ids: string[]): Promise<Set<string> | undefined> {
	const users = await usersByField(read, 'id', [...ids, String(GUEST)]);
	const existing = new Set(users.map((user) => String(user.id)));
	return existing.has(String(GUEST)) ? existing : undefined;
}

/** A problem for each id that belongs to nobody. */
export async function unknownIds(read: Read, ids: string[]): Promise<Array<Problem | undefined>> {
	const existing = await existingIds(read, ids);
	return ids.map((id) => (!existing || existing.has(id) ? undefined : unknownUser(id)));
}

/** The words for an id that belongs to nobody. */
export function unknownUser(id: string): Problem {
	return new Problem({ message: `There is no user with the ID ${shown(id)}`, mend: 'Check the ID; the account may have been deleted.', code: 'notfound' });
}
