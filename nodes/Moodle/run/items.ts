import { NodeApiError, type INode, type INodeExecutionData, type JsonObject } from 'n8n-workflow';
import type { Output } from '../actions/types';
import type { Problem } from '../moodle/problem';
import type { Json } from '../moodle/values';
import type { Unit } from './outcome';

/** What goes out for a problem in a continue mode. Exactly this shape reaches the error branch on every n8n. */
export function problemItem(problem: Problem, item: number): INodeExecutionData {
	return { json: { error: problem.whole }, pairedItem: { item } };
}

/** The pairs of a list of items, by that list. */
type Pairs = Map<number[], Array<{ item: number }>>;

/** The items something stands for. A list is made once: a thousand removals can stand for the same ten thousand items. */
function pairsOf(items: number[], known: Pairs): INodeExecutionData['pairedItem'] {
	if (items.length === 1) return { item: items[0] };
	const pairs = known.get(items) ?? items.map((item) => ({ item }));
	known.set(items, pairs);
	return pairs;
}

/**
 * Data without a key `error`: n8n takes an item that has one for a failed item, sends it to the error branch, and with
 * Retry On Fail runs the node again. Names of Moodle, of plugins and of custom fields are free, so it gets a number.
 */
function withoutErrorKey(json: Json): Json {
	if (!('error' in json)) return json;
	let number = 2;
	while (`error ${number}` in json) number++;
	return Object.fromEntries(
		Object.entries(json).map(([key, value]) => [key === 'error' ? `error ${number}` : key, value]),
	);
}

/** Data as an item carries it. */
export const safeJson = (json: Json) => withoutErrorKey(json) as INodeExecutionData['json'];

function outputItem(
	output: Output,
	pairedItem: INodeExecutionData['pairedItem'],
): INodeExecutionData {
	const made: INodeExecutionData = {
		json: safeJson(output.json),
		pairedItem,
	};
	if (output.binary) made.binary = output.binary;
	return made;
}

/** The units of a run as n8n items, in order, each paired with the items it stands for. */
export function toItems(units: Unit[]): INodeExecutionData[] {
	const made: INodeExecutionData[] = [];
	const known: Pairs = new Map();
	for (const { items, outcome } of units) {
		if (!outcome) continue;
		const pairedItem = pairsOf(items, known);
		if ('problem' in outcome) made.push({ ...problemItem(outcome.problem, items[0]), pairedItem });
		else for (const output of outcome.outputs) made.push(outputItem(output, pairedItem));
	}
	return made;
}

/**
 * A problem as the error n8n shows and stores: fresh, with nothing in it but our own words. Message and description are
 * set again after construction, because n8n rewrites texts that contain names of system errors.
 */
export function nodeError(node: INode, problem: Problem, itemIndex?: number): NodeApiError {
	const item = problem.general ? undefined : itemIndex;
	const message = item === undefined ? problem.message : `${problem.message} [Item ${item}]`;
	const safe: JsonObject = { message };
	const failure = new NodeApiError(node, safe, {
		message,
		description: problem.mend,
		httpCode: problem.http,
		itemIndex: item,
	});
	failure.message = message;
	failure.description = problem.mend;
	return failure;
}
