import { asIs } from '../common/asIs';
import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import type { Job } from './outcome';
import type { Verdicts } from './verdicts';

/** Records that came into being at the same moment have ids that are no further apart. */
const NEAR = 1000;

function twin(own: number, others: number[]): Problem {
	return new Problem({
		message: `It was created (ID ${own}), but at the same moment somebody else created another one with the same name, number or address (ID ${others.join(', ')})`,
		mend: 'Two executions, or two people, were at work at once. Decide in Moodle which one stays, and delete the other.',
		code: 'twin',
	});
}

async function namesakesOf(jobs: Job[], read: Read): Promise<number[][]> {
	const [{ call, shared }] = jobs;
	try {
		return (
			(await call.namesakes?.(
				jobs.map((job) => job.record),
				jobs.map((job) => Number(job.madeId)),
				shared ?? {},
				read,
			)) ?? []
		);
	} catch (caught) {
		// The records are there, whatever else is: what cannot be looked at is not told.
		if (caught instanceof MoodleFailure || caught instanceof Problem) return [];
		throw asIs(caught);
	}
}

/**
 * Looks whether records just created have come into being twice: Moodle lets two creations of the same course, category,
 * group, grouping, cohort or e-mail address pass when they overlap (4.1 to 5.1), and nothing can prevent that from outside.
 *
 * @param own ids that this run has created with the same function, which are never taken for somebody else's
 */
export async function findTwins(
	jobs: Job[],
	own: Set<number>,
	read: Read,
	verdicts: Verdicts,
): Promise<void> {
	const made = jobs.filter((job) => job.madeId !== undefined);
	if (made.length === 0) return;
	for (const job of made) own.add(Number(job.madeId));
	const found = await namesakesOf(made, read);
	made.forEach((job, index) => {
		const id = Number(job.madeId);
		job.madeId = undefined;
		const others = (found[index] ?? []).filter(
			(other) => !own.has(other) && Math.abs(other - id) <= NEAR,
		);
		if (others.length > 0) verdicts.fail([job], twin(id, others));
	});
}
