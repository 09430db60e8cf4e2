import type { Operation } from '../actions/types';
import type { Parameters } from '../actions/parameters';
import { Problem } from '../moodle/problem';

/** One item on its way through a run. */
export interface Entry {
	item: number;
	/** What two entries must not have in common inside one request. */
	keys: string[];
	input: object;
}

/** What was read of the items. */
export interface Inputs {
	entries: Entry[];
	/** Items whose parameters cannot be read, and why. */
	unreadable: Array<{ item: number; problem: Problem }>;
}

/**
 * Reads the parameters of all items. In a run that stops, what comes after the first bad item is left aside.
 *
 * @param parameters the parameters of item `index`
 */
export function readInputs(
	operation: Operation,
	count: number,
	parameters: (index: number) => Parameters,
	stop: boolean,
): Inputs {
	const inputs: Inputs = { entries: [], unreadable: [] };
	for (let item = 0; item < count; item++) {
		try {
			const input = operation.input(parameters(item)) as object;
			inputs.entries.push({
				item,
				input,
				keys: operation.whole ? [] : (operation.keys?.(input) ?? []),
			});
		} catch (caught) {
			inputs.unreadable.push({ item, problem: unreadableInput(caught) });
			if (stop) break;
		}
	}
	return inputs;
}

/** An expression that n8n cannot evaluate for an item is that item's problem. */
export function unreadableInput(caught: unknown): Problem {
	if (caught instanceof Problem) return caught;
	return new Problem({
		message: `A parameter cannot be evaluated for this item: ${caught instanceof Error ? caught.message : String(caught)}`,
		mend: 'Check the expressions of the node.',
		code: 'expression',
	});
}
