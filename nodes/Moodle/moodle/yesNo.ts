/** Spellings of yes and no that expressions give, in lower case. */
export const YES = ['true', '1', 'yes', 'on'];
const NO = ['false', '0', 'no', 'off'];

/** A yes or no in any form that an expression may give; undefined for everything else, an empty text too. */
export function yesOrNo(value: unknown): boolean | undefined {
	if (typeof value === 'object') return undefined;
	const text = String(value).trim().toLowerCase();
	if (YES.includes(text)) return true;
	return NO.includes(text) ? false : undefined;
}
