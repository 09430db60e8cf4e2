import { asIs } from './asIs';

/** Says that a part is to be divided. */
export const HALVE = Symbol('halve');

/** The two halves of a list in their order; of an odd number the first one has more. */
export function halves<T>(list: T[]): [T[], T[]] {
	const middle = Math.ceil(list.length / 2);
	return [list.slice(0, middle), list.slice(middle)];
}

/** `count` whole numbers from `from` on, e.g. the places that a page of a list holds. */
export function places(from: number, count: number): number[] {
	return Array.from({ length: count }, (_, index) => from + index);
}

/**
 * Does something for all entries together; where that fails because of one of them, for the halves by themselves, the left
 * one first, until each that fails stands alone.
 *
 * @param work results for the entries it is handed, one for each or as many as there are
 * @param settle what a part that failed gives; `HALVE` to divide it, which a single entry cannot be: its failure is thrown.
 * It throws what no single entry can have caused.
 */
export async function inHalves<T, R>(
	entries: T[],
	work: (entries: T[]) => Promise<R[]>,
	settle: (caught: unknown, entries: T[]) => Promise<R[]> | R[] | typeof HALVE,
): Promise<R[]> {
	try {
		return await work(entries);
	} catch (caught) {
		const settled = settle(caught, entries);
		if (settled !== HALVE) return await settled;
		if (entries.length < 2) throw asIs(caught);
	}
	const [left, right] = halves(entries);
	const first = await inHalves(left, work, settle);
	return first.concat(await inHalves(right, work, settle));
}
