import { presenceOf } from '../../lookup/missing';
import { UNKNOWN, type Read } from '../../moodle/calls';
import { bareLetters } from '../../moodle/spelling';
import { fieldText, type Json, type Value } from '../../moodle/values';
import { nameHolders, sameKey } from './holders';

/** Whether a user has the sent value; undefined when Moodle does not show the field to the account behind the token. */
function agrees(record: Value, user: Json, name: string): boolean | undefined {
	return user[name] === undefined
		? undefined
		: bareLetters(user[name]) === bareLetters(fieldText(record, name));
}

/**
 * Whether a user has the sent first or last name. Up to 5.0 Moodle shows them to holders of moodle/site:viewfullnames only,
 * the full name always, but in the order of the site and perhaps shortened (user_get_user_details).
 */
function agreesInName(record: Value, user: Json, name: string): boolean | undefined {
	const isPart = bareLetters(user.fullname).includes(bareLetters(fieldText(record, name)));
	return agrees(record, user, name) ?? (isPart ? true : undefined);
}

/** Whether the user who has the user name of a record is the one that was sent; undefined when that cannot be told. */
function isSent(record: Value, user: Json): boolean | undefined {
	const evidence = [
		agrees(record, user, 'email'),
		agreesInName(record, user, 'firstname'),
		agreesInName(record, user, 'lastname'),
	];
	if (evidence.includes(false)) return false;
	return evidence.includes(undefined) ? undefined : true;
}

/**
 * Users as they are now, for records of which nobody knows whether they were created: user name, address and names must
 * agree. What the account cannot see is not held against a record.
 */
export async function findCreated(
	records: Value[],
	_shared: unknown,
	read: Read,
): Promise<unknown[]> {
	const { of, visible } = await nameHolders(
		read,
		records.map((record) => fieldText(record, 'username')),
	);
	return records.map((record) => {
		const name = fieldText(record, 'username');
		const [user] = of(name);
		if (!user) return visible.usernames ? undefined : UNKNOWN;
		// A name that the database only holds equal keeps ours away.
		if (sameKey('username', user.username) !== sameKey('username', name)) return undefined;
		const sent = isSent(record, user);
		if (sent === undefined) return UNKNOWN;
		return sent ? { id: user.id, username: user.username } : undefined;
	});
}

/** The users that are deleted by now: "found" means that the deletion has happened. */
export async function findDeleted(
	records: Value[],
	_shared: unknown,
	read: Read,
): Promise<unknown[]> {
	const told = await presenceOf(read, records.map(String));
	const parts = (id: Value) => ({ there: undefined, gone: { id }, unknown: UNKNOWN });
	return told.map((now, index) => parts(records[index])[now]);
}
