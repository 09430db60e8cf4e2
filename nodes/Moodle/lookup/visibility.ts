import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { objectsOf, type Json } from '../moodle/values';
import type { SiteInfo } from '../moodle/version';
import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { GUEST } from './everybody';
import type { Visibility } from '../moodle/memory';
import { READS } from '../moodle/reads';

/** Fields of a user that Moodle hides from accounts without the right to see them; `id` stands for the user as such. */
export type HiddenField = 'id' | 'username' | 'email' | 'idnumber';

const BY_FULL_INFORMATION =
	"Allow 'View user profiles' (moodle/user:viewdetails) and 'View user full information' (moodle/user:viewalldetails) in the role of that account.";

/** Something of users that Moodle hides from the account, and what to allow or set. */
export interface Hidden {
	name: string;
	mend: string;
}

const RIGHTS: Record<HiddenField, Hidden> = {
	id: {
		name: 'profiles',
		mend: "Allow 'View user profiles' (moodle/user:viewdetails) in the role of that account.",
	},
	username: { name: 'user names', mend: BY_FULL_INFORMATION },
	idnumber: { name: 'ID numbers', mend: BY_FULL_INFORMATION },
	email: {
		name: 'e-mail addresses',
		mend: "Allow 'View user profiles' (moodle/user:viewdetails) and 'See full user identity in lists' (moodle/site:viewuseridentity) in the role of that account, and tick 'Email address' under Site administration > Users > Permissions > User policies > Show user identity.",
	},
};

const NAMES: Hidden = {
	name: 'first and last names',
	mend: "Allow 'Always see full names of users' (moodle/site:viewfullnames) in the role of that account.",
};

/**
 * What Moodle hides of users from the account, as the guest account shows it, which is on every site. Without it new users
 * cannot be recognised after a lost answer, and Create or Update cannot tell what is the same.
 *
 * @throws MoodleFailure when Moodle cannot be asked
 */
export async function hiddenOfUsers(read: Read): Promise<Hidden[]> {
	const [guest] = await usersById(read, [GUEST]);
	if (!guest) return [{ ...RIGHTS.id, name: 'users' }];
	const shown = (name: string) => guest[name] !== undefined;
	return [
		...(shown('username') ? [] : [RIGHTS.username]),
		...(shown('email') ? [] : [RIGHTS.email]),
		...(shown('firstname') && shown('lastname') ? [] : [NAMES]),
	];
}

/**
 * Ids to look at: the guest, who is on every site and in no course, so that only those see it who may see everybody; the
 * first accounts of the site, and those around the token's own.
 */
function sample(own: number | undefined): number[] {
	const ids = Array.from({ length: 20 }, (_, index) => index + 1);
	if (own !== undefined) for (let away = 1; away <= 5; away++) ids.push(own - away, own + away);
	return [...new Set(ids)].filter((id) => id > 0 && id !== own);
}

/** Users by id, deleted ones too. An account that Moodle cannot serialise is left out. */
async function usersById(read: Read, ids: number[]): Promise<Json[]> {
	const ask = async (values: number[]) =>
		objectsOf(await read(READS.core_user_get_users_by_field, { field: 'id', values }));
	try {
		return await ask(ids);
	} catch (caught) {
		if (!isPoisoned(caught)) throw asIs(caught);
	}
	const alone = await inParallel(ids, READ_WIDTH, async (id) => {
		try {
			return await ask([id]);
		} catch (caught) {
			if (isPoisoned(caught)) return [];
			throw asIs(caught);
		}
	});
	return alone.flat();
}

function isPoisoned(caught: unknown): boolean {
	return caught instanceof MoodleFailure && caught.code === 'invalidresponse';
}

/**
 * Whether the account sees this field of everybody. What it sees of some proves nothing: accounts see those with whom
 * they share a course, and users may show their own address to all (user/lib.php, 4.1 to 5.1).
 */
function shows(users: Json[], field: HiddenField): boolean {
	const guest = users.find((user) => user.id === GUEST);
	if (!guest) return false;
	if (field === 'email') return users.every((user) => user.email !== undefined);
	// An empty ID number is left out of replies; the right to see user names covers it.
	return (
		field === 'id' ||
		guest.username !== undefined ||
		(field === 'idnumber' && users.some((user) => user.idnumber !== undefined))
	);
}

async function look(
	read: Read,
	site: () => Promise<SiteInfo | undefined>,
	field: HiddenField,
): Promise<Visibility> {
	const info = await site();
	// Administrators have every capability; the addresses can still be hidden by the site's setting (user/lib.php, 4.1 to 5.1).
	if (info?.siteadmin && field !== 'email') return 'shown';
	const users = (await usersById(read, sample(info?.userid))).filter(
		(user) => user.id !== info?.userid,
	);
	if (users.length === 0) return 'nobody';
	return shows(users, field) ? 'shown' : 'hidden';
}

async function visibilityOf(
	read: Read,
	site: () => Promise<SiteInfo | undefined>,
	field: HiddenField,
): Promise<Visibility> {
	const { visibilities } = read.memory;
	const visibility = visibilities.get(field) ?? (await look(read, site, field));
	visibilities.set(field, visibility);
	return visibility;
}

/**
 * Whether an empty answer to a search of users by this field really means that there is nobody: without the right to
 * see the field Moodle answers with an empty list too (get_users, get_users_by_field, all versions). Asked once a run.
 *
 * @param consequence what the message says was not done, e.g. `Nothing was created.`
 * @returns true, or a problem that says which right is missing
 * @throws MoodleFailure when Moodle cannot be asked
 */
export async function canSee(
	read: Read,
	site: () => Promise<SiteInfo | undefined>,
	field: HiddenField,
	consequence = '',
): Promise<true | Problem> {
	const visibility = await visibilityOf(read, site, field);
	if (visibility === 'shown') return true;
	const { name, mend } = RIGHTS[field];
	const message =
		visibility === 'hidden'
			? `Nobody was found, but Moodle hides the ${name} of users from the account behind the token, so it cannot tell who is missing`
			: 'Nobody was found, but the account behind the token sees no other user, so it cannot tell who is missing';
	return new Problem({ message, mend: `${consequence} ${mend}`.trim(), code: 'notvisible' });
}
