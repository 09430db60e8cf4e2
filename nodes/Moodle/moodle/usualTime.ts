/** How fast the usual time follows what is measured. */
const DRIFT = 0.01;

/** What a unit of work usually takes, by the size of the request: a long moving average. */
export class UsualTime {
	private readonly bySize = new Map<number, number>();

	/** How many times the usual time a unit of work took. Only requests of about the same size compare. */
	slowness(work: number, time: number): number {
		const size = Math.round(Math.log2(work));
		const now = time / work;
		const usual = this.bySize.get(size) ?? now;
		this.bySize.set(size, usual + (now - usual) * DRIFT);
		return now / usual;
	}

	/** Nothing is usual any more. */
	clear(): void {
		this.bySize.clear();
	}
}
