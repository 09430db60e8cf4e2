import type { Clock } from './clock';
import {
	areTogether,
	isOver,
	isWorth,
	newRound,
	noteAnswer,
	type Landing,
	type Permit,
	type Rate,
} from './flightRound';
import {
	BROAD,
	LEAP,
	LEAST,
	LIKELY,
	MOST_IN_FLIGHT,
	NOTHING,
	PATIENCE,
	SLOWER,
	START,
} from './flightRules';
import { Gate } from './gate';
import { Portions } from './portions';
import { SiteSpeed, type Share } from './siteSpeed';
import { WorkDone } from './workDone';

/** Whether the speed at this limit is being found out, or whether more or fewer requests are as good. */
type Question = 'speed' | 'more' | 'fewer';

/**
 * How many requests of a run, reads and writes together, are under way at once: as many as make it faster, and no more.
 *
 * It begins with two and doubles them as long as the rate of delivery rises by a quarter, as BBR does when it starts
 * (Cardwell and others, "BBR: Congestion-Based Congestion Control", ACM Queue 14(5), 2016); where twice as many bring less,
 * it goes back, and finds out whether half of them do as well. Answers that take twice their usual time halve the number,
 * usual being a long moving average, as in Gradient2 of Netflix's concurrency-limits. After a lost answer, a deadlock or a
 * request to come later there is one, as in TCP after a time-out (RFC 5681, 3.1), and more only after some quiet rounds.
 * What earlier runs have shown of the site is where it begins (SiteSpeed).
 */
export class Flight {
	/** How many requests may be under way. */
	limit: number;

	private readonly gate = new Gate(() => this.limit);

	/** A number of requests that has shown to be worth it. */
	private proven = 1;

	/** Whether nothing is settled yet: requests are small then, to know soon, unless all that is left would fit in one. */
	private isLearning = true;

	private question: Question = 'speed';

	/** What the question is compared with. */
	private best?: Rate;

	/** What it was for the functions before: most servers are no wider for one function than for another. */
	private settled?: number;

	/** The function whose requests are being sent one after the other: what is asked in between is not measured. */
	private lane?: string;

	private round = newRound(0, 0);

	private readonly work: WorkDone;

	/** What earlier runs have shown, and where this one keeps what it shows. */
	private readonly kept: Share;

	private readonly portions = new Portions();

	private patience = PATIENCE;

	private quiet = 0;

	/** Whether nothing has shown yet that the site still is as earlier runs have found it. */
	private isResumed = false;

	/**
	 * @param most the user's limit
	 * @param isGated whether the first answer has to be good before two are under way
	 * @param site what earlier runs have shown
	 */
	constructor(
		private readonly clock: Pick<Clock, 'now'>,
		private readonly most = MOST_IN_FLIGHT,
		private isGated = false,
		site = new SiteSpeed(),
	) {
		this.kept = site.share();
		if (site.limit) {
			// Begins with what was worth it before.
			this.settled = this.proven = Math.min(most, site.limit);
			[this.isLearning, this.isResumed] = [false, true];
		}
		this.limit = isGated ? 1 : this.start();
		this.work = new WorkDone(site);
	}

	private start = () => (this.isResumed ? this.proven : Math.min(START, this.most));

	/** Whether twice as many may be tried with full requests. */
	private isBroad = () => this.proven >= BROAD && !this.isLearning && !this.kept.isForgotten;

	/** Waits until one more request may leave. */
	async enter(): Promise<Permit> {
		await this.gate.enter();
		if (this.gate.inside >= this.limit) this.round.isFull = true;
		return { at: this.clock.now(), done: this.work.done, round: this.round.number };
	}

	/** A request is over. */
	leave(permit: Permit, landing: Landing): void {
		this.gate.leave();
		if (landing === 'trouble') this.trouble(permit);
		else if (landing !== 'refused') this.answered(permit, landing);
		this.gate.open();
	}

	/** From now on requests of this function are what counts, until the next call; undefined for whatever comes. */
	measure(wsfunction: string | undefined): void {
		this.lane = wsfunction;
		if (wsfunction !== undefined && wsfunction !== this.work.wsfunction) this.changeTo(wsfunction);
	}

	/**
	 * Records for the next request, so that all requests are busy until the end (Portions). Until more requests have shown
	 * to be worth it, all together carry no more than those that have.
	 *
	 * @param left records that have not left
	 * @param most Records per Request
	 * @param fewest of the first requests, while nothing is known
	 */
	share(left: number, most: number, fewest = LEAST): number {
		if (this.most === 1) return most;
		const { limit, proven } = this;
		const trial = fewest * (this.best ? proven : 1);
		const tried = this.isLearning && left > most ? Math.min(trial, most) : most;
		const allowed = Math.max(1, Math.floor((most * (this.isBroad() ? limit : proven)) / limit));
		return this.portions.next({ limit, left, most: Math.min(allowed, tried) }, this.work);
	}

	private answered(permit: Permit, { wsfunction, records }: Exclude<Landing, string>): void {
		if (this.isGated) {
			this.isGated = false;
			this.ask('speed', this.start());
		}
		if (this.lane !== undefined && wsfunction !== this.lane) return;
		if (wsfunction !== this.work.wsfunction) this.changeTo(wsfunction);
		const time = Math.max(1, this.clock.now() - permit.at);
		this.work.add(records, time);
		this.round.answers++;
		if (permit.round !== this.round.number) return;
		noteAnswer(this.round, permit.at, this.clock.now());
		// The first one of its own to be answered left first, or about then.
		this.round.first ??= permit;
		this.round.slowness = Math.min(this.round.slowness, this.work.slowness(records, time));
		if (isOver(this.round, this.limit, this.isLearning)) this.judge(this.round.first);
	}

	/**
	 * Rates of different functions do not compare. A number that was settled is kept for the next one, which begins with full
	 * requests; what was only being tried is not.
	 */
	private changeTo(wsfunction: string): void {
		const isFirst = this.work.wsfunction === undefined;
		this.work.begin(wsfunction);
		if (isFirst) return;
		this.isLearning = this.settled === undefined;
		this.ask('speed', this.best?.limit ?? this.limit);
		this.proven = Math.min(this.proven, this.limit);
		this.best = undefined;
	}

	private judge(first: Permit): void {
		const { isFull, slowness, before } = this.round;
		const time = Math.max(1, this.clock.now() - first.at);
		const now = { limit: this.limit, rate: (this.work.done - first.done) / time };
		if (!isFull) return this.ask(this.question, this.limit);
		if (slowness >= SLOWER) {
			// Requests stay as large as they were, to be compared with what was usual.
			this.proven = Math.min(this.proven, this.half());
			this.best = undefined;
			this.quiet = 0;
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
		// How long a look-up takes hangs on what it finds: only what is sent in a lane compares.
		if (this.lane === undefined) return this.hold(now);
		this.isResumed = false;
		if (this.kept.hasFallen(this.lane, now)) {
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
		this.work.forgetTimes();
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
		if (!this.isLearning && this.lane) this.kept.note(this.lane, now);
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
			this.work.forgetTimes();
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
		this.work.forgetTimes();
		if (now.limit > 1) return this.ask('fewer', this.half());
		this.settle(1);
	}

	/** The site loses answers, is overrun, or meets deadlocks. */
	private trouble(permit: Permit): void {
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
		this.round = newRound(this.round.number + 1, this.gate.inside);
	}

	private twice = () => Math.min(this.most, this.limit * 2);
	private half = () => Math.ceil(this.limit / 2);
}
