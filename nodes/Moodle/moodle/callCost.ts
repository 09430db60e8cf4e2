/** Between these lies how few records are worth a call, whatever has been measured: times are noisy. */
const [FEWEST, ENOUGH] = [5, 50];

/** Requests are no smaller than this where a record costs little: n8n itself has as much to do for a call as for some. */
const [CHEAP, TIMES] = [12, 6];

/** What a call costs beside its records, in records, while nothing has shown it. */
const CALL = 3;

/** How fast the time of a record follows what is measured. */
const DRIFT = 0.2;

/** What a call and each of its records cost, its way there and back included, learned from small requests and larger ones. */
export class CallCost {
	/** The fewest records in a request so far, and the least time it took, in milliseconds. */
	private small?: { records: number; time: number };

	/** Time of each record beyond, in milliseconds. */
	private perRecord?: number;

	/** A request took so many milliseconds. */
	learn(records: number, time: number): void {
		const { small } = this;
		if (!small || records < small.records) this.small = { records, time };
		else if (records === small.records) small.time = Math.min(small.time, time);
		else {
			const perRecord = Math.max(0, time - small.time) / (records - small.records);
			const before = this.perRecord ?? perRecord;
			this.perRecord = before + (perRecord - before) * DRIFT;
		}
	}

	/** As how many records the call itself counts. */
	get inRecords(): number {
		if (!this.small || !this.perRecord) return CALL;
		return Math.max(0, this.small.time / this.perRecord - this.small.records);
	}

	/** Fewest records that are worth a call: their part of its time is as long as that of the call itself, or longer. */
	get worthwhile(): number {
		if (!this.perRecord) return FEWEST;
		const asLong = Math.ceil(this.inRecords);
		return Math.min(ENOUGH, Math.max(FEWEST, asLong, Math.min(CHEAP, TIMES * asLong)));
	}
}
