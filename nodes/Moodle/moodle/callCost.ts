/** What a call and each of its records cost, learned from small requests and larger ones. */
export class CallCost {
	/** Least time of a request of the fewest records, in milliseconds. */
	private quickest?: number;

	/** Time of each record beyond, in milliseconds. */
	private perRecord?: number;

	/** @param fewest records of the smallest requests */
	constructor(private readonly fewest: number) {}

	/** A request took so many milliseconds. */
	learn(records: number, time: number): void {
		if (records === this.fewest) this.quickest = Math.min(this.quickest ?? time, time);
		else if (records > this.fewest && this.quickest !== undefined) {
			const perRecord = Math.max(0, time - this.quickest) / (records - this.fewest);
			this.perRecord = (this.perRecord ?? perRecord) * 0.8 + perRecord * 0.2;
		}
	}

	/** Fewest records that are worth a call: their part of its time is as long as that of the call itself. */
	worthwhile(): number {
		if (this.quickest === undefined || !this.perRecord) return this.fewest;
		return Math.max(this.fewest, Math.ceil(this.quickest / this.perRecord) - this.fewest);
	}
}
