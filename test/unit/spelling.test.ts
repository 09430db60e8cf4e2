import { bareLetters, narrowKey, wideKey } from '../../nodes/Moodle/moodle/spelling';
import { textsOf } from '../sandbox/text';

const PAIRS: Array<[string, string]> = [
	['abc', 'ABC'],
	['résumé', 'resume'],
	['Герой', 'Герои'],
	['Ёлка', 'Елка'],
	['Straße', 'Strasse'],
	['😀', '🎉'],
	['a\u200bb', 'ab'],
	['か', 'が'],
	['か', 'カ'],
	['ゃ', 'や'],
	['œuvre', 'oeuvre'],
	['İ', 'i'],
	['①', '1'],
	['ﬁ', 'fi'],
	['Ａ', 'a'],
	['ά', 'α'],
	['σ', 'ς'],
	['a', ' a '],
	['7', '007'],
	['7.0', '7'],
];
const DIFFERENT: Array<[string, string]> = [
	['a', 'b'],
	['Group 1', 'Group 11'],
	['Иванов', 'Петров'],
	['1', '2'],
	['12345678901234567890', '12345678901234567891'],
	['x7', 'x07'],
	['日', '本'],
];

describe('wideKey: for keeping apart', () => {
	it.each([...PAIRS, ['\u00e9', 'e\u0301']])('%j and %j may be the same', (a, b) => {
		expect(wideKey(a)).toBe(wideKey(b));
	});

	it.each(DIFFERENT)('%j and %j are never the same', (a, b) => {
		expect(wideKey(a)).not.toBe(wideKey(b));
	});

	it('is as wide as MariaDB for all Latin, Greek and Cyrillic letters', () => {
		const { key } = textsOf('mariadb');
		const byKey = new Map<string, string>();
		for (let code = 0x21; code < 0x530; code++) {
			const letter = String.fromCharCode(code);
			// Marks that stand alone are left out: nobody has them for a name.
			if (/[\p{M}\p{C}\p{Lm}]/u.test(letter) || letter.trim() === '') continue;
			byKey.set(key(letter), byKey.get(key(letter)) ?? letter);
		}
		const missed = [...Array(0x530 - 0x21).keys()]
			.map((at) => String.fromCharCode(at + 0x21))
			.filter(
				(letter) =>
					byKey.has(key(letter)) &&
					!/[\p{M}\p{C}\p{Lm}]/u.test(letter) &&
					wideKey(`a${letter}`) !== wideKey(`a${byKey.get(key(letter))}`),
			);
		// Signs of the phonetic alphabet: ts and dz in one letter.
		expect(missed.join(' ')).toBe('ʣ ʦ');
	});
});

describe('narrowKey: for taking one for the other', () => {
	it.each([
		['abc', 'ABC'],
		[' Ada ', 'ada'],
		['\u00c9', 'e\u0301'],
		['ПЁТР', 'пётр'],
	])('%j is %j', (a, b) => {
		expect(narrowKey(a)).toBe(narrowKey(b));
	});

	it.each([
		...DIFFERENT,
		...PAIRS.filter(
			([a, b]) => !['abc', 'a', 'Ａ'].includes(a) && a.toLowerCase() !== b.toLowerCase(),
		),
	])('%j is not %j', (a, b) => {
		expect(narrowKey(a)).not.toBe(narrowKey(b));
	});
});

test('bareLetters leaves numbers as they are typed: a filter of 01 is not one of 1', () => {
	expect(bareLetters('01')).toBe('01');
	expect(bareLetters(undefined)).toBe('');
});
