import { START } from './flightRules';

/** What became of a request: work done, trouble of the site, or nothing that tells of its speed (a refusal). */
export type Landing = { records: number } | 'trouble' | 'refused';

/** A request under way. */
export interface Permit {
	readonly wsfunction: string;
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
	/** Shortest time of its own requests, in milliseconds. */
	quickest: number;
	/** When the first of its own requests left, and when the last one was answered. */
	from: number;
	to: number;
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
		from: Infinity,
		to: 0,
	};
}

/** One of its own requests, which left `at`, was answered `now`. */
export function noteAnswer(round: Round, at: number, now: number): void {
	round.own++;
	round.quickest = Math.min(round.quickest, Math.max(1, now - at));
	round.from = Math.min(round.from, at);
	round.to = Math.max(round.to, now);
}

/** Whether enough answers have come to judge by: while the site is unknown, to all requests that left together. */
export function isOver(
	{ answers, own, before }: Round,
	limit: number,
	isLearning: boolean,
): boolean {
	return answers >= Math.max(START, limit) && own >= (isLearning ? limit - before : limit / 2);
}

/** Requests that left together and were answered at the same time, give or take this part, did not wait for each other. */
const TOGETHER = 0.6;

/** Behind more requests than this all of its own wait alike, which looks as if none did. */
const FEW = 1;

/**
 * Whether none of its requests waited for another one. Nothing is known from a single one, nor from those that left one after
 * the other: a site with one core answers them at the same distance.
 */
export const areTogether = ({ own, before, quickest, from, to }: Round): boolean =>
	own > 1 && before <= FEW && quickest >= TOGETHER * (to - from);

/** Twice as many requests must bring so much more, or they are not worth it (BBR: 25 %). */
const GAIN = 0.25;

/** Work done in a millisecond with so many requests under way. */
export type Rate = { limit: number; rate: number };

/** Whether more requests are enough faster than fewer of them. */
export function isWorth(more: Rate, fewer: Rate): boolean {
	return more.rate >= fewer.rate * (1 + GAIN * (more.limit / fewer.limit - 1));
}
