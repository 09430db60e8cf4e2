import type { Clock } from './clock';
import type { Landing, Permit } from './flightRound';
import { LEAST, MANY_MORE, MOST_IN_FLIGHT } from './flightRules';
import { FlightSearch } from './flightSearch';
import { Gate } from './gate';
import { Portions } from './portions';
import { SiteSpeed } from './siteSpeed';
import { WorkDone } from './workDone';

/**
 * How many requests of a run, reads and writes together, are under way at once: as many as make it faster, and no more
 * (FlightSearch); and how many records each of them carries.
 */
export class Flight {
	private readonly gate = new Gate(() => this.limit);

	private readonly search: FlightSearch;

	private readonly work: WorkDone;

	private readonly portions = new Portions();

	/** The function whose requests are being sent one after the other: what is asked in between is not measured. */
	private lane?: string;

	/** Requests under way or waiting to leave, by function. */
	private readonly open = new Map<string, number>();

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
		this.work = new WorkDone(site);
		this.search = new FlightSearch(most, site, {
			now: () => clock.now(),
			inside: () => this.gate.inside,
			lane: () => this.lane,
			work: this.work,
		});
	}

	/** How many requests may be under way. */
	get limit(): number {
		return this.isGated ? 1 : this.search.limit;
	}

	/** Waits until one more request, of this function, may leave. */
	async enter(wsfunction: string): Promise<Permit> {
		this.open.set(wsfunction, this.openOf(wsfunction) + 1);
		await this.gate.enter();
		const { round } = this.search;
		if (this.gate.inside >= this.limit) round.isFull = true;
		return { wsfunction, at: this.clock.now(), done: this.work.done, round: round.number };
	}

	/** A request is over. */
	leave(permit: Permit, landing: Landing): void {
		this.gate.leave();
		this.open.set(permit.wsfunction, this.openOf(permit.wsfunction) - 1);
		if (landing === 'trouble') this.search.trouble(permit);
		else if (landing !== 'refused') this.answered(permit, landing.records);
		this.gate.open();
	}

	/** From now on requests of this function are what counts, until the next call; undefined for whatever comes. */
	measure(wsfunction: string | undefined): void {
		this.lane = wsfunction;
		if (wsfunction !== undefined) this.changeTo(wsfunction);
	}

	/**
	 * Records for the next request, so that all requests are busy until the end (Portions).
	 *
	 * @param left records that have not left
	 * @param most Records per Request
	 * @param fewest of the first requests, while nothing is known
	 */
	share(left: number, most: number, fewest = LEAST): number {
		if (this.most === 1) return most;
		const { limit } = this;
		const trial = left > most ? this.search.trialOf(fewest) : undefined;
		const allowed = Math.min(this.search.allowed(most), trial ?? most, most);
		return this.portions.next({ limit, left, most: allowed }, this.work);
	}

	/**
	 * Whether this function's requests are beside those that are measured, since two functions in turn could not be compared:
	 * as long as some of those are open, and not far fewer of them.
	 */
	private isAside(wsfunction: string): boolean {
		if (this.lane !== undefined) return wsfunction !== this.lane;
		const measured = this.work.wsfunction;
		if (measured === undefined || wsfunction === measured) return false;
		const open = this.openOf(measured);
		return open > 0 && this.openOf(wsfunction) <= MANY_MORE * open;
	}

	private openOf = (wsfunction: string): number => this.open.get(wsfunction) ?? 0;

	private answered(permit: Permit, records: number): void {
		const { wsfunction } = permit;
		if (this.isGated) {
			this.isGated = false;
			this.search.begin();
		}
		if (this.isAside(wsfunction)) return;
		this.changeTo(wsfunction);
		const time = Math.max(1, this.clock.now() - permit.at);
		this.work.add(records, time);
		this.search.answered(permit, () => this.work.slowness(records, time));
	}

	private changeTo(wsfunction: string): void {
		if (wsfunction === this.work.wsfunction) return;
		const isFirst = this.work.wsfunction === undefined;
		this.work.begin(wsfunction);
		if (!isFirst) this.search.beginNext();
	}
}
