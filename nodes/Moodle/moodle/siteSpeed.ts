import { CallCost } from './callCost';

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
	/** Requests at once that have shown to be worth it; undefined where nothing is known, or counts no more. */
	limit?: number;

	private readonly costs = new Map<string, CallCost>();

	private readonly rates = new Map<string, number>();

	/** What a call of the function and its records cost, to be read and to be learned. */
	costOf(wsfunction: string): CallCost {
		const cost = this.costs.get(wsfunction) ?? new CallCost();
		this.costs.set(wsfunction, cost);
		return cost;
	}

	/** The function's work was done at this rate. */
	note(wsfunction: string, rate: number): void {
		const before = this.rates.get(wsfunction) ?? rate;
		this.rates.set(wsfunction, before + (rate - before) * NEWS);
	}

	/** Whether the function is so much slower than it was that nothing kept of the site counts. */
	hasFallen(wsfunction: string, rate: number): boolean {
		const before = this.rates.get(wsfunction);
		return before !== undefined && rate < before * FALLEN;
	}

	/** The site has met trouble: the next run begins as with an unknown one. */
	forget(): void {
		this.limit = undefined;
		this.rates.clear();
		this.costs.clear();
	}
}
