import type { CallFacts, RecordResult } from './calls';
import { plain } from './decode';
import { explainCode } from './explain';
import { Problem, shown } from './problem';
import { wideKey } from './spelling';
import { asList, isObject, objectsOf, type Json, type Value } from './values';

/** For functions that answer `null`: every record was taken. */
export function settleNull(_reply: unknown, records: Value[]): RecordResult[] {
	return records.map(() => ({ reply: null }));
}

/** For calls of one record: the whole reply is that record's. */
export function settleWhole(reply: unknown): RecordResult[] {
	return [{ reply }];
}

const short = (): RecordResult => ({
	problem: new Problem({
		message: 'Moodle answered for fewer records than were sent, and not for this one',
		mend: 'Look in Moodle whether it is there before you run this item again.',
		code: 'shortreply',
	}),
});

/**
 * For creating functions: the reply is a list in the order of the request (5.1 measured). Where both sides carry
 * `key` it is compared, so that a reply in another order can never give a record another one's id.
 */
export function settleInOrder(key?: string) {
	return (reply: unknown, records: Value[]): RecordResult[] => {
		const rows = asList(reply);
		return records.map((record, index) => {
			const row = rows[index];
			if (!isObject(row)) return short();
			return key === undefined || matches(record, row, key) ? { reply: row } : short();
		});
	};
}

function matches(record: Value, row: Json, key: string): boolean {
	if (!isObject(record) || !(key in row)) return true;
	// Moodle's cleaning may change capitals and outer spaces. Two records with the same wide key are never in one request.
	return wideKey(row[key]) === wideKey(record[key]);
}

/** A warning of Moodle inside a successful reply. */
export interface Warning {
	item?: string;
	itemid?: number;
	warningcode: string;
	message: string;
}

/** The warnings of a reply, beside its answer or instead of one; empty when there are none. */
export function warningsOf(reply: unknown): Warning[] {
	const rows = isObject(reply)
		? objectsOf(reply.warnings)
		: objectsOf(reply).filter((row) => 'warningcode' in row);
	return rows.map((row) => ({
		item: row.item === undefined ? undefined : String(row.item),
		itemid:
			typeof row.itemid === 'number'
				? row.itemid
				: Number.isFinite(Number(row.itemid)) && row.itemid !== null && row.itemid !== undefined
					? Number(row.itemid)
					: undefined,
		warningcode: String(row.warningcode ?? ''),
		message: plain(String(row.message ?? '')),
	}));
}

/**
 * What a reply says about each record. A warning that the function's own `settle` passes over is told of every record:
 * better one doubt too many than a silent one.
 */
export function settled(call: CallFacts, reply: unknown, records: Value[]): RecordResult[] {
	const results = call.settle(reply, records);
	const [warning] = call.heedsWarnings ? [] : warningsOf(reply);
	const isHeeded = !warning || results.some((result) => 'problem' in result);
	return isHeeded ? results : records.map(() => ({ problem: warned(warning) }));
}

const warned = ({ message, warningcode }: Warning): Problem =>
	new Problem({
		message: `Moodle answered with a warning: ${shown(message || warningcode)}`,
		mend: 'Look in Moodle whether it was done before you run this item again.',
		code: 'strayWarning',
	});

/**
 * For functions that apply the good records and list the refused ones as warnings whose `itemid` is the record's id
 * (update users, update and delete courses). A warning that names no record of the request counts against all of them:
 * better one doubt too many than a silent one.
 *
 * @param idOf id of a record
 * @param explain words for a warning; without it Moodle's own
 */
export function settleWarnings(
	idOf: (record: Value) => unknown,
	explain: (warning: Warning, record: Value) => Problem = ({ warningcode, message }) =>
		explainCode(warningcode, message),
) {
	return (reply: unknown, records: Value[]): RecordResult[] => {
		const warnings = warningsOf(reply);
		const known = new Set(records.map((record) => String(idOf(record))));
		const stray = warnings.find((warning) => !known.has(String(warning.itemid)));
		return records.map((record) => {
			const warning =
				warnings.find((entry) => String(entry.itemid) === String(idOf(record))) ?? stray;
			return warning ? { problem: explain(warning, record) } : { reply: null };
		});
	};
}
