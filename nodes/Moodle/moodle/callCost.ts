/** Between these lies how few records are worth a call, whatever has been measured: times are noisy. */
const [FEWEST, ENOUGH] = [5, 50];

/** Requests are no smaller than this where a record costs little: n8n itself has as much to do for a call as for some. */
const [CHEAP, TIMES] = [18, 6];

/** How fast the time of a record follows what takes longer: mostly that is waiting behind others, and no cost. */
const DRIFT = 0.02;

/** Requests so many times as large as the smallest one tell what a record costs; with others chance is all. */
const LARGER = 2;

/**
 * What a call and each of its records cost, its way there and back included: the least that small requests and larger ones
 * have taken, as BBR takes the least round trip for the one without a queue.
 */
export class CallCost {
	/** The fewest records in a request so far, and the least time it took, in milliseconds. */
	private small?: { records: number; time: number };

	/** Time of each record beyond, in milliseconds. */
	private perRecord?: number;

	/** A request took so many milliseconds. */
	learn(records: number, time: number): void {
		// What found nothing tells nothing of records.
		if (records === 0) return;
		const { small } = this;
		if (!small || records < small.records) this.small = { records, time };
		else if (records === small.records) small.time = Math.min(small.time, time);
		else if (records >= LARGER * small.records) {
			const perRecord = Math.max(0, time - small.time) / (records - small.records);
			const before = this.perRecord ?? perRecord;
			this.perRecord = Math.min(perRecord, before + (perRecord - before) * DRIFT);
		}
	}

	/** Fewest records that are worth a call: their part of its time is as long as that of the call itself, or longer. */
	get worthwhile(): number {
		if (!this.small || !this.perRecord) return FEWEST;
		const asLong = Math.max(1, Math.ceil(this.small.time / this.perRecord - this.small.records));
		return Math.min(ENOUGH, Math.max(FEWEST, asLong, Math.min(CHEAP, TIMES * asLong)));
	}
}
