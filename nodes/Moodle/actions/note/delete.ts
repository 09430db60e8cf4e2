import { asIs } from '../../common/asIs';
import { FRONT_PAGE } from '../../lookup/courses';
import type { CallFacts, Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { READS, readFacts } from '../../moodle/reads';
import { holding, warningRows } from '../../moodle/replies';
import { settleWarnings } from '../../moodle/settle';
import { success, writing } from '../build';
import { field, required } from '../fields';
import { valueKeys } from '../keys';

const notesFacts = readFacts({
	function: 'core_notes_get_notes',
	capabilities: ['moodle/notes:view', 'moodle/course:view'],
	reply: holding('notes'),
});

const isUnreadable = (caught: unknown) =>
	caught instanceof MoodleFailure && caught.code === 'invalidresponse';

/**
 * "Found" means that it is gone. Asked for nothing but such a note, Moodle refuses its own answer, which lacks the list
 * (core_notes_get_notes, 4.1 to 5.1 measured); one that the account may not see is refused in other words. A site that gives
 * no good answer to anything would look the same: whether it does is asked by a list that every account gets.
 */
async function isGone(read: Read, id: number): Promise<null | undefined> {
	try {
		const { notes } = await read(notesFacts, { notes: [id] });
		return notes.length > 0 ? undefined : null;
	} catch (caught) {
		if (!isUnreadable(caught)) throw asIs(caught);
	}
	await read(READS.core_notes_get_course_notes, { courseid: FRONT_PAGE });
	return null;
}

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
	reply: warningRows,
	settle: settleWarnings(
		(id) => id,
		(_warning, id) => gone(id),
	),
	find: async (ids, _shared, read) =>
		await Promise.all(ids.map(async (id) => await isGone(read, id))),
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
	reads: [notesFacts, READS.core_notes_get_course_notes],
	fields: [required(noteId)],
	input: (p) => ({ id: Number(p.need(noteId)) }),
	keys: ({ id }) => valueKeys('note', id),
	record: ({ id }) => id,
	output: ({ id }) => success({ id }),
});
