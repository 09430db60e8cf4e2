import { asIs } from '../../common/asIs';
import { everybody, GUEST } from '../../lookup/everybody';
import { everybodyWhole } from '../../lookup/everybodyWhole';
import { canSee } from '../../lookup/visibility';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { warningsOf } from '../../moodle/settle';
import { objectsOf, type Json, type Params } from '../../moodle/values';
import { reading } from '../build';
import { collection, field, returnAllAndLimit, simplify } from '../fields';
import type { Parameters } from '../parameters';
import type { Services } from '../types';
import { everybodyFacts, usersByFieldFacts, usersFacts } from './calls';
import { simpleUser } from './userFields';

const PLACEHOLDER = 'A % stands for any characters.';

const filters = [
	field('auth', 'Authentication Method', 'text', {
		placeholder: 'e.g. manual',
		description: 'Users who log in by this plugin',
	}),
	field('email', 'Email', 'text', {
		placeholder: 'e.g. %@example.com',
		description: `The e-mail address, whatever its capitals. ${PLACEHOLDER}`,
	}),
	field('firstname', 'First Name', 'text', {
		placeholder: 'e.g. Nathan',
		description: `The whole first name, whatever its capitals. ${PLACEHOLDER}`,
	}),
	field('id', 'ID', 'integer', { min: 1 }),
	field('idnumber', 'ID Number', 'text', { placeholder: 'e.g. HR-1042' }),
	field('lastname', 'Last Name', 'text', {
		placeholder: 'e.g. Smi%',
		description: `The whole last name, whatever its capitals. ${PLACEHOLDER}`,
	}),
	field('username', 'Username', 'text', { placeholder: 'e.g. nathan.smith' }),
];

/** Fields in which Moodle takes % and _ for any characters. */
const PATTERNS = new Set(['email', 'firstname', 'lastname']);

/** The value as Moodle searches it. An underscore is part of many addresses, so it stands for itself. */
function searched(key: string, value: unknown): string {
	const text = String(value).trim();
	if (PATTERNS.has(key)) return text.replace(/[\\_]/g, '\\$&');
	return key === 'username' ? text.toLowerCase() : text;
}

function inputOf(p: Parameters) {
	return { filters: p.fields('filters', filters), limit: p.limit(), simple: p.flag('simplify') };
}

type Input = ReturnType<typeof inputOf>;

/** Rights without which a search by these fields finds nobody. */
const SEEN_BY = {
	auth: 'username',
	email: 'email',
	firstname: 'id',
	id: 'id',
	idnumber: 'idnumber',
	lastname: 'id',
	username: 'username',
} as const;

async function search(wanted: Params, services: Services): Promise<Json[]> {
	const criteria = Object.entries(wanted).map(([key, value]) => ({
		key,
		value: searched(key, value),
	}));
	const reply = await services.read(READS.core_user_get_users, { criteria });
	const dropped = warningsOf(reply).find(
		(warning) => warning.warningcode === 'invalidfieldparameter',
	);
	if (dropped)
		throw new Problem({
			message: `Moodle cannot search users by '${dropped.item ?? 'this field'}'`,
			mend: 'Remove this filter.',
			code: 'invalidfieldparameter',
		});
	const users = objectsOf(reply.users);
	// Moodle strips characters that user names cannot hold before it searches, and would find somebody else.
	const found =
		wanted.username === undefined
			? users
			: users.filter((user) => String(user.username) === searched('username', wanted.username));
	if (found.length > 0) return found;
	for (const key of Object.keys(wanted) as Array<keyof typeof SEEN_BY>) {
		const sees = await canSee(services.read, services.site, SEEN_BY[key]);
		if (sees !== true) throw sees;
	}
	return found;
}

/** What the list of participants is asked for when Simplify is on: a third of the time of whole records. */
const LIGHT = 'id,username,firstname,lastname,fullname,email,idnumber,department,lastaccess';

/** All users in one answer: slow on large sites, but services made for older tools hold this function only. */
async function unpaged(services: Services): Promise<Json[]> {
	const reply = await services.read(READS.core_user_get_users, {
		criteria: [{ key: 'firstname', value: '%' }],
	});
	return objectsOf(reply.users).filter((user) => user.id !== GUEST);
}

async function usersOf(
	{ filters: wanted, limit, simple }: Input,
	services: Services,
): Promise<Json[]> {
	if (Object.keys(wanted).length > 0) return (await search(wanted, services)).slice(0, limit);
	try {
		return simple
			? await everybody(services.read, limit, LIGHT)
			: await everybodyWhole(services.read, limit);
	} catch (caught) {
		const isRefused =
			caught instanceof MoodleFailure &&
			caught.wsfunction === everybodyFacts.function &&
			caught.reach === 'function';
		if (!isRefused) throw asIs(caught);
		try {
			return (await unpaged(services)).slice(0, limit);
		} catch (again) {
			// What the better way lacks is the more useful thing to say.
			throw asIs(again instanceof MoodleFailure ? caught : again);
		}
	}
}

/** The users, and at the end one item for each that Moodle cannot serialise. */
function outputs(users: Json[], simple: boolean): Json[] {
	const odd = users.filter((user) => user.unreadable === true);
	const fine = odd.length > 0 ? users.filter((user) => user.unreadable !== true) : users;
	const shown = simple ? fine.map(simpleUser) : fine;
	const skipped = odd.map(({ id, position }) => ({
		skippedUser: true,
		position,
		...(id === undefined ? {} : { id: Number(id) }),
	}));
	return skipped.length > 0 ? shown.concat(skipped) : shown;
}

export const operation = reading({
	resource: 'user',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many users',
	description: 'Retrieve a list of users',
	reads: [usersFacts, everybodyFacts, usersByFieldFacts],
	fields: [...returnAllAndLimit, simplify, collection('filters', filters)],
	input: inputOf,
	steps: async (inputs, services) =>
		await services.each(inputs, async (input) => ({
			done: outputs(await usersOf(input, services), input.simple),
		})),
});
