import { asIs } from '../common/asIs';
import type { CallFacts, Read, RecordResult } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { Problem, shown } from '../moodle/problem';
import { isObject, type Json, type Params, type Value } from '../moodle/values';

/** A field that Moodle takes and may leave out without a word: for a setting of the site, or for want of a permission. */
export interface Droppable {
	/** As it is sent. */
	name: string;
	/** As the user sees it. */
	label: string;
	/** What to do when it is left out. */
	mend: string;
}

/** Where themes are allowed. */
export const themesOf = (what: string): string =>
	`Tick 'Allow ${what} themes' in the theme settings of the site (Site administration > Appearance), or remove the field.`;

const isGiven = (record: Value, { name }: Droppable) =>
	isObject(record) && (record as Params)[name] !== undefined;

/** The first field that a record lacks, as a problem; undefined where all are as they were sent. */
function leftOut(
	record: Params,
	row: Json | undefined,
	fields: Droppable[],
	done: string,
): Problem | undefined {
	for (const field of fields) {
		if (!isGiven(record, field)) continue;
		const stored = row?.[field.name];
		const value = `'${field.label}' ${shown(String(record[field.name] as string))}`;
		if (stored === undefined)
			return new Problem({
				message: `${done}, but the account behind the token does not see whether Moodle took ${value}`,
				mend: field.mend,
				code: 'unseen',
			});
		if (String((stored ?? '') as string) !== String(record[field.name] as string))
			return new Problem({
				message: `${done}, but Moodle left out ${value}`,
				mend: field.mend,
				code: 'leftout',
			});
	}
	return undefined;
}

/**
 * What becomes of fields that Moodle may leave out without a word is read afterwards, for records that have one.
 *
 * @param what `course`, `category` or `cohort`
 * @param rowsOf the records with these ids, as far as the account sees them; without it the answer shows the fields
 */
export function checkedFor(
	what: string,
	fields: Droppable[],
	rowsOf?: (read: Read, ids: string[]) => Promise<Json[]>,
): Pick<CallFacts, 'confirm' | 'doubts'> {
	const settled = (record: Params, reply: unknown, rows?: Map<string, Json>): RecordResult => {
		const id = idIn(record, reply);
		const row = rows ? rows.get(id) : isObject(reply) ? reply : undefined;
		const done = `The ${what} was ${record.id === undefined ? `created (ID ${id})` : 'changed'}`;
		const problem = leftOut(record, row, fields, done);
		return problem ? { problem } : { reply };
	};
	return {
		doubts: (record) => fields.some((field) => isGiven(record, field)),
		confirm: async (records, replies, _shared, read) => {
			const written = records as Params[];
			const ids = written.map((record, at) => idIn(record, replies[at]));
			const rows = rowsOf && (await rowsSeen(async () => await rowsOf(read, ids)));
			return written.map((record, at) => settled(record, replies[at], rows));
		},
	};
}

/** The id of a record that was changed, or of one that was created. */
function idIn(record: Params, reply: unknown): string {
	return String((record.id ?? (isObject(reply) ? reply.id : '')) as number);
}

/** Rows by id; none where Moodle does not give them: the records are written whatever becomes of the look. */
async function rowsSeen(rowsOf: () => Promise<Json[]>): Promise<Map<string, Json>> {
	try {
		return new Map((await rowsOf()).map((row) => [String(row.id), row]));
	} catch (caught) {
		if (caught instanceof MoodleFailure || caught instanceof Problem) return new Map();
		throw asIs(caught);
	}
}
