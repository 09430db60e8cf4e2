import { field, type Field } from '../fields';
import type { Parameters } from '../parameters';
import { pick } from '../build';
import { Problem } from '../../moodle/problem';
import { toIso } from '../../moodle/dates';
import type { Json, Params } from '../../moodle/values';

export const username = field('username', 'Username', 'text', {
	max: 100,
	placeholder: 'e.g. nathan.smith',
	description: 'The name to log in with. Moodle keeps it in lower case.',
});
export const firstname = field('firstname', 'First Name', 'text', {
	max: 100,
	placeholder: 'e.g. Nathan',
});
export const lastname = field('lastname', 'Last Name', 'text', {
	max: 100,
	placeholder: 'e.g. Smith',
});
export const email = field('email', 'Email', 'email', { max: 100 });
export const idnumber = field('idnumber', 'ID Number', 'text', {
	max: 255,
	clearable: true,
	placeholder: 'e.g. HR-1042',
	description: 'Number of the user in another system. Moodle does not check that it is unique.',
});
export const password = field('password', 'Password', 'password', {
	description: 'If left out, Moodle makes one and mails it to the user',
});
export const createPassword = field('createpassword', 'Create Password', 'boolean', {
	description: 'Whether Moodle makes a password and mails it to the user',
});

export const preferences = field('preferences', 'Preferences', 'pairs', {
	keys: ['type', 'value'],
	description: 'User preferences by name. Moodle ignores those that may not be set.',
});

/** Fields of a user that creating and updating share. Lengths are those of the database columns (MariaDB, 5.1 measured). */
export const profile: Field[] = [
	idnumber,
	field('auth', 'Authentication Method', 'text', {
		placeholder: 'e.g. manual',
		description: 'Plugin by which the user logs in, such as manual, ldap, oauth2 or nologin',
	}),
	field('city', 'City', 'text', { max: 120, clearable: true }),
	field('country', 'Country Code', 'text', {
		max: 2,
		clearable: true,
		placeholder: 'e.g. DE',
		description: 'Two letters. Moodle stores an unknown code as none.',
	}),
	field('institution', 'Institution', 'text', { max: 255, clearable: true }),
	field('department', 'Department', 'text', { max: 255, clearable: true }),
	field('phone1', 'Phone', 'text', { max: 20, clearable: true }),
	field('phone2', 'Mobile Phone', 'text', { max: 20, clearable: true }),
	field('address', 'Address', 'text', { max: 255, clearable: true }),
	field('description', 'Description', 'multiline', {
		clearable: true,
		description: 'The text about the user in the profile',
	}),
	field('interests', 'Interests', 'list', { description: 'Separated by commas' }),
	field('middlename', 'Middle Name', 'text', { max: 255, clearable: true }),
	field('alternatename', 'Alternate Name', 'text', { max: 255, clearable: true }),
	field('firstnamephonetic', 'First Name Phonetic', 'text', { max: 255, clearable: true }),
	field('lastnamephonetic', 'Last Name Phonetic', 'text', { max: 255, clearable: true }),
	field('lang', 'Language', 'text', {
		placeholder: 'e.g. en',
		description: 'Code of a language pack that is installed in Moodle',
	}),
	field('timezone', 'Timezone', 'text', {
		placeholder: 'e.g. Europe/Berlin',
		description: 'Name of the time zone, or 99 for that of the site',
	}),
	field('theme', 'Theme', 'text', {
		clearable: true,
		description: 'Name of an installed theme; only where users may choose one',
	}),
	field('calendartype', 'Calendar Type', 'text', { placeholder: 'e.g. gregorian' }),
	field('maildisplay', 'Email Visibility', 'choice', {
		default: 2,
		options: [
			{ name: 'Hidden', value: 0 },
			{ name: 'Visible to Everyone', value: 1 },
			{ name: 'Visible to Course Participants', value: 2 },
		],
	}),
	field('mailformat', 'Email Format', 'choice', {
		default: 1,
		options: [
			{ name: 'HTML', value: 1 },
			{ name: 'Plain Text', value: 0 },
		],
	}),
	field('customfields', 'Custom Profile Fields', 'customFields', {
		keys: ['type', 'value'],
		description:
			'By short name. Moodle ignores short names it does not know, and stores a choice that is not in the list as empty.',
	}),
	preferences,
];

/** The entered fields of a user. Country codes are known to Moodle in capitals only; any other is stored as none. */
export function userFields(
	p: Parameters,
	name: 'additionalFields' | 'updateFields',
	fields: Field[],
): Params {
	const record = p.fields(name, fields, name === 'updateFields' ? 'update' : 'create');
	if (typeof record.country === 'string') record.country = record.country.trim().toUpperCase();
	if (typeof record.username === 'string') record.username = record.username.trim().toLowerCase();
	return record;
}

/**
 * A value by which a user is to be found again. Moodle finds nobody by 0, which counts as empty (get_users_by_field, 4.1
 * to 5.1): nobody could tell whether the user is there.
 *
 * @throws Problem for 0
 */
export function findable({ displayName }: Field, value: string): string {
	if (value !== '0') return value;
	throw new Problem({
		message: `'${displayName}' is 0, by which Moodle finds no user, so it cannot tell whether this one is there already`,
		mend: "Give another one. In 'Create or Update' you can also match by another field.",
		code: 'badvalue',
	});
}

/** The record of a new user. Without a password Moodle is asked to make one: it refuses users that have none. */
export function newUser(fields: Params): Params {
	const hasPassword = typeof fields.password === 'string' && fields.password !== '';
	const { createpassword, ...record } = fields;
	if (
		createpassword === true ||
		(!hasPassword && (fields.auth === undefined || fields.auth === 'manual'))
	)
		return { ...record, createpassword: true };
	return record;
}

const SIMPLE = [
	'id',
	'username',
	'firstname',
	'lastname',
	'fullname',
	'email',
	'idnumber',
	'department',
	'suspended',
	'lastaccess',
];

/** A user as Simplify shows it: the time of the last visit as ISO text, null for never. */
export function simpleUser(user: Json): Json {
	const shown = pick(user, SIMPLE);
	return 'lastaccess' in shown ? { ...shown, lastaccess: toIso(shown.lastaccess) } : shown;
}
