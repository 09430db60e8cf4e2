import { Problem } from '../moodle/problem';

/** n8n's own default, for versions that do not tell. */
const DEFAULT = 300_000;

/** The part of the time that is used: what is left is for handing over. */
const SHARE = 0.9;

/** The time that n8n gives a poll. What comes later is thrown away by n8n, so it must not count as told. */
export class PollBudget {
	private readonly end: number;

	/** @param milliseconds that n8n gives; `now` in milliseconds */
	constructor(
		milliseconds: number | undefined,
		private readonly now: () => number,
	) {
		this.end = now() + (milliseconds ?? DEFAULT) * SHARE;
	}

	/** @throws Problem when the time is nearly spent: the poll has changed nothing then */
	check(): void {
		if (this.now() < this.end) return;
		throw new Problem({
			message: 'Moodle took longer than n8n gives a poll',
			mend: 'Nothing is lost: the next poll does it again. Choose something smaller if it happens again, or poll less often; an administrator can raise N8N_SCHEDULER_POLL_TIMEOUT.',
			code: 'pollbudget',
		});
	}
}
