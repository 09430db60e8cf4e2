import fc from '../support/randomly';
import { countVariables, encode, formBody, HEAD_VARIABLES } from '../../nodes/Moodle/moodle/encode';
import type { Params, Value } from '../../nodes/Moodle/moodle/values';
import { parseUrlencoded } from '../sandbox/php';
import { phpArray } from '../sandbox/request';
import type { PhpArray, PhpValue } from '../sandbox/types';

const name = fc
	.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'abcxyz_09') })
	.map((text) => `k${text}`);
const text = fc.oneof(
	fc.string({ maxLength: 20, unit: 'binary' }),
	fc.constantFrom(
		'',
		' ',
		'0',
		'a=b&c=d',
		'100%',
		'a+b',
		'%20',
		'a[0]',
		']',
		'\u0000',
		'\r\n',
		'ä',
		'🎓',
		'\ud800',
		'wstoken=x',
		'<b>',
	),
);
const scalar: fc.Arbitrary<Value> = fc.oneof(
	text,
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.boolean(),
	fc.constantFrom(null, undefined),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4, depthSize: 'small' },
		scalar,
		fc.array(tie('value'), { maxLength: 4 }),
		fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
	),
}));
const params = fc.dictionary(name, value, {
	maxKeys: 5,
	noNullPrototype: true,
}) as fc.Arbitrary<Params>;

const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** What PHP should have of a value; undefined when nothing of it travels. */
function inPhp(of: Value): PhpValue | undefined {
	if (of === undefined || of === null) return undefined;
	if (typeof of === 'boolean') return of ? '1' : '0';
	if (typeof of !== 'object') return String(of).replace(LONE_SURROGATES, '\ufffd');
	const inner: PhpArray = new Map();
	for (const [key, part] of Object.entries(of)) {
		const there = inPhp(part);
		if (there !== undefined) inner.set(key, there);
	}
	return inner.size > 0 ? inner : undefined;
}

const arrived = (body: string) => phpArray(parseUrlencoded(body));

describe('a form, as PHP reads it', () => {
	it('holds the same nested data', () => {
		fc.assert(
			fc.property(params, (sent) => {
				const php = arrived(formBody('core_x', sent));
				for (const head of ['moodlewsrestformat', 'wsfunction', 'moodlewssettingraw'])
					php.delete(head);
				expect(php).toEqual(inPhp(sent) ?? new Map());
			}),
			{ numRuns: 1000 },
		);
	});

	it('holds as many variables as were counted, each name once', () => {
		fc.assert(
			fc.property(params, (sent) => {
				const pairs = parseUrlencoded(formBody('core_x', sent));
				expect(pairs.length + 1).toBe(HEAD_VARIABLES + countVariables(sent));
				expect(encode(sent)).toHaveLength(countVariables(sent));
				expect(new Set(pairs.map(([key]) => key)).size).toBe(pairs.length);
			}),
			{ numRuns: 500 },
		);
	});

	it('loses the token before any of the data when it is cut', () => {
		fc.assert(
			fc.property(params, fc.nat({ max: 60 }), (sent, kept) => {
				const pairs = parseUrlencoded(`${formBody('core_x', sent)}&wstoken=t`);
				fc.pre(kept < pairs.length);
				expect(phpArray(pairs.slice(0, kept)).has('wstoken')).toBe(false);
			}),
		);
	});
});
