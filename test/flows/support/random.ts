/** Numbers that look random and are the same on every machine (mulberry32). */
export class Random {
	constructor(private state: number) {}

	/** At least 0, less than 1. */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}

	/** A whole number from 0 on, less than `below`. */
	below(below: number): number {
		return Math.floor(this.next() * below);
	}

	/** One of these. */
	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)];
	}

	/** The list in another order (a new array). */
	shuffled<T>(list: readonly T[]): T[] {
		const mixed = [...list];
		for (let at = mixed.length - 1; at > 0; at--) {
			const other = this.below(at + 1);
			[mixed[at], mixed[other]] = [mixed[other], mixed[at]];
		}
		return mixed;
	}
}
