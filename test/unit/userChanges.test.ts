import { changesOf } from '../../nodes/Moodle/actions/user/compare';

const ada = {
	id: 5,
	username: 'ada',
	firstname: 'Ada',
	email: 'Ada@Example.org',
	mailformat: 1,
	interests: 'Chess, go',
	city: 'Köln',
	customfields: [
		{ type: 'text', shortname: 'dept', value: 'PHY', displayvalue: 'PHY' },
		{
			type: 'datetime',
			shortname: 'hired',
			value: '1700006400',
			displayvalue: 'Wednesday, 15 November 2023',
		},
		{
			type: 'datetime',
			shortname: 'shift',
			value: '1700006400',
			displayvalue: 'Wednesday, 15 November 2023, 12:00 AM',
		},
	],
};

test.each([
	['nothing given', {}, undefined],
	['the same', { firstname: 'Ada', city: 'Köln', mailformat: 1 }, undefined],
	[
		'address and name whatever their capitals',
		{ email: 'ada@example.org', username: 'ADA' },
		undefined,
	],
	['capitals of names matter', { firstname: 'ADA' }, { firstname: 'ADA' }],
	['interests in any order', { interests: 'GO,chess' }, undefined],
	['an interest that Moodle drops', { interests: 'chess, 0, Go' }, undefined],
	['an interest with another accent', { interests: 'chess, gó' }, { interests: 'chess, gó' }],
	['another interest', { interests: 'go' }, { interests: 'go' }],
	['absent is empty', { country: 'DE', phone1: '' }, { country: 'DE' }],
	[
		'what is never told',
		{ middlename: 'King', maildisplay: 2 },
		{ middlename: 'King', maildisplay: 2 },
	],
	[
		'custom fields that differ only',
		{
			customfields: [
				{ type: 'dept', value: 'PHY' },
				{ type: 'level', value: 'High' },
				{ type: 'none', value: '' },
			],
		},
		{ customfields: [{ type: 'level', value: 'High' }] },
	],
	[
		'short names whatever their capitals',
		{ customfields: [{ type: 'DEPT', value: 'PHY' }] },
		undefined,
	],
	[
		'a date that was cut to midnight',
		{ customfields: [{ type: 'hired', value: '1700050000' }] },
		undefined,
	],
	[
		'a later day',
		{ customfields: [{ type: 'hired', value: '1700150000' }] },
		{ customfields: [{ type: 'hired', value: '1700150000' }] },
	],
	[
		'a date with its time',
		{ customfields: [{ type: 'shift', value: '1700050000' }] },
		{ customfields: [{ type: 'shift', value: '1700050000' }] },
	],
])('%s', (_name, wanted, expected) => {
	expect(changesOf(wanted, ada)).toEqual(expected);
});

test('an account that is not shown all custom fields empties them, because it cannot tell that they are empty', () => {
	const customfields = [{ type: 'none', value: '' }];
	expect(changesOf({ customfields }, { ...ada, username: undefined })).toEqual({ customfields });
});

test('the value 0, which Moodle tells of a department only', () => {
	expect(
		changesOf({ department: '0', city: '0' }, { ...ada, department: '0', city: undefined }),
	).toEqual({ city: '0' });
});
