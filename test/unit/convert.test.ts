import fc from '../support/randomly';
import { convert, convertAll, isBlank } from '../../nodes/Moodle/actions/convert';
import { field, type Field, type FieldType } from '../../nodes/Moodle/actions/fields';
import { Problem } from '../../nodes/Moodle/moodle/problem';

const make = (type: FieldType, more: Partial<Field> = {}): Field =>
	field('x', 'My Field', type, more);
const to = (type: FieldType, value: unknown, more: Partial<Field> = {}) =>
	convert(make(type, more), value, 'Europe/Berlin');

/** The message of the problem that a value is. */
function refusal(type: FieldType, value: unknown, more: Partial<Field> = {}): string {
	try {
		to(type, value, more);
	} catch (caught) {
		if (caught instanceof Problem) return caught.message;
		throw caught as Error;
	}
	throw new Error('converted');
}

const choices = {
	options: [
		{ name: 'Hidden', value: 0 },
		{ name: 'Shown', value: 1 },
		{ name: 'Weeks', value: 'weeks' },
	],
};

describe('convert', () => {
	it.each<[FieldType, unknown, unknown, Partial<Field>?]>([
		['text', 'Ada', 'Ada'],
		['text', ' Ada ', ' Ada '],
		['text', 42, '42'],
		['text', true, 'true'],
		['text', '12345', '12345', { max: 5 }],
		['text', '🎓🎓🎓', '🎓🎓🎓', { max: 3 }],
		['multiline', 'a\nb', 'a\nb'],
		['password', ' Word-1 ', ' Word-1 '],
		['email', ' ada@example.org ', 'ada@example.org'],
		['email', "o'hara+x@mail.example.co.uk", "o'hara+x@mail.example.co.uk"],
		['integer', 5, 5],
		['integer', '5', 5],
		['integer', ' -3 ', -3],
		['integer', '5.0', 5],
		['number', '5.25', 5.25],
		['number', 0, 0],
		['boolean', true, true],
		['boolean', 'false', false],
		['boolean', 'Yes', true],
		['boolean', 'no', false],
		['boolean', 1, true],
		['boolean', '0', false],
		['switch', true, 1],
		['switch', 'off', 0],
		['date', '2026-09-01', 1_788_213_600],
		['date', '2026-09-01T00:00:00Z', 1_788_220_800],
		['choice', 1, 1, choices],
		['choice', '1', 1, choices],
		['choice', 'weeks', 'weeks', choices],
		['choice', 0, 0, choices],
		['list', 'a, b ,,c', 'a,b,c'],
		['list', ['a ', 'b'], 'a,b'],
		['list', [1, 2], '1,2'],
		[
			'customFields',
			{ values: [{ name: 'dept', value: 'HR' }] },
			[{ shortname: 'dept', value: 'HR' }],
		],
		['customFields', [{ name: ' dept ', value: 5 }], [{ shortname: 'dept', value: '5' }]],
		[
			'customFields',
			{
				values: [
					{ name: 'a', value: true },
					{ name: 'b', value: false },
					{ name: 'c' },
					{ name: 'd', value: null },
				],
			},
			[
				{ shortname: 'a', value: '1' },
				{ shortname: 'b', value: '0' },
				{ shortname: 'c', value: '' },
				{ shortname: 'd', value: '' },
			],
		],
		[
			'pairs',
			{ values: [{ name: 'numsections', value: 5 }] },
			[{ name: 'numsections', value: '5' }],
			{ keys: ['name', 'value'] },
		],
		['pairs', {}, []],
		['pairs', '', []],
	])('%s: %p becomes %p', (type, value, expected, more = {}) => {
		expect(to(type, value, more)).toEqual(expected);
	});

	it.each<[FieldType, unknown, RegExp, Partial<Field>?]>([
		['text', { a: 1 }, /^'My Field' must be a text: '\{"a":1\}'$/],
		['text', ['a'], /must be a text/],
		['text', '123456', /^'My Field' may hold at most 5 characters, not 6: '123456'$/, { max: 5 }],
		['email', 'ada', /^'My Field' is not an e-mail address: 'ada'$/],
		['email', 'ada@example', /is not an e-mail address/],
		['email', 'ada@example.', /is not an e-mail address/],
		['email', 'a da@example.org', /is not an e-mail address/],
		['email', 'ada@example.org, bob@example.org', /is not an e-mail address/],
		['email', 'Ada <ada@example.org>', /is not an e-mail address/],
		['email', 'a@b@c.example', /is not an e-mail address/],
		['integer', '5.5', /^'My Field' must be a whole number: '5.5'$/],
		['integer', 'five', /^'My Field' must be a number: 'five'$/],
		['integer', '', /must be a number/],
		['integer', true, /must be a number/],
		['integer', null, /must be a number/],
		['integer', [5], /must be a number/],
		['integer', 2 ** 60, /must be a whole number/],
		['integer', 0, /^'My Field' must be at least 1: '0'$/, { min: 1 }],
		['number', '5,25', /^'My Field' must be a number: '5,25'$/],
		['number', Infinity, /must be a number/],
		['number', 'NaN', /must be a number/],
		['boolean', 'maybe', /^'My Field' must be true or false: 'maybe'$/],
		['boolean', 2, /must be true or false/],
		['boolean', {}, /must be true or false/],
		['date', '2026-02-30', /^'My Field' is not a date: '2026-02-30'$/],
		['choice', 2, /^'My Field' must be one of 0, 1, weeks: '2'$/, choices],
		['choice', 'Shown', /must be one of/, choices],
		[
			'customFields',
			{ values: [{ name: ' ', value: 'x' }] },
			/^'My Field' has an entry without a name$/,
		],
		['customFields', { values: [{ value: 'x' }] }, /has an entry without a name/],
		[
			'customFields',
			{ values: [{ name: 'dept', value: { a: 1 } }] },
			/^'My Field' has a value for 'dept' that is not a text/,
		],
		['customFields', 'dept=HR', /^'My Field' must be a list of entries with name and value/],
		['pairs', 5, /must be a list of entries with name and value/],
		['list', { a: 1 }, /must be a text with commas, or a list of texts/],
		['list', ['a', { b: 1 }], /must be a text with commas, or a list of texts/],
		['list', 'a'.repeat(21), /may hold at most 20 characters/, { max: 20 }],
	])('%s: refuses %p', (type, value, message, more = {}) => {
		expect(refusal(type, value, more)).toMatch(message);
	});

	it('refuses more entries than fit a request', () => {
		const values = Array.from({ length: 401 }, (_, index) => ({ name: `n${index}`, value: 'x' }));
		expect(refusal('pairs', { values })).toContain('contains 401 entries');
		expect((to('pairs', { values: values.slice(1) }) as unknown[]).length).toBe(400);
	});

	it('shows no password, however wrong', () => {
		for (const value of [{ secret: 'Geheim-1' }, ['Geheim-1'], 'Geheim-1'.repeat(50)])
			expect(refusal('password', value, { max: 100 })).not.toContain('Geheim');
	});

	it('shows no more than the start of a long value', () => {
		expect(refusal('integer', 'x'.repeat(10_000)).length).toBeLessThan(200);
	});

	it('gives text or a Problem for anything, never another exception', () => {
		const types: FieldType[] = [
			'text',
			'multiline',
			'email',
			'password',
			'integer',
			'number',
			'boolean',
			'switch',
			'date',
			'choice',
			'list',
			'customFields',
			'pairs',
		];
		fc.assert(
			fc.property(
				fc.constantFrom(...types),
				fc.anything({ withDate: true, withNullPrototype: true }),
				(type, value) => {
					try {
						to(type, value, choices);
					} catch (caught) {
						expect(caught).toBeInstanceOf(Problem);
					}
				},
			),
			{ numRuns: 500 },
		);
	});
});

describe('convertAll', () => {
	const fields: Field[] = [
		make('text', { name: 'city', clearable: true } as Partial<Field>),
		make('text', { name: 'lang' } as Partial<Field>),
		make('date', { name: 'enddate' } as Partial<Field>),
		make('boolean', { name: 'suspended' } as Partial<Field>),
		make('integer', { name: 'maildisplay' } as Partial<Field>),
		make('customFields', { name: 'customfields' } as Partial<Field>),
	];
	const all = (values: unknown, mode: 'create' | 'update' = 'create') =>
		convertAll(fields, values, 'UTC', mode);

	it('takes the fields that were entered, in the order of the node', () => {
		const entered = { maildisplay: '2', city: 'Ulm', unknown: 'x', suspended: 'true' };
		expect(Object.entries(all(entered))).toEqual([
			['city', 'Ulm'],
			['suspended', true],
			['maildisplay', 2],
		]);
	});

	it('leaves out what says nothing', () => {
		expect(all({ city: undefined, lang: null, enddate: '' })).toEqual({});
		expect(all({ city: '  ', customfields: {} })).toEqual({});
		expect(all(undefined)).toEqual({});
		expect(all([])).toEqual({});
	});

	it('keeps zero and false, which say something', () => {
		expect(all({ maildisplay: 0, suspended: false })).toEqual({ maildisplay: 0, suspended: false });
	});

	it('clears with an empty text on an update, where Moodle can', () => {
		expect(all({ city: '', enddate: '' }, 'update')).toEqual({ city: '', enddate: 0 });
		expect(all({ city: undefined, enddate: null }, 'update')).toEqual({});
	});

	it('refuses to clear what Moodle cannot clear', () => {
		expect(() => all({ lang: '' }, 'update')).toThrow("'My Field' cannot be emptied");
		expect(() => all({ maildisplay: '' }, 'update')).toThrow('cannot be emptied');
	});
});

describe('isBlank', () => {
	it.each([undefined, null, '', ' ', '\n\t'])('%p is', (value) =>
		expect(isBlank(value)).toBe(true),
	);
	it.each([0, false, 'x', [], {}])('%p is not', (value) => expect(isBlank(value)).toBe(false));
});

describe('convert: what was taken by mistake', () => {
	it.each(['0x1F', '0b11', '0o17', 'Infinity', '1_000', '1,5'])('%p is no number', (value) => {
		expect(() => convert(field('x', 'Number', 'number'), value, 'UTC')).toThrow(
			"'Number' must be a number",
		);
		expect(() => convert(field('x', 'Number', 'integer'), value, 'UTC')).toThrow(
			"'Number' must be a number",
		);
	});

	it.each<[string, number]>([
		['31', 31],
		[' -2.50 ', -2.5],
		['1e3', 1000],
		['.5', 0.5],
		['+4', 4],
	])('%p is a number', (value, number) => {
		expect(convert(field('x', 'Number', 'number'), value, 'UTC')).toBe(number);
	});

	it('refuses keys that it would leave aside', () => {
		const pairs = field('preferences', 'Preferences', 'pairs', { keys: ['type', 'value'] });
		expect(() => convert(pairs, { other: [] }, 'UTC')).toThrow(
			"'Preferences' may hold values only: 'other'",
		);
		expect(() => convert(pairs, [{ name: 'a', value: 'b', type: 'c' }], 'UTC')).toThrow(
			"'Preferences' may hold name and value only: 'type'",
		);
	});

	it('refuses a character that cannot be stored, wherever it stands', () => {
		for (const value of [[{ name: 'a\u0000', value: 'b' }], [{ name: 'a', value: 'b\u0000' }]])
			expect(() =>
				convert(field('customfields', 'Custom Fields', 'customFields'), value, 'UTC'),
			).toThrow("'Custom Fields' contains a character that cannot be stored");
		expect(() => convert(field('interests', 'Interests', 'list'), 'a,b\u0000', 'UTC')).toThrow(
			"'Interests' contains a character that cannot be stored",
		);
	});

	it('shows a value that has no JSON', () => {
		let deep: unknown = 1;
		for (let level = 0; level < 20_000; level++) deep = [deep];
		expect(() => convert(field('x', 'City', 'text'), deep, 'UTC')).toThrow(
			"'City' must be a text: '(a list)'",
		);
	});
});
