import type { RecordResult } from '../moodle/calls';
import { explain, uncertain } from '../moodle/explain';
import type { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { isObject } from '../moodle/values';
import { failed, type Job } from './outcome';
import { isInDoubt } from './plan';

/**
 * So many requests of one function in succession of which nobody knows the fate, and it is not called any more. Those that were
 * under way together count once.
 */
const MOST_OPEN = 5;

/** So many single records of one function refused by a firewall in succession, and it is not called any more. */
const MOST_FIREWALL = 10;

/** What a refusal of the context concerns, e.g. `course 5`; undefined where the function has no such thing. */
export function contextOf(job: Job): string | undefined {
	return job.call.context?.(job.record, job.shared ?? {});
}

const placeOf = (job: Job) => `${job.call.function} ${contextOf(job) ?? ''}`;

/** The outcomes of jobs, and what a run has learned that keeps others from being sent. */
export class Verdicts {
	/** Why nothing more can be sent at all. */
	ending?: Problem;

	/** Records that Moodle took. */
	records = 0;

	/** Index of the first item with a problem so far. */
	private firstFailed = Infinity;

	private readonly blockedFunctions = new Map<string, Problem>();

	private readonly blockedContexts = new Map<string, Problem>();

	/** Records of a function that a firewall has refused since its last answer. */
	private readonly refusedByFirewall = new Map<string, number>();

	/** Requests of a function that were left open since its last answer. */
	private readonly open = new Map<string, number>();

	constructor(private readonly stop: boolean) {}

	/** Whether a job must not be sent any more, because the run stops at an item before it. */
	isAfterFailure(job: Job): boolean {
		const last = job.items[job.items.length - 1];
		return (
			this.stop && (last > this.firstFailed || (job.items.length > 1 && last === this.firstFailed))
		);
	}

	/** What a reply says about each record of a batch. */
	settle(batch: Job[], results: RecordResult[]): void {
		this.open.delete(batch[0].call.function);
		this.refusedByFirewall.delete(batch[0].call.function);
		batch.forEach((job, index) => {
			const result = results[index];
			if ('problem' in result) this.fail([job], result.problem);
			else {
				this.records++;
				this.accept(job, result.reply);
				if (isInDoubt(job)) job.unconfirmed = { reply: result.reply };
				if (job.call.namesakes && isObject(result.reply)) job.madeId = Number(result.reply.id);
			}
		});
	}

	accept(job: Job, reply: unknown): void {
		const made = job.output(reply);
		job.outcome = { outputs: (Array.isArray(made) ? made : [made]).map((json) => ({ json })) };
	}

	fail(batch: Job[], problem: Problem): void {
		for (const job of batch) {
			job.outcome = { problem };
			this.firstFailed = Math.min(this.firstFailed, job.items[0]);
		}
	}

	/** Gives jobs up without a word of Moodle about them: those of a lost request may have been done. */
	abandon(batch: Job[], problem: Problem): void {
		for (const job of batch) this.fail([job], job.perhapsDone ? uncertain(problem) : problem);
	}

	/** How many requests of a function were left open since its last answer. */
	openOf(name: string): number {
		return this.open.get(name) ?? 0;
	}

	/** Nobody knows whether a batch was done, and it may not be repeated (any more). */
	leaveOpen(batch: Job[], problem: Problem): void {
		this.fail(batch, uncertain(problem));
		const { function: name } = batch[0].call;
		if (this.openOf(name) > (batch[0].openBefore ?? Infinity)) return;
		const times = this.openOf(name) + 1;
		this.open.set(name, times);
		if (times >= MOST_OPEN) this.blockedFunctions.set(name, givenUp(problem));
	}

	/** A firewall has refused a single record; one that refuses record after record refuses the function. */
	refuseByFirewall(job: Job, problem: Problem): void {
		this.fail([job], problem);
		const { function: name } = job.call;
		const times = (this.refusedByFirewall.get(name) ?? 0) + 1;
		this.refusedByFirewall.set(name, times);
		if (times >= MOST_FIREWALL) this.blockedFunctions.set(name, problem);
	}

	/** No other record of this function can do better. */
	blockFunction(batch: Job[], failure: MoodleFailure): void {
		const problem = explain(failure, { capabilities: batch[0].call.capabilities });
		this.blockedFunctions.set(batch[0].call.function, problem);
		this.abandon(batch, problem);
	}

	/** No other record of the same course, category or cohort can do better. */
	blockContext(batch: Job[], failure: MoodleFailure): void {
		const problem = explain(failure, { capabilities: batch[0].call.capabilities });
		this.blockedContexts.set(placeOf(batch[0]), problem);
		this.abandon(batch, problem);
	}

	/** Nothing else of this run (or of this function) can be sent. */
	end(batch: Job[], failure: MoodleFailure): void {
		if (failure.reach === 'function') return this.blockFunction(batch, failure);
		this.ending = explain(failure);
		this.abandon(batch, this.ending);
	}

	/** The jobs that may still be sent; the others have their problem afterwards, but for those after a failure in a run that stops. */
	sendable(batch: Job[]): Job[] {
		return batch.filter((job) => {
			if (failed(job) || this.isAfterFailure(job)) return false;
			const problem =
				this.ending ??
				this.blockedFunctions.get(job.call.function) ??
				this.blockedContexts.get(placeOf(job));
			if (problem) this.abandon([job], problem);
			return problem === undefined;
		});
	}
}

/** The words for jobs that are not sent because many before them went without an answer. */
function givenUp(problem: Problem): Problem {
	return new Problem({
		message: 'This item was not sent: the requests before it got no answer',
		mend: `Look in Moodle what became of the items before it, then run this one again. Their cause: ${problem.message}.`,
		code: 'givenup',
	});
}
