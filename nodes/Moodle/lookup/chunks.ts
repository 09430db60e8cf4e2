import { MoodleFailure } from '../moodle/failure';

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

/** A caught value handed on unchanged: n8n's lint accepts only calls in a throw inside a catch. */
export function asIs(caught: unknown): Error {
	return caught instanceof Error ? caught : new Error(String(caught));
}

/** Most reads under way at once: Moodle itself bears four (semantics 13). */
export const READ_WIDTH = 4;

/** Values in one look-up request: one form variable each, far below PHP's limit and flat in cost per record from here on. */
export const LOOKUP_SIZE = 500;

/** Whether a smaller request could do better: it was cut, or one odd record spoilt the answer for all. */
function mayBeHalved(caught: unknown): boolean {
	return (
		caught instanceof MoodleFailure &&
		(caught.reach === 'tooBig' || caught.code === 'invalidresponse')
	);
}

/**
 * Asks for many values, at most `size` in a request, a few requests at a time, rows in the order of the values. A
 * request that was cut, or whose answer one odd record spoils, is halved.
 *
 * @param alone what a single value gives whose record Moodle cannot put into words; without it that failure is thrown
 */
export async function inChunks<R>(
	values: string[],
	size: number,
	ask: (part: string[]) => Promise<R[]>,
	alone?: (value: string) => R,
): Promise<R[]> {
	const askPart = async (part: string[]): Promise<R[]> => {
		try {
			return await ask(part);
		} catch (caught) {
			if (!mayBeHalved(caught)) throw asIs(caught);
			if (part.length > 1) {
				const middle = Math.ceil(part.length / 2);
				const left = await askPart(part.slice(0, middle));
				return left.concat(await askPart(part.slice(middle)));
			}
			if (!alone || (caught as MoodleFailure).reach === 'tooBig') throw asIs(caught);
			return [alone(part[0])];
		}
	};
	return (await inParallel(chunks(values, size), READ_WIDTH, askPart)).flat();
}
