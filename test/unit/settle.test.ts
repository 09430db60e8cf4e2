import type { RecordResult } from '../../nodes/Moodle/moodle/calls';
import { Problem } from '../../nodes/Moodle/moodle/problem';
import {
	settleInOrder,
	settleNull,
	settleWarnings,
	settleWhole,
	warningsOf,
	type Warning,
} from '../../nodes/Moodle/moodle/settle';

/** `true` for what was taken, the code for what was not. */
const told = (results: RecordResult[]) =>
	results.map((result) => ('problem' in result ? result.problem.code : true));

describe('settleNull', () => {
	it('takes every record', () => {
		expect(settleNull(null, [1, 2])).toEqual([{ reply: null }, { reply: null }]);
	});
});

describe('settleWhole', () => {
	it('gives the whole reply to the one record', () => {
		expect(settleWhole({ id: 1 })).toEqual([{ reply: { id: 1 } }]);
	});
});

describe('settleInOrder', () => {
	const settle = settleInOrder('username');
	const records = [{ username: 'ada' }, { username: 'bob' }, { username: 'cy' }];

	it('gives each record its row', () => {
		const rows = [
			{ id: 5, username: 'ada' },
			{ id: 6, username: 'bob' },
			{ id: 7, username: 'cy' },
		];
		expect(settle(rows, records)).toEqual(rows.map((row) => ({ reply: row })));
	});

	it.each([
		[
			'a row less',
			[
				{ id: 5, username: 'ada' },
				{ id: 6, username: 'bob' },
			],
			[true, true, 'shortreply'],
		],
		[
			'rows in another order',
			[
				{ id: 6, username: 'bob' },
				{ id: 5, username: 'ada' },
				{ id: 7, username: 'cy' },
			],
			['shortreply', 'shortreply', true],
		],
		[
			'a row missing in the middle',
			[
				{ id: 5, username: 'ada' },
				{ id: 7, username: 'cy' },
			],
			[true, 'shortreply', 'shortreply'],
		],
		['nothing', [], ['shortreply', 'shortreply', 'shortreply']],
		['null', null, ['shortreply', 'shortreply', 'shortreply']],
		['an object', { id: 5 }, ['shortreply', 'shortreply', 'shortreply']],
		['rows that are no objects', [5, null, 'x'], ['shortreply', 'shortreply', 'shortreply']],
		[
			'a row more',
			[...records.map((record, id) => ({ id, ...record })), { id: 9, username: 'eve' }],
			[true, true, true],
		],
	])('never gives a record the id of another: %s', (_what, reply, expected) => {
		expect(told(settle(reply, records))).toEqual(expected);
	});

	it('compares as Moodle and its database do', () => {
		const pairs: Array<[string, string]> = [
			['ÀDA', 'ada'],
			[' ada ', 'Ada'],
			['ada\u0301', 'adá'],
		];
		for (const [sent, stored] of pairs)
			expect(told(settle([{ id: 1, username: stored }], [{ username: sent }]))).toEqual([true]);
		expect(told(settle([{ id: 1, username: 'adb' }], [{ username: 'ada' }]))).toEqual([
			'shortreply',
		]);
	});

	it('trusts the order where a reply holds no key', () => {
		expect(told(settle([{ id: 1 }], [{ username: 'ada' }]))).toEqual([true]);
		expect(told(settleInOrder()([{ id: 1, username: 'eve' }], [{ username: 'ada' }]))).toEqual([
			true,
		]);
	});
});

describe('warningsOf', () => {
	it('reads warnings of all shapes', () => {
		const warnings = [
			{ item: 'user', itemid: 5, warningcode: 'x', message: 'm' },
			{ itemid: '6', warningcode: 1 },
			{ itemid: null, warningcode: 'y', message: null },
			{ itemid: 'abc' },
			'odd',
		];
		expect(warningsOf({ warnings })).toEqual([
			{ item: 'user', itemid: 5, warningcode: 'x', message: 'm' },
			{ item: undefined, itemid: 6, warningcode: '1', message: '' },
			{ item: undefined, itemid: undefined, warningcode: 'y', message: '' },
			{ item: undefined, itemid: undefined, warningcode: '', message: '' },
		]);
	});

	it('takes mark-up and keys out of messages', () => {
		const message =
			'Not allowed: <a href="https://m.example.org/x.php?sesskey=abc">see here</a> (token=def)';
		expect(warningsOf({ warnings: [{ message }] })[0].message).toBe(
			'Not allowed: see here (token=(hidden)',
		);
	});

	it.each([null, undefined, [], 5, 'x', {}, { warnings: null }, { warnings: {} }])(
		'is empty for %j',
		(reply) => {
			expect(warningsOf(reply)).toEqual([]);
		},
	);
});

describe('settleWarnings', () => {
	const settle = settleWarnings(
		(record) => (record as { id: number }).id,
		(warning: Warning) => new Problem({ message: warning.message, code: warning.warningcode }),
	);
	const records = [{ id: 5 }, { id: 6 }, { id: 7 }];
	const warning = (itemid: unknown, warningcode = 'refused') => ({
		itemid,
		warningcode,
		message: 'Text',
	});

	it.each<[string, unknown, unknown[]]>([
		['none', { warnings: [] }, [true, true, true]],
		['no list at all', null, [true, true, true]],
		['one in the middle', { warnings: [warning(6)] }, [true, 'refused', true]],
		[
			'several, in another order',
			{ warnings: [warning(7, 'b'), warning(5, 'a')] },
			['a', true, 'b'],
		],
		['an id as text', { warnings: [warning('6')] }, [true, 'refused', true]],
		['two for one record', { warnings: [warning(6, 'a'), warning(6, 'b')] }, [true, 'a', true]],
		[
			'one that names nobody of the request',
			{ warnings: [warning(99, 'stray')] },
			['stray', 'stray', 'stray'],
		],
		['one without an id', { warnings: [warning(undefined, 'stray')] }, ['stray', 'stray', 'stray']],
		[
			'one of each',
			{ warnings: [warning(99, 'stray'), warning(6, 'own')] },
			['stray', 'own', 'stray'],
		],
	])('maps warnings to records: %s', (_what, reply, expected) => {
		expect(told(settle(reply, records))).toEqual(expected);
	});
});
