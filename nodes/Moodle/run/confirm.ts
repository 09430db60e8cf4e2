import type { Read, RecordResult } from '../moodle/calls';
import { explain, uncertain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import type { Job } from './outcome';
import type { Verdicts } from './verdicts';

/** Where a reply does not tell what became of its records, Moodle is asked: once for many requests. */
export async function confirm(jobs: Job[], read: Read, verdicts: Verdicts): Promise<void> {
	const open = jobs.filter((job) => job.unconfirmed);
	if (open.length === 0) return;
	const results = await confirmations(open, read);
	for (const job of open) job.unconfirmed = undefined;
	open.forEach((job, index) => {
		const result = results[index];
		if (result && 'problem' in result) verdicts.fail([job], result.problem);
		else if (result) verdicts.accept(job, result.reply);
	});
}

async function confirmations(open: Job[], read: Read): Promise<RecordResult[]> {
	const { call, shared } = open[0];
	const replies = open.map((job) => job.unconfirmed?.reply);
	try {
		return (
			(await call.confirm?.(
				open.map((job) => job.record),
				replies,
				shared ?? {},
				read,
			)) ?? []
		);
	} catch (caught) {
		if (!(caught instanceof MoodleFailure || caught instanceof Problem)) throw caught as Error;
		const problem = uncertain(caught instanceof Problem ? caught : explain(caught));
		return open.map(() => ({ problem }));
	}
}
