import { halves } from '../common/halving';
import { UNKNOWN } from '../moodle/calls';
import { isFirewall } from '../moodle/classify';
import { explain, uncertain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { attempt, type Attempted, type AttemptTools } from './attempt';
import { failed, type Job } from './outcome';
import { contextOf } from './verdicts';

/** What is known of a batch before it is sent. */
interface Foreknown {
	/** It is certain that one of its records is refused, so that it need not be sent as it is. */
	oneIsRefused?: boolean;
	/** Moodle has been asked about these records already. */
	asked?: boolean;
}

/** Sends batches and, where one is refused, its parts, until each record that is refused stands alone. */
export class Isolation {
	constructor(
		private readonly tools: AttemptTools,
		/** Whether nothing may be sent after the first record that is refused. */
		private readonly stop: boolean,
	) {}

	/** Every job of the batch has an outcome afterwards, but those after a failure in a run that stops. */
	async send(whole: Job[], foreknown: Foreknown = {}): Promise<void> {
		const batch = this.tools.verdicts.sendable(whole);
		if (batch.length === 0) return;
		if (foreknown.oneIsRefused && batch.length === whole.length && batch.length > 1)
			return await this.halve(batch, foreknown);
		const attempted = await attempt(batch, this.tools);
		if (attempted) await this.handle(batch, attempted, foreknown);
	}

	private async handle(
		batch: Job[],
		{ failure, isOpen }: Attempted,
		foreknown: Foreknown,
	): Promise<void> {
		if (isOpen) return await this.leftOpen(batch, failure);
		switch (failure.reach) {
			case 'tooBig':
				return batch.length > 1
					? await this.halve(batch, { ...foreknown, oneIsRefused: false })
					: this.tools.verdicts.abandon(batch, explain(failure));
			case 'context':
				return await this.refusedByContext(batch, failure, foreknown);
			case 'record':
			case 'conflict':
				return batch.length > 1
					? await this.isolate(batch, failure, foreknown)
					: await this.diagnosed(batch[0], failure);
			case 'lost':
				return await this.leftOpen(batch, failure);
			default:
				return this.tools.verdicts.end(batch, failure);
		}
	}

	/** Nothing of this batch was written. Moodle is asked which records look bad; without a hint the batch is halved. */
	private async isolate(batch: Job[], failure: MoodleFailure, foreknown: Foreknown): Promise<void> {
		// A firewall knows nothing of records, and Moodle nothing of what a firewall does not like.
		if (isFirewall(failure)) return await this.halve(batch, foreknown);
		if (!foreknown.asked) await this.suspect(batch);
		if (foreknown.asked || !batch.some((job) => job.suspicion))
			return await this.halve(batch, { asked: true, oneIsRefused: true });
		for (const part of this.stop ? inRuns(batch) : cleanFirst(batch)) {
			if (this.tools.verdicts.isAfterFailure(part[0])) continue;
			const [{ suspicion }] = part;
			if (suspicion?.certain) this.tools.verdicts.fail(part, suspicion);
			else await this.send(part, { asked: true });
		}
	}

	/** Left half first: in a run that stops, what comes after a refused record is not sent. */
	private async halve(batch: Job[], foreknown: Foreknown): Promise<void> {
		const [left, right] = halves(batch);
		await this.send(left, { asked: foreknown.asked });
		const leftIsFine = !left.some(failed);
		await this.send(right, {
			asked: foreknown.asked,
			oneIsRefused: foreknown.oneIsRefused && leftIsFine,
		});
	}

	/** A course, category or the system refuses: all records of the same context share the answer. */
	private async refusedByContext(
		batch: Job[],
		failure: MoodleFailure,
		foreknown: Foreknown,
	): Promise<void> {
		const contexts = new Set(batch.map((job) => contextOf(job)));
		const [context] = contexts;
		if (batch.length > 1 && (contexts.size > 1 || context === undefined))
			return await this.halve(batch, { ...foreknown, oneIsRefused: true });
		if (context === undefined) return await this.diagnosed(batch[0], failure);
		if (context === 'system') return this.tools.verdicts.blockFunction(batch, failure);
		this.tools.verdicts.blockContext(batch, failure);
	}

	private async leftOpen(batch: Job[], failure: MoodleFailure): Promise<void> {
		const { verdicts } = this.tools;
		const known = batch.length === 1 ? batch[0].call.words?.(failure, batch[0].record) : undefined;
		if (known) return verdicts.fail(batch, known);
		if (batch.length > 1 && failure.answered && batch[0].call.repeat === 'safe')
			return await this.halve(batch, {});
		verdicts.leaveOpen(batch, explain(failure, { capabilities: batch[0].call.capabilities }));
	}

	/** What Moodle says against these records, for all together; nothing when it cannot be asked. */
	private async causes(jobs: Job[], refusal?: MoodleFailure): Promise<Array<Problem | undefined>> {
		const { call, shared } = jobs[0];
		try {
			const causes =
				(await call.diagnose?.(
					jobs.map((job) => job.record),
					shared ?? {},
					this.tools.read,
					refusal,
				)) ?? [];
			return causes.map((cause) => (cause === UNKNOWN ? undefined : cause));
		} catch (caught) {
			if (caught instanceof MoodleFailure || caught instanceof Problem) return [];
			throw caught as Error;
		}
	}

	private async suspect(batch: Job[]): Promise<void> {
		const causes = await this.causes(batch);
		batch.forEach((job, index) => (job.suspicion = causes[index]));
	}

	/** Nothing was written for the single record that is left; Moodle is asked what is wrong with it. */
	private async diagnosed(job: Job, failure: MoodleFailure): Promise<void> {
		const { call } = job;
		if (isFirewall(failure))
			return this.tools.verdicts.refuseByFirewall(
				job,
				explain(failure, { uncertain: mayBeDone(job, failure) }),
			);
		const cause = job.suspicion ?? (await this.causes([job], failure))[0] ?? wordsFor(job, failure);
		this.tools.verdicts.fail(
			[job],
			cause ??
				explain(failure, { capabilities: call.capabilities, uncertain: mayBeDone(job, failure) }),
		);
	}
}

/**
 * Whether a record that is refused without a cause that we can see may have been written all the same, by an earlier request
 * whose answer was lost: it may still be at work, or be the very record that Moodle refuses a second one for. A firewall
 * may have refused the answer instead of the request; where a look can tell, it has told.
 */
function mayBeDone(job: Job, failure: MoodleFailure): boolean {
	return job.perhapsDone === true && !(isFirewall(failure) && job.call.repeat === 'lookup');
}

/** What a refusal means by itself. A conflict may be one with what an earlier request for the same job has written. */
function wordsFor(job: Job, failure: MoodleFailure): Problem | undefined {
	const problem = job.call.words?.(failure, job.record);
	return problem && failure.reach === 'conflict' && mayBeDone(job, failure)
		? uncertain(problem)
		: problem;
}

/** The records without suspicion together, then each suspect by itself. */
function cleanFirst(batch: Job[]): Job[][] {
	const clean = batch.filter((job) => !job.suspicion);
	const suspects = batch.filter((job) => job.suspicion).map((job) => [job]);
	return clean.length > 0 ? [clean, ...suspects] : suspects;
}

/** Runs of records without suspicion, and the suspects between them, in order. */
function inRuns(batch: Job[]): Job[][] {
	const runs: Job[][] = [];
	for (const job of batch) {
		const last = runs[runs.length - 1];
		if (!job.suspicion && last && !last[0].suspicion) last.push(job);
		else runs.push([job]);
	}
	return runs;
}
