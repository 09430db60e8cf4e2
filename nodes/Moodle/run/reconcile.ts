import { UNKNOWN, type Read } from '../moodle/calls';
import type { Clock } from '../moodle/clock';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import type { Job } from './outcome';

/** What is known after looking: reply parts when all is there, nothing when nothing was written, or no knowledge at all. */
export type Finding = { written: unknown[] } | 'notWritten' | 'unknown';

/** Parts of the patience after which to look: Moodle commits seconds after it was given up on, and nothing shows before. */
const LOOKS = [0.04, 0.1, 0.2, 0.3, 0.36];

async function look(batch: Job[], read: Read): Promise<unknown[] | 'siteGone' | undefined> {
	const { call, shared } = batch[0];
	try {
		return await call.find?.(
			batch.map((job) => job.record),
			shared ?? {},
			read,
		);
	} catch (caught) {
		if (caught instanceof MoodleFailure)
			return caught.reach === 'everybody' ? 'siteGone' : undefined;
		if (caught instanceof Problem) return undefined;
		throw caught as Error;
	}
}

/** What a look says. Such calls are one transaction: with one record certainly missing, nothing of the batch was written. */
function findingOf(rows: unknown[] | undefined, count: number): Finding {
	if (rows?.length !== count) return 'unknown';
	if (rows.includes(undefined)) return 'notWritten';
	return rows.includes(UNKNOWN) ? 'unknown' : { written: rows };
}

/**
 * Finds out whether a create or delete, whose answer nobody saw, was carried out. Such calls are one transaction, so
 * either all records are there or none was written; records that only seem to be there existed before.
 *
 * @param patience how long to look before it counts as not written, in milliseconds; 0 looks once
 */
export async function reconcile(
	batch: Job[],
	read: Read,
	clock: Clock,
	patience: number,
): Promise<Finding> {
	let finding: Finding = 'unknown';
	for (const part of patience > 0 ? LOOKS : [0]) {
		await clock.sleep(part * patience);
		const rows = await look(batch, read);
		if (rows === 'siteGone') return 'unknown';
		finding = findingOf(rows, batch.length);
		if (typeof finding === 'object' || rows?.every((row) => row === UNKNOWN)) return finding;
	}
	return finding;
}
