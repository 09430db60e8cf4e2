import { UNKNOWN, type CallFacts, type Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { nothing } from '../../moodle/replies';
import { settleNull, warningsOf } from '../../moodle/settle';
import { objectsOf, type Value } from '../../moodle/values';

const idOf = (record: Value) => (record as { eventid: number }).eventid;

/** The words for a number that belongs to no event. */
export const unknownEvent = (id: number) =>
	new Problem({
		message: `There is no event with the ID ${id}`,
		mend: 'It may have been deleted before.',
		code: 'notfound',
	});

/** Events that are not there: neither listed nor withheld (get_calendar_events, 4.1 and 5.1 measured). */
export async function missingEvents(
	read: Read,
	eventids: number[],
): Promise<{ missing: Set<number>; withheld: Set<number> }> {
	const reply = await read(READS.core_calendar_get_calendar_events, {
		events: { eventids },
		options: { userevents: false, siteevents: false },
	});
	const listed = new Set(objectsOf(reply.events).map(({ id }) => Number(id)));
	const withheld = new Set(warningsOf(reply).map(({ item }) => Number(item)));
	const missing = eventids.filter((id) => !listed.has(id) && !withheld.has(id));
	return { missing: new Set(missing), withheld };
}

/** "Found" means that it is gone. */
async function findGone(records: Value[], _shared: unknown, read: Read): Promise<unknown[]> {
	const { missing, withheld } = await missingEvents(read, records.map(idOf));
	return records.map((record) => {
		const id = idOf(record);
		if (withheld.has(id)) return UNKNOWN;
		return missing.has(id) ? { id } : undefined;
	});
}

/** Deletes events. One transaction: an unknown one, or one that the account may not delete, undoes all (4.1 and 5.1 measured). */
export const deleteEvents: CallFacts = {
	function: 'core_calendar_delete_calendar_events',
	serial: true,
	list: 'events',
	atomic: 'all',
	repeat: 'lookup',
	capabilities: ['moodle/calendar:manageentries', 'moodle/calendar:manageownentries'],
	reply: nothing,
	settle: settleNull,
	find: findGone,
	knownBy: 'ID',
	words: ({ code }, record) =>
		code === 'invalidrecord' || code === 'invalidrecordunknown'
			? unknownEvent(idOf(record))
			: undefined,
};
