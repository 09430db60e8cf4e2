import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import type { Read } from '../moodle/calls';

/** A question that is not asked any more, since one beside it has failed. Only `abreast` itself meets it. */
class Overtaken extends Error {}

/**
 * Does several look-ups side by side. When one fails, the others ask nothing more; what they have asked is waited for, so that
 * nothing leaves when the run is over.
 *
 * @param works each with the `read` that it has to use
 * @returns what they gave, in their order
 * @throws the first failure
 */
export async function abreast<T>(
	read: Read,
	works: Array<(read: Read) => Promise<T>>,
): Promise<T[]> {
	const failures: unknown[] = [];
	const watched: Read = Object.assign(
		async (...question: Parameters<Read>) => {
			if (failures.length > 0) throw new Overtaken();
			return (await read(...question)) as never;
		},
		{ memory: read.memory, flight: read.flight },
	);
	const results = await inParallel(works, READ_WIDTH, async (work) => {
		if (failures.length > 0) return undefined;
		try {
			return await work(watched);
		} catch (caught) {
			failures.push(caught);
			return undefined;
		}
	});
	if (failures.length > 0)
		throw asIs(failures.find((one) => !(one instanceof Overtaken)) ?? failures[0]);
	return results as T[];
}
