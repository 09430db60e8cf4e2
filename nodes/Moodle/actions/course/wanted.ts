import type { Reference } from '../../lookup/reference';
import { Problem, shown } from '../../moodle/problem';
import { fold } from '../../moodle/settle';
import type { Json } from '../../moodle/values';
import type { Step } from '../types';

/** A record that an item asks for. It sits inside the input so that the engine leaves it alone: here whole records are read. */
export interface Wanted {
	wanted: { reference: Reference };
	simplify: boolean;
}

const BY: Record<string, string> = { id: 'ID', idnumber: 'ID number', shortname: 'short name' };

function answer(reference: Reference, hits: Json[]): Json | Problem {
	const { kind, mode, value, field } = reference;
	if (hits.length === 0)
		return new Problem({
			message: `'${field}': no ${kind} has the ${BY[mode]} ${shown(value)}`,
			mend: 'Check the spelling, and that the account behind the token may see it.',
			code: 'notfound',
		});
	const exact = hits.length > 1 ? hits.filter((hit) => String(hit[mode]) === value) : hits;
	if (exact.length === 1) return exact[0];
	const ids = hits.slice(0, 5).map((hit) => String(hit.id)).join(', ');
	return new Problem({ message: `'${field}': ${hits.length} records have the ${BY[mode]} ${shown(value)}, with the IDs ${ids}`, mend: 'Choose one of them by its ID.', code: 'ambiguous' });
}

/**
 * Answers each item with the whole record it asks for. Items that ask in the same way share a request.
 *
 * @param find records whose key has one of the values (and possibly others)
 */
export async function answerWanted(inputs: Wanted[], find: (mode: string, values: string[]) => Promise<Json[]>, show: (record: Json, simplify: boolean) => Json): Promise<Step[]> {
	const found = new Map<string, Map<string, Json[]>>();
	for (const mode of new Set(inputs.map(({ wanted }) => wanted.reference.mode))) {
		const values = inputs.filter(({ wanted }) => wanted.reference.mode === mode).map(({ wanted }) => wanted.reference.value);
		const distinct = [...new Map(values.map((value) => [fold(value), value])).values()];
		const byKey = new Map<string, Json[]>();
		for (const record of await find(mode, distinct)) {
			const key = fold(record[mode]);
			const hits = (byKey.get(key) ?? []).filter((hit) => hit.id !== record.id);
			byKey.set(key, [...hits, record]);
		}
		found.set(mode, byKey);
	}
	return inputs.map(({ wanted: { reference }, simplify }): Step => {
		const result = answer(reference, found.get(reference.mode)?.get(fold(reference.value)) ?? []);
		return result instanceof Problem ? { problem: result } : { done: show(result, simplify) };
	});
}
