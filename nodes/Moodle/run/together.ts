import { asIs } from '../lookup/chunks';
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
	let failures = 0;
	const part = async (some: T[]): Promise<R[]> => {
		try {
			const results = await work(some);
			failures = 0;
			return results;
		} catch (caught) {
			failures++;
			if (some.length < 2 || failures > MOST_FAILURES || !mayBeOfOne(caught)) {
				const told = words(asIs(caught));
				return some.map(() => told);
			}
		}
		const middle = Math.ceil(some.length / 2);
		const left = await part(some.slice(0, middle));
		return left.concat(await part(some.slice(middle)));
	};
	return entries.length > 0 ? await part(entries) : [];
}
