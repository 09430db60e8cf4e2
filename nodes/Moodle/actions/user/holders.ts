import { usersByValue, type UserField } from '../../lookup/users';
import type { Read } from '../../moodle/calls';
import type { Json } from '../../moodle/values';

/** Who has a value, by the value as it was asked for. */
export type Holders = (value: string) => Json[];

/** What the account behind the token sees of everybody. */
export interface VisibleNames {
	usernames: boolean;
	emails: boolean;
}

/** User name of the account of visitors, which is on every site and nobody can change (user/edit.php, 4.1 to 5.1). */
const GUEST_NAME = 'guest';

/** A value as Moodle holds it equal on every database: e-mail addresses and user names whatever their capitals. */
export function sameKey(by: UserField, value: unknown): string {
	const text = String(value ?? '').trim();
	return by === 'email' || by === 'username' ? text.toLowerCase() : text;
}

/**
 * The users who have these values. MariaDB also finds values that differ in capitals or accents, PostgreSQL does not: a user
 * whose value is spelt otherwise counts only where Moodle gives the user for that one value.
 *
 * @throws MoodleFailure when Moodle cannot be asked
 */
export async function holders(read: Read, by: UserField, values: string[]): Promise<Holders> {
	const found = await usersByValue(
		read,
		by,
		values.filter((value) => value.trim() !== ''),
	);
	return (value) => found.get(value) ?? [];
}

/**
 * The users who have these user names, and what the account sees: Moodle finds nobody by a field that it hides. Asked
 * together with the guest account, which only those see who may see everybody.
 */
export async function nameHolders(
	read: Read,
	names: string[],
): Promise<{ of: Holders; visible: VisibleNames }> {
	const of = await holders(read, 'username', [...names, GUEST_NAME]);
	const guest = of(GUEST_NAME).find((user) => user.username === GUEST_NAME);
	return { of, visible: { usernames: guest !== undefined, emails: guest?.email !== undefined } };
}
