import { columnKeys, reportRow } from '../../nodes/Moodle/lookup/reports';

test('columnKeys: titles, each once, never one that n8n takes for a failure', () => {
	expect(
		columnKeys(['Name', 'Name', 'name', ' <b>Name</b> ', '', '', 'error', 'Name 2', 'A &amp; B']),
	).toEqual([
		'Name',
		'Name 2',
		'name',
		'Name 3',
		'Column 5',
		'Column 6',
		'error 2',
		'Name 2 2',
		'A & B',
	]);
	expect(columnKeys([])).toEqual([]);
});

test('reportRow: values by title, missing ones null', () => {
	expect(reportRow(['a', 'b', 'c'], ['<a href="x">5 &lt; 6</a>', null], true)).toEqual({
		a: '5 < 6',
		b: null,
		c: null,
	});
	expect(reportRow(['a'], ['<i>x</i>', 'more'], false)).toEqual({ a: '<i>x</i>' });
});
