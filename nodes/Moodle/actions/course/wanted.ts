import type { Answers } from '../../lookup/answers';
import type { Reference } from '../../lookup/reference';
import { Problem, shown } from '../../moodle/problem';
import type { Json } from '../../moodle/values';
import type { Step } from '../types';

/** A record that an item asks for. It sits inside the input so that the engine leaves it alone: here whole records are read. */
export interface Wanted {
	wanted: { reference: Reference };
	simplify: boolean;
}

const BY: Record<string, string> = { id: 'ID', idnumber: 'ID number', shortname: 'short name' };

function answer(reference: Reference, found: Json[] | Problem): Json | Problem {
	const { kind, mode, value, field } = reference;
	if (found instanceof Problem) return found;
	if (found.length === 0)
		return new Problem({
			message: `'${field}': no ${kind} has the ${BY[mode]} ${shown(value)}`,
			mend: 'Check the spelling, and that the account behind the token may see it.',
			code: 'notfound',
		});
	if (found.length === 1) return found[0];
	const ids = found
		.slice(0, 5)
		.map((hit) => String(hit.id))
		.join(', ');
	return new Problem({
		message: `'${field}': ${found.length} records have the ${BY[mode]} ${shown(value)}, with the IDs ${ids}`,
		mend: 'Choose one of them by its ID.',
		code: 'ambiguous',
	});
}

/**
 * Answers each item with the whole record it asks for. Items that ask in the same way share a request.
 *
 * @param find the records of each value
 */
export async function answerWanted(
	inputs: Wanted[],
	find: (mode: string, values: string[]) => Promise<Answers<Json>>,
	show: (record: Json, simplify: boolean) => Json,
): Promise<Step[]> {
	const found = new Map<string, Answers<Json>>();
	for (const mode of new Set(inputs.map(({ wanted }) => wanted.reference.mode))) {
		const values = inputs
			.filter(({ wanted }) => wanted.reference.mode === mode)
			.map(({ wanted }) => wanted.reference.value);
		found.set(mode, await find(mode, values));
	}
	return inputs.map(({ wanted: { reference }, simplify }): Step => {
		const result = answer(reference, found.get(reference.mode)?.get(reference.value) ?? []);
		return result instanceof Problem ? { problem: result } : { done: show(result, simplify) };
	});
}
