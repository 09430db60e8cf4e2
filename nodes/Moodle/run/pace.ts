import type { Client } from '../moodle/client';
import { requestSize, type Limits } from './plan';
import type { Job } from './outcome';

/** Requests slower than this make the next ones smaller: gateways give up at 30 or 60 seconds. */
const SLOW = 15_000;

/** How large the next request of a run is. */
export class Pace {
	readonly limits: Limits;

	constructor(
		private readonly client: Pick<Client, 'variableLimit' | 'flight'>,
		/** Records per Request, as the user set it. */
		private readonly most: number,
		isStrict: boolean,
	) {
		this.limits = { records: Math.max(1, most), variables: client.variableLimit, isStrict };
	}

	/** The jobs of the next request: those from `from` on that fit, and no more than their share when several are under way. */
	next(lane: Job[], from: number, isAlone: boolean): Job[] {
		this.limits.variables = this.client.variableLimit;
		const records = isAlone
			? this.limits.records
			: this.client.flight.share(lane.length - from, this.limits.records);
		return lane.slice(from, from + requestSize(lane, from, { ...this.limits, records }));
	}

	/** A request of `size` records took so long: slow ones make the next ones smaller, quick ones let them grow again. */
	took(size: number, milliseconds: number): void {
		if (milliseconds > SLOW && size > 1)
			this.limits.records = Math.min(this.limits.records, Math.floor(size / 2));
		else if (milliseconds < SLOW / 5 && size === this.limits.records)
			this.limits.records = Math.min(this.most, size * 2);
	}
}
