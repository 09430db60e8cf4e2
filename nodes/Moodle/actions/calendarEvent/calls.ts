import type { CallFacts, RecordResult } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { holding } from '../../moodle/replies';
import { settleInOrder, warningsOf } from '../../moodle/settle';
import { wideKey } from '../../moodle/spelling';
import { isObject, objectsOf, type Json, type Value } from '../../moodle/values';
import { unknownCourse } from '../course/calls';

const nameOf = (record: Value) => (isObject(record) ? String(record.name) : '');
const courseOf = (record: Value) => (isObject(record) ? Number(record.courseid) : 0);

function notAllowed(record: Value): Problem {
	return new Problem({
		message: `The account behind the token may not create the event ${shown(nameOf(record))}`,
		mend: "Its role needs 'Manage any calendar entries' (moodle/calendar:manageentries) where the event belongs, or 'Manage own calendar entries' (moodle/calendar:manageownentries) for its own calendar.",
		code: 'nopermissions',
	});
}

/** Whether a row of the answer is about a record. Nothing else decides who may create it (calendar_add_event_allowed, 4.1 to 5.1). */
const isAbout = (row: Json, record: Value): boolean =>
	isObject(record) &&
	wideKey(row.name) === wideKey(record.name) &&
	String(row.eventtype) === String(record.eventtype ?? 'user') &&
	Number(row.courseid) === Number(record.courseid ?? 0) &&
	Number(row.groupid) === Number(record.groupid ?? 0);

/** Rows of the answer for a record: a repeated event has one for each time (5.1 measured). */
const timesOf = (record: Value) =>
	isObject(record) ? Math.max(1, Number(record.repeats ?? 0)) : 1;

/**
 * Refused events are left out of the list and named by a warning. Where as many rows come as the records want, they come in
 * the order of the records; otherwise they are told by what they say: names alone do not, for items that Call Function collects may share one.
 */
function settleEvents(reply: unknown, records: Value[]): RecordResult[] {
	const refused = new Set(warningsOf(reply).map(({ item = '' }) => wideKey(item)));
	const rows = objectsOf(isObject(reply) ? reply.events : []);
	const isWhole = records.map(timesOf).reduce((sum, times) => sum + times, 0) === rows.length;
	return records.map((record) => {
		const at = isWhole ? 0 : rows.findIndex((row) => isAbout(row, record));
		if (at < 0 && refused.has(wideKey(nameOf(record)))) return { problem: notAllowed(record) };
		const own = at < 0 ? [] : rows.splice(at, timesOf(record));
		return own.length > 1 ? { reply: own } : settleInOrder()(own, [record])[0];
	});
}

/**
 * Creates events. Good ones are there beside one that the account may not create; an unknown course undoes the whole
 * request. Events have no key by which they could be found again, so a repeat would double them (5.1 measured).
 */
export const createEvents: CallFacts = {
	function: 'core_calendar_create_calendar_events',
	list: 'events',
	atomic: 'each',
	repeat: 'never',
	capabilities: ['moodle/calendar:manageentries', 'moodle/calendar:manageownentries'],
	reply: holding('events'),
	settle: settleEvents,
	context: (record) => `calendar of course ${courseOf(record)}`,
	words: ({ code }, record) =>
		code === 'invalidrecordunknown' || code === 'invalidrecord'
			? unknownCourse(String(courseOf(record)))
			: undefined,
};
