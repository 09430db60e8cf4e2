import { asIs } from '../common/asIs';
import { HALVE, inHalves } from '../common/halving';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';

/** Failures in succession after which entries are no longer divided: then the cause is not one of them. */
const MOST_FAILURES = 60;

/** Whether a failure can be the fault of one entry among several. */
function mayBeOfOne(caught: unknown): boolean {
	return (
		caught instanceof Problem ||
		(caught instanceof MoodleFailure && ['record', 'context', 'tooBig'].includes(caught.reach))
	);
}

/**
 * Does something for all entries together. Where one of them spoils it for the others, the halves are tried by themselves,
 * so that a good item stays good whatever its neighbours hold.
 *
 * @param work gives one result for each of the entries it is handed; called again with parts of them when it fails
 * @param words what to give for each entry of a part that cannot be done
 * @returns the results in the order of the entries
 */
export async function together<T, R>(
	entries: T[],
	work: (entries: T[]) => Promise<R[]>,
	words: (caught: unknown) => R,
): Promise<R[]> {
	if (entries.length === 0) return [];
	let failures = 0;
	const counted = async (some: T[]): Promise<R[]> => {
		const results = await work(some);
		failures = 0;
		return results;
	};
	return await inHalves(entries, counted, (caught, some) => {
		failures++;
		if (some.length > 1 && failures <= MOST_FAILURES && mayBeOfOne(caught)) return HALVE;
		const told = words(asIs(caught));
		return some.map(() => told);
	});
}
