import type { CallFacts, RecordResult } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { holding } from '../../moodle/replies';
import { settleInOrder, warningsOf } from '../../moodle/settle';
import { wideKey } from '../../moodle/spelling';
import { isObject, type Value } from '../../moodle/values';
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

/** Refused events are left out of the list, and named by a warning (5.1 measured). Two in one request never share a name. */
function settleEvents(reply: unknown, records: Value[]): RecordResult[] {
	const refused = new Set(warningsOf(reply).map(({ item = '' }) => wideKey(item)));
	const isRefused = (record: Value) => refused.has(wideKey(nameOf(record)));
	const taken = records.filter((record) => !isRefused(record));
	const rows = isObject(reply) ? reply.events : [];
	const results = new Map(
		settleInOrder('name')(rows, taken).map((result, index) => [taken[index], result]),
	);
	return records.map((record) => results.get(record) ?? { problem: notAllowed(record) });
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
