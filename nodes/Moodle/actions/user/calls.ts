import { userNamesakes } from '../../lookup/namesakes';
import { LIGHT_RECORDS, type CallFacts } from '../../moodle/calls';
import { explainCode } from '../../moodle/explain';
import { Problem, shown } from '../../moodle/problem';
import { needing, READS } from '../../moodle/reads';
import { createdRows, nothing, warningsOnly } from '../../moodle/replies';
import { settleInOrder, settleNull, settleWarnings, type Warning } from '../../moodle/settle';
import { fieldText, type Value } from '../../moodle/values';
import { diagnoseChanges, diagnoseNew, unknownIds, unknownUser } from './diagnose';
import { findCreated, findDeleted } from './recover';

/**
 * To see of users, besides user name, ID number and e-mail address: first and last name (up to 5.0), and what the site's
 * setting Hide user fields takes from others (user_get_user_details, 4.1 to 5.1).
 */
const WHOLE_USERS = ['moodle/site:viewfullnames', 'moodle/user:viewhiddendetails'];

export const usersByFieldFacts = needing(READS.core_user_get_users_by_field, ...WHOLE_USERS);

export const usersFacts = needing(READS.core_user_get_users, ...WHOLE_USERS);

/** To see all that a profile tells of users who are met in a course. */
export const WHOLE_PROFILES = [
	'moodle/user:viewalldetails',
	'moodle/site:viewuseridentity',
	...WHOLE_USERS,
	'moodle/course:viewhiddenuserfields',
];

/** All users of the site page by page: every user counts as enrolled in the site's front page, which is course 1. */
export const everybodyFacts = needing(
	READS.core_enrol_get_enrolled_users,
	'moodle/site:viewparticipants',
	...WHOLE_PROFILES,
);

/**
 * The words for a user whom the database refuses, with interests that may be why: Moodle looks for their tags letter by
 * letter, but MariaDB and MySQL keep no second tag that they take for the same (école and ecole, Straße and STRASSE, any
 * two emojis; 4.1, 4.5 and 5.1 measured). Which tags there are no function tells.
 */
function oddInterests(record: Value): Problem | undefined {
	const interests = fieldText(record, 'interests');
	if (interests === '') return undefined;
	return new Problem({
		message: `The database of Moodle refuses the user, probably for 'Interests': ${shown(interests)}`,
		mend: 'MariaDB and MySQL take letters such as e and é, ss and ß, or any two emojis for the same, and keep one spelling of an interest for the whole site. Write it as it stands under Site administration > Appearance > Manage tags, or leave it out.',
		code: 'dmlwriteexception',
	});
}

/** Creates users. One transaction; a repeat is refused and never doubles a user name (5.1 measured). */
export const createUsers: CallFacts = {
	function: 'core_user_create_users',
	list: 'users',
	atomic: 'all',
	repeat: 'lookup',
	capabilities: ['moodle/user:create'],
	reply: createdRows,
	settle: settleInOrder('username'),
	context: () => 'system',
	find: findCreated,
	knownBy: 'user name and e-mail',
	namesakes: async (records, ids, _shared, read) => await userNamesakes(records, ids, read),
	diagnose: async (records, _shared, read, refusal) => await diagnoseNew(records, read, refusal),
	words: (failure, record) => (failure.reach === 'conflict' ? oddInterests(record) : undefined),
};

/** The words for a user that Moodle did not change. Its warnings name the user, not the field. */
function refused(warning: Warning, record: Value): Problem {
	const [username, email] = [fieldText(record, 'username'), fieldText(record, 'email')];
	switch (warning.warningcode) {
		case 'invaliduserid':
			return unknownUser(fieldText(record, 'id'));
		case 'useremailduplicate':
			return new Problem({
				message: `Another user has the e-mail address ${shown(email)}`,
				mend: 'Use another address, or update the user who has it.',
				code: 'emailtaken',
			});
		case 'useremailinvalid':
			return new Problem({
				message: `Moodle does not accept the e-mail address ${shown(email)}`,
				mend: 'Check the address; the site may allow certain domains only.',
				code: 'useremailinvalid',
			});
		case 'dmlwriteexception': {
			const odd = username === '' ? oddInterests(record) : undefined;
			if (odd) return odd;
			return username === ''
				? new Problem({
						message: 'A value of this user is too long for its field',
						mend: 'Shorten it.',
						code: 'toolong',
					})
				: new Problem({
						message: `The user name ${shown(username)} is taken by another user, or a value of this user is too long`,
						mend: 'Use another user name, or shorten the value.',
						code: 'usernametaken',
					});
		}
		default:
			return explainCode(warning.warningcode, warning.message);
	}
}

/** Changes users: each in a transaction of its own, refused ones come as warnings with the user's id. */
export const updateUsers: CallFacts = {
	function: 'core_user_update_users',
	list: 'users',
	atomic: 'each',
	repeat: 'safe',
	usual: LIGHT_RECORDS,
	capabilities: ['moodle/user:update'],
	reply: warningsOnly,
	settle: settleWarnings((record) => fieldText(record, 'id'), refused),
	context: () => 'system',
	diagnose: async (records, _shared, read) => await diagnoseChanges(records, read),
};

/**
 * Changes users whose password is among the changes. A password against the policy spoils the whole answer after the
 * other records were written (`invalidresponse`, 4.1, 4.5 and 5.1 measured), so such a record travels alone; of that
 * record nothing is written.
 */
export const updateUsersWithPassword: CallFacts = {
	...updateUsers,
	perRequest: 1,
	words: (failure, record) =>
		failure.code === 'invalidresponse' ? weakPassword(fieldText(record, 'password')) : undefined,
};

/** What a new Moodle asks of passwords (Site security settings); a site may ask for more or less. */
const RULES: Array<[RegExp, string]> = [
	[/^.{8,}$/s, 'it has fewer than 8 characters'],
	[/[0-9]/, 'it has no digit'],
	[/\p{Ll}/u, 'it has no lower-case letter'],
	[/\p{Lu}/u, 'it has no upper-case letter'],
	[/[^\p{L}\p{N}]/u, 'it has no special character'],
];

function weakPassword(password: string): Problem {
	const broken = RULES.filter(([rule]) => !rule.test(password)).map(([, reason]) => reason);
	const why =
		broken.length > 0
			? `Against Moodle's usual rules: ${broken.join(', ')}.`
			: "It follows Moodle's usual rules, so the site has others.";
	return new Problem({
		message: 'Moodle refuses the password, and has changed nothing of this user',
		mend: `${why} The rules stand under Site administration > Security > Site security settings.`,
		code: 'passwordpolicy',
	});
}

/** Deletes users: all or nothing, one unknown id fails the whole call (5.1 measured). */
export const deleteUsers: CallFacts = {
	function: 'core_user_delete_users',
	list: 'userids',
	atomic: 'all',
	repeat: 'lookup',
	capabilities: ['moodle/user:delete'],
	reply: nothing,
	settle: settleNull,
	context: () => 'system',
	find: findDeleted,
	knownBy: 'ID',
	diagnose: async (records, _shared, read) => await unknownIds(read, records.map(String)),
};
