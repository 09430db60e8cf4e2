import { MoodleFailure } from '../moodle/failure';
import { asIs } from '../common/asIs';
import { HALVE, inHalves } from '../common/halving';
import { chunks } from '../common/parallel';
import { LOOKUP_SIZE } from './inChunks';

/** Rows that could be read, and why the others could not, by id. */
export interface Halved<K, T> {
	rows: T[];
	refused: Map<K, MoodleFailure>;
}

/** Whether a smaller request can do better: one of the ids may be at fault, or the request was cut. */
export function mayBeHalved(caught: unknown): caught is MoodleFailure {
	return caught instanceof MoodleFailure && ['record', 'context', 'tooBig'].includes(caught.reach);
}

/**
 * Reads many ids with a function that fails as a whole when one of them is unknown, or may not be seen: what fails is
 * read in halves until the id at fault stands alone.
 *
 * @param read reads some ids, any number up to 500
 * @param enough so many single ids refused without one that could be read, and it is not the ids: the others of the 500
 * count as refused for the same cause
 * @throws MoodleFailure that no single id can have caused
 */
export async function readHalving<K, T>(
	ids: K[],
	read: (ids: K[]) => Promise<T[]>,
	enough = Infinity,
): Promise<Halved<K, T>> {
	const refused = new Map<K, MoodleFailure>();
	let cause: MoodleFailure | undefined;
	let inRow = 0;
	const refuse = (id: K, failure: MoodleFailure) => {
		refused.set(id, failure);
		// An answer that Moodle cannot serialise is always the fault of one record.
		if (failure.code !== 'invalidresponse') inRow++;
		if (inRow >= enough) cause = failure;
	};
	const work = async (some: K[]): Promise<T[]> => {
		if (cause) {
			for (const id of some) refused.set(id, cause);
			return [];
		}
		const rows = await read(some);
		inRow = -Infinity;
		return rows;
	};
	const settle = (caught: unknown, some: K[]): T[] | typeof HALVE => {
		if (!mayBeHalved(caught)) throw asIs(caught);
		if (some.length > 1) return HALVE;
		refuse(some[0], caught);
		return [];
	};
	const rows: T[] = [];
	for (const some of chunks(ids, LOOKUP_SIZE)) {
		[cause, inRow] = [undefined, 0];
		for (const row of await inHalves(some, work, settle)) rows.push(row);
	}
	return { rows, refused };
}
