import { asIs } from '../common/asIs';
import { UNKNOWN, type Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import type { Job } from './outcome';
import { lanes } from './plan';

/**
 * Asks Moodle what it will refuse, before anything is sent: jobs that it will refuse have their problem afterwards.
 *
 * @param all every function that can be asked about, for a dry run; otherwise only those of which all refusals are found
 */
export async function forewarn(jobs: Job[], read: Read, all: boolean): Promise<void> {
	for (const lane of lanes(jobs.filter((job) => !job.isForetold))) {
		const { call, shared } = lane[0];
		if (!call.diagnose || !(all || call.foresees)) continue;
		try {
			const causes = await call.diagnose(
				lane.map((job) => job.record),
				shared ?? {},
				read,
			);
			lane.forEach((job, index) => {
				const cause = causes[index];
				if (cause instanceof Problem) job.outcome = { problem: cause };
				else if (call.foresees && cause !== UNKNOWN) job.isForeseen = true;
			});
		} catch (caught) {
			// Whoever cannot be asked about is sent by itself.
			if (!(caught instanceof MoodleFailure || caught instanceof Problem)) throw asIs(caught);
		}
	}
}
