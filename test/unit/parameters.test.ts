import fc from '../support/randomly';
import { addressPattern, type PageKind } from '../../nodes/Moodle/actions/addresses';
import { field } from '../../nodes/Moodle/actions/fields';
import { Parameters, toReference, type RefOptions } from '../../nodes/Moodle/actions/parameters';
import { Reference, type ReferenceKind } from '../../nodes/Moodle/lookup/reference';
import { Problem } from '../../nodes/Moodle/moodle/problem';

const KINDS: ReferenceKind[] = [
	'user',
	'course',
	'category',
	'cohort',
	'group',
	'grouping',
	'role',
];
const of = (raw: unknown, kind: ReferenceKind = 'user', options: RefOptions = {}) =>
	toReference(raw, kind, 'My Field', options);
const rl = (mode: string, value: unknown) => ({ __rl: true, mode, value });
const told = (reference: Reference | undefined) => reference && [reference.mode, reference.value];

function problemOf(work: () => unknown): Problem {
	try {
		work();
	} catch (caught) {
		if (caught instanceof Problem) return caught;
		throw caught as Error;
	}
	throw new Error('nothing was thrown');
}

describe('toReference: ids', () => {
	it.each<unknown>([
		42,
		'42',
		' 42 ',
		'042',
		rl('id', '42'),
		rl('id', 42),
		rl('list', '42'),
		rl('list', 42),
		{ value: '42' },
	])('%j is the id 42', (raw) => {
		for (const kind of KINDS) expect(told(of(raw, kind))).toEqual(['id', '42']);
	});

	it.each<unknown>([
		undefined,
		null,
		'',
		'  ',
		rl('list', ''),
		rl('id', null),
		rl('username', ' '),
		{},
		rl('url', ''),
	])('%j is empty', (raw) => {
		expect(of(raw)).toBeUndefined();
	});

	it.each<unknown>([
		'ada',
		'-1',
		'0',
		'1.5',
		'1e3',
		'4 2',
		'NaN',
		'99999999999999999999',
		'9007199254740993',
		rl('id', 'ada'),
		rl('list', 'ada@example.org'),
		true,
		'٤٢',
	])('%j is no id', (raw) => {
		const problem = problemOf(() => of(raw));
		expect(problem.message).toMatch(/^'My Field' is not an ID: '/);
		expect(problem.code).toBe('badvalue');
	});
});

describe('toReference: lists and objects', () => {
	it.each<unknown>([
		[],
		['42'],
		[{ id: 42 }],
		rl('id', { id: 42 }),
		rl('username', ['ada']),
		rl('email', { address: 'ada@example.org' }),
		rl('url', []),
	])('%j is no single value', (raw) => {
		expect(problemOf(() => of(raw)).message).toMatch(
			/^'My Field' must be one value, not a list or an object: /,
		);
	});
});

describe('toReference: names', () => {
	const MODES: Record<ReferenceKind, string[]> = {
		user: ['username', 'email', 'idnumber'],
		course: ['shortname', 'idnumber'],
		category: ['idnumber'],
		cohort: ['idnumber'],
		group: ['name', 'idnumber'],
		grouping: ['name', 'idnumber'],
		role: ['shortname'],
	};

	it.each(Object.entries(MODES))('%s takes its own ways', (kind, modes) => {
		for (const mode of modes) {
			expect(told(of(rl(mode, ' Some Name '), kind as ReferenceKind))).toEqual([mode, 'Some Name']);
			expect(told(of(rl(mode, 42), kind as ReferenceKind))).toEqual([mode, '42']);
		}
	});

	it.each(Object.entries(MODES))('%s takes no others', (kind, modes) => {
		const others = [
			'username',
			'email',
			'idnumber',
			'shortname',
			'name',
			'constructor',
			'toString',
			'',
		].filter((mode) => !modes.includes(mode));
		for (const mode of others)
			expect(problemOf(() => of(rl(mode, 'x'), kind as ReferenceKind)).message).toContain(
				"'My Field' cannot be given by",
			);
	});

	it('keeps the scope and whether the id is to be looked up', () => {
		const scope = of(7, 'course');
		expect(of(rl('name', 'Monday'), 'group', { scope })).toMatchObject({
			kind: 'group',
			scope,
			verify: false,
			field: 'My Field',
		});
		expect(of(5, 'user', { verify: true })).toMatchObject({ verify: true });
	});
});

const HOST = 'https://moodle.example.org';
const parametersOf = (url: string, siteUrl: string) =>
	new Parameters(
		0,
		() => rl('url', url),
		'UTC',
		(name) => ({ name, mimeType: 'text/plain', content: async () => Buffer.from('x') }),
		siteUrl,
	);

describe('toReference: addresses', () => {
	it.each<[ReferenceKind, string, string]>([
		['user', `${HOST}/user/profile.php?id=42`, '42'],
		['user', `${HOST}/lms/user/view.php?id=42&course=7`, '42'],
		['user', `${HOST}/user/view.php?course=7&id=42`, '42'],
		['user', `${HOST}/user/editadvanced.php?id=42&course=1&returnto=profile`, '42'],
		['user', ` ${HOST}/user/profile.php?id=42#top `, '42'],
		['course', `${HOST}/course/view.php?id=42`, '42'],
		['course', `http://127.0.0.1:8080/moodle/course/view.php?id=42&section=3#section-3`, '42'],
		['course', `${HOST}/course/edit.php?id=42`, '42'],
		['course', `${HOST}/course/view.php?lang=de&id=42`, '42'],
		['category', `${HOST}/course/index.php?categoryid=42`, '42'],
		['category', `${HOST}/course/management.php?categoryid=42&view=courses`, '42'],
		['category', `${HOST}/course/editcategory.php?id=42`, '42'],
	])('%s: %s', (kind, url, id) => {
		expect(told(of(rl('url', url), kind))).toEqual(['id', id]);
	});

	it.each<[ReferenceKind, string]>([
		['course', 'https://other.example.net/course/view.php?id=42'],
		['course', `${HOST}/course/view.php?id=42`],
		['course', `${HOST}/lms2/course/view.php?id=42`],
		['course', `${HOST}:8443/lms/course/view.php?id=42`],
		['course', `https://moodle.example.org.example.net/lms/course/view.php?id=42`],
		['course', `https://moodle.example.org@example.net/lms/course/view.php?id=42`],
		['user', `${HOST}/user/profile.php?id=42&x=${HOST}/lms/user/profile.php?id=5`],
	])('%s: the number of another site is no number of this one: %s', (kind, url) => {
		expect(problemOf(() => of(rl('url', url), kind, { siteUrl: `${HOST}/lms` }))).toMatchObject({
			code: 'othersite',
		});
		expect(problemOf(() => parametersOf(url, `${HOST}/lms`).activity())).toMatchObject({
			code: 'othersite',
		});
	});

	it('takes addresses of the own site, whether they say http or https', () => {
		for (const scheme of ['http', 'https'])
			expect(
				told(
					of(rl('url', `${scheme}://moodle.example.org/lms/course/view.php?id=42`), 'course', {
						siteUrl: `${HOST}/lms`,
					}),
				),
			).toEqual(['id', '42']);
		expect(
			problemOf(() =>
				of(rl('url', `${HOST}/lms/deeper/course/view.php?id=42`), 'course', {
					siteUrl: `${HOST}/lms`,
				}),
			).message,
		).toContain('is not the address of a course');
		expect(
			problemOf(() => of(rl('url', `${HOST}/course/view.php?id=42&id=7`), 'course')).message,
		).toContain('is not the address of a course');
	});

	it('what n8n itself takes out of an address is the same', () => {
		const taken = (kind: PageKind, path: string) =>
			new RegExp(addressPattern(kind)).exec(`${HOST}${path}`)?.slice(1);
		expect(taken('activity', '/mod/workshop/submission.php?id=12&cmid=8')).toEqual(['8']);
		expect(taken('activity', '/mod/assign/view.php?id=77&forum=1&xid=5')).toEqual(['77']);
		expect(taken('activity', '/mod/forum/search.php?id=7')).toBeUndefined();
		expect(taken('course', '/course/view.php?x=1&id=42&id=7')).toEqual(['42']);
		expect(taken('category', '/course/management.php?categoryid=42&courseid=7')).toEqual(['42']);
		expect(
			taken('user', '/login/index.php?to=https://moodle.example.org/user/profile.php?id=5'),
		).toBeUndefined();
	});

	// The editor may put the number itself into the value, because the field extracts it.
	it.each<ReferenceKind>(['user', 'course', 'category'])(
		'%s: takes the number that the editor has extracted already',
		(kind) => {
			expect(told(of(rl('url', '42'), kind))).toEqual(['id', '42']);
			expect(told(of(rl('url', 42), kind))).toEqual(['id', '42']);
		},
	);

	it.each<[ReferenceKind, string]>([
		['user', `${HOST}/course/view.php?id=42`],
		['user', `${HOST}/user/profile.php`],
		['user', `${HOST}/user/profile.php?userid=42`],
		['user', `${HOST}/user/index.php?id=42`],
		['course', `${HOST}/user/profile.php?id=42`],
		['course', `${HOST}/mod/assign/view.php?id=42`],
		['course', `${HOST}/course/view.php?name=abc`],
		['course', `${HOST}/course/view.php?id=abc`],
		['course', `${HOST}/course/view.php?id=0`],
		['course', `${HOST}/course/view.php?grid=42`],
		['category', `${HOST}/course/view.php?id=42`],
		['course', 'moodle'],
		['cohort', `${HOST}/cohort/edit.php?id=42`],
		['group', `${HOST}/group/group.php?id=42`],
		['role', `${HOST}/admin/roles/define.php?roleid=3`],
	])('is no address of a %s: %s', (kind, url) => {
		expect(problemOf(() => of(rl('url', url), kind)).message).toMatch(
			/^'My Field' is not (?:the address of a|an ID)/,
		);
	});

	it('shows no key of an address', () => {
		const url = `${HOST}/calendar/export_execute.php?userid=2&authtoken=abcdef&preset_what=all`;
		const { message } = problemOf(() => of(rl('url', url), 'course'));
		expect(message).toContain('/calendar/export_execute.php');
		expect(message).not.toContain('abcdef');
		expect(
			problemOf(() => of(rl('url', `${HOST}/x#authtoken=abcdef`), 'course')).message,
		).not.toContain('abcdef');
	});

	it('gives a reference or a Problem for anything', () => {
		const modes = fc.constantFrom(
			'list',
			'id',
			'url',
			'username',
			'email',
			'idnumber',
			'shortname',
			'name',
			'other',
		);
		const raw = fc.oneof(
			fc.anything(),
			fc.record({
				mode: modes,
				value: fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true }), fc.anything()),
			}),
		);
		fc.assert(
			fc.property(raw, fc.constantFrom(...KINDS), (value, kind) => {
				try {
					const reference = of(value, kind);
					if (reference?.mode === 'id') expect(reference.value).toMatch(/^[1-9]\d*$/);
				} catch (caught) {
					expect(caught).toBeInstanceOf(Problem);
				}
			}),
			{ numRuns: 500 },
		);
	});
});

describe('Parameters', () => {
	const parameters = (values: Record<string, unknown>) =>
		new Parameters(
			3,
			(name) => values[name],
			'Europe/Berlin',
			(name) => ({ name, mimeType: 'text/plain', content: async () => Buffer.from('x') }),
		);
	const username = field('username', 'Username', 'text', { max: 10 });

	it('needs what must be there', () => {
		expect(parameters({ username: 'ada' }).need(username)).toBe('ada');
		expect(parameters({ username: ' ada ' }).text(username)).toBe('ada');
		for (const value of [undefined, null, '', '  '])
			expect(problemOf(() => parameters({ username: value }).need(username))).toMatchObject({
				message: "'Username' is empty",
				code: 'empty',
			});
		expect(() => parameters({ username: 'a'.repeat(11) }).need(username)).toThrow(
			'may hold at most 10 characters',
		);
	});

	it('leaves out what may be blank', () => {
		expect(parameters({ username: ' ' }).maybe(username)).toBeUndefined();
		expect(parameters({ username: 'ada' }).maybe(username)).toBe('ada');
	});

	it.each<[unknown, boolean]>([
		[true, true],
		['true', true],
		[false, false],
		['false', false],
		[undefined, false],
		['TRUE', true],
		[' Yes ', true],
		[1, true],
		['on', true],
		[0, false],
		['off', false],
		['', false],
	])('flag %p is %p', (value, flag) => {
		expect(parameters({ x: value }).flag('x')).toBe(flag);
	});

	it.each<unknown>(['nonsense', 2, {}, [true]])('flag %p is refused', (value) => {
		expect(problemOf(() => parameters({ returnAll: value }).flag('returnAll')).message).toMatch(
			/^'Return All' must be true or false: /,
		);
	});

	it('reads switches among the options, with their default', () => {
		const splitList = field('splitList', 'Split List', 'boolean', { default: true });
		const switched = (options: object) => parameters({ options }).optionFlag(splitList);
		expect([
			switched({}),
			switched({ splitList: '' }),
			switched({ splitList: 'no' }),
			switched({ splitList: 'TRUE' }),
		]).toEqual([true, true, false, true]);
		expect(() => switched({ splitList: 'nonsense' })).toThrow("'Split List' must be true or false");
	});

	it.each(['constructor', 'toString', 'Course', '', undefined])(
		'takes no choice that is not offered: %p',
		(value) => {
			const property = {
				displayName: 'Context',
				name: 'context',
				type: 'options' as const,
				default: 'course',
				options: [{ name: 'Course', value: 'course' }],
			};
			expect(parameters({ context: 'course' }).choice(property)).toBe('course');
			expect(() => parameters({ context: value }).choice(property)).toThrow(
				/^'Context' (?:must be one of course|is empty)/,
			);
		},
	);

	it('refuses a text that no database stores, by field', () => {
		expect(problemOf(() => parameters({ username: 'a\u0000b' }).need(username)).message).toBe(
			"'Username' contains a character that cannot be stored: 'a b'",
		);
		expect(
			problemOf(() => parameters({ userId: rl('username', 'a\u0000b') }).ref('user', 'User'))
				.message,
		).toBe("'User' contains a character that cannot be stored: 'a b'");
	});

	it('knows how many results are wanted', () => {
		expect(parameters({ returnAll: true, limit: 5 }).limit()).toBe(Infinity);
		expect(parameters({ returnAll: false, limit: '5' }).limit()).toBe(5);
		expect(() => parameters({ limit: 0 }).limit()).toThrow("'Limit' must be at least 1");
		expect(() => parameters({}).limit()).toThrow("'Limit' is empty");
		expect(() => parameters({ limit: 1.5 }).limit()).toThrow('whole number');
	});

	it('reads collections and options', () => {
		const p = parameters({
			additionalFields: { city: 'Ulm' },
			options: { dryRun: true },
			odd: 'x',
		});
		expect(p.fields('additionalFields', [field('city', 'City', 'text')])).toEqual({ city: 'Ulm' });
		expect(p.option('dryRun')).toBe(true);
		expect(p.option('other')).toBeUndefined();
		expect(p.entered('odd')).toEqual({});
		expect(p.entered('missing')).toEqual({});
		expect(p.item).toBe(3);
		expect(p.raw('odd')).toBe('x');
	});

	it('reads locators by their usual name', () => {
		const p = parameters({ userId: rl('username', 'ada'), target: 5, courseId: rl('list', '') });
		expect(told(p.ref('user', 'User'))).toEqual(['username', 'ada']);
		expect(told(p.ref('course', 'Target', 'target'))).toEqual(['id', '5']);
		expect(p.maybeRef('course', 'Course')).toBeUndefined();
		expect(problemOf(() => p.ref('course', 'Course'))).toMatchObject({
			message: "'Course' is empty",
			code: 'empty',
		});
	});

	it.each<[unknown, number]>([
		[rl('url', `${HOST}/mod/assign/view.php?id=77`), 77],
		[rl('url', `${HOST}/mod/quiz/view.php?cmid=77&page=2`), 77],
		[rl('url', `${HOST}/mod/workshop/submission.php?cmid=77&id=12`), 77],
		[rl('url', `${HOST}/mod/workshop/submission.php?id=12&cmid=77`), 77],
		[rl('url', `${HOST}/mod/glossary/edit.php?cmid=77&id=12#x`), 77],
		[rl('url', `${HOST}/mod/assign/view.php?id=77&rownum=0&xid=5`), 77],
		[rl('url', `${HOST}/course/modedit.php?update=77&return=1`), 77],
		[rl('url', '77'), 77],
		[rl('id', ' 77 '), 77],
		[77, 77],
	])('reads an activity: %j', (raw, id) => {
		expect(parameters({ activityId: raw }).activity()).toBe(id);
	});

	it.each<unknown>([
		rl('url', `${HOST}/mod/assign/index.php?id=7`),
		rl('url', `${HOST}/course/view.php?id=7`),
		rl('url', `${HOST}/mod/forum/search.php?id=7`),
		rl('url', `${HOST}/mod/assign/view.php?id=7&id=8`),
		rl('id', 'x'),
		rl('url', ''),
		undefined,
	])('reads no activity in %j', (raw) => {
		expect(() => parameters({ activityId: raw }).activity()).toThrow(Problem);
	});
});
