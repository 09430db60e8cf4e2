import { MoodleFailure } from '../moodle/failure';
import { asIs, chunks, LOOKUP_SIZE } from './chunks';

/** Rows that could be read, and why the others could not, by id. */
export interface Halved<K, T> {
	rows: T[];
	refused: Map<K, MoodleFailure>;
}

/** Whether a smaller request can do better: one of the ids may be at fault, or the request was cut. */
function mayBeHalved(caught: unknown): caught is MoodleFailure {
	return caught instanceof MoodleFailure && ['record', 'context', 'tooBig'].includes(caught.reach);
}

/**
 * Reads many ids with a function that fails as a whole when one of them is unknown, or may not be seen: what fails is
 * read in halves until the id at fault stands alone.
 *
 * @param read reads some ids, any number up to 500
 * @throws MoodleFailure that no single id can have caused
 */
export async function readHalving<K, T>(
	ids: K[],
	read: (ids: K[]) => Promise<T[]>,
): Promise<Halved<K, T>> {
	const result: Halved<K, T> = { rows: [], refused: new Map() };
	const part = async (some: K[]): Promise<void> => {
		try {
			for (const row of await read(some)) result.rows.push(row);
		} catch (caught) {
			if (!mayBeHalved(caught)) throw asIs(caught);
			if (some.length === 1) {
				result.refused.set(some[0], caught);
				return;
			}
			const middle = Math.ceil(some.length / 2);
			await part(some.slice(0, middle));
			await part(some.slice(middle));
		}
	};
	for (const some of chunks(ids, LOOKUP_SIZE)) await part(some);
	return result;
}
