import { oneFound } from '../../nodes/Moodle/actions/matching';
import { tellsCapitalsApart } from '../../nodes/Moodle/lookup/capitals';
import { coursesByValue } from '../../nodes/Moodle/lookup/courses';
import { cohortsByValue } from '../../nodes/Moodle/lookup/cohorts';
import { Lookup } from '../../nodes/Moodle/lookup/lookup';
import { Reference } from '../../nodes/Moodle/lookup/reference';
import { havingText } from '../../nodes/Moodle/lookup/havingText';
import { Spellings } from '../../nodes/Moodle/moodle/spellings';
import { usersByValue } from '../../nodes/Moodle/lookup/users';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';
import { Problem } from '../../nodes/Moodle/moodle/problem';
import type { Params } from '../../nodes/Moodle/moodle/values';
import { textsOf } from '../sandbox/text';
import type { Database } from '../sandbox/types';
import { answering } from '../support/answering';

interface User {
	id: number;
	email: string;
	idnumber?: string;
}

/** The two functions by which users are looked up, on a database. User 1 is the account behind the token. */
function siteOf(database: Database, users: User[]) {
	const { key } = textsOf(database);
	const requests: string[] = [];
	const read = answering(async (wsfunction, params: Params) => {
		requests.push(wsfunction);
		if (wsfunction === 'core_webservice_get_site_info')
			return await Promise.resolve({ userid: 1, release: '5.0', functions: [] });
		const all = [{ id: 1, email: 'n8n@example.org' }, ...users];
		const { field, values, criteria } = params as unknown as {
			field: keyof User;
			values: string[];
			criteria: Array<{ value: string }>;
		};
		if (criteria)
			return {
				users: all.filter(({ email }) => email.toLowerCase() === criteria[0].value.toLowerCase()),
			};
		const wanted = new Set(values.map(key));
		return all.filter((user) => user[field] !== undefined && wanted.has(key(String(user[field]))));
	});
	return { read, requests };
}

describe.each<Database>(['mariadb', 'postgres'])('users on %s', (database) => {
	it('are those that Moodle gave for that very value', async () => {
		const { read } = siteOf(database, [
			{ id: 5, email: 'a@x.org', idnumber: 'Ab' },
			{ id: 6, email: 'b@x.org', idnumber: 'Straße' },
			{ id: 7, email: 'c@x.org', idnumber: 'Герой' },
		]);
		const found = await usersByValue(read, 'idnumber', [
			'Ab',
			'AB',
			'Strasse',
			'Герой',
			'Герои',
			'none',
		]);
		const ids = Object.fromEntries(
			[...found].map(([value, users]) => [value, (users as unknown as User[]).map(({ id }) => id)]),
		);
		const near = database === 'mariadb' ? [[5], [6]] : [[], []];
		expect(ids).toEqual({
			Ab: [5],
			AB: near[0],
			Strasse: near[1],
			Герой: [7],
			Герои: [],
			none: [],
		});
	});

	it('are asked for once where nothing may be the same', async () => {
		const { read, requests } = siteOf(database, []);
		await usersByValue(
			read,
			'idnumber',
			Array.from({ length: 400 }, (_, at) => `N-${at}`),
		);
		expect(requests).toEqual(['core_user_get_users_by_field']);
	});

	it('each spelling has its own place in the memory of a run', async () => {
		const users = [
			{ id: 5, email: 'a@x.org', idnumber: 'Ab' },
			...(database === 'postgres' ? [{ id: 6, email: 'b@x.org', idnumber: 'AB' }] : []),
		];
		const { read } = siteOf(database, users);
		const lookup = new Lookup({ read, site: async () => await Promise.resolve(undefined) });
		const references = ['Ab', 'AB', 'Ab'].map(
			(value) => new Reference('user', 'idnumber', value, 'User'),
		);
		const results = await lookup.resolve(references);
		expect(references.map((reference) => results.get(reference))).toEqual([
			{ id: 5 },
			{ id: database === 'postgres' ? 6 : 5 },
			{ id: 5 },
		]);
	});
});

describe('tellsCapitalsApart', () => {
	const visitors = { id: 2, email: 'root@localhost' };

	it.each<[Database, boolean]>([
		['mariadb', false],
		['postgres', true],
	])('%s: %s, by the address of visitors, asked once a run', async (database, apart) => {
		const { read, requests } = siteOf(database, [visitors]);
		expect(await Promise.all([tellsCapitalsApart(read), tellsCapitalsApart(read)])).toEqual([
			apart,
			apart,
		]);
		expect(requests).toEqual(Array(2).fill('core_user_get_users_by_field'));
	});

	it.each<[Database, boolean]>([
		['mariadb', false],
		['postgres', true],
	])(
		'%s: %s, by the own address where that of visitors is hidden or another one',
		async (database, apart) => {
			const { read, requests } = siteOf(database, []);
			expect(await tellsCapitalsApart(read)).toBe(apart);
			expect(requests).toHaveLength(5);
		},
	);

	it('somebody who has the address of visitors in capitals proves nothing', async () => {
		const other = { id: 9, email: 'ROOT@LOCALHOST' };
		for (const users of [[visitors, other], [other]]) {
			const { read } = siteOf('postgres', users);
			expect(await tellsCapitalsApart(read)).toBe(true);
		}
	});

	it('somebody who has it where visitors have another one: the own address tells', async () => {
		const { read } = siteOf('mariadb', [{ id: 9, email: 'ROOT@LOCALHOST' }]);
		expect(await tellsCapitalsApart(read)).toBe(false);
	});

	it('a record of visitors that Moodle cannot give leaves the own address', async () => {
		const { read } = siteOf('mariadb', []);
		const poisoned = Object.assign(async (...[facts, params]: Parameters<typeof read>) => {
			if (String(params.values).toLowerCase() === visitors.email)
				throw new MoodleFailure(facts.function, { reach: 'record', code: 'invalidresponse' });
			return await read(facts, params);
		}, read) as typeof read;
		expect(await tellsCapitalsApart(poisoned)).toBe(false);
	});

	it('is not known where the account may not ask, and then no other spelling counts', async () => {
		const read = answering(
			async (wsfunction) =>
				await Promise.reject(
					new MoodleFailure(wsfunction, { reach: 'function', code: 'accessexception' }),
				),
		);
		expect(await tellsCapitalsApart(read)).toBeUndefined();
		const rows = new Spellings([{ id: 1, name: 'Red' }], (row) => row.name);
		expect(await havingText(read, rows, 'RED')).toEqual([]);
		expect(await havingText(read, rows, ' Red ')).toEqual([{ id: 1, name: 'Red' }]);
	});

	it('another account with the same address in other capitals proves nothing', async () => {
		const { read } = siteOf('postgres', [{ id: 9, email: 'N8N@EXAMPLE.ORG' }]);
		expect(await tellsCapitalsApart(read)).toBe(true);
	});
});

describe('courses by their short names', () => {
	const siteOf = (size: number, maySearch = true) => {
		const asked: string[] = [];
		const all = Array.from({ length: size }, (_, at) => ({ id: at + 2, shortname: `N${at}` }));
		const read = answering(async (wsfunction, params) => {
			asked.push(wsfunction);
			await Promise.resolve();
			if (wsfunction === 'core_course_get_courses') return all;
			if (wsfunction === 'core_course_get_courses_by_field')
				return { courses: all.filter(({ shortname }) => shortname === params.value) };
			if (!maySearch)
				throw new MoodleFailure(wsfunction, { reach: 'function', code: 'accessexception' });
			return { total: size, courses: all.slice(0, 1) };
		});
		return { read, asked };
	};
	const names = (count: number) => Array.from({ length: count }, (_, at) => `N${at}`);
	const [ONE, ALL, SIZE] = [
		'core_course_get_courses_by_field',
		'core_course_get_courses',
		'core_course_search_courses',
	];

	it.each([
		['11 on any site: each alone', 11, 3000, [[ONE, 11]]],
		[
			'20 on a small site: the list of all',
			20,
			300,
			[
				[SIZE, 1],
				[ALL, 1],
			],
		],
		[
			'50 of 3,000: each alone, not 2 MB',
			50,
			3000,
			[
				[SIZE, 1],
				[ONE, 50],
			],
		],
		[
			'250 of 3,000: the list of all',
			250,
			3000,
			[
				[SIZE, 1],
				[ALL, 1],
			],
		],
	])('%s', async (_name, count, size, expected) => {
		const { read, asked } = siteOf(size);
		const found = await coursesByValue(read, 'shortname', names(count));
		expect([...found.values()]).toEqual(
			names(count).map((shortname, at) => [{ id: at + 2, shortname }]),
		);
		const counts = [...new Set(asked)].map((name) => [
			name,
			asked.filter((other) => other === name).length,
		]);
		expect(counts).toEqual(expected);
	});

	it('without the right to search, many are looked up in the list of all', async () => {
		const { read, asked } = siteOf(300, false);
		expect((await coursesByValue(read, 'shortname', names(12))).get('N3')).toHaveLength(1);
		expect(asked).toEqual([SIZE, ALL]);
	});
});

describe('a look-up that is refused', () => {
	const refused = (wsfunction: string) =>
		new MoodleFailure(wsfunction, {
			reach: 'record',
			code: 'invalidrecord',
			exception: 'dml_missing_record_exception',
		});

	it.each([3, 20])('of courses, costs its own value only, among %s', async (count) => {
		const read = answering(async (wsfunction, params) => {
			if (wsfunction === 'core_course_get_courses' || params.value === 'N1')
				throw refused(wsfunction);
			return await Promise.resolve({ courses: [{ id: 7, shortname: params.value }] });
		});
		const found = await coursesByValue(
			read,
			'shortname',
			Array.from({ length: count }, (_, at) => `N${at}`),
		);
		expect([...found.values()].filter((answer) => answer instanceof Problem)).toHaveLength(1);
		expect(found.get('N1')).toBeInstanceOf(Problem);
		expect(found.get('N0')).toEqual([{ id: 7, shortname: 'N0' }]);
	});

	it('of cohorts, costs its own value only', async () => {
		const read = answering(async (wsfunction, params) => {
			if (params.query === 'B') throw refused(wsfunction);
			return await Promise.resolve({ cohorts: [{ id: 7, name: 'x', idnumber: params.query }] });
		});
		const found = await cohortsByValue(read, 'idnumber', ['A', 'B']);
		expect(found.get('A')).toEqual([{ id: 7, name: 'x', idnumber: 'A' }]);
		expect(found.get('B')).toBeInstanceOf(Problem);
	});

	it('for a reason that is not about one value is the failure of all', async () => {
		const read = answering(
			async (wsfunction) =>
				await Promise.reject(
					new MoodleFailure(wsfunction, { reach: 'everybody', code: 'invalidtoken' }),
				),
		);
		await expect(coursesByValue(read, 'shortname', ['A', 'B'])).rejects.toThrow(MoodleFailure);
	});
});

describe('Spellings', () => {
	it('looks at each record a few times, however many are looked for', async () => {
		const { read } = siteOf('mariadb', []);
		let looks = 0;
		const rows = Array.from({ length: 2000 }, (_, id) => ({
			id,
			get name() {
				looks++;
				return `Group ${id}`;
			},
		}));
		const spellings = new Spellings(rows, (row) => row.name);
		for (const { id } of rows) {
			await havingText(read, spellings, `Group ${id}`);
			spellings.perhaps(`GROUP ${id}`);
		}
		expect(looks).toBeLessThanOrEqual(rows.length * 5);
	});

	it('prefers the exact spelling, and blank texts are nobody’s', async () => {
		const { read } = siteOf('mariadb', []);
		const rows = new Spellings(
			[
				{ id: 1, name: 'red' },
				{ id: 2, name: 'Red' },
				{ id: 3, name: '' },
				{ id: 4, name: null },
			],
			(row) => row.name,
		);
		expect((await havingText(read, rows, 'Red')).map(({ id }) => id)).toEqual([2]);
		expect(
			oneFound(await havingText(read, rows, 'RED'), 'RED', 'groups have the name'),
		).toMatchObject({ message: "2 groups have the name 'RED' (IDs 1, 2)" });
		expect(await havingText(read, rows, '')).toEqual([]);
	});
});
