import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { readSiteInfo } from '../moodle/version';
import { asIs } from '../common/asIs';
import { abreast } from './abreast';
import { askedOnce } from '../moodle/memory';

async function usersWith(read: Read, field: 'id' | 'email', value: string): Promise<Json[]> {
	return objectsOf(await read(READS.core_user_get_users_by_field, { field, values: [value] }));
}

/** The same text in other capitals; undefined where there are none to change. */
function inOtherCapitals(text: string): string | undefined {
	return [text.toUpperCase(), text.toLowerCase()].find((other) => other !== text);
}

/** The address that Moodle gives the account of visitors when a site is made (lib/db/install.php, 4.1 to 5.1). */
const GUEST_ADDRESS = 'root@localhost';

/** What the address of the account of visitors tells, which all see who may see everybody's; undefined for others. */
async function askByGuest(read: Read): Promise<boolean | undefined> {
	const spellings = [GUEST_ADDRESS, GUEST_ADDRESS.toUpperCase()];
	const [asStored, inCapitals] = await abreast(
		read,
		spellings.map((email) => async (watched) => {
			const users = await usersWith(watched, 'email', email);
			// Not somebody else who has the address in capitals.
			return users.some((user) => user.email === GUEST_ADDRESS);
		}),
	);
	return asStored ? !inCapitals : undefined;
}

async function askByOwn(read: Read): Promise<boolean | undefined> {
	const { userid } = readSiteInfo(await read(READS.core_webservice_get_site_info, {})) ?? {};
	if (userid === undefined) return undefined;
	// Everybody may see the own address (user/lib.php, 4.1 to 5.1).
	const [own] = await usersWith(read, 'id', String(userid));
	const other = inOtherCapitals(String(own?.email ?? ''));
	return other === undefined
		? undefined
		: !(await usersWith(read, 'email', other)).some((user) => Number(user.id) === userid);
}

/** Undefined where Moodle does not answer. */
async function ifPossible(
	read: Read,
	ask: (read: Read) => Promise<boolean | undefined>,
): Promise<boolean | undefined> {
	try {
		return await ask(read);
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return undefined;
		throw asIs(caught);
	}
}

/**
 * Whether the database of the site tells capitals apart, as PostgreSQL does and MariaDB does not: found out once a run, by
 * looking up a known account by its e-mail address in other capitals: that of visitors, or else the one behind the token.
 *
 * @returns undefined when it cannot be found out
 * @throws MoodleFailure when Moodle cannot be asked at all
 */
export async function tellsCapitalsApart(read: Read): Promise<boolean | undefined> {
	return await askedOnce(
		read.memory,
		'tellsCapitalsApart',
		async () => (await ifPossible(read, askByGuest)) ?? (await ifPossible(read, askByOwn)),
	);
}
