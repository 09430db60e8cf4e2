import { asIs } from './asIs';

/**
 * Most reads of one kind under way at once: a site of Moodle's default size bears four (measured). All of a run together are
 * never more than its flight lets out.
 */
export const READ_WIDTH = 4;

/** A list in pieces of at most `size`. */
export function chunks<T>(list: T[], size: number): T[][] {
	const pieces: T[][] = [];
	for (let at = 0; at < list.length; at += size) pieces.push(list.slice(at, at + size));
	return pieces;
}

/**
 * Runs `work` for each entry, at most `width` at a time, results in the order of the list. The first failure stops
 * what has not begun and is thrown.
 */
export async function inParallel<T, R>(
	list: T[],
	width: number,
	work: (entry: T, index: number) => Promise<R>,
): Promise<R[]> {
	const results = new Array<R>(list.length);
	let next = 0;
	let failed = false;
	const worker = async () => {
		while (next < list.length && !failed) {
			const index = next++;
			try {
				results[index] = await work(list[index], index);
			} catch (caught) {
				failed = true;
				throw asIs(caught);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(width, list.length) }, worker));
	return results;
}
