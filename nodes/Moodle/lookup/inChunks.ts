import { asIs } from '../common/asIs';
import { HALVE, inHalves } from '../common/halving';
import { MoodleFailure } from '../moodle/failure';
import { inShares, type Division } from '../moodle/shares';

/** Values in one look-up request: one form variable each, far below PHP's limit and flat in cost per record from here on. */
export const LOOKUP_SIZE = 500;

/** Whether a smaller request could do better: it was cut, or one odd record spoilt the answer for all. */
function mayBeHalved(caught: unknown): caught is MoodleFailure {
	return (
		caught instanceof MoodleFailure &&
		(caught.reach === 'tooBig' || caught.code === 'invalidresponse')
	);
}

/**
 * Asks for many values, at most `size` in a request, several requests at a time, rows in the order of the values. A
 * request that was cut, or whose answer one odd record spoils, is halved.
 *
 * @param alone what a single value gives whose record Moodle cannot serialise; without it that failure is thrown
 */
export async function inChunks<R>(
	division: Division,
	values: string[],
	size: number,
	ask: (part: string[]) => Promise<R[]>,
	alone?: (value: string) => R,
): Promise<R[]> {
	const settle = (caught: unknown, part: string[]): R[] | typeof HALVE => {
		if (!mayBeHalved(caught)) throw asIs(caught);
		const isAlone = part.length === 1 && alone && caught.reach !== 'tooBig';
		return isAlone ? [alone(part[0])] : HALVE;
	};
	return await inShares(division, values, size, async (part) => await inHalves(part, ask, settle));
}
