import type { RecordResult } from '../moodle/calls';
import type { Client } from '../moodle/client';
import { backOff, type Clock } from '../moodle/clock';
import { explain, uncertain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import type { Params } from '../moodle/values';
import { inParallel } from '../lookup/chunks';
import { failed, type Job } from './outcome';
import { lanes, ordered, paramsOf, requestSize, type Limits } from './plan';
import { reconcile } from './reconcile';

/** How a run sends. */
export interface DispatchOptions {
	/** Stop at the first failure: what comes before it is written, nothing after it is sent. */
	stop: boolean;
	recordsPerRequest: number;
	/** Writing requests under way at once; creating ones never overlap. */
	width: number;
	/** How long to look whether a request without an answer was carried out, in milliseconds. */
	patience: number;
}

/** Tries of a write that certainly was not carried out, or that may be repeated. */
const TRIES = 5;

/** Deadlocks are over at the second try, or it is not one: a value too long for its column has the same code. */
const CONFLICTS = 3;

/** Requests slower than this make the next ones smaller: gateways give up at 30 or 60 seconds. */
const SLOW = 15_000;

/** Sends jobs in batches, and gives every one of them an outcome that is true. */
export class Dispatcher {
	/** Why nothing more can be sent at all. */
	ending?: Problem;

	/** Records that Moodle took. */
	records = 0;

	private readonly limits: Limits;

	private readonly blockedFunctions = new Map<string, Problem>();

	private readonly blockedContexts = new Map<string, Problem>();

	private readonly read = async (wsfunction: string, params: Params) => await this.client.read(wsfunction, params);

	/** Index of the first item with a problem so far. */
	private firstFailed = Infinity;

	constructor(
		private readonly client: Client,
		private readonly clock: Clock,
		private readonly options: DispatchOptions,
	) {
		this.limits = { records: Math.max(1, options.recordsPerRequest), variables: client.variableLimit };
	}

	/**
	 * Sends jobs that go on independently of each other's failures. Every job has an outcome afterwards.
	 */
	async sendAll(jobs: Job[]): Promise<void> {
		for (const lane of lanes(jobs)) await this.sendLane(ordered(lane));
	}

	/**
	 * Sends jobs in the order of their items, up to the first failure. In each window creating calls go first, which are
	 * refused more often; jobs behind a failure keep no outcome and are not sent.
	 */
	async sendUntilFailure(jobs: Job[]): Promise<void> {
		// The size of a window is fixed before it is sent: slow requests make the limit smaller meanwhile.
		for (let at = 0, size = this.limits.records; at < jobs.length && this.firstFailed === Infinity; at += size, size = this.limits.records) {
			const window = jobs.slice(at, at + size);
			const inLanes = lanes(window).sort((a, b) => weight(a[0]) - weight(b[0]));
			for (const lane of inLanes) {
				await this.sendLane(lane.filter((job) => !this.isBehindFailure(job)));
			}
		}
	}

	private async sendLane(lane: Job[]): Promise<void> {
		const width = this.options.stop || lane[0]?.call.repeat !== 'safe' ? 1 : this.options.width;
		let next = 0;
		const worker = async () => {
			while (next < lane.length && !this.isBehindFailure(lane[next])) {
				this.limits.variables = this.client.variableLimit;
				const size = requestSize(lane, next, this.limits);
				const batch = lane.slice(next, next + size);
				next += size;
				await this.send(batch);
				if (this.options.stop) await this.confirm(batch);
			}
		};
		await inParallel(Array.from({ length: width }), width, worker);
		await this.confirm(lane);
	}

	/** Sends a batch and, if it is refused, its parts. */
	private async send(whole: Job[], known: Known = {}): Promise<void> {
		const batch = this.withoutBlocked(whole);
		if (batch.length === 0) return;
		if (known.oneIsRefused && batch.length === whole.length && batch.length > 1) return await this.halve(batch, known);
		const failure = await this.attempt(batch);
		if (!failure) return;
		switch (failure.reach) {
			case 'tooBig':
				this.limits.variables = this.client.variableLimit;
				return batch.length > 1 ? await this.halve(batch, { ...known, oneIsRefused: false }) : this.fail(batch, explain(failure));
			case 'context':
				return await this.refusedByContext(batch, failure, known);
			case 'record':
			case 'conflict':
				return batch.length > 1 ? await this.isolate(batch, known) : await this.diagnosed(batch[0], failure);
			case 'lost':
				return await this.leftOpen(batch, failure);
			default:
				return this.end(batch, failure);
		}
	}

	/** Nothing of this batch was written. Moodle is asked which records look bad; without a hint the batch is halved. */
	private async isolate(batch: Job[], known: Known): Promise<void> {
		if (!known.asked) await this.suspect(batch);
		if (known.asked || !batch.some((job) => job.suspicion)) return await this.halve(batch, { asked: true, oneIsRefused: true });
		for (const part of this.options.stop ? inRuns(batch) : cleanFirst(batch)) {
			if (this.isBehindFailure(part[0])) return;
			const [{ suspicion }] = part;
			if (suspicion?.certain) this.fail(part, suspicion);
			else await this.send(part, { asked: true });
		}
	}

	/** Left half first: in a run that stops, what lies behind the first refused record is not sent. */
	private async halve(batch: Job[], known: Known): Promise<void> {
		const middle = Math.ceil(batch.length / 2);
		const [left, right] = [batch.slice(0, middle), batch.slice(middle)];
		await this.send(left, { asked: known.asked });
		const leftIsFine = !left.some(failed);
		if (this.options.stop && !leftIsFine) return;
		await this.send(right, { asked: known.asked, oneIsRefused: known.oneIsRefused && leftIsFine });
	}

	/** One batch, sent until its fate is known or patience ends; undefined when it was carried out and settled. */
	private async attempt(batch: Job[]): Promise<MoodleFailure | undefined> {
		let conflicts = 0;
		for (let attempt = 1; ; attempt++) {
			const failure = await this.once(batch);
			if (failure?.reach === 'conflict') conflicts++;
			if (failure && leavesOpen(failure)) batch.forEach((job) => (job.perhapsDone = true));
			else if (failure && isRefusal(failure) && (await this.wasDone(batch))) return undefined;
			if (!failure || !this.mayRepeat(failure, batch, failure.reach === 'conflict' ? conflicts : attempt)) return failure;
			if (failure.reach === 'lost' && batch[0].call.repeat === 'lookup') {
				const finding = await reconcile(batch, this.read, this.clock, this.options.patience);
				if (finding === 'unknown') return failure;
				if (finding !== 'notWritten') {
					this.settle(batch, finding.written.map((reply) => ({ reply })));
					return undefined;
				}
			} else await this.clock.sleep(backOff(this.clock, attempt, failure.facts.retryAfter));
		}
	}

	/**
	 * Whether a batch that is refused now had been carried out before, by a request whose answer was lost and which
	 * Moodle finished after we stopped looking. Then it is settled here.
	 */
	private async wasDone(batch: Job[]): Promise<boolean> {
		const { call } = batch[0];
		if (call.repeat !== 'lookup' || !batch.every((job) => job.perhapsDone)) return false;
		const finding = await reconcile(batch, this.read, this.clock, 0);
		if (typeof finding !== 'object') return false;
		this.settle(batch, finding.written.map((reply) => ({ reply })));
		return true;
	}

	private mayRepeat(failure: MoodleFailure, batch: Job[], attempt: number): boolean {
		if (attempt >= TRIES) return false;
		const { repeat } = batch[0].call;
		switch (failure.reach) {
			case 'later':
				return true;
			case 'unsent':
				return failure.code === 'ECONNREFUSED' || failure.code === 'EAI_AGAIN';
			case 'conflict':
				return attempt < CONFLICTS;
			case 'lost':
				// An answer of Moodle that cannot be read would come again: only looking helps, or smaller requests.
				return repeat === 'lookup' || (repeat === 'safe' && !failure.answered);
			default:
				return false;
		}
	}

	private async once(batch: Job[]): Promise<MoodleFailure | undefined> {
		const { call } = batch[0];
		const start = this.clock.now();
		try {
			const reply = await this.client.call(call.function, paramsOf(batch));
			if (call.reply && !call.reply.safeParse(reply).success) return new MoodleFailure(call.function, { reach: 'lost', code: 'notjson', exception: '' });
			this.settle(batch, call.settle(reply, batch.map((job) => job.record)));
		} catch (caught) {
			if (caught instanceof MoodleFailure) return caught;
			if (!(caught instanceof Problem)) throw caught as Error;
			this.fail(batch, caught);
		}
		this.adapt(batch.length, this.clock.now() - start);
		return undefined;
	}

	/** Slow requests make the next ones smaller, quick ones let them grow again up to what the user set. */
	private adapt(size: number, milliseconds: number): void {
		if (milliseconds > SLOW && size > 1) this.limits.records = Math.floor(size / 2);
		else if (milliseconds < SLOW / 5 && size === this.limits.records) this.limits.records = Math.min(this.options.recordsPerRequest, size * 2);
	}

	private settle(batch: Job[], results: RecordResult[]): void {
		batch.forEach((job, index) => {
			const result = results[index];
			if ('problem' in result) this.fail([job], result.problem);
			else {
				this.records++;
				this.accept(job, result.reply);
				if (job.call.confirm) job.unconfirmed = { reply: result.reply };
			}
		});
	}

	private accept(job: Job, reply: unknown): void {
		const made = job.output(reply);
		job.outcome = { outputs: (Array.isArray(made) ? made : [made]).map((json) => ({ json })) };
	}

	/** Where a reply does not tell what became of its records, Moodle is asked: once for many requests. */
	private async confirm(jobs: Job[]): Promise<void> {
		const open = jobs.filter((job) => job.unconfirmed);
		if (open.length === 0) return;
		const results = await this.confirmations(open);
		for (const job of open) job.unconfirmed = undefined;
		open.forEach((job, index) => {
			const result = results[index];
			if (result && 'problem' in result) this.fail([job], result.problem);
			else if (result) this.accept(job, result.reply);
		});
	}

	private async confirmations(open: Job[]): Promise<RecordResult[]> {
		const { call, shared } = open[0];
		const replies = open.map((job) => job.unconfirmed?.reply);
		try {
			return (await call.confirm?.(open.map((job) => job.record), replies, shared ?? {}, this.read)) ?? [];
		} catch (caught) {
			if (!(caught instanceof MoodleFailure || caught instanceof Problem)) throw caught as Error;
			const problem = uncertain(caught instanceof Problem ? caught : explain(caught));
			return open.map(() => ({ problem }));
		}
	}

	private fail(batch: Job[], problem: Problem): void {
		for (const job of batch) {
			job.outcome = { problem };
			this.firstFailed = Math.min(this.firstFailed, job.items[0]);
		}
	}

	/** Whether a job must not be sent any more, because the run stops at an item before it. */
	private isBehindFailure(job: Job): boolean {
		return this.options.stop && job.items[0] > this.firstFailed;
	}

	/** What Moodle says against these records, for all together; nothing when it cannot be asked. */
	private async causes(jobs: Job[], refusal?: MoodleFailure): Promise<Array<Problem | undefined>> {
		const { call, shared } = jobs[0];
		try {
			return (await call.diagnose?.(jobs.map((job) => job.record), shared ?? {}, this.read, refusal)) ?? [];
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
		const { call, record } = job;
		const cause = job.suspicion ?? (await this.causes([job], failure))[0] ?? call.words?.(failure, record);
		// A conflict may be one with our own earlier request, whose answer was lost and which is still at work.
		const isOpen = failure.reach === 'conflict' && job.perhapsDone === true;
		this.fail([job], cause ?? explain(failure, { capabilities: call.capabilities, uncertain: isOpen }));
	}

	/** A course, category or the system refuses: all records of the same context share the answer. */
	private async refusedByContext(batch: Job[], failure: MoodleFailure, known: Known): Promise<void> {
		const contexts = new Set(batch.map((job) => contextOf(job)));
		if (contexts.size > 1 && batch.length > 1) return await this.halve(batch, { ...known, oneIsRefused: true });
		const [context] = contexts;
		if (context === undefined && batch.length > 1) return await this.halve(batch, { ...known, oneIsRefused: true });
		if (context === undefined || context === 'system') return context === undefined ? await this.diagnosed(batch[0], failure) : this.blockFunction(batch, failure);
		const { call } = batch[0];
		const problem = explain(failure, { capabilities: call.capabilities });
		this.blockedContexts.set(`${call.function} ${context}`, problem);
		this.fail(batch, problem);
	}

	private blockFunction(batch: Job[], failure: MoodleFailure): void {
		const problem = explain(failure, { capabilities: batch[0].call.capabilities });
		this.blockedFunctions.set(batch[0].call.function, problem);
		this.fail(batch, problem);
	}

	private withoutBlocked(batch: Job[]): Job[] {
		return batch.filter((job) => {
			const problem =
				this.ending ?? this.blockedFunctions.get(job.call.function) ?? this.blockedContexts.get(`${job.call.function} ${contextOf(job) ?? ''}`);
			if (problem) this.abandon([job], problem);
			return problem === undefined;
		});
	}

	/** Nobody knows whether it was done, and it may not be repeated (any more). */
	private async leftOpen(batch: Job[], failure: MoodleFailure): Promise<void> {
		const known = batch.length === 1 ? batch[0].call.words?.(failure, batch[0].record) : undefined;
		if (known) return this.fail(batch, known);
		if (batch.length > 1 && failure.answered && batch[0].call.repeat === 'safe') return await this.halve(batch, {});
		this.fail(batch, explain(failure, { uncertain: true, capabilities: batch[0].call.capabilities }));
	}

	/** Nothing was sent, and nothing else of this run (or of this function) can be. */
	private end(batch: Job[], failure: MoodleFailure): void {
		if (failure.reach === 'function') return this.blockFunction(batch, failure);
		this.ending = explain(failure);
		this.abandon(batch, this.ending);
	}

	/** Gives jobs up without a word of Moodle about them: those of a lost request may have been done. */
	private abandon(batch: Job[], problem: Problem): void {
		for (const job of batch) this.fail([job], job.perhapsDone ? uncertain(problem) : problem);
	}
}

/** Whether a call may have been carried out all the same. A page in place of the answer proves nothing, also where all get one. */
function leavesOpen(failure: MoodleFailure): boolean {
	return failure.reach === 'lost' || failure.code === 'html' || failure.code === 'notjson';
}

/** What is known of a batch before it is sent. */
interface Known {
	/** It is certain that one of its records is refused, so that it need not be sent as it is. */
	oneIsRefused?: boolean;
	/** Moodle has been asked about these records already. */
	asked?: boolean;
}

/** Moodle refused the records, or the database did. */
function isRefusal(failure: MoodleFailure): boolean {
	return failure.reach === 'record' || failure.reach === 'conflict';
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

function contextOf(job: Job): string | undefined {
	return job.call.context?.(job.record, job.shared ?? {});
}

function weight(job: Job): number {
	return job.call.repeat === 'lookup' ? 0 : 1;
}
