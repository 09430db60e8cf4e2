import { UNKNOWN, type CallFacts } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { readFacts } from '../../moodle/reads';
import { holding, rows } from '../../moodle/replies';
import { settleWarnings, warningsOf } from '../../moodle/settle';
import { objectsOf } from '../../moodle/values';
import { success, writing } from '../build';
import { field, required } from '../fields';
import { valueKeys } from '../keys';

/** A note that is not there is told by a warning; one that the account may not see refuses the request (4.1 and 5.1 measured). */
const notesFacts = readFacts({
	function: 'core_notes_get_notes',
	capabilities: ['moodle/notes:view', 'moodle/course:view'],
	reply: holding('notes').or(holding('warnings')),
});

const gone = (id: unknown) =>
	new Problem({
		message: `There is no note with the ID ${String(id)}`,
		mend: "Check the ID. 'Get Many' of notes gives it.",
		code: 'badid',
	});

/**
 * Deletes notes, one a request: an unknown one is named by a warning beside good ones, but one that the account may not
 * manage stops the request after those before it were deleted (4.1 and 5.1 measured). Deleted twice, a note would be told as
 * unknown. Deletions at the same moment do not hinder each other (5.1 measured).
 */
const deleteNotes: CallFacts<number> = {
	function: 'core_notes_delete_notes',
	list: 'notes',
	atomic: 'none',
	perRequest: 1,
	repeat: 'lookup',
	knownBy: 'ID',
	capabilities: ['moodle/notes:manage', 'moodle/course:view'],
	reply: rows,
	settle: settleWarnings(
		(id) => id,
		(_warning, id) => gone(id),
	),
	find: async (ids, _shared, read) => {
		const reply = await read(notesFacts, { notes: ids });
		const missing = new Set(warningsOf(reply).map(({ itemid }) => itemid));
		const there = new Set(objectsOf(reply.notes).map(({ noteid }) => Number(noteid)));
		return ids.map((id) => (there.has(id) ? undefined : missing.has(id) ? null : UNKNOWN));
	},
};

const noteId = field('noteId', 'Note ID', 'integer', {
	min: 1,
	default: '',
	description: "The ID of the note, as 'Get Many' gives it",
});

export const operation = writing({
	resource: 'note',
	value: 'delete',
	name: 'Delete',
	action: 'Delete note',
	description: 'Delete a note permanently, also a personal one of another account',
	batched: false,
	calls: [deleteNotes],
	reads: [notesFacts],
	fields: [required(noteId)],
	input: (p) => ({ id: Number(p.need(noteId)) }),
	keys: ({ id }) => valueKeys('note', id),
	record: ({ id }) => id,
	output: ({ id }) => success({ id }),
});
