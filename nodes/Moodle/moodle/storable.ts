/** Half of a character that takes two units of UTF-16, without its other half. */
const HALF = /\p{Cs}/u;

/**
 * Whether Moodle keeps a text as it is. No database of it stores the character with the code 0 (NUL): PostgreSQL refuses the
 * text, PHP drops it. Half of an emoji, as it is left where a text is cut, becomes U+FFFD on the way, so that the record
 * would not be recognised by its own name.
 */
export const isStorable = (text: string): boolean => !text.includes('\u0000') && !HALF.test(text);

/** Completes the sentence "'Name' …". */
export const NOT_STORABLE = 'contains a character that cannot be stored';

/** What to do about a text that is not storable. */
export const mendStorable = (text: string): string =>
	text.includes('\u0000')
		? 'Remove the character with the code 0 from it.'
		: 'It holds half of a character, as an emoji leaves where a text is cut: cut it elsewhere, or remove that half.';
