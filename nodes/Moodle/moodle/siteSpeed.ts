import { CallCost } from './callCost';
import type { Rate } from './flightRound';

/** A site whose first answers come at less than this part of the rate it once had is no longer what it was. */
const FALLEN = 1 / 3;

/** How fast what is new counts against what was before. */
const NEWS = 0.5;

/**
 * What runs have shown of a site: how many requests at once were worth it, and how much work was done in a millisecond
 * then. The next run begins with it, as a TCP connection may with what an earlier one has shown (RFC 9040; "careful
 * resume", RFC 9959), and goes on with it as long as the first answers come about as fast as they did.
 */
export class SiteSpeed {
	/** Requests at once that are worth it, as far as runs have shown; undefined where nothing is known, or counts no more. */
	limit?: number;

	/** How often all was forgotten. */
	epoch = 0;

	readonly rates = new Map<string, number>();

	private readonly costs = new Map<string, CallCost>();

	/** What a call of the function and its records cost, to be read and to be learned. */
	costOf(wsfunction: string): CallCost {
		const cost = this.costs.get(wsfunction) ?? new CallCost();
		this.costs.set(wsfunction, cost);
		return cost;
	}

	/** The next run begins as with an unknown site. */
	forget(): void {
		this.epoch++;
		this.limit = undefined;
		this.rates.clear();
		this.costs.clear();
	}

	/** What one run, which begins now, reads and adds. */
	share(): Share {
		return new Share(this, this.epoch);
	}
}

/** One run's part in what is kept of a site. Once all was forgotten, by this run or by another one, it adds nothing more. */
export class Share {
	constructor(
		private readonly site: SiteSpeed,
		private readonly epoch: number,
	) {}

	/** Whether the site has met trouble, or has become slow, since this run began. */
	get isForgotten(): boolean {
		return this.site.epoch !== this.epoch;
	}

	get limit(): number | undefined {
		return this.site.limit;
	}

	/** So many requests at once are worth it. */
	keep(limit: number): void {
		if (!this.isForgotten) this.site.limit = limit;
	}

	/** So many requests seem to be worth it: for runs that end before they know, as long as nothing is known. */
	suggest(limit: number): void {
		if (this.limit === undefined) this.keep(limit);
	}

	/** The function's work was done at this rate. With fewer requests than are worth it the rate says nothing. */
	note(wsfunction: string, { limit, rate }: Rate): void {
		if (this.isForgotten || limit < (this.limit ?? 0)) return;
		const before = this.site.rates.get(wsfunction) ?? rate;
		this.site.rates.set(wsfunction, before + (rate - before) * NEWS);
	}

	/** Whether the function is so much slower than it was, with as many requests, that nothing kept of the site counts. */
	hasFallen(wsfunction: string, { limit, rate }: Rate): boolean {
		const before = this.site.rates.get(wsfunction);
		return before !== undefined && limit >= (this.limit ?? 0) && rate < before * FALLEN;
	}

	/** The site has met trouble, or has become slow: nothing kept of it counts. */
	forget(): void {
		this.site.forget();
	}
}
