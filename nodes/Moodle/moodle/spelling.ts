/**
 * When two texts name the same record. Databases differ: MariaDB as Moodle sets it up (utf8mb4_unicode_ci) takes capitals,
 * most accents, ß and ss, か and が, and any two emojis for equal, but й and и for two letters; PostgreSQL takes nothing
 * for equal but the very same text (measured on 4.1, 4.5, 5.0 on PostgreSQL, 5.1). So there are two keys, which must not be
 * mixed up:
 *
 * - `wideKey` keeps apart: texts with different keys differ for every database. If it is too wide, that costs a request.
 * - `narrowKey` takes one text for the other, on a site that does so itself. If it were too wide, the wrong record is taken.
 */

/** A value without outer spaces: Moodle cuts them off before it stores a text. */
export function trimmed(value: unknown): string {
	return String(value ?? '').trim();
}

/** The same for texts that differ in capitals only. Accents count: collations of single languages keep them apart. */
export function narrowKey(value: unknown): string {
	return trimmed(value).normalize('NFC').toLowerCase();
}

const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', ς: 'σ', ґ: 'г' };

/** ID numbers of groups are compared by PHP, for which 7, 007 and 7.0 are one number (4.1 to 5.1 measured). */
const NUMBER = /^[+-]?\d{1,15}(\.\d{1,9})?$/;

/** The kana after this one: the full size of a small one. */
const nextLetter = (letter: string) => String.fromCharCode(letter.charCodeAt(0) + 1);

const hiragana = (katakana: string) => String.fromCharCode(katakana.charCodeAt(0) - 0x60);

/** A text without capitals and without whatever accents, joiners and sizes letters can have: for filters, and for `wideKey`. */
export function bareLetters(value: unknown): string {
	return trimmed(value)
		.normalize('NFKD')
		.toLowerCase()
		.replace(/[\p{M}\p{Cc}\p{Cf}]/gu, '')
		.replace(/[\u{10000}-\u{10ffff}]/gu, '\ufffd')
		.replace(/[ßæœıςґ]/g, (letter) => LETTERS[letter])
		.replace(/[\u30a1-\u30f6]/g, hiragana)
		.replace(/[ぁぃぅぇぉっゃゅょゎ]/g, nextLetter);
}

/** The same for all texts that one of the databases, or Moodle itself, could take for the same. */
export function wideKey(value: unknown): string {
	const text = trimmed(value);
	return NUMBER.test(text) ? String(Number(text)) : bareLetters(text);
}
