import {
	countVariables,
	encode,
	formBody,
	HEAD_VARIABLES,
	workOf,
} from '../../nodes/Moodle/moodle/encode';
import { Problem } from '../../nodes/Moodle/moodle/problem';
import type { Params } from '../../nodes/Moodle/moodle/values';

describe('encode', () => {
	it('names nested values as PHP reads them, in order', () => {
		const params: Params = {
			users: [
				{ username: 'ada', customfields: [{ type: 'dept', value: 'HR' }] },
				{ username: 'bob', preferences: [] },
			],
			options: { ids: [3, 5] },
		};
		expect(encode(params)).toEqual([
			['users[0][username]', 'ada'],
			['users[0][customfields][0][type]', 'dept'],
			['users[0][customfields][0][value]', 'HR'],
			['users[1][username]', 'bob'],
			['options[ids][0]', '3'],
			['options[ids][1]', '5'],
		]);
	});

	it('writes yes and no as 1 and 0, and numbers with a dot', () => {
		expect(encode({ yes: true, no: false, zero: 0, minus: -3, half: 0.5 })).toEqual([
			['yes', '1'],
			['no', '0'],
			['zero', '0'],
			['minus', '-3'],
			['half', '0.5'],
		]);
	});

	it('leaves out what is undefined or null, and sends an empty text', () => {
		expect(
			encode({ gone: undefined, none: null, cleared: '', inner: { gone: undefined, cleared: '' } }),
		).toEqual([
			['cleared', ''],
			['inner[cleared]', ''],
		]);
	});

	it('leaves nothing of empty lists and objects', () => {
		expect(encode({ list: [], object: {}, deep: { list: [[], {}] } })).toEqual([]);
	});

	it('keeps blanks, line breaks and characters of other scripts', () => {
		expect(encode({ text: ' a&b=c\n+%20 ü 🎓 ' })).toEqual([['text', ' a&b=c\n+%20 ü 🎓 ']]);
		const body = formBody('f', { text: 'a&b=c+%ü' });
		expect(new URLSearchParams(body).get('text')).toBe('a&b=c+%ü');
	});

	it.each([Number.NaN, Infinity, -Infinity])(
		'refuses the number %p, naming the variable',
		(value) => {
			const attempt = () => encode({ grades: [{ grade: value }] });
			expect(attempt).toThrow(Problem);
			expect(attempt).toThrow("'grades[0][grade]' is not a number");
		},
	);
});

describe('countVariables', () => {
	const cases: Params[] = [
		{},
		{ a: 1 },
		{ a: undefined, b: null, c: '' },
		{ users: [{ a: 1, b: [1, 2, { c: false }] }, {}, { d: undefined }] },
		{ deep: { deeper: { deepest: ['x'] } } },
	];

	it.each(cases)('is the number of pairs that are sent: %j', (params) => {
		expect(countVariables(params)).toBe(encode(params).length);
	});
});

describe('formBody', () => {
	it('puts format, function and raw setting in front of the data', () => {
		const names = [...new URLSearchParams(formBody('core_x', { a: 1, b: [2] })).keys()];
		expect(names).toEqual(['moodlewsrestformat', 'wsfunction', 'moodlewssettingraw', 'a', 'b[0]']);
	});

	it('makes as many variables as are planned for, the token counted', () => {
		const params = { list: [1, 2, 3] };
		const sent = [...new URLSearchParams(formBody('core_x', params)).keys()].length;
		expect(sent + 1).toBe(HEAD_VARIABLES + countVariables(params));
	});
});

describe('workOf', () => {
	const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
	it.each<[string, number, Params, unknown, boolean]>([
		['a writing call by its records', 3, { users: [{ id: 1 }, { id: 2 }, { id: 3 }] }, null, false],
		[
			'a page of a list by its rows',
			500,
			{ courseid: 1, options: [{ name: 'a' }] },
			rows(500),
			true,
		],
		['a look-up by what it finds', 2, { field: 'email', values: ['a', 'b', 'c'] }, rows(2), true],
		['a look-up that finds nobody as nothing', 0, { field: 'email', values: ['a', 'b'] }, [], true],
		['rows inside an answer', 4, { criteria: [] }, { users: rows(4), warnings: [] }, true],
		['what has neither as one', 1, {}, { userid: 2 }, true],
	])('counts %s', (_what, expected, params, reply, isReading) => {
		expect(workOf(params, reply, isReading)).toBe(expected);
	});
});
