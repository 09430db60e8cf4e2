/** What became of a request: work done, trouble of the site, or nothing that tells of its speed (a refusal). */
export type Landing = { wsfunction: string; records: number } | 'trouble' | 'refused';

/** A request under way. */
export interface Permit {
	readonly at: number;
	/** Work that was done when it left. */
	readonly done: number;
	readonly round: number;
}

/** A time under one limit, until as many answers have come as it allows, half of them to requests that left in it. */
export interface Round {
	number: number;
	answers: number;
	own: number;
	/** The first request that left in it and was answered. */
	first?: Permit;
	/** Whether as many requests as allowed were under way: otherwise the rate says nothing of the limit. */
	isFull: boolean;
	/** Least of the ratios of an answer's time to the usual time. */
	slowness: number;
	/** Requests that were under way when it began: they take places of its own. */
	readonly before: number;
	/** Shortest and longest time of its own requests, in milliseconds. */
	quickest: number;
	slowest: number;
}

/** A round that begins. */
export function newRound(number: number, before: number): Round {
	return {
		number,
		answers: 0,
		own: 0,
		isFull: false,
		slowness: Infinity,
		before,
		quickest: Infinity,
		slowest: 0,
	};
}

/**
 * Part of its requests that the site worked on at once: 1 where all took about the same time, a half where some had to wait
 * for others, and so on.
 */
export const partAtOnce = ({ quickest, slowest }: Round): number =>
	slowest > 0 ? quickest / slowest : 1;

/** Twice as many requests must bring so much more, or they are not worth it (BBR: 25 %). */
const GAIN = 0.25;

/** Work done in a millisecond with so many requests under way. */
export type Rate = { limit: number; rate: number };

/** Whether more requests are enough faster than fewer of them. */
export function isWorth(more: Rate, fewer: Rate): boolean {
	return more.rate >= fewer.rate * (1 + GAIN * (more.limit / fewer.limit - 1));
}
