import type { Resolved } from '../../lookup/reference';
import { usersByField } from '../../lookup/users';
import { Problem, shown } from '../../moodle/problem';
import type { Params } from '../../moodle/values';
import { writing } from '../build';
import { collection, field } from '../fields';
import { refKey, valueKeys } from '../keys';
import { locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Services, Step } from '../types';
import { updateUsers, updateUsersWithPassword, usersByFieldFacts } from './calls';
import { email, firstname, lastname, password, profile, userFields, username } from './userFields';

const suspended = field('suspended', 'Suspended', 'boolean', {
	description: 'Whether the user may not log in. Suspending ends the sessions of the user.',
});
const changeable = [
	username,
	firstname,
	lastname,
	email,
	{ ...password, description: 'Sent in a request of its own, so many of them take long' },
	suspended,
	...profile,
];

function inputOf(p: Parameters) {
	const changes = userFields(p, 'updateFields', changeable);
	if (Object.keys(changes).length > 0) return { userId: p.ref('user', 'User'), changes };
	throw new Problem({
		message: "'Update Fields' is empty, so there is nothing to change",
		mend: 'Add the fields to change. To empty a field, add it and leave its value empty.',
		code: 'empty',
	});
}

type Input = Resolved<ReturnType<typeof inputOf>>;

/** Authentication methods of Moodle that keep no password: a new one is dropped without a word (source, 4.1 to 5.1). */
const WITHOUT_PASSWORD = new Set(['lti', 'nologin', 'oauth2', 'webservice']);

/** Passwords that Moodle would drop without a word. */
async function droppedPasswords(
	inputs: Input[],
	services: Services,
): Promise<Array<Step | undefined>> {
	const concerned = inputs.filter(
		({ changes }) => changes.password !== undefined && changes.auth === undefined,
	);
	if (concerned.length === 0) return [];
	const users = await usersByField(
		services.read,
		'id',
		concerned.map(({ userId }) => String(userId)),
	);
	const methods = new Map(users.map((user) => [Number(user.id), String(user.auth)]));
	return inputs.map(({ userId, changes }) => {
		const method =
			changes.auth === undefined ? methods.get(userId) : String(changes.auth as string);
		if (changes.password === undefined || method === undefined || !WITHOUT_PASSWORD.has(method))
			return undefined;
		const message = `The user has no password in Moodle: the authentication method is ${shown(method)}`;
		return {
			problem: new Problem({
				message,
				mend: "Leave the password out, or change 'Authentication Method' too.",
				code: 'nopassword',
			}),
		};
	});
}

export const operation = writing({
	resource: 'user',
	value: 'update',
	name: 'Update',
	action: 'Update user',
	description: 'Update a user',
	calls: [updateUsers, updateUsersWithPassword],
	reads: [usersByFieldFacts],
	fields: [locator('user'), collection('updateFields', changeable)],
	input: inputOf,
	keys: ({ userId, changes }) => [
		refKey(userId),
		...(['username', 'email', 'idnumber'] as const).flatMap((name) =>
			valueKeys(`user ${name}`, changes[name]),
		),
	],
	before: droppedPasswords,
	call: ({ changes }) => (changes.password === undefined ? updateUsers : updateUsersWithPassword),
	record: ({ userId, changes }) => ({ id: userId, ...changes }) as Params,
	output: ({ userId }) => ({ id: userId, updated: true }),
});
