import { CallCost } from './callCost';
import type { SiteSpeed } from './siteSpeed';
import { UsualTime } from './usualTime';

/** What a call costs the site beside its records, in records. */
const CALL = 3;

/** What the requests of a run have brought, one function after the other. */
export class WorkDone {
	/** The function that is measured; undefined before the first one. */
	wsfunction?: string;

	/** Work so far: records, and for each call as many as it counts. That keeps larger requests from looking like a quicker site. */
	done = 0;

	private cost = new CallCost();

	private readonly usual = new UsualTime();

	constructor(private readonly site: SiteSpeed) {}

	/** From now on requests of this function are measured. */
	begin(wsfunction: string): void {
		this.wsfunction = wsfunction;
		this.cost = this.site.costOf(wsfunction);
		this.usual.clear();
	}

	/** A request of so many records took so many milliseconds. */
	add(records: number, time: number): void {
		this.done += records + CALL;
		this.cost.learn(records, time);
	}

	/** How many times its usual time a request took. */
	slowness(records: number, time: number): number {
		return this.usual.slowness(records + CALL, time);
	}

	/** Fewest records that are worth a call. */
	get worthwhile(): number {
		return this.cost.worthwhile;
	}

	/** Other times are to be expected from now on. */
	forgetTimes(): void {
		this.usual.clear();
	}
}
