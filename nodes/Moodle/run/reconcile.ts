import { UNKNOWN, type Read } from '../moodle/calls';
import type { Clock } from '../moodle/clock';
import { MoodleFailure } from '../moodle/failure';
import type { Job } from './outcome';

/** What is known after looking: reply parts when all is there, nothing when nothing was written, or no knowledge at all. */
export type Finding = { written: unknown[] } | 'notWritten' | 'unknown';

/** Parts of the patience after which to look: Moodle commits seconds after it was given up on, and nothing shows before. */
const LOOKS = [0.04, 0.1, 0.2, 0.3, 0.36];

async function look(batch: Job[], read: Read): Promise<unknown[] | undefined> {
	const { call, shared } = batch[0];
	try {
		return await call.find?.(batch.map((job) => job.record), shared ?? {}, read);
	} catch (caught) {
		if (caught instanceof MoodleFailure) return undefined;
		throw caught as Error;
	}
}

/**
 * Finds out whether a create or delete, whose answer nobody saw, was carried out. Such calls are one transaction, so
 * either all records are there or none was written; records that only seem to be there existed before.
 *
 * @param patience how long to look before it counts as not written, in milliseconds
 */
export async function reconcile(batch: Job[], read: Read, clock: Clock, patience: number): Promise<Finding> {
	let lastLook: unknown[] | undefined;
	for (const part of patience > 0 ? LOOKS : [0]) {
		await clock.sleep(part * patience);
		lastLook = await look(batch, read);
		const isTold = lastLook?.length === batch.length && !lastLook.includes(UNKNOWN);
		if (lastLook && isTold && lastLook.every((row) => row !== undefined)) return { written: lastLook };
	}
	return lastLook && !lastLook.includes(UNKNOWN) ? 'notWritten' : 'unknown';
}
