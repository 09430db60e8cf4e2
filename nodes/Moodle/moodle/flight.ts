import { CallCost } from './callCost';
import type { Clock } from './clock';
import {
	areTogether,
	isWorth,
	newRound,
	noteAnswer,
	type Landing,
	type Permit,
	type Rate,
	type Round,
} from './flightRound';
import { UsualTime } from './usualTime';

/** Requests under way at once while nothing is known of the site. */
const START = 2;

/** Most requests under way at once, unless the user wants fewer. */
export const MOST_IN_FLIGHT = 16;

/** Records of the first requests, and fewest of the later ones: enough to be worth a call. */
const LEAST = 5;

/** What a call costs beside its records, in records. It keeps larger requests from looking like a quicker site. */
const CALL = 3;

/** How many times more requests are tried after a round in which none waited for another one. */
const LEAP = 4;

/** Answers that take so much longer than usual are those of a site that is slowing down. */
const SLOWER = 2;

/** Rounds after which more requests are tried again; doubled each time that it does not help. */
const PATIENCE = 4;

/** What is being found out: the speed at this limit, or whether more or fewer requests are as good. */
type Question = 'speed' | 'more' | 'fewer';

/**
 * How many requests of a run, reads and writes together, are under way at once: as many as make it faster, and no more.
 *
 * It begins with two and doubles them as long as the rate of delivery rises by a quarter, as BBR does when it starts
 * (Cardwell and others, "BBR: Congestion-Based Congestion Control", ACM Queue 14(5), 2016); where twice as many bring less,
 * it goes back, and finds out whether half of them do as well. Answers that take twice their usual time halve the number,
 * usual being a long moving average, as in Gradient2 of Netflix's concurrency-limits. After a lost answer, a deadlock or a
 * request to come later there is one, as in TCP after a time-out (RFC 5681, 3.1), and more only after some quiet rounds.
 */
export class Flight {
	/** How many requests may be under way. */
	limit: number;

	private underWay = 0;

	private readonly waiting: Array<() => void> = [];

	/** A number of requests that has shown to be worth it. */
	private proven = 1;

	/** Whether nothing is settled yet: requests are small then, to know soon, unless all that is left would fit in one. */
	private isLearning = true;

	private question: Question = 'speed';

	/** What the question is compared with. */
	private best?: Rate;

	/** What it was for the functions before: most servers are no wider for one function than for another. */
	private settled?: number;

	/** The function that is measured. */
	private wsfunction?: string;

	/** The function whose requests are being sent one after the other: what is asked in between is not measured. */
	private lane?: string;

	private done = 0;

	private round: Round;

	private readonly usual = new UsualTime();

	/** What a call and its records cost. */
	private cost = new CallCost(LEAST);

	private patience = PATIENCE;

	private quiet = 0;

	/**
	 * @param most the user's limit
	 * @param isGated whether the first answer has to be good before two are under way
	 */
	constructor(
		private readonly clock: Pick<Clock, 'now'>,
		private readonly most = MOST_IN_FLIGHT,
		private isGated = false,
	) {
		this.limit = isGated ? 1 : Math.min(START, most);
		this.round = newRound(0, 0);
	}

	/** Waits until one more request may leave. */
	async enter(): Promise<Permit> {
		if (this.underWay >= this.limit)
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		else this.underWay++;
		if (this.underWay >= this.limit) this.round.isFull = true;
		return { at: this.clock.now(), done: this.done, round: this.round.number };
	}

	/** A request is over. */
	leave(permit: Permit, landing: Landing): void {
		this.underWay--;
		if (landing === 'trouble') this.trouble(permit);
		else if (landing !== 'refused') this.answered(permit, landing);
		for (; this.waiting.length > 0 && this.underWay < this.limit; this.underWay++)
			this.waiting.shift()!();
	}

	/** From now on requests of this function are what counts, until the next call; undefined for whatever comes. */
	measure(wsfunction: string | undefined): void {
		this.lane = wsfunction;
		if (wsfunction !== undefined && wsfunction !== this.wsfunction) this.changeTo(wsfunction);
	}

	/**
	 * Records for the next request: a share of what is left that keeps all requests busy until the end (guided
	 * self-scheduling; Polychronopoulos and Kuck, IEEE Transactions on Computers C-36(12), 1987). Until more requests have
	 * shown to be worth it, all together carry no more than those that have.
	 *
	 * @param left records that have not left
	 * @param most Records per Request
	 */
	share(left: number, most: number): number {
		if (this.most === 1) return most;
		const trial = LEAST * (this.best ? this.proven : 1);
		const tried = this.isLearning && left > most ? Math.min(trial, most) : most;
		if (this.limit === 1) return tried;
		const part = Math.max(this.cost.worthwhile(), Math.ceil(left / this.limit));
		const allowed = Math.max(1, Math.floor((most * this.proven) / this.limit));
		return Math.min(part, allowed, tried);
	}

	private answered(permit: Permit, { wsfunction, records }: Exclude<Landing, string>): void {
		if (this.isGated) {
			this.isGated = false;
			this.ask('speed', Math.min(START, this.most));
		}
		if (this.lane !== undefined && wsfunction !== this.lane) return;
		if (wsfunction !== this.wsfunction) this.changeTo(wsfunction);
		const work = records + CALL;
		const time = Math.max(1, this.clock.now() - permit.at);
		this.done += work;
		this.cost.learn(records, time);
		this.round.answers++;
		if (permit.round !== this.round.number) return;
		noteAnswer(this.round, permit.at, this.clock.now());
		// The first one of its own to be answered left first, or about then.
		this.round.first ??= permit;
		this.round.slowness = Math.min(this.round.slowness, this.usual.slowness(work, time));
		if (this.isOver(this.round)) this.judge(this.round.first);
	}

	/** Whether enough answers have come to judge by: while the site is unknown, to all requests that left together. */
	private isOver({ answers, own, before }: Round): boolean {
		const needed = this.isLearning ? this.limit - before : this.limit / 2;
		return answers >= Math.max(START, this.limit) && own >= needed;
	}

	/**
	 * Rates of different functions do not compare. A number that was settled is kept for the next one, which begins with full
	 * requests; what was only being tried is not.
	 */
	private changeTo(wsfunction: string): void {
		const isFirst = this.wsfunction === undefined;
		this.wsfunction = wsfunction;
		if (isFirst) return;
		this.usual.clear();
		this.cost = new CallCost(LEAST);
		this.isLearning = this.settled === undefined;
		this.ask('speed', this.best?.limit ?? this.limit);
		this.proven = Math.min(this.proven, this.limit);
		this.best = undefined;
	}

	private judge(first: Permit): void {
		const { isFull, slowness, before } = this.round;
		const time = Math.max(1, this.clock.now() - first.at);
		const now = { limit: this.limit, rate: (this.done - first.done) / time };
		if (!isFull) return this.ask(this.question, this.limit);
		if (slowness >= SLOWER) {
			this.best = undefined;
			this.quiet = 0;
			// Requests stay as large as they were, to be compared with what was usual.
			this.proven = Math.min(this.proven, Math.ceil(this.limit / 2));
			return this.settle(Math.ceil(this.limit / 2));
		}
		if (this.isLearning && this.limit > 1) {
			if (areTogether(this.round)) return this.leap(now);
			// The first requests came to a site that had nothing to do: not yet the speed with so many under way.
			if (before === 0) return this.ask('speed', this.limit);
		}
		if (this.question === 'speed' || !this.best) this.hold(now);
		else if (this.question === 'more') this.haveMore(now, this.best);
		else this.haveFewer(now, this.best);
	}

	/** None of these requests waited for another one: so many are worth it, and probably many more. */
	private leap(now: Rate): void {
		this.best = now;
		this.proven = now.limit;
		this.usual.clear();
		if (now.limit >= this.most || now.limit === this.settled) return this.settle(now.limit);
		this.ask('more', Math.min(this.most, this.limit * LEAP));
	}

	/** The speed at this limit is known. */
	private hold(now: Rate): void {
		const isFirst = this.isLearning && !this.best && this.limit > this.proven;
		// One round alone is at the mercy of chance.
		if (this.best) now.rate = (this.best.rate + now.rate) / 2;
		this.best = now;
		const mayRise = this.limit < this.most;
		if (isFirst) return this.ask(mayRise ? 'more' : 'fewer', mayRise ? this.twice() : this.half());
		if (++this.quiet < this.patience || !mayRise) return this.settle(this.limit);
		this.quiet = 0;
		this.ask('more', this.twice());
	}

	/** More requests were tried. */
	private haveMore(now: Rate, best: Rate): void {
		if (isWorth(now, best)) {
			this.best = now;
			this.proven = now.limit;
			this.patience = PATIENCE;
			// More at once take longer, each of them: that is the price, not a slower site.
			this.usual.clear();
			return now.limit < this.most ? this.ask('more', this.twice()) : this.settle(now.limit);
		}
		const likely = Math.ceil((best.limit * now.rate) / best.rate);
		if (this.isLearning && likely > best.limit && likely < now.limit)
			return this.ask('more', likely);
		if (best.limit > this.proven) return this.ask('fewer', Math.ceil(best.limit / 2));
		this.patience *= 2;
		this.settle(best.limit);
	}

	/** Fewer requests were tried. */
	private haveFewer(now: Rate, best: Rate): void {
		if (isWorth(best, now)) {
			this.proven = best.limit;
			return this.settle(best.limit);
		}
		this.best = now;
		this.usual.clear();
		if (now.limit > 1) return this.ask('fewer', this.half());
		this.settle(1);
	}

	/** The site loses answers, is overrun, or meets deadlocks. */
	private trouble(permit: Permit): void {
		// All that was under way then is one and the same trouble.
		if (permit.round === this.round.number) this.patience *= 2;
		this.proven = 1;
		this.settled = undefined;
		// From here on it is step by step, also where little is known yet.
		this.isLearning = false;
		this.best = undefined;
		this.quiet = 0;
		this.ask('speed', 1);
	}

	private settle(limit: number): void {
		this.isLearning = false;
		this.settled = limit;
		this.ask('speed', limit);
	}

	private ask(question: Question, limit: number): void {
		this.question = question;
		this.limit = limit;
		this.round = newRound(this.round.number + 1, this.underWay);
	}

	private twice(): number {
		return Math.min(this.most, this.limit * 2);
	}

	private half(): number {
		return Math.ceil(this.limit / 2);
	}
}
