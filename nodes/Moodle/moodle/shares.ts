import { asIs } from '../common/asIs';
import type { Flight } from './flight';

/** What tells how a list is divided among requests: a run's `Flight`. */
export type Division = Pick<Flight, 'limit' | 'share'>;

/** Entries that go in one request where there are no more of them. */
const WHOLE = 50;

/** Fewest entries of a part. */
const FEWEST = 25;

/**
 * Asks for the entries of a list in parts, several under way at once: as many as the site bears, each part as large as keeps
 * all of them busy to the end. The first failure stops what has not left, and is thrown.
 *
 * @param most entries in a part
 * @returns what the parts gave, in the order of the list
 */
export async function inShares<T, R>(
	division: Division,
	list: T[],
	most: number,
	ask: (part: T[]) => Promise<R[]>,
): Promise<R[]> {
	if (list.length <= Math.min(WHOLE, most)) return list.length > 0 ? await ask(list) : [];
	const parts: Array<Promise<R[]>> = [];
	const open = new Set<Promise<unknown>>();
	let isFailed = false;
	const failed = (caught: unknown) => {
		isFailed = true;
		throw asIs(caught);
	};
	for (let at = 0; at < list.length && !isFailed; ) {
		if (open.size >= division.limit) {
			await Promise.race(open);
			continue;
		}
		const share = division.share(list.length - at, most, FEWEST);
		const part = list.slice(at, (at += Math.min(most, Math.max(FEWEST, share))));
		const asked: Promise<R[]> = ask(part)
			.catch(failed)
			.finally(() => open.delete(asked));
		parts.push(asked);
		open.add(asked);
	}
	return (await Promise.all(parts)).flat();
}
