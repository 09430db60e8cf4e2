import { Cancelled, type Clock } from '../../nodes/Moodle/moodle/clock';

/** A clock that stands still until somebody sleeps; what was planned for that time then happens first. */
export class VirtualClock implements Clock {
	private time = 1_800_000_000_000;

	private planned: Array<{ at: number; work: () => void }> = [];

	private isCancelled = false;

	/** Total time slept, in milliseconds. */
	slept = 0;

	constructor(private readonly chance: () => number = () => 0.5) {}

	now = () => this.time;

	random = () => this.chance();

	cancelled = () => this.isCancelled;

	cancel(): void {
		this.isCancelled = true;
	}

	/** Does something `after` milliseconds of this clock. */
	plan(after: number, work: () => void): void {
		this.planned.push({ at: this.time + after, work });
		this.planned.sort((a, b) => a.at - b.at);
	}

	sleep = async (milliseconds: number): Promise<void> => {
		if (this.isCancelled) throw new Cancelled();
		this.slept += milliseconds;
		this.runUntil(this.time + milliseconds);
		await Promise.resolve();
	};

	/** Lets everything happen that is still planned. */
	finish(): void {
		this.runUntil(Infinity);
	}

	private runUntil(end: number): void {
		while (this.planned.length > 0 && this.planned[0].at <= end) {
			const next = this.planned.shift()!;
			this.time = next.at;
			next.work();
		}
		if (Number.isFinite(end)) this.time = Math.max(this.time, end);
	}
}
