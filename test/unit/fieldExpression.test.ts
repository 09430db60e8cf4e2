import { compile, MISS } from '../../nodes/Moodle/run/fieldExpression';

const data = {
	email: 'a@example.org',
	id: 7,
	yes: true,
	no: null,
	deep: { 'E-mail': 'b', list: [1] },
	nothing: undefined,
} as never;

test.each([
	['={{ $json.email }}', 'a@example.org'],
	['={{$json.id}}', 7],
	['={{ $json["email"] }}', 'a@example.org'],
	["={{ $json.deep['E-mail'] }}", 'b'],
	['={{ $json.yes }}', true],
	['plain', 'plain'],
])('%s is read from the item', (raw, expected) => {
	expect(compile(raw)?.(data)).toBe(expected);
});

test.each([
	'={{ $json.email.length }}',
	'={{ $json.gone }}',
	'={{ $json.no }}',
	'={{ $json.nothing }}',
	'={{ $json.deep }}',
	'={{ $json.constructor }}',
	'={{ $json.deep.list }}',
])('%s is left to n8n for this item', (raw) => {
	expect(compile(raw)?.(data)).toBe(MISS);
});

test.each([
	'={{ $json.email.toLowerCase() }}',
	'={{ $json.a + 1 }}',
	'=x{{ $json.a }}',
	'={{ $json.a }} ',
	'={{ $("In").item.json.a }}',
	'={{ $now }}',
	'={{ $json }}',
	'={{ $json["a\\"b"] }}',
])('%s is evaluated by n8n', (raw) => {
	expect(compile(raw)).toBeUndefined();
});

test('objects and lists are read as a whole', () => {
	const raw = {
		__rl: true,
		mode: 'id',
		value: '={{ $json.id }}',
		list: ['={{ $json.email }}', 'x'],
	};
	expect(compile(raw)?.(data)).toEqual({
		__rl: true,
		mode: 'id',
		value: 7,
		list: ['a@example.org', 'x'],
	});
	expect(compile({ a: 'x', b: '={{ $json.gone }}' })?.(data)).toBe(MISS);
	expect(compile({ a: 'x', b: '={{ $json.id + 1 }}' })).toBeUndefined();
});
