/* eslint-disable @n8n/community-nodes/no-restricted-globals -- lets what waits in Node go on, in simulated time */
import { Cancelled, type Clock } from '../../nodes/Moodle/moodle/clock';

/** A clock for several things at once: whoever sleeps is woken in the order of time, when nothing else can go on. */
export class SimulatedTime implements Clock {
	private time = 0;

	private isCancelled = false;

	private readonly sleepers: Array<{ at: number; wake: () => void }> = [];

	now = () => this.time;

	random = () => 0.5;

	cancelled = () => this.isCancelled;

	cancel(): void {
		this.isCancelled = true;
	}

	sleep = async (milliseconds: number): Promise<void> => {
		if (this.isCancelled) throw new Cancelled();
		await this.until(this.time + milliseconds);
	};

	async until(at: number): Promise<void> {
		await new Promise<void>((wake) => {
			const place = this.sleepers.findIndex((sleeper) => sleeper.at > at);
			this.sleepers.splice(place < 0 ? this.sleepers.length : place, 0, { at, wake });
		});
	}

	/** Lets time pass until `work` is over. */
	async through<T>(work: Promise<T>): Promise<T> {
		let isOver = false;
		const over = () => (isOver = true);
		work.then(over, over);
		for (;;) {
			await new Promise((resolve) => setImmediate(resolve));
			if (isOver) return await work;
			const next = this.sleepers.shift();
			if (!next) throw new Error('Everybody waits for somebody else');
			this.time = Math.max(this.time, next.at);
			next.wake();
		}
	}
}
