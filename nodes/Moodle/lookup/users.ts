import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { narrowKey, wideKey } from '../moodle/spelling';
import { canExist, mapAnswers } from './answers';
import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { inChunks, LOOKUP_SIZE } from './inChunks';
import { usersInOtherCapitals } from './emails';
import { foundRow, type Finder } from './found';
import { closest } from '../moodle/spellings';

/** The fields `core_user_get_users_by_field` searches by. */
export type UserField = 'id' | 'username' | 'email' | 'idnumber';

/**
 * Values as the function takes them: one value that is not clean for its field would fail the whole request
 * (get_users_by_field, all versions). User names are stored in lower case, so they are asked for in lower case. Addresses
 * are asked for both ways: PostgreSQL tells capitals apart, and Moodle's own check for duplicates does not. What no
 * record can have is not asked for.
 */
function clean(field: UserField, values: string[]): string[] {
	const ready = values.map((value) =>
		field === 'username' ? value.trim().toLowerCase() : value.trim(),
	);
	const usable = ready.filter(
		(value) =>
			canExist(value) &&
			(field !== 'id' || /^\d+$/.test(value)) &&
			(field !== 'username' || !/\s/.test(value)),
	);
	return [
		...new Set(
			field === 'email' ? usable.flatMap((value) => [value, value.toLowerCase()]) : usable,
		),
	];
}

/** Each account once: the two spellings of an address can find the same one in two requests. */
function distinct(users: Json[]): Json[] {
	const byId = new Map<unknown, Json>();
	const odd: Json[] = [];
	for (const user of users) {
		if (user.unreadable === true) odd.push(user);
		else byId.set(user.id, user);
	}
	return [...byId.values(), ...odd];
}

/** User names that every site takes. Others are refused, together with all values beside them, unless the site allows them. */
const PLAIN_NAME = /^[-.@_a-z0-9]+$/;

/** Odd user names, each by itself: a refusal then says that no account of this site can have that name. */
async function byOddNames(read: Read, names: string[]): Promise<Json[]> {
	const found = await inParallel(names, READ_WIDTH, async (name) => {
		try {
			return await usersByValues(read, 'username', [name]);
		} catch (caught) {
			if (caught instanceof MoodleFailure && caught.code === 'invalidparameter') return [];
			throw asIs(caught);
		}
	});
	return found.flat();
}

async function usersByValues(read: Read, field: UserField, values: string[]): Promise<Json[]> {
	const ask = async (part: string[]) =>
		objectsOf(await read(READS.core_user_get_users_by_field, { field, values: part }));
	return await inChunks(read.flight, values, LOOKUP_SIZE, ask, (value) => ({
		[field]: value,
		unreadable: true,
	}));
}

/**
 * The users that have one of these values, whole records; an e-mail address finds its user in any capitals. Deleted accounts,
 * which a search by id returns (their user name ends in a time stamp and their e-mail is a hash), are left out. Of an account
 * that Moodle cannot serialise nothing comes but the value asked for, and `unreadable`.
 */
export async function usersByField(
	read: Read,
	field: UserField,
	values: string[],
): Promise<Json[]> {
	const wanted = clean(field, values);
	const odd = field === 'username' ? wanted.filter((value) => !PLAIN_NAME.test(value)) : [];
	const plain = odd.length > 0 ? wanted.filter((value) => PLAIN_NAME.test(value)) : wanted;
	const rows = await usersByValues(read, field, plain);
	const usersOf = async (emails: string[]) => await usersByField(read, 'email', emails);
	if (odd.length > 0) for (const user of await byOddNames(read, odd)) rows.push(user);
	if (field === 'email')
		for (const user of await usersInOtherCapitals(read, missingFrom(rows, plain), usersOf))
			rows.push(user);
	return distinct(rows).filter((user) => !isDeleted(user));
}

/** The addresses that nobody of these users has, whatever the capitals, each in lower case. */
function missingFrom(users: Json[], emails: string[]): string[] {
	const found = new Set(users.map((user) => narrowKey(user.email)));
	return [...new Set(emails.map(narrowKey))].filter((email) => !found.has(email));
}

function isDeleted(user: Json): boolean {
	return (
		/\.\d{10,}$/.test(String(user.username ?? '')) &&
		/^[0-9a-f]{32}$/.test(String(user.email ?? ''))
	);
}

/** A person in a message: name and id. */
export function userLabel(user: Json): string {
	return String(user.fullname ?? user.username ?? 'user');
}

/**
 * Values in rounds that are asked for one after the other: two ID numbers that a database could take for the same are not
 * in the same one, so that a user who comes back was given for the one value that could mean this user.
 */
function rounds(field: UserField, values: string[]): string[][] {
	const distinct = [...new Set(values)];
	if (field !== 'idnumber') return [distinct];
	const made: string[][] = [];
	const seen = new Map<string, number>();
	for (const value of distinct) {
		const round = seen.get(wideKey(value)) ?? 0;
		seen.set(wideKey(value), round + 1);
		(made[round] ??= []).push(value);
	}
	return made;
}

/** What makes a user the one who was asked for, in the answer to a round. Capitals of names and addresses count for Moodle nowhere. */
const keyOf = (field: UserField, value: unknown) =>
	field === 'idnumber' ? wideKey(value) : narrowKey(value);

/**
 * The users that have these values, whole records by value: what Moodle gave for that very value, and of
 * several those that are spelt exactly so, if there are any.
 */
export async function usersByValue(
	read: Read,
	field: UserField,
	values: string[],
): Promise<Map<string, Json[]>> {
	const found = new Map<string, Json[]>();
	for (const round of rounds(field, values)) {
		const byKey = new Map<string, Json[]>();
		for (const user of await usersByField(read, field, round)) {
			const key = keyOf(field, user[field]);
			byKey.set(key, [...(byKey.get(key) ?? []), user]);
		}
		for (const value of round)
			found.set(
				value,
				closest(byKey.get(keyOf(field, value)) ?? [], value, (user) => user[field]),
			);
	}
	return found;
}

/** Finder of users: one request for 500 values. */
export const findUsers: Finder = async ({ read }, mode, values) => {
	const answers = await usersByValue(read, mode as UserField, values);
	return mapAnswers(answers, (user) => {
		if (user.id !== undefined) read.memory.users.add(Number(user.id));
		return foundRow(user, mode, userLabel(user));
	});
};
