/** Lets in so many at once; the others wait in the order of coming. */
export class Gate {
	/** How many are in. */
	inside = 0;

	private readonly waiting: Array<() => void> = [];

	/** @param limit how many may be in, at any time */
	constructor(private readonly limit: () => number) {}

	/** Waits until one more may come in. */
	async enter(): Promise<void> {
		if (this.inside >= this.limit())
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		else this.inside++;
	}

	/** One goes. Others come in only by `open`, since the limit may change in between. */
	leave(): void {
		this.inside--;
	}

	/** Lets in as many as may be. */
	open(): void {
		for (; this.waiting.length > 0 && this.inside < this.limit(); this.inside++)
			this.waiting.shift()!();
	}
}
