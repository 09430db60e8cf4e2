import type { INodeProperties } from 'n8n-workflow';
import { unreadableRecord } from '../../lookup/unreadableRecord';
import type { Resolved } from '../../lookup/reference';
import { userLabel } from '../../lookup/users';
import { canSee } from '../../lookup/visibility';
import { Problem, shown } from '../../moodle/problem';
import type { Json, Params } from '../../moodle/values';
import { upserting } from '../build';
import { collection, property, required, type Field } from '../fields';
import { valueKeys } from '../keys';
import type { Parameters } from '../parameters';
import type { Services } from '../types';
import { createUsers, updateUsers, usersByFieldFacts, usersFacts } from './calls';
import { changesOf } from './compare';
import { holders } from './holders';
import { withNames } from './names';
import {
	createPassword,
	email,
	findable,
	firstname,
	idnumber,
	lastname,
	newUser,
	password,
	profile,
	userFields,
	username,
} from './userFields';

type Match = 'email' | 'username' | 'idnumber';

const LABELS: Record<Match, string> = {
	email: 'e-mail address',
	username: 'user name',
	idnumber: 'ID number',
};

/** Fields that Moodle takes but never tells. */
const NEVER_TOLD = new Set([
	'middlename',
	'alternatename',
	'firstnamephonetic',
	'lastnamephonetic',
	'calendartype',
	'maildisplay',
]);

const PHONE =
	'Moodle tells it to site administrators only, unless it is ticked under Show user identity: without that it is written at every run';

/** Fields that Moodle tells to some only, or of some only. */
const PARTLY_TOLD: Record<string, string> = {
	// Identity fields (user_get_user_details, 4.1 to 5.1).
	phone1: PHONE,
	phone2: PHONE,
	address:
		'Moodle 4.1 tells it to site administrators only, so that there it is written at every run',
	// The setting is profilesforenrolledusersonly, on in a new site.
	description:
		"The text about the user in the profile. While 'Profiles for enrolled users only' (Site security settings) is on, Moodle tells it only of users who have a role somewhere, so that of others it is written at every run.",
};

function explained(field: Field): Field {
	const described = (more: string) =>
		field.description === undefined ? more : `${field.description.replace(/\.?$/, '.')} ${more}.`;
	if (field.name === 'preferences')
		return {
			...field,
			description: described('Only for new users: afterwards they belong to the user'),
		};
	if (PARTLY_TOLD[field.name]) return { ...field, description: PARTLY_TOLD[field.name] };
	if (NEVER_TOLD.has(field.name))
		return {
			...field,
			description: described('Moodle does not tell its value, so it is written at every run'),
		};
	return field;
}

const additional: Field[] = [
	{
		...password,
		description:
			'Only for new users: the password of an existing one is never changed here. If left out, Moodle makes one and mails it to the user.',
	},
	{ ...createPassword, description: 'Whether Moodle makes a password for a new user and mails it' },
	...profile.map(explained),
];

/** The ID number stands alone when it is what the user is found by. */
const additionalByNumber = additional.filter((field) => field.name !== 'idnumber');

const derivedName = {
	...username,
	description:
		'The name to log in with. If empty, a new user gets the e-mail address in lower case, and an existing one keeps the name.',
};

const matchBy: INodeProperties = {
	displayName: 'Match By',
	name: 'matchBy',
	type: 'options',
	options: [
		{ name: 'Email', value: 'email' },
		{ name: 'ID Number', value: 'idnumber' },
		{ name: 'Username', value: 'username' },
	],
	default: 'email',
	description: 'The field by which a user is recognised as already there',
};

/** The e-mail address as a user name. Characters that Moodle does not take by default become `_`. */
const nameOf = (address: string) => address.toLowerCase().replace(/[^-.@_a-z0-9]/g, '_');

function inputOf(p: Parameters) {
	const by = p.choice<Match>(matchBy);
	const given = findable(
		username,
		by === 'username' ? p.text(username) : String(p.maybe(username) ?? '').trim(),
	);
	const record: Params = {
		firstname: p.text(firstname),
		lastname: p.text(lastname),
		email: p.text(email),
		...userFields(p, 'additionalFields', by === 'idnumber' ? additionalByNumber : additional),
	};
	if (by === 'idnumber') record.idnumber = findable(idnumber, p.text(idnumber));
	const name = given === '' ? nameOf(String(record.email)) : given.toLowerCase();
	return { by, name, isNameGiven: given !== '', record };
}

type Input = Resolved<ReturnType<typeof inputOf>>;

const wantedValue = ({ by, name, record }: Input) =>
	by === 'username' ? name : String(record[by]);

function ambiguous({ by }: Input, value: string, hits: Json[]): Problem {
	const names = hits
		.slice(0, 5)
		.map((user) => `${userLabel(user)} (ID ${String(user.id)})`)
		.join(', ');
	return new Problem({
		message: `${hits.length} users have the ${LABELS[by]} ${shown(value)}: ${names}`,
		mend: "Choose the right one by its ID with 'Update', or match by another field.",
		code: 'ambiguous',
	});
}

/** The users with this input's value; of several, the one that is spelt exactly so, if there is just one. */
function pickOne(input: Input, hits: Json[]): Json | Problem | undefined {
	const value = wantedValue(input);
	if (hits[0]?.unreadable === true)
		return unreadableRecord(`The user with the ${LABELS[input.by]} ${shown(value)}`);
	if (hits.length < 2) return hits[0];
	const exact = hits.filter((user) => user[input.by] === value);
	return exact.length === 1 ? exact[0] : ambiguous(input, value, hits);
}

/** Existing users of all inputs that match by the same field. That nobody is there is said only when it is true. */
async function findBy(
	by: Match,
	inputs: Input[],
	services: Services,
): Promise<Map<Input, Json | Problem | undefined>> {
	const of = await holders(services.read, by, inputs.map(wantedValue));
	const found = new Map(inputs.map((input) => [input, pickOne(input, of(wantedValue(input)))]));
	if ([...found.values()].every((user) => user !== undefined)) return found;
	const sees = await canSee(services.read, services.site, by, 'Nothing was created.');
	if (sees !== true)
		for (const [input, user] of found) if (user === undefined) found.set(input, sees);
	return found;
}

async function find(
	inputs: Input[],
	services: Services,
): Promise<Array<Json | Problem | undefined>> {
	const found = new Map<Input, Json | Problem | undefined>();
	for (const by of new Set(inputs.map((input) => input.by)))
		(
			await findBy(
				by,
				inputs.filter((input) => input.by === by),
				services,
			)
		).forEach((user, input) => found.set(input, user));
	return await withNames(
		inputs.map((input) => found.get(input)),
		services,
	);
}

/** Fields that only a new user gets: a run every night changes no password, and no choice that users made for themselves. */
const NEW_ONLY = new Set(['password', 'createpassword', 'preferences']);

function change({ record, name, isNameGiven }: Input, existing: Json): Params | undefined {
	const wanted: Params = Object.fromEntries(
		Object.entries(record).filter(([key]) => !NEW_ONLY.has(key)),
	);
	const changes = changesOf(isNameGiven ? { ...wanted, username: name } : wanted, existing);
	return changes && { id: Number(existing.id), ...changes };
}

const only = (...values: Match[]) => ({ displayOptions: { show: { matchBy: values } } });

export const operation = upserting({
	resource: 'user',
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update user',
	description: 'Create a new user, or update the current one if it already exists (upsert)',
	calls: [createUsers, updateUsers],
	reads: [usersByFieldFacts, usersFacts],
	fields: [
		matchBy,
		{ ...required(username), ...only('username') },
		{ ...required(idnumber), ...only('idnumber') },
		required(email),
		required(firstname),
		required(lastname),
		{ ...property(derivedName), ...only('email', 'idnumber') },
		{ ...collection('additionalFields', additional), ...only('email', 'username') },
		{ ...collection('additionalFields', additionalByNumber), ...only('idnumber') },
	],
	input: inputOf,
	keys: ({ by, name, record }) => {
		const keys = [...valueKeys('user username', name), ...valueKeys('user email', record.email)];
		return by === 'idnumber' ? [...keys, ...valueKeys('user idnumber', record.idnumber)] : keys;
	},
	match: (input) => ({
		label: LABELS[input.by],
		text: input.by === 'email' ? wantedValue(input).toLowerCase() : wantedValue(input),
	}),
	find,
	create: ({ record, name }) => newUser({ username: name, ...record }),
	change,
	output: ({ record, name, isNameGiven }) =>
		isNameGiven ? { username: name, email: record.email } : { email: record.email },
});
