import type { CallFacts, RecordResult } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { objectsOf, type Value } from '../../moodle/values';
import { z } from '../../schemas/zod';

/** A note as Moodle wants it. */
export type NoteRecord = {
	userid: number;
	courseid: number;
	publishstate: string;
	text: string;
	format: 1;
};

const notTaken = ({ userid, courseid }: NoteRecord) =>
	new Problem({
		message: `Moodle did not take the note on the user with the ID ${userid} in the course with the ID ${courseid}`,
		mend: 'Check that both are there: Moodle takes no notes on users who were deleted.',
		code: 'notenottaken',
	});

/** The ID -1 stands for a refused note (4.1 to 5.1 measured). */
function settle(reply: unknown, records: Value[]): RecordResult[] {
	const rows = objectsOf(reply);
	return records.map((record, at) => {
		const id = Number(rows[at]?.noteid ?? -1);
		return id > 0 ? { reply: { id } } : { problem: notTaken(record as NoteRecord) };
	});
}

/**
 * Creates notes, one a request: an unknown user is refused beside good ones, but a course in which the account may not write
 * notes stops the request after those before it were made. Notes cannot be told apart, so a repeat would double them.
 */
export const createNotes: CallFacts = {
	function: 'core_notes_create_notes',
	serial: true,
	list: 'notes',
	atomic: 'none',
	perRequest: 1,
	repeat: 'never',
	capabilities: ['moodle/notes:manage', 'moodle/course:view'],
	reply: z.array(z.object({ noteid: z.number().int() }).passthrough()),
	settle,
	context: (record) => `course ${(record as NoteRecord).courseid}`,
};
