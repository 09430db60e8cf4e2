import { backOff, type Clock } from './clock';
import { isSilence, MoodleFailure } from './failure';

/** Requests in succession without an answer after which the site is asked whether it still is there. */
const SILENT_REQUESTS = 2;

/** Readings of one function in succession that ended without an answer, while others got one: it is not read any more. */
const UNANSWERED_READS = 3;

/** Codes of a request that waited as long as it may. */
const TIME_OUTS = new Set(['ETIMEDOUT', 'ECONNABORTED', 'ESOCKETTIMEDOUT']);

/** Notices when a site stops answering, waits for it, and gives it up. One for each run. */
export class SiteWatch {
	/** Requests in succession that went without an answer of the site. */
	private silent = 0;

	private lastSilence?: MoodleFailure;

	/** Readings of a function in succession that ended without an answer. */
	private readonly unanswered = new Map<string, number>();

	/** The question whether the site is still there, while it is under way. */
	private asking?: Promise<void>;

	/** Set for good when the site has stopped answering. */
	private gone?: MoodleFailure;

	/**
	 * @param recovery how long to wait for a site that has stopped answering, in milliseconds
	 * @param question asks the plainest of all questions: why nothing answered it, undefined where the site did
	 */
	constructor(
		private readonly clock: Clock,
		private readonly recovery: number,
		private readonly question: () => Promise<MoodleFailure | undefined>,
	) {}

	/** A request came to this: nothing where it was answered well. */
	heard(failure?: Error): void {
		this.lastSilence = failure && isSilence(failure) ? (failure as MoodleFailure) : undefined;
		this.silent = this.lastSilence ? this.silent + 1 : 0;
	}

	/**
	 * After two requests without an answer nothing is sent until the site has answered a question, asked once for all callers.
	 *
	 * @throws MoodleFailure once the site has been given up
	 */
	async whenThere(): Promise<void> {
		if (this.silent >= SILENT_REQUESTS && !this.gone) {
			this.asking ??= this.ask().finally(() => (this.asking = undefined));
			await this.asking;
		}
		if (this.gone) throw this.gone;
	}

	/**
	 * Asks a site that hangs once, after the recovery time, because each question would cost a time-out; one that refuses
	 * quickly again and again, as long as the recovery time lasts.
	 */
	private async ask(): Promise<void> {
		const until = this.clock.now() + this.recovery;
		if (this.lastSilence && TIME_OUTS.has(this.lastSilence.code))
			await this.clock.sleep(this.recovery);
		for (let attempt = 1; ; attempt++) {
			const silence = await this.question();
			if (!silence) return this.heard();
			if (TIME_OUTS.has(silence.code) || this.clock.now() >= until) {
				this.gone = new MoodleFailure(silence.wsfunction, {
					...silence.facts,
					reach: 'everybody',
					code: 'gone',
					last: silence.code,
				});
				return;
			}
			await this.clock.sleep(
				Math.min(backOff(this.clock, attempt, silence.facts.retryAfter), until - this.clock.now()),
			);
		}
	}

	/** @throws MoodleFailure for a function whose readings got no answer again and again, while the site answers others */
	beforeReading(wsfunction: string): void {
		if ((this.unanswered.get(wsfunction) ?? 0) >= UNANSWERED_READS)
			throw new MoodleFailure(wsfunction, { reach: 'function', code: 'givenup' });
	}

	/** A reading of a function has ended, after all its tries: with an answer, or with a failure. */
	hasRead(wsfunction: string, failure?: Error): void {
		if (!failure) this.unanswered.delete(wsfunction);
		else if (isSilence(failure))
			this.unanswered.set(wsfunction, (this.unanswered.get(wsfunction) ?? 0) + 1);
	}
}
