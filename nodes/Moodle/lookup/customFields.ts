import { Problem, shown } from '../moodle/problem';
import { isObject, objectsOf, type Json, type Params } from '../moodle/values';

const pairsOf = (record: Json) =>
	objectsOf(record.customfields).map((pair) => ({
		name: String(pair.shortname),
		value: String(pair.value ?? '').trim(),
	}));

/** Whether any of these records sets a custom field. */
export function setCustomFields(records: Params[]): boolean {
	return records.some((record) => pairsOf(record as Json).length > 0);
}

/** What each kind of field takes; Moodle stores anything else as nothing, without a word. */
const WANTED: Record<string, [form: RegExp, words: string]> = {
	select: [/^\d*$/, 'the number of a choice, starting at 1'],
	date: [/^\d*$/, 'a date as Unix seconds'],
	checkbox: [/^[01]?$/, '1 or 0'],
	number: [/^(-?\d+(\.\d+)?)?$/, 'a number'],
};

function flawOf(name: string, value: string, kind: string | undefined): Problem | undefined {
	if (kind === undefined)
		return new Problem({
			message: `'Custom Fields': Moodle has no such field with the short name ${shown(name)}`,
			mend: 'Check the short name where an administrator defines these fields in Moodle.',
			code: 'nocustomfield',
		});
	if (kind === 'textarea')
		return new Problem({
			message: `'Custom Fields': Moodle does not store the long text of ${shown(name)} when it comes from outside`,
			mend: 'Use a custom field for short text.',
			code: 'longtextfield',
		});
	const wanted = WANTED[kind];
	return wanted && !wanted[0].test(value)
		? new Problem({
				message: `'Custom Fields': ${shown(name)} takes ${wanted[1]}, not ${shown(value)}`,
				code: 'badvalue',
			})
		: undefined;
}

/**
 * The first custom field of a record that Moodle would lose without a word: one it does not know, one for long texts, or
 * one whose value has another form (cohorts, groups and groupings, all versions).
 *
 * @param sample any record of the same kind as Moodle has it: each lists all fields that exist. Without one nothing is said.
 */
export function customFieldProblem(record: Params, sample: Json | undefined): Problem | undefined {
	if (!isObject(sample) || !Array.isArray(sample.customfields)) return undefined;
	const kinds = new Map(
		objectsOf(sample.customfields).map((row) => [String(row.shortname), String(row.type)]),
	);
	for (const { name, value } of pairsOf(record as Json)) {
		const flaw = flawOf(name, value, kinds.get(name));
		if (flaw) return flaw;
	}
	return undefined;
}
