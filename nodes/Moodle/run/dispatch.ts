import { asIs } from '../common/asIs';
import type { Read } from '../moodle/calls';
import type { Client } from '../moodle/client';
import { Cancelled, type Clock } from '../moodle/clock';
import type { Flight } from '../moodle/flight';
import type { Problem } from '../moodle/problem';
import { confirm } from './confirm';
import type { Job } from './outcome';
import { Pace } from './pace';
import { keyOf, sequences } from './plan';
import { Isolation } from './refusals';
import { findTwins } from './twins';
import { Verdicts } from './verdicts';

/** How a run sends. */
export interface DispatchOptions {
	/** Stop at the first failure: what comes before it is written, nothing after it is sent. */
	stop: boolean;
	recordsPerRequest: number;
	/** How long to look whether a request without an answer was carried out, in milliseconds. */
	patience: number;
}

/** Sends jobs in batches, and gives every one of them an outcome that is true. */
export class Dispatcher {
	private readonly verdicts: Verdicts;

	private readonly pace: Pace;

	private readonly isolation: Isolation;

	private readonly flight: Flight;

	/** Ids of the records that this run has created, by function. */
	private readonly made = new Map<string, Set<number>>();

	constructor(
		client: Client,
		clock: Clock,
		private readonly read: Read,
		private readonly options: DispatchOptions,
	) {
		this.flight = client.flight;
		this.verdicts = new Verdicts(options.stop);
		this.pace = new Pace(client, options.recordsPerRequest, options.stop);
		const tools = {
			client,
			clock,
			read,
			verdicts: this.verdicts,
			pace: this.pace,
			patience: options.patience,
		};
		this.isolation = new Isolation(tools, options.stop);
	}

	/** Records that Moodle took. */
	get records(): number {
		return this.verdicts.records;
	}

	/** Why nothing more can be sent at all. */
	get ending(): Problem | undefined {
		return this.verdicts.ending;
	}

	/** Nothing of this run can be sent any more. */
	end(problem: Problem): void {
		this.verdicts.ending = problem;
	}

	/**
	 * Sends jobs. Every job has an outcome afterwards; in a run that stops, those up to the first failure, and what comes
	 * after it is not sent.
	 */
	async send(jobs: Job[]): Promise<void> {
		for (const lane of sequences(jobs, this.options.stop)) await this.sendLane(lane);
	}

	/**
	 * Sends a lane batch by batch, several at once where that is safe. A batch is open until its fate is known, and none
	 * that shares a key with an open one leaves.
	 */
	private async sendLane(lane: Job[]): Promise<void> {
		const isAlone = mustGoAlone(lane, this.options.stop);
		const open = new Map<Promise<void>, Set<string>>();
		this.flight.measure(lane[0].call.function);
		try {
			for (let next = 0; next < lane.length; ) {
				// Not the end: a job can stand before one of an earlier item.
				if (this.verdicts.isAfterFailure(lane[next])) {
					next++;
					continue;
				}
				const isFull = open.size >= (isAlone ? 1 : this.flight.limit);
				const batch = isFull ? [] : this.pace.next(lane, next, isAlone);
				const keys = new Set(batch.map(keyOf));
				if (isFull || isAmong(keys, open)) {
					await Promise.race(open.keys());
					continue;
				}
				next += batch.length;
				const sending = this.sendBatch(batch).finally(() => open.delete(sending));
				open.set(sending, keys);
			}
			await Promise.all(open.keys());
		} catch (caught) {
			// What is under way ends as it would; only whoever stops the execution does not wait for it.
			if (!(caught instanceof Cancelled)) await Promise.allSettled(open.keys());
			throw asIs(caught);
		} finally {
			this.flight.measure(undefined);
		}
		await this.lookBack(lane);
	}

	private async sendBatch(batch: Job[]): Promise<void> {
		await this.isolation.send(batch);
		if (this.options.stop) await this.lookBack(batch);
	}

	/** What only a look afterwards can tell of jobs that were sent. */
	private async lookBack(jobs: Job[]): Promise<void> {
		await confirm(jobs, this.read, this.verdicts);
		const { function: name } = jobs[0].call;
		const own = this.made.get(name) ?? new Set<number>();
		this.made.set(name, own);
		await findTwins(jobs, own, this.read, this.verdicts);
	}
}

/** Whether the batches of a lane go one after the other: what may not be repeated, or not overlap, or may yet be refused in a run that stops. */
function mustGoAlone(lane: Job[], stop: boolean): boolean {
	const { repeat, serial } = lane[0].call;
	return repeat === 'never' || serial === true || (stop && !lane.every((job) => job.isForeseen));
}

function isAmong(keys: Set<string>, open: Map<unknown, Set<string>>): boolean {
	return [...open.values()].some((others) => [...keys].some((key) => others.has(key)));
}
