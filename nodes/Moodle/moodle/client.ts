import { asFailure } from './classify';
import { backOff, Cancelled, type Clock } from './clock';
import { decode, type RawReply } from './decode';
import { formBody, HEAD_VARIABLES, workOf } from './encode';
import { isSilence, isTrouble, MoodleFailure, NetworkFailure } from './failure';
import { Flight } from './flight';
import type { Landing } from './flightRound';
import { Interpreter, SITE_INFO } from './interpret';
import { Problem } from './problem';
import { SiteWatch } from './silence';
import type { SiteSpeed } from './siteSpeed';
import { isSerial, READS, type ReadFacts } from './reads';
import { checkParams, flawText, isReading, needsRelease } from './signature';
import type { Params } from './values';
import { readSiteInfo, type SiteInfo } from './version';
import type { z } from '../schemas/zod';

/** The one function by which requests leave. It throws nothing but `NetworkFailure`. */
export type SendRequest = (body: string) => Promise<RawReply>;

/** Most form variables of a request: PHP's default cuts at 1,000. */
export const MOST_VARIABLES = 900;

/** Tries of a reading call before it counts as failed. */
const READ_TRIES = 4;

export { NetworkFailure } from './failure';

/** Everything one run needs to know about what it may do. */
export interface ClientOptions {
	send: SendRequest;
	clock: Clock;
	/** Signs in again; true when there is a new token and the call may be repeated. */
	renew?: () => Promise<boolean>;
	/** Functions that only read may be called. */
	readOnly?: boolean;
	/** How long to wait for a site that has stopped answering, in milliseconds; by default 30 s. */
	recovery?: number;
	/** Most requests under way at once. */
	inFlight?: number;
	/** What earlier runs have shown of the site. */
	speed?: SiteSpeed;
}

/** Calls web-service functions. One client lives as long as one run, and keeps what the run learns about the site. */
export class Client {
	/** Requests sent so far, repeats included. */
	requests = 0;

	/** Most form variables that this site took; lowered when a request was cut. */
	variableLimit = MOST_VARIABLES;

	private readonly worked = new Set<string>();

	private lastInLine: Promise<unknown> = Promise.resolve();

	private renewals = 0;

	private renewing?: Promise<boolean>;

	private siteInfo?: Promise<SiteInfo | undefined>;

	/** How many requests are under way at once. */
	readonly flight: Flight;

	private readonly watch: SiteWatch;

	private readonly interpreter: Interpreter;

	constructor(private readonly options: ClientOptions) {
		// Each refused sign-in counts against the account, so that one is tried alone.
		this.flight = new Flight(options.clock, options.inFlight, !!options.renew, options.speed);
		this.watch = new SiteWatch(
			options.clock,
			options.recovery ?? 30_000,
			async () => await this.silenceOf(SITE_INFO),
		);
		this.interpreter = new Interpreter({
			worked: this.worked,
			isSignInUnproved: () => options.renew !== undefined && this.renewals + this.worked.size === 0,
			ask: async () => await this.once(SITE_INFO, {}),
			site: async () => await this.site(),
			learn: (answer) => this.learn(answer),
			wasTooBig: (variables) => this.wasTooBig(variables),
		});
	}

	/**
	 * One call, sent once (twice when the sign-in had to be renewed), as soon as one more may be under way.
	 *
	 * @param leaves told each time just before it is sent
	 * @returns Moodle's reply as JSON value
	 * @throws MoodleFailure with how far it reaches; Cancelled; Problem for a write with a Read Only credential
	 */
	async call(wsfunction: string, params: Params, leaves?: () => void): Promise<unknown> {
		if (this.options.readOnly && !isReading(wsfunction)) throw readOnlyProblem();
		const since = this.renewals;
		try {
			return await this.attempt(wsfunction, params, leaves);
		} catch (caught) {
			const failure = caught as Partial<MoodleFailure>;
			if (
				failure.code !== 'invalidtoken' ||
				failure.reach !== 'everybody' ||
				!(await this.renewed(since))
			)
				throw caught as Error;
		}
		return await this.attempt(wsfunction, params, leaves);
	}

	/**
	 * A reading call: checked against the signature, sent again after lost answers, deadlocks and "come back later".
	 *
	 * @throws MoodleFailure, Cancelled, Problem for parameters that do not fit
	 */
	async read<T extends z.ZodTypeAny>(
		{ function: wsfunction, reply: shape }: ReadFacts<T>,
		params: Params,
	): Promise<z.infer<T>> {
		await this.check(wsfunction, params);
		for (let attempt = 1; ; attempt++) {
			this.watch.beforeReading(wsfunction);
			try {
				const reply = await this.call(wsfunction, params);
				if (!shape.safeParse(reply).success) throw oddReply(wsfunction);
				this.watch.hasRead(wsfunction);
				if (wsfunction === SITE_INFO) this.learn(reply);
				return reply;
			} catch (caught) {
				const failure = forReading(caught);
				if (
					!(failure instanceof MoodleFailure) ||
					attempt >= READ_TRIES ||
					!worthWaiting(failure)
				) {
					this.watch.hasRead(wsfunction, failure as Error);
					throw failure as Error;
				}
				await this.options.clock.sleep(
					backOff(this.options.clock, attempt, failure.facts.retryAfter),
				);
			}
		}
	}

	/** What the site tells about itself, asked once; undefined when the token may not ask. */
	async site(): Promise<SiteInfo | undefined> {
		this.siteInfo ??= this.askSite();
		return await this.siteInfo;
	}

	/** @throws Problem naming the field that does not fit the signature, or that this version of Moodle lacks */
	async check(wsfunction: string, params: Params): Promise<void> {
		const flaws = checkParams(wsfunction, params, await this.releaseFor(wsfunction, params));
		if (flaws.length > 0) throw new Problem({ message: flawText(flaws[0]), code: 'badvalue' });
	}

	/** The site's version, asked for only when one of these parameters depends on it. */
	async releaseFor(wsfunction: string, params: Params): Promise<string | undefined> {
		return needsRelease(wsfunction, params) ? (await this.site())?.release : undefined;
	}

	private async askSite(): Promise<SiteInfo | undefined> {
		try {
			return readSiteInfo(await this.read(READS.core_webservice_get_site_info, {}));
		} catch (caught) {
			// A service without this function is common: then nothing is known beforehand, and Moodle decides.
			if (caught instanceof Cancelled) throw caught as Error;
			return undefined;
		}
	}

	/** What a direct question for the site's own words was answered with. A refusal says less than an answer that was had before. */
	private learn(answer: unknown): void {
		if (answer === undefined) this.siteInfo ??= Promise.resolve(undefined);
		else this.siteInfo = Promise.resolve(readSiteInfo(answer));
	}

	private wasTooBig(variables: number): void {
		const half = Math.max(HEAD_VARIABLES + 2, Math.floor(variables / 2));
		this.variableLimit = Math.min(this.variableLimit, half);
	}

	private async once(wsfunction: string, params: Params, leaves?: () => void): Promise<unknown> {
		return isSerial(wsfunction)
			? await this.afterOthers(async () => await this.sent(wsfunction, params, leaves))
			: await this.sent(wsfunction, params, leaves);
	}

	/** Runs `work` when all that was handed in before has ended, however it ended. */
	private async afterOthers<T>(work: () => Promise<T>): Promise<T> {
		const turn = this.lastInLine.then(work, work);
		this.lastInLine = turn.catch(() => undefined);
		return await turn;
	}

	private async sent(wsfunction: string, params: Params, leaves?: () => void): Promise<unknown> {
		if (this.options.clock.cancelled()) throw new Cancelled();
		leaves?.();
		this.requests++;
		const reply = await this.options.send(formBody(wsfunction, params));
		const decoded = decode(wsfunction, reply);
		this.worked.add(wsfunction);
		return decoded.value;
	}

	/** Signs in again, once for all calls that were under way with the same token: `since` is the count at their start. */
	private async renewed(since: number): Promise<boolean> {
		if (this.renewals > since) return true;
		this.renewing ??= this.signInAgain();
		return await this.renewing;
	}

	private async signInAgain(): Promise<boolean> {
		try {
			const isRenewed = (await this.options.renew?.()) === true;
			if (isRenewed) this.renewals++;
			return isRenewed;
		} catch (caught) {
			// Nothing of the run's own was sent, so that nothing of it can be lost.
			const failure =
				caught instanceof NetworkFailure
					? new MoodleFailure('login/token.php', { reach: 'unsent', code: caught.code })
					: (caught as Error);
			throw failure;
		} finally {
			this.renewing = undefined;
		}
	}

	private async attempt(wsfunction: string, params: Params, leaves?: () => void): Promise<unknown> {
		// The plainest question waits for nobody: others wait for its answer.
		if (wsfunction === SITE_INFO) return await this.watched(wsfunction, params);
		const permit = await this.flight.enter(wsfunction);
		let landing: Landing = 'refused';
		try {
			const reply = await this.watched(wsfunction, params, leaves);
			landing = { records: workOf(params, reply, isReading(wsfunction)) };
			return reply;
		} catch (caught) {
			if (caught instanceof Error && isTrouble(caught)) landing = 'trouble';
			throw caught as Error;
		} finally {
			this.flight.leave(permit, landing);
		}
	}

	private async watched(wsfunction: string, params: Params, leaves?: () => void): Promise<unknown> {
		await this.watch.whenThere();
		try {
			const reply = await this.once(wsfunction, params, leaves);
			this.watch.heard();
			return reply;
		} catch (caught) {
			const failure = await this.interpreter.meaningOf(caught, wsfunction, params);
			this.watch.heard(failure);
			throw failure;
		}
	}

	/** Why nothing answered a call without parameters; undefined where the site did, with whatever it said. */
	private async silenceOf(wsfunction: string): Promise<MoodleFailure | undefined> {
		try {
			await this.once(wsfunction, {});
			return undefined;
		} catch (caught) {
			const failure = asFailure(caught, wsfunction);
			if (!(failure instanceof MoodleFailure)) throw failure;
			return isSilence(failure) ? failure : undefined;
		}
	}
}

/** An answer in another shape than the function's: not what Moodle said, whoever said it. */
function oddReply(wsfunction: string): MoodleFailure {
	return new MoodleFailure(wsfunction, { reach: 'lost', code: 'notjson' });
}

function readOnlyProblem(): Problem {
	return new Problem({
		message: 'The credential is set to Read Only, and this operation writes',
		mend: "Switch 'Read Only' off in the credential, or use another one.",
		code: 'readonly',
	});
}

/** For a read an unreadable record is at fault, not the connection: sending again would give the same. */
function forReading(caught: unknown): unknown {
	if (!(caught instanceof MoodleFailure) || caught.reach !== 'lost' || !caught.answered)
		return caught;
	return caught.reaching('record');
}

/** Whether asking again later can help. */
export function worthWaiting(failure: MoodleFailure): boolean {
	if (failure.reach === 'unsent')
		return failure.code === 'ECONNREFUSED' || failure.code === 'EAI_AGAIN';
	return ['lost', 'later', 'conflict'].includes(failure.reach);
}
