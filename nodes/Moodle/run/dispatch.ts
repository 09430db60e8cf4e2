import { inParallel } from '../common/parallel';
import type { Read } from '../moodle/calls';
import type { Client } from '../moodle/client';
import type { Clock } from '../moodle/clock';
import type { Problem } from '../moodle/problem';
import { confirm } from './confirm';
import type { Job } from './outcome';
import { Pace } from './pace';
import { sequences } from './plan';
import { Isolation } from './refusals';
import { findTwins } from './twins';
import { Verdicts } from './verdicts';

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

/** Sends jobs in batches, and gives every one of them an outcome that is true. */
export class Dispatcher {
	private readonly verdicts: Verdicts;

	private readonly pace: Pace;

	private readonly isolation: Isolation;

	/** Ids of the records that this run has created, by function. */
	private readonly made = new Map<string, Set<number>>();

	constructor(
		client: Client,
		clock: Clock,
		private readonly read: Read,
		private readonly options: DispatchOptions,
	) {
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
		for (const lane of sequences(jobs, this.options.stop)) {
			if (this.verdicts.isAfterFailure(lane[0])) return;
			await this.sendLane(lane);
		}
	}

	private async sendLane(lane: Job[]): Promise<void> {
		const width = this.options.stop || lane[0].call.repeat !== 'safe' ? 1 : this.options.width;
		let next = 0;
		const worker = async () => {
			while (next < lane.length && !this.verdicts.isAfterFailure(lane[next])) {
				const batch = this.pace.next(lane, next);
				next += batch.length;
				await this.isolation.send(batch);
				if (this.options.stop) await this.lookBack(batch);
			}
		};
		await inParallel(Array.from({ length: width }), width, worker);
		await this.lookBack(lane);
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
