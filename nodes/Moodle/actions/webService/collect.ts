import type { CallFacts, RecordResult } from '../../moodle/calls';
import { isList } from '../../moodle/notation';
import { Problem } from '../../moodle/problem';
import { signatureOf } from '../../moodle/signature';
import { asList, isObject, type Params, type Value } from '../../moodle/values';
import type { Operation, Task } from '../types';
import { settleAnswer, SharedAnswer } from './reply';

/** What several items together send: the entry of one item, and what all of a request share. */
export type Collected = Pick<Task, 'call' | 'record' | 'shared'>;

function bad(message: string, mend: string): Problem {
	return new Problem({ message, mend, code: 'badvalue' });
}

/** The one parameter of a function that is a list. @throws Problem where there is none, or several */
function listOf(name: string): string {
	const { params = {}, write } = signatureOf(name) ?? {};
	const lists = Object.entries(params).filter(([, node]) => isList(node));
	if (write && lists.length === 1) return lists[0][0];
	if (write === false)
		throw bad(
			`'Collect Items Into One Call' cannot be used with ${name}: it reads, and its answer does not tell which part of it belongs to which item`,
			"Switch it off: then each item is a call. Or put the values into one item first, with the node 'Aggregate': one call then reads them all.",
		);
	throw bad(
		`'Collect Items Into One Call' cannot be used with ${name}`,
		'It is for functions of Moodle itself that write and have one list parameter. Switch it off: then each item is a call.',
	);
}

/** Whether a part of an answer is about what was sent: they have a value in common, and none that differs. */
function isAbout(row: unknown, record: Value): boolean {
	if (!isObject(row) || !isObject(record)) return false;
	const common = Object.keys(row).filter((key) => key in record && typeof row[key] !== 'object');
	return common.length > 0 && common.every((key) => String(row[key]) === String(record[key]));
}

/**
 * For functions of which nothing is known: an answer that is a list of as many entries as were sent, each of which
 * is about what was sent in its place, is dealt out; of any other one each record gets the whole.
 */
function settleCollected(reply: unknown, records: Value[]): RecordResult[] {
	const rows = asList(reply);
	const isDealt =
		Array.isArray(reply) &&
		rows.length === records.length &&
		records.every((record, at) => isAbout(rows[at], record));
	if (isDealt) return rows.map((row) => ({ reply: row }));
	return settleAnswer(reply, records).map((result) =>
		'problem' in result ? result : { reply: new SharedAnswer(reply) },
	);
}

/** What the operations of this node know of a function. */
export function knownCall(
	name: string,
	operations: Operation[],
	list?: string,
): CallFacts | undefined {
	return operations
		.flatMap(({ calls }) => calls)
		.find((call) => call.function === name && (list === undefined || call.list === list));
}

/** As `settle` says, but where the answer tells that something was left out, which nobody looks into here. */
export const heedingPartly =
	(known: CallFacts | undefined, settle: CallFacts['settle']): CallFacts['settle'] =>
	(reply, records) => {
		const problem = known?.partly?.(reply);
		return problem ? records.map(() => ({ problem })) : settle(reply, records);
	};

/**
 * How a function is called for many items. What an operation of this node knows of it holds here as well, but that nothing
 * is looked up afterwards: an item may have been written in another way than the operation writes it.
 */
function callOf(name: string, list: string, operations: Operation[]): CallFacts {
	const known = knownCall(name, operations, list);
	const { atomic, perRequest, order, context, reply } = known ?? { atomic: 'unknown' as const };
	return {
		function: name,
		list,
		atomic,
		perRequest,
		order,
		context,
		reply,
		repeat: 'never',
		capabilities: known?.capabilities ?? [],
		settle: heedingPartly(known, known?.settle ?? settleCollected),
		heedsWarnings: known ? known.heedsWarnings : true,
	};
}

/**
 * One item's part of a call for many.
 *
 * @param operations all of the node, for what is known of the function
 * @throws Problem for functions without one list, and for items that do not give exactly one entry of it
 */
export function collected(name: string, params: Params, operations: Operation[]): Collected {
	const list = listOf(name);
	const { [list]: given, ...shared } = params;
	const entries = asList(given) as Value[];
	if (entries.length !== 1)
		throw bad(
			`'${list}' has ${entries.length} entries: to collect items, each one gives exactly one`,
			"Split the input into items before, or switch 'Collect Items Into One Call' off.",
		);
	return { call: callOf(name, list, operations), record: entries[0], shared };
}
