import { presenceOf } from '../../lookup/missing';
import type { Read } from '../../moodle/calls';
import type { MoodleFailure } from '../../moodle/failure';
import { Problem, shown } from '../../moodle/problem';
import { fieldText, type Json, type Value } from '../../moodle/values';
import { holders, nameHolders, type Holders, type VisibleNames } from './holders';

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
async function takenBy(
	records: Value[],
	read: Read,
	usernames: Holders,
): Promise<Array<Problem | undefined>> {
	const emails = await holders(
		read,
		'email',
		records.map((record) => fieldText(record, 'email')),
	);
	const other = (record: Value, of: Holders, name: string) => {
		const [value, self] = [fieldText(record, name), fieldText(record, 'id')];
		// An account that cannot be read has no id here: it may be the record itself.
		return of(value).find((user) =>
			user.unreadable === true ? self === '' : String(user.id) !== self,
		);
	};
	return records.map((record) => {
		const byName = other(record, usernames, 'username');
		if (byName) return taken('user name', fieldText(record, 'username'), byName);
		const byMail = other(record, emails, 'email');
		return byMail ? taken('e-mail address', fieldText(record, 'email'), byMail) : undefined;
	});
}

/** Why Moodle refuses changes of users: an id that nobody has, or a value that somebody else has. */
export async function diagnoseChanges(
	records: Value[],
	read: Read,
): Promise<Array<Problem | undefined>> {
	const unknown = await unknownIds(
		read,
		records.map((record) => fieldText(record, 'id')),
	);
	const taken = await takenBy(
		records,
		read,
		await holders(
			read,
			'username',
			records.map((record) => fieldText(record, 'username')),
		),
	);
	return records.map((_, index) => unknown[index] ?? taken[index]);
}

/** Why Moodle refuses new users. What nothing else explains is guessed only after a refusal without a reason. */
export async function diagnoseNew(
	records: Value[],
	read: Read,
	refusal: MoodleFailure | undefined,
): Promise<Array<Problem | undefined>> {
	const { of, visible } = await nameHolders(
		read,
		records.map((record) => fieldText(record, 'username')),
	);
	const taken = await takenBy(records, read, of);
	const isSilent = refusal?.code === 'invalidparameter' && !refusal.facts.debuginfo;
	return records.map(
		(record, index) => taken[index] ?? (isSilent ? suspects(record, visible) : undefined),
	);
}

const INSTALLED: Array<[string, string]> = [
	['auth', 'the authentication method'],
	['lang', 'the language'],
	['theme', 'the theme'],
	['calendartype', 'the calendar type'],
];

/** Values that another user may have without our seeing it. */
function unseen(record: Value, visible: VisibleNames): string[] {
	const values = [
		...(visible.usernames ? [] : [`the user name ${shown(fieldText(record, 'username'))}`]),
		...(visible.emails ? [] : [`the e-mail address ${shown(fieldText(record, 'email'))}`]),
	];
	return values.length > 0
		? [`another user, whom the account behind the token does not see, has ${values.join(' or ')}`]
		: [];
}

/** What may be the cause of a refusal without a reason: values that only the site can judge. */
function suspects(record: Value, visible: VisibleNames): Problem {
	const odd = [...new Set(fieldText(record, 'username').replace(/[-.@_a-z0-9]/g, ''))].join('');
	const reasons = [
		...(odd === ''
			? []
			: [
					`user names with ${shown(odd)} are allowed only with 'Allow extended characters in usernames' (Site administration > Security > Site security settings)`,
				]),
		...unseen(record, visible),
		...INSTALLED.filter(([name]) => fieldText(record, name) !== '').map(
			([name, label]) => `${label} ${shown(fieldText(record, name))} is not installed`,
		),
	];
	// An address that passed our check can still be one that this site does not take, for example for its domain.
	if (reasons.length === 0)
		reasons.push(
			`the e-mail address ${shown(fieldText(record, 'email'))} is not accepted by this site`,
		);
	return new Problem({
		message: 'Moodle refuses a value of this user without saying which',
		mend: `Likely: ${reasons.join('; or ')}. To make Moodle name it, set Site administration > Development > Debugging to NORMAL and leave 'Display debug messages' off.`,
		code: 'invalidparameter',
	});
}

/** A problem for each id that certainly belongs to nobody. */
export async function unknownIds(read: Read, ids: string[]): Promise<Array<Problem | undefined>> {
	const told = await presenceOf(read, ids);
	return ids.map((id, index) => (told[index] === 'gone' ? unknownUser(id) : undefined));
}

/** The words for an id that belongs to nobody. */
export function unknownUser(id: string): Problem {
	return new Problem({
		message: `There is no user with the ID ${shown(id)}`,
		mend: 'Check the ID; the account may have been deleted.',
		code: 'notfound',
	});
}
