import fc from 'fast-check';
import { field } from '../../nodes/Moodle/actions/fields';
import { Parameters, toReference, type RefOptions } from '../../nodes/Moodle/actions/parameters';
import { Reference, type ReferenceKind } from '../../nodes/Moodle/lookup/reference';
import { Problem } from '../../nodes/Moodle/moodle/problem';

const KINDS: ReferenceKind[] = ['user', 'course', 'category', 'cohort', 'group', 'grouping', 'role'];
const of = (raw: unknown, kind: ReferenceKind = 'user', options: RefOptions = {}) => toReference(raw, kind, 'My Field', options);
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
	it.each<unknown>([42, '42', ' 42 ', '042', rl('id', '42'), rl('id', 42), rl('list', '42'), rl('list', 42), { value: '42' }])('%j is the id 42', (raw) => {
		for (const kind of KINDS) expect(told(of(raw, kind))).toEqual(['id', '42']);
	});

	it.each<unknown>([undefined, null, '', '  ', rl('list', ''), rl('id', null), rl('username', ' '), {}, rl('url', '')])('%j is empty', (raw) => {
		expect(of(raw)).toBeUndefined();
	});

	it.each<unknown>(['ada', '-1', '0', '1.5', '1e3', '4 2', 'NaN', '99999999999999999999', '9007199254740993', rl('id', 'ada'), rl('list', 'ada@example.org'), true, '٤٢'])(
		'%j is no id',
		(raw) => {
			const problem = problemOf(() => of(raw));
			expect(problem.message).toMatch(/^'My Field' is not an ID: '/);
			expect(problem.code).toBe('badvalue');
		},
	);
});

describe('toReference: lists and objects', () => {
	it.each<unknown>([[], ['42'], [{ id: 42 }], rl('id', { id: 42 }), rl('username', ['ada']), rl('email', { address: 'ada@example.org' }), rl('url', [])])('%j is no single value', (raw) => {
		expect(problemOf(() => of(raw)).message).toMatch(/^'My Field' must be one value, not a list or an object: /);
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
		const others = ['username', 'email', 'idnumber', 'shortname', 'name', 'constructor', 'toString', ''].filter((mode) => !modes.includes(mode));
		for (const mode of others) expect(problemOf(() => of(rl(mode, 'x'), kind as ReferenceKind)).message).toContain("'My Field' cannot be given by");
	});

	it('keeps the scope and whether the id is to be looked up', () => {
		const scope = of(7, 'course');
		expect(of(rl('name', 'Monday'), 'group', { scope })).toMatchObject({ kind: 'group', scope, verify: false, field: 'My Field' });
		expect(of(5, 'user', { verify: true })).toMatchObject({ verify: true });
	});
});

const HOST = 'https://moodle.example.org';

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

	// The editor may put the number itself into the value, because the field extracts it.
	it.each<ReferenceKind>(['user', 'course', 'category'])('%s: takes the number that the editor has extracted already', (kind) => {
		expect(told(of(rl('url', '42'), kind))).toEqual(['id', '42']);
		expect(told(of(rl('url', 42), kind))).toEqual(['id', '42']);
	});

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
		expect(problemOf(() => of(rl('url', url), kind)).message).toMatch(/^'My Field' is not (?:the address of a|an ID)/);
	});

	it('shows no key of an address', () => {
		const url = `${HOST}/calendar/export_execute.php?userid=2&authtoken=abcdef&preset_what=all`;
		const { message } = problemOf(() => of(rl('url', url), 'course'));
		expect(message).toContain('/calendar/export_execute.php');
		expect(message).not.toContain('abcdef');
		expect(problemOf(() => of(rl('url', `${HOST}/x#authtoken=abcdef`), 'course')).message).not.toContain('abcdef');
	});

	it('gives a reference or a Problem for anything', () => {
		const modes = fc.constantFrom('list', 'id', 'url', 'username', 'email', 'idnumber', 'shortname', 'name', 'other');
		const raw = fc.oneof(fc.anything(), fc.record({ mode: modes, value: fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true }), fc.anything()) }));
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

	it('reads a long address in reasonable time', () => {
		const start = Date.now();
		for (const kind of ['user', 'course', 'category'] as const)
			problemOf(() => of(rl('url', `${HOST}/${'user/view.php?&'.repeat(2000)}x`), kind));
		expect(Date.now() - start).toBeLessThan(3000);
	});
});

describe('Parameters', () => {
	const parameters = (values: Record<string, unknown>) =>
		new Parameters(3, (name) => values[name], 'Europe/Berlin', (name) => ({ name, mimeType: 'text/plain', content: async () => Buffer.from('x') }));
	const username = field('username', 'Username', 'text', { max: 10 });

	it('needs what must be there', () => {
		expect(parameters({ username: 'ada' }).need(username)).toBe('ada');
		expect(parameters({ username: ' ada ' }).text(username)).toBe('ada');
		for (const value of [undefined, null, '', '  '])
			expect(problemOf(() => parameters({ username: value }).need(username))).toMatchObject({ message: "'Username' is empty", code: 'empty' });
		expect(() => parameters({ username: 'a'.repeat(11) }).need(username)).toThrow('may hold at most 10 characters');
	});

	it('leaves out what may be blank', () => {
		expect(parameters({ username: ' ' }).maybe(username)).toBeUndefined();
		expect(parameters({ username: 'ada' }).maybe(username)).toBe('ada');
	});

	it.each<[unknown, boolean]>([[true, true], ['true', true], [false, false], ['false', false], [undefined, false], [1, false], ['', false]])('flag %p is %p', (value, flag) => {
		expect(parameters({ x: value }).flag('x')).toBe(flag);
	});

	it('knows how many results are wanted', () => {
		expect(parameters({ returnAll: true, limit: 5 }).limit()).toBe(Infinity);
		expect(parameters({ returnAll: false, limit: '5' }).limit()).toBe(5);
		expect(() => parameters({ limit: 0 }).limit()).toThrow("'Limit' must be at least 1");
		expect(() => parameters({}).limit()).toThrow("'Limit' is empty");
		expect(() => parameters({ limit: 1.5 }).limit()).toThrow('whole number');
	});

	it('reads collections and options', () => {
		const p = parameters({ additionalFields: { city: 'Ulm' }, options: { dryRun: true }, odd: 'x' });
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
		expect(problemOf(() => p.ref('course', 'Course'))).toMatchObject({ message: "'Course' is empty", code: 'empty' });
	});

	it.each<[unknown, number]>([
		[rl('url', `${HOST}/mod/assign/view.php?id=77`), 77],
		[rl('url', `${HOST}/mod/quiz/view.php?cmid=77&page=2`), 77],
		[rl('url', `${HOST}/course/modedit.php?update=77&return=1`), 77],
		[rl('url', '77'), 77],
		[rl('id', ' 77 '), 77],
		[77, 77],
	])('reads an activity: %j', (raw, id) => {
		expect(parameters({ activityId: raw }).activity()).toBe(id);
	});

	it.each<unknown>([rl('url', `${HOST}/mod/assign/index.php?id=7`), rl('url', `${HOST}/course/view.php?id=7`), rl('id', 'x'), rl('url', ''), undefined])('reads no activity in %j', (raw) => {
		expect(() => parameters({ activityId: raw }).activity()).toThrow(Problem);
	});
});
