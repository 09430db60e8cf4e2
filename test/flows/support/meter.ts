/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** Watches memory and shows that something is going on. */

const SAMPLE = 25;
const NEWS = 5000;

/** Watches from when it is made until `stop`. */
export class Meter {
	private readonly before = process.memoryUsage().rss;

	private peak = this.before;

	private readonly samples: NodeJS.Timeout;

	private readonly news: NodeJS.Timeout;

	/** @param progress called every five seconds */
	constructor(progress: () => void) {
		this.samples = setInterval(() => this.sample(), SAMPLE);
		this.news = setInterval(progress, NEWS);
	}

	/** Most memory of the process, in bytes, since the start, and what it was then. */
	stop(): { before: number; peak: number } {
		clearInterval(this.samples);
		clearInterval(this.news);
		this.sample();
		return { before: this.before, peak: this.peak };
	}

	private sample(): void {
		this.peak = Math.max(this.peak, process.memoryUsage.rss());
	}
}
