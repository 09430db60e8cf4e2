/** Follows items of a run back to where they came from, by n8n's own record of paired items. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { WorkflowRun } from '../../support/harness';

/** An item that came out of a node, and the item of the source it stands for. */
export interface Traced {
	json: IDataObject;
	/** Index among the items of the source node; undefined when the trail is lost. */
	origin: number | undefined;
}

interface Place {
	node: string;
	/** Which of the node's runs: a node that two others lead to runs twice. */
	run: number;
	item: INodeExecutionData;
	index: number;
}

/** The index of the item of `source` that an item stands for; undefined when it stands for none or for several. */
function originOf(
	run: WorkflowRun,
	source: string,
	{ node, run: number, item, index }: Place,
): number | undefined {
	if (node === source) return index;
	const from = run.run.data.resultData.runData[node]?.[number]?.source?.[0];
	const paired = item.pairedItem;
	if (!from || paired === undefined || Array.isArray(paired)) return undefined;
	const at = typeof paired === 'number' ? paired : paired.item;
	const before = run.run.data.resultData.runData[from.previousNode]?.[from.previousNodeRun ?? 0];
	const earlier = before?.data?.main?.[from.previousNodeOutput ?? 0]?.[at];
	return earlier
		? originOf(run, source, {
				node: from.previousNode,
				run: from.previousNodeRun ?? 0,
				item: earlier,
				index: at,
			})
		: undefined;
}

/**
 * Everything that came out of a node, all its runs together, with the item of `source` that each stands for.
 * A node that did not run gave nothing.
 */
export function traced(run: WorkflowRun, node: string, source: string): Traced[] {
	const all: Traced[] = [];
	(run.run.data.resultData.runData[node] ?? []).forEach((task, number) => {
		for (const items of task.data?.main ?? []) {
			(items ?? []).forEach((item, index) =>
				all.push({
					json: item.json,
					origin: originOf(run, source, { node, run: number, item, index }),
				}),
			);
		}
	});
	return all;
}

/** How many requests the Moodle nodes of a run say they made, in the hints they show under their output. */
export function hintedRequests(run: WorkflowRun): number {
	let sum = 0;
	for (const tasks of Object.values(run.run.data.resultData.runData)) {
		for (const { hints } of tasks)
			for (const hint of hints ?? [])
				sum += Number(/^([\d,]+) requests? for /.exec(hint.message)?.[1].replace(/,/g, '') ?? 0);
	}
	return sum;
}
