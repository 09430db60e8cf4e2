/** Of what is left so much leaves in equal parts; the rest evens out what takes longer than expected. */
const HALF = 0.5;

/** Up to so many requests at once are taken to be all in work; of more, about half wait at the site for the others. */
const NONE_WAITS = 4;

/** What a request is cut out of. */
interface Stock {
	/** Requests that may be under way at once. */
	limit: number;
	/** Records that have not left. */
	left: number;
	/** Most records in this request. */
	most: number;
}

/** What calls of the function cost. */
interface Cost {
	/** Fewest records that are worth a call. */
	readonly worthwhile: number;
}

/**
 * How a list is divided into requests: half of what is left in equal parts, one for each request in work at the site, then
 * half of the rest, and so on ("factoring"; Hummel, Schonberg and Flynn, Communications of the ACM 35(8), 1992). Parts of
 * one size end together, so that no core waits for another one, and the last ones are small.
 */
export class Portions {
	/** Of the parts that are of one size. */
	private size = 0;

	/** How many of them are still to leave. */
	private rest = 0;

	private before: Pick<Stock, 'limit' | 'left'> = { limit: 0, left: 0 };

	/**
	 * Records for the next request: the same as long as the same is left, since what was asked for need not have left. More
	 * left than before is another list. One request at a time carries as much as it may.
	 */
	next(stock: Stock, { worthwhile }: Cost): number {
		const { limit, left } = stock;
		if (limit === 1) return stock.most;
		const isOther = limit !== this.before.limit || left > this.before.left;
		if (isOther || left < this.before.left) {
			if (isOther || this.rest === 0) this.plan(stock, worthwhile);
			this.rest--;
			this.before = { limit, left };
		}
		return Math.min(this.size, stock.most);
	}

	private plan({ left, limit, most }: Stock, worthwhile: number): void {
		const inWork = limit > NONE_WAITS ? Math.ceil(limit / 2) : limit;
		const part = Math.ceil((left * HALF) / inWork);
		const isLast = part < worthwhile || left <= most;
		this.rest = isLast ? lastParts(left, inWork, worthwhile) : inWork;
		this.size = isLast ? Math.ceil(left / this.rest) : part;
	}
}

/** How many parts the last records are divided into: each half as large as is worth a call, or larger. */
function lastParts(left: number, inWork: number, worthwhile: number): number {
	let parts = inWork;
	while (parts > 1 && left / parts < worthwhile / 2) parts = Math.ceil(parts / 2);
	return parts;
}
