import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { narrowKey } from '../moodle/spelling';
import { tellsCapitalsApart } from './capitals';
import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { everybody } from './everybody';
import { askedOnce } from '../moodle/memory';
import { Spellings } from '../moodle/spellings';

/** From this many missing addresses on, the list of all users is cheaper than a search for each. */
const LIST_FROM = 20;

/** The users with this address in any capitals. Moodle compares it as a pattern, so that `_` stands for any letter (get_users, all versions). */
async function searched(read: Read, email: string): Promise<Json[]> {
	const reply = await read(READS.core_user_get_users, {
		criteria: [{ key: 'email', value: email }],
	});
	return objectsOf(reply.users).filter((user) => narrowKey(user.email) === narrowKey(email));
}

/** The e-mail addresses of all users as they are spelt. Read once a run. */
async function addresses(read: Read): Promise<Spellings<Json>> {
	return await askedOnce(
		read.memory,
		'addresses',
		async () => new Spellings(await everybody(read, Infinity, 'id,email'), ({ email }) => email),
	);
}

async function listed(
	read: Read,
	emails: string[],
	usersOf: (emails: string[]) => Promise<Json[]>,
): Promise<Json[]> {
	const stored = await addresses(read);
	const spelt = emails.flatMap((email) =>
		stored.inAnyCapitals(email).map((user) => String(user.email)),
	);
	return spelt.length > 0 ? await usersOf(spelt) : [];
}

/**
 * The users whose e-mail addresses differ from these in capitals. Moodle itself takes no notice of capitals there, but
 * its look-up of many addresses does where the database does (get_users_by_field on PostgreSQL, 5.0 measured). On other
 * sites nothing is asked but which kind it is, once a run, so that many new people cost nothing more there.
 *
 * @param usersOf the users with addresses that are spelt as they are stored
 * @throws MoodleFailure when Moodle cannot be asked at all; without the right to search nobody is found
 */
export async function usersInOtherCapitals(
	read: Read,
	emails: string[],
	usersOf: (emails: string[]) => Promise<Json[]>,
): Promise<Json[]> {
	if (emails.length === 0 || (await tellsCapitalsApart(read)) !== true) return [];
	try {
		if (emails.length >= LIST_FROM) return await listed(read, emails, usersOf);
		return (
			await inParallel(emails, READ_WIDTH, async (email) => await searched(read, email))
		).flat();
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return [];
		throw asIs(caught);
	}
}
