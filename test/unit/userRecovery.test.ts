import { diagnoseChanges, diagnoseNew, unknownIds } from '../../nodes/Moodle/actions/user/diagnose';
import { holders } from '../../nodes/Moodle/actions/user/holders';
import { withNames } from '../../nodes/Moodle/actions/user/names';
import { findCreated, findDeleted } from '../../nodes/Moodle/actions/user/recover';
import { hiddenOfUsers } from '../../nodes/Moodle/lookup/visibility';
import { UNKNOWN, type Read } from '../../nodes/Moodle/moodle/calls';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';
import type { Json } from '../../nodes/Moodle/moodle/values';
import type { SiteInfo } from '../../nodes/Moodle/moodle/version';
import { answering, GUEST } from '../support/answering';

const ada = {
	id: 5,
	username: 'ada',
	firstname: 'Ada',
	lastname: 'Byron',
	fullname: 'Ada Byron',
	email: 'Ada@Example.org',
};
const record = { username: 'ada', firstname: 'Ada', lastname: 'Byron', email: 'ada@example.org' };

type Equal = (stored: string, asked: string) => boolean;

const exactly: Equal = (stored, asked) => stored === asked;
const byLetters: Equal = (stored, asked) =>
	stored.localeCompare(asked, 'en', { sensitivity: 'base' }) === 0;

/** A site as an account sees it who is not shown these fields. As in Moodle, nobody is found by a hidden field. */
function seeing(
	users: Json[],
	hidden: string[] = [],
	equal: Equal = exactly,
): { read: Read; asked: string[][] } {
	const asked: string[][] = [];
	const read = answering(async (wsfunction, { field, values }) => {
		if (wsfunction !== 'core_user_get_users_by_field')
			throw new MoodleFailure(wsfunction, { reach: 'function', code: 'accessexception' });
		const wanted = (values as unknown[]).map(String);
		asked.push(wanted);
		const hits = users.filter((user) =>
			wanted.some((value) => equal(String(user[field as string]), value)),
		);
		const shown = hits.map((user) =>
			Object.fromEntries(Object.entries(user).filter(([key]) => !hidden.includes(key))),
		);
		return await Promise.resolve(shown.filter((user) => user[field as string] !== undefined));
	});
	return { read, asked };
}

const blind = seeing([]).read;
const refusal = new MoodleFailure('core_user_create_users', {
	reach: 'record',
	code: 'invalidparameter',
});

describe('a user who was perhaps created', () => {
	const find = async (read: Read) => (await findCreated([record], {}, read))[0];

	test.each<[string, string[]]>([
		['all is shown', []],
		['first and last name are hidden, as up to 5.0', ['firstname', 'lastname']],
		['the full name is hidden', ['fullname']],
	])('is recognised when %s', async (_name, hidden) => {
		expect(await find(seeing([GUEST, ada], hidden).read)).toEqual({ id: 5, username: 'ada' });
	});

	test.each<[string, string[]]>([
		['the e-mail address is hidden', ['email']],
		['user names are hidden', ['username']],
		['every name is hidden', ['firstname', 'lastname', 'fullname']],
	])('cannot be told when %s', async (_name, hidden) => {
		expect(await find(seeing([GUEST, ada], hidden).read)).toBe(UNKNOWN);
	});

	test('cannot be told by an account that sees nobody, or only some', async () => {
		expect(await find(blind)).toBe(UNKNOWN);
		expect(await find(seeing([{ ...ada, username: 'dot' }]).read)).toBe(UNKNOWN);
	});

	test('is certainly not there when nobody has the user name', async () => {
		expect(await find(seeing([GUEST]).read)).toBeUndefined();
	});

	test.each<[string, Json]>([
		['another address', { email: 'dot@example.org' }],
		['another last name', { lastname: 'King', fullname: 'Ada King' }],
	])('is somebody else with %s', async (_name, other) => {
		expect(await find(seeing([GUEST, { ...ada, ...other }]).read)).toBeUndefined();
	});

	test('cannot be told when the full name that is shown is another one, and the names are hidden', async () => {
		expect(
			await find(seeing([GUEST, { ...ada, fullname: 'A. B.' }], ['firstname', 'lastname']).read),
		).toBe(UNKNOWN);
	});

	test('is kept away by a user name that the database holds equal', async () => {
		const read = seeing([GUEST, { ...ada, username: 'adá' }], [], byLetters).read;
		expect(await find(read)).toBeUndefined();
	});
});

describe('a user who was perhaps deleted', () => {
	const gone = {
		...ada,
		username: 'ada@example.org.1795276852',
		email: '931c4883949465e043f1f0ee23cae877',
	};
	const find = async (users: Json[], hidden: string[] = []) =>
		(await findDeleted([5], {}, seeing(users, hidden).read))[0];

	test('is gone, or still there', async () => {
		expect(await find([GUEST])).toEqual({ id: 5 });
		expect(await find([GUEST, gone])).toEqual({ id: 5 });
		expect(await find([GUEST, ada])).toBeUndefined();
		expect(await find([GUEST, ada], ['email'])).toBeUndefined();
	});

	test('cannot be told where the row of a deleted account looks like any other', async () => {
		expect(await find([GUEST, gone], ['email'])).toBe(UNKNOWN);
		expect(await find([GUEST, gone], ['username'])).toBe(UNKNOWN);
		expect(await find([GUEST, ada], ['username', 'email'])).toBe(UNKNOWN);
	});

	test('cannot be told by an account that sees nobody', async () => {
		expect(await find([])).toBe(UNKNOWN);
		expect(await unknownIds(blind, ['5'])).toEqual([undefined]);
	});
});

describe('why Moodle refuses a new user', () => {
	const cause = async (read: Read) => (await diagnoseNew([record], read, refusal))[0];

	test('another user has the name or the address', async () => {
		expect((await cause(seeing([GUEST, ada]).read))?.code).toBe('usernametaken');
		expect(
			(await cause(seeing([GUEST, { ...ada, username: 'dot', email: 'ada@example.org' }]).read))
				?.code,
		).toBe('emailtaken');
	});

	test.each<[string, Read, RegExp]>([
		[
			'sees nobody',
			blind,
			/another user, whom the account behind the token does not see, has the user name 'ada' or the e-mail address/,
		],
		[
			'sees no addresses',
			seeing([GUEST], ['email']).read,
			/does not see, has the e-mail address 'ada@example.org'/,
		],
	])('an account that %s does not claim to know', async (_name, read, words) => {
		const problem = await cause(read);
		expect(problem?.mend).toMatch(words);
		expect(problem?.mend).not.toContain('not accepted by this site');
	});

	test('an account that sees all concludes that it is the address', async () => {
		expect((await cause(seeing([GUEST]).read))?.mend).toContain(
			"the e-mail address 'ada@example.org' is not accepted by this site",
		);
	});

	test('a changed user is not called unknown by an account that does not see it', async () => {
		expect(await diagnoseChanges([{ id: 5, city: 'Bonn' }], blind)).toEqual([undefined]);
	});
});

describe('who has a value', () => {
	const numbered = (id: number, idnumber: string) => ({ id, idnumber, username: `u${id}` });

	test('values that are spelt alike but for accents or capitals are different people', async () => {
		const people = [
			numbered(2, 'Герой'),
			numbered(3, 'Герои'),
			numbered(4, 'x-ABC'),
			numbered(5, 'x-abc'),
		];
		const of = await holders(seeing(people, [], byLetters).read, 'idnumber', [
			'Герой',
			'Герои',
			'x-abc',
			'x-ABC',
		]);
		expect(
			['Герой', 'Герои', 'x-abc', 'x-ABC'].map((value) => of(value).map(({ id }) => id)),
		).toEqual([[2], [3], [5], [4]]);
	});

	test('a value that is spelt otherwise counts where Moodle gives it for that very value', async () => {
		const people = [numbered(2, 'hr-1'), numbered(3, 'HR-2')];
		const mariadb = seeing(people, [], byLetters);
		const of = await holders(mariadb.read, 'idnumber', ['HR-1', 'HR-2']);
		expect([of('HR-1')[0]?.id, of('HR-2')[0]?.id]).toEqual([2, 3]);
		expect(mariadb.asked).toEqual([['HR-1', 'HR-2']]);
		// Spellings that may be the same are asked for apart: what comes back was given for that one.
		await holders(mariadb.read, 'idnumber', ['HR-1', 'hr-1']);
		expect(mariadb.asked.slice(1)).toEqual([['HR-1'], ['hr-1']]);
		const onPostgres = await holders(seeing(people).read, 'idnumber', ['HR-1', 'HR-2', 'hr-1']);
		expect(onPostgres('HR-1')).toEqual([]);
	});

	test('e-mail addresses and user names are the same whatever their capitals', async () => {
		const of = await holders(seeing([ada], [], byLetters).read, 'email', ['ADA@example.org']);
		expect(of('ADA@example.org')[0].id).toBe(5);
	});
});

test.each<[string[], string[]]>([
	[[], []],
	[['firstname', 'lastname'], ['first and last names']],
	[
		['username', 'email'],
		['user names', 'e-mail addresses'],
	],
	[['id'], ['users']],
])('Check Setup says what is hidden: %j', async (hidden, names) => {
	expect((await hiddenOfUsers(seeing([GUEST], hidden).read)).map(({ name }) => name)).toEqual(
		names,
	);
});

describe('names by the full name', () => {
	const site = (firstNameFirst: boolean) => ({
		site: async () => await Promise.resolve({ firstNameFirst } as SiteInfo),
	});
	const bare = { id: 5, fullname: 'Ada Byron' };

	test('of two words, in the order of the site', async () => {
		expect(await withNames([bare], site(true))).toEqual([
			{ ...bare, firstname: 'Ada', lastname: 'Byron' },
		]);
		expect(await withNames([bare], site(false))).toEqual([bare]);
	});

	test('three words can be cut in two ways, and names that are shown stay', async () => {
		const known = { fullname: 'B A', firstname: 'A', lastname: 'B' };
		const users = [{ fullname: 'Ada King Byron' }, undefined, known];
		expect(await withNames(users, site(true))).toEqual(users);
	});
});
