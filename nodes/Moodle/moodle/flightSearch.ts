import {
	areTogether,
	isOver,
	isWorth,
	newRound,
	noteAnswer,
	type Permit,
	type Rate,
	type Round,
} from './flightRound';
import { BROAD, LEAP, LIKELY, NOTHING, PATIENCE, SLOWER, START } from './flightRules';
import type { Share, SiteSpeed } from './siteSpeed';
import type { WorkDone } from './workDone';

/** Whether the speed at this limit is being found out, or whether more or fewer requests are as good. */
type Question = 'speed' | 'more' | 'fewer';

/** What the search sees of the requests that it rules. */
export interface InSight {
	now: () => number;
	/** How many requests are under way. */
	inside: () => number;
	/** The function whose requests are being sent one after the other, if one is. */
	lane: () => string | undefined;
	work: WorkDone;
}

/**
 * The search for the number of requests at once that is worth it.
 *
 * It begins with two and doubles them as long as the rate of delivery rises by a quarter, as BBR does when it starts
 * (Cardwell and others, "BBR: Congestion-Based Congestion Control", ACM Queue 14(5), 2016); where twice as many bring less,
 * it goes back, and finds out whether half of them do as well. Answers that take twice their usual time halve the number,
 * usual being a long moving average, as in Gradient2 of Netflix's concurrency-limits. After a lost answer, a deadlock or a
 * request to come later there is one, as in TCP after a time-out (RFC 5681, 3.1), and more only after some quiet rounds.
 * What earlier runs have shown of the site is where it begins (SiteSpeed).
 */
export class FlightSearch {
	/** How many requests may be under way. */
	limit: number;

	/** The time until as many answers have come as to judge by. */
	round: Round = newRound(0, 0);

	/** A number of requests that has shown to be worth it. */
	private proven = 1;

	/** Whether nothing is settled yet: requests are small then, to know soon, unless all that is left would fit in one. */
	private isLearning = true;

	private question: Question = 'speed';

	/** What the question is compared with. */
	private best?: Rate;

	/** What it was for the functions before: most servers are no wider for one function than for another. */
	private settled?: number;

	/** What earlier runs have shown, and where this one keeps what it shows. */
	private readonly kept: Share;

	private patience = PATIENCE;

	private quiet = 0;

	/** Whether nothing has shown yet that the site still is as earlier runs have found it. */
	private isResumed = false;

	/**
	 * @param most the user's limit
	 * @param site what earlier runs have shown
	 */
	constructor(
		private readonly most: number,
		site: SiteSpeed,
		private readonly seen: InSight,
	) {
		this.kept = site.share();
		if (site.limit) {
			// Begins with what was worth it before.
			this.settled = this.proven = Math.min(most, site.limit);
			[this.isLearning, this.isResumed] = [false, true];
		}
		this.limit = this.start();
	}

	private start = () => (this.isResumed ? this.proven : Math.min(START, this.most));

	/** Begins, when what came before did not count. */
	begin(): void {
		this.ask('speed', this.start());
	}

	/**
	 * Records in a request while the site is unknown; undefined afterwards.
	 *
	 * @param fewest of the first requests
	 */
	trialOf(fewest: number): number | undefined {
		return this.isLearning ? fewest * (this.best ? this.proven : 1) : undefined;
	}

	/**
	 * Most records in a request: until more requests have shown to be worth it, all together carry no more than those that
	 * have. A site that has borne many bears twice as many full ones.
	 *
	 * @param most Records per Request
	 */
	allowed(most: number): number {
		const isBroad = this.proven >= BROAD && !this.isLearning && !this.kept.isForgotten;
		return Math.max(1, Math.floor((most * (isBroad ? this.limit : this.proven)) / this.limit));
	}

	/** A request that left in this round was answered, so many times its usual time after it had left. */
	answered(permit: Permit, slowness: () => number): void {
		const { round } = this;
		round.answers++;
		if (permit.round !== round.number) return;
		noteAnswer(round, permit.at, this.seen.now());
		// The first one of its own to be answered left first, or about then.
		round.first ??= permit;
		round.slowness = Math.min(round.slowness, slowness());
		if (isOver(round, this.limit, this.isLearning)) this.judge(round.first);
	}

	/**
	 * Another function. Rates of different functions do not compare. A number that was settled is kept for the next one,
	 * which begins with full requests; what was only being tried is not.
	 */
	beginNext(): void {
		this.isLearning = this.settled === undefined;
		this.ask('speed', this.best?.limit ?? this.limit);
		this.proven = Math.min(this.proven, this.limit);
		this.best = undefined;
	}

	private judge(first: Permit): void {
		const { isFull, slowness, before } = this.round;
		const time = Math.max(1, this.seen.now() - first.at);
		const now = { limit: this.limit, rate: (this.seen.work.done - first.done) / time };
		if (!isFull) return this.ask(this.question, this.limit);
		if (slowness >= SLOWER) {
			// So many had shown to be worth it, and it may have been chance: after a quiet round they are tried again.
			this.quiet = this.limit > 1 && this.limit <= this.proven ? this.patience - 1 : 0;
			// Requests stay as large as they were, to be compared with what was usual.
			this.proven = Math.min(this.proven, this.half());
			this.best = undefined;
			return this.settle(this.half());
		}
		if (this.isResumed && this.question === 'speed') return this.confirm(now);
		if (this.isLearning && this.limit > 1) {
			if (areTogether(this.round)) return this.leap(now);
			// The first requests came to a site that had nothing to do: not yet the speed with so many under way.
			if (before === 0) return this.ask('speed', this.limit);
		}
		if (this.question === 'speed' || !this.best) this.hold(now);
		else if (this.question === 'more') this.haveMore(now, this.best);
		else this.haveFewer(now, this.best);
	}

	/** The first round of a run that began with what earlier ones had shown. */
	private confirm(now: Rate): void {
		const lane = this.seen.lane();
		// How long a look-up takes hangs on what it finds: only what is sent in a lane compares.
		if (lane === undefined) return this.hold(now);
		this.isResumed = false;
		if (this.kept.hasFallen(lane, now)) {
			this.kept.forget();
			this.best = now;
			return this.ask('fewer', this.half());
		}
		this.hold(now);
	}

	/** None of these requests waited for another one: so many are worth it, and probably many more. */
	private leap(now: Rate): void {
		this.best = now;
		this.proven = now.limit;
		this.seen.work.forgetTimes();
		if (now.limit > START) this.kept.keep(this.twice());
		if (now.limit >= this.most || now.limit === this.settled) return this.settle(now.limit);
		this.ask('more', Math.min(this.most, this.limit * LEAP));
	}

	/** The speed at this limit is known. */
	private hold(now: Rate): void {
		const isFirst = this.isLearning && !this.best && this.limit > this.proven;
		// One round alone is at the mercy of chance.
		if (this.best) now.rate = (this.best.rate + now.rate) / 2;
		this.best = now;
		const lane = this.seen.lane();
		if (!this.isLearning && lane) this.kept.note(lane, now);
		const mayRise = this.limit < this.most;
		if (isFirst) return this.ask(mayRise ? 'more' : 'fewer', mayRise ? this.twice() : this.half());
		if (++this.quiet < this.patience || !mayRise) return this.settle(this.limit, false);
		this.quiet = 0;
		this.ask('more', this.twice());
	}

	/** More requests were tried. */
	private haveMore(now: Rate, best: Rate): void {
		if (isWorth(now, best)) {
			this.best = now;
			this.proven = now.limit;
			this.kept.suggest(now.limit);
			this.patience = PATIENCE;
			// More at once take longer, each of them: that is the price, not a slower site.
			this.seen.work.forgetTimes();
			return now.limit < this.most ? this.ask('more', this.twice()) : this.settle(now.limit);
		}
		const likely = Math.ceil((best.limit * now.rate) / best.rate);
		if (best.limit === this.proven) this.kept.suggest(Math.max(best.limit, likely));
		if (likely >= best.limit * LIKELY && likely < now.limit) return this.ask('more', likely);
		if (best.limit > this.proven) return this.ask('fewer', Math.ceil(best.limit / 2));
		this.patience *= 2;
		// Near the end of a list requests are small: a little more is no answer for the next run.
		this.settle(best.limit, now.rate < best.rate * NOTHING);
	}

	/** Fewer requests were tried. */
	private haveFewer(now: Rate, best: Rate): void {
		if (isWorth(best, now)) {
			this.proven = best.limit;
			return this.settle(best.limit);
		}
		this.best = now;
		this.seen.work.forgetTimes();
		if (now.limit > 1) return this.ask('fewer', this.half());
		this.settle(1);
	}

	/** The site loses answers, is overrun, or meets deadlocks. */
	trouble(permit: Permit): void {
		// All that was under way then is one and the same trouble.
		if (permit.round === this.round.number) this.patience *= 2;
		this.kept.forget();
		this.proven = 1;
		this.settled = undefined;
		this.isResumed = false;
		// From here on it is step by step, also where little is known yet.
		this.isLearning = false;
		this.best = undefined;
		this.quiet = 0;
		this.ask('speed', 1);
	}

	/** @param isShown whether this is to be kept for the next run, where something is kept already */
	private settle(limit: number, isShown = true): void {
		this.isLearning = false;
		this.settled = limit;
		if (limit > (this.kept.limit ?? 0) || (isShown && limit < this.most)) this.kept.keep(limit);
		this.ask('speed', limit);
	}

	private ask(question: Question, limit: number): void {
		this.question = question;
		this.limit = limit;
		this.round = newRound(this.round.number + 1, this.seen.inside());
	}

	private twice = () => Math.min(this.most, this.limit * 2);
	private half = () => Math.ceil(this.limit / 2);
}
