import { reachOfNetwork } from './classify';
import { backOff, Cancelled, type Clock } from './clock';
import { decode, type RawReply } from './decode';
import { countRecords, countVariables, formBody, HEAD_VARIABLES } from './encode';
import { isSilence, MoodleFailure, NetworkFailure } from './failure';
import { Flight, type Landing } from './flight';
import { Problem } from './problem';
import { SiteWatch } from './silence';
import { isReadable, isSerial, type ReplyOf } from './reads';
import { checkParams, flawText, needsRelease, signatureOf } from './signature';
import type { Params } from './values';
import { hasReached, readSiteInfo, type SiteInfo } from './version';

/** The one function by which requests leave. It throws nothing but `NetworkFailure`. */
export type SendRequest = (body: string) => Promise<RawReply>;

/** Most form variables of a request: PHP's default cuts at 1,000. */
export const MOST_VARIABLES = 900;

/** A request of fewer variables is never taken for a cut one. */
const NEVER_CUT = 60;

/** A body of fewer characters is below every `post_max_size` in use. */
const NEVER_TOO_LONG = 100_000;

/** Tries of a reading call before it counts as failed. */
const READ_TRIES = 4;

/** Answers with status 200 that hold no data. */
const NO_DATA = new Set(['html', 'notjson']);

const DEFAULT_RECOVERY = 30_000;

const SITE_INFO = 'core_webservice_get_site_info';

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
}

/** Calls web-service functions. One client lives as long as one run, and keeps what the run learns about the site. */
export class Client {
	/** Requests sent so far, repeats included. */
	requests = 0;

	/** Most form variables that this site took; lowered when a request was cut. */
	variableLimit = MOST_VARIABLES;

	private readonly worked = new Set<string>();

	private lastInLine: Promise<unknown> = Promise.resolve();

	/** Functions that were refused although the token is good. */
	private readonly denied = new Set<string>();

	private renewals = 0;

	private renewing?: Promise<boolean>;

	private siteInfo?: Promise<SiteInfo | undefined>;

	/** How many requests are under way at once. */
	readonly flight: Flight;

	private readonly watch: SiteWatch;

	constructor(private readonly options: ClientOptions) {
		// Each refused sign-in counts against the account, so that one is tried alone.
		this.flight = new Flight(options.clock, options.inFlight, options.renew !== undefined);
		this.watch = new SiteWatch(
			options.clock,
			options.recovery ?? DEFAULT_RECOVERY,
			async () => await this.silenceOf(SITE_INFO),
		);
	}

	/**
	 * One call, sent once (twice when the sign-in had to be renewed), as soon as one more may be under way.
	 *
	 * @param leaves told each time just before it is sent
	 * @returns Moodle's reply as JSON value
	 * @throws MoodleFailure with how far it reaches; Cancelled; Problem for a write with a Read Only credential
	 */
	async call(wsfunction: string, params: Params, leaves?: () => void): Promise<unknown> {
		if (this.options.readOnly && signatureOf(wsfunction)?.write !== false) throw readOnlyProblem();
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
	async read<F extends string>(wsfunction: F, params: Params): Promise<ReplyOf<F>> {
		await this.check(wsfunction, params);
		for (let attempt = 1; ; attempt++) {
			this.watch.beforeReading(wsfunction);
			try {
				const reply = await this.call(wsfunction, params);
				if (!isReadable(wsfunction, reply)) throw oddReply(wsfunction);
				this.watch.hasRead(wsfunction);
				return reply as ReplyOf<F>;
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
			return readSiteInfo(await this.read(SITE_INFO, {}));
		} catch (caught) {
			// A service without this function is common: then nothing is known beforehand, and Moodle decides.
			if (caught instanceof Cancelled) throw caught as Error;
			return undefined;
		}
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
		const permit = await this.flight.enter();
		let landing: Landing = 'refused';
		try {
			const reply = await this.watched(wsfunction, params, leaves);
			landing = { wsfunction, records: countRecords(params) };
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
			const failure = await this.understood(caught, wsfunction, params);
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

	/** A firewall's refusal of one request is not one of the site, as long as the site still answers. */
	private async perhapsFirewall(failure: MoodleFailure): Promise<MoodleFailure> {
		if (failure.wsfunction === SITE_INFO) return failure;
		try {
			await this.once(SITE_INFO, {});
		} catch (caught) {
			const answer = asFailure(caught, SITE_INFO);
			if (!(answer instanceof MoodleFailure)) throw answer;
			if (!answer.answered) return failure;
		}
		return failure.reaching('record');
	}

	/** A caught failure, with what it means in this run. */
	private async understood(caught: unknown, wsfunction: string, params: Params): Promise<Error> {
		const failure = asFailure(caught, wsfunction);
		if (!(failure instanceof MoodleFailure) || caught instanceof NetworkFailure) return failure;
		if (failure.code === 'http403' || failure.code === 'http406')
			return await this.perhapsFirewall(failure);
		return await this.withinRun(failure, wsfunction, params);
	}

	/** What an answer of the site means, given what the run has seen of it. */
	private async withinRun(
		caught: MoodleFailure,
		wsfunction: string,
		params: Params,
	): Promise<MoodleFailure> {
		if (caught.code === 'invalidtoken' || caught.reach === 'tooBig')
			return await this.perhapsCut(caught, params);
		if (NO_DATA.has(caught.code) && this.worked.size === 0)
			return await this.perhapsNoMoodle(caught);
		if (caught.code === 'accessexception' && (await this.tokenIsGone(wsfunction)))
			return new MoodleFailure(wsfunction, {
				...caught.facts,
				reach: 'everybody',
				code: 'invalidtoken',
			});
		if (this.worked.has(wsfunction) || wsfunction === SITE_INFO) return caught;
		if (
			caught.code === 'accessexception' ||
			caught.facts.exception === 'dml_missing_record_exception'
		)
			return await this.perhapsMissing(caught);
		return caught;
	}

	/** The token travels last: when a big request is refused for its token, the request was cut. */
	private async perhapsCut(failure: MoodleFailure, params: Params): Promise<MoodleFailure> {
		// Without a good sign-in so far that is the likelier cause, and looking would be one more failed sign-in by n8n.
		if (
			failure.code === 'invalidtoken' &&
			this.options.renew &&
			this.renewals + this.worked.size === 0
		)
			return failure;
		const variables = HEAD_VARIABLES + countVariables(params);
		// A small request that arrived without its form was not too big, it was damaged on the way: nothing was executed.
		if (failure.code === 'xml' && formBody(failure.wsfunction, params).length < NEVER_TOO_LONG)
			return failure.reaching('later');
		const isCut =
			failure.reach === 'tooBig' || (variables > NEVER_CUT && (await this.tokenWorks()));
		if (!isCut) return failure;
		// One long text in a small request says nothing about the number of variables that the site takes.
		if (variables > NEVER_CUT)
			this.variableLimit = Math.min(
				this.variableLimit,
				Math.max(HEAD_VARIABLES + 2, Math.floor(variables / 2)),
			);
		return failure.reaching('tooBig');
	}

	private async tokenWorks(): Promise<boolean> {
		try {
			await this.once(SITE_INFO, {});
			return true;
		} catch (caught) {
			if (caught instanceof Cancelled) throw caught as Error;
			return (
				caught instanceof MoodleFailure && caught.code !== 'invalidtoken' && caught.reach !== 'lost'
			);
		}
	}

	/**
	 * A token past its date is refused once like a function that is not in the service, and is deleted by that (4.1 to
	 * 5.1): the next call tells.
	 */
	private async tokenIsGone(wsfunction: string): Promise<boolean> {
		if (wsfunction === SITE_INFO || this.denied.has(wsfunction)) return false;
		this.denied.add(wsfunction);
		try {
			this.siteInfo = Promise.resolve(readSiteInfo(await this.once(SITE_INFO, {})));
			return false;
		} catch (caught) {
			if (!(caught instanceof MoodleFailure)) {
				if (caught instanceof NetworkFailure) return false;
				throw caught as Error;
			}
			if (caught.code === 'accessexception') this.siteInfo ??= Promise.resolve(undefined);
			return caught.code === 'invalidtoken';
		}
	}

	/**
	 * A page in place of an answer, before anything has worked: when the plainest call of all gets one too, the address is
	 * no web service, and waiting, looking or repeating would help nobody.
	 */
	private async perhapsNoMoodle(failure: MoodleFailure): Promise<MoodleFailure> {
		try {
			if (failure.wsfunction !== SITE_INFO) await this.once(SITE_INFO, {});
		} catch (caught) {
			if (caught instanceof Cancelled) throw caught as Error;
			return caught instanceof MoodleFailure && NO_DATA.has(caught.code)
				? failure.reaching('everybody')
				: failure;
		}
		return failure.wsfunction === SITE_INFO ? failure.reaching('everybody') : failure;
	}

	/** A missing record and a missing function look alike: the function list of the site tells them apart. */
	private async perhapsMissing(failure: MoodleFailure): Promise<MoodleFailure> {
		const site = await this.site();
		if (!site || site.functions.size === 0 || site.functions.has(failure.wsfunction))
			return failure;
		const signature = signatureOf(failure.wsfunction);
		const inVersion = signature && (!signature.since || hasReached(site.release, signature.since));
		const code = inVersion ? 'functionmissing' : 'functionunknown';
		return new MoodleFailure(failure.wsfunction, { ...failure.facts, reach: 'function', code });
	}
}

/** Whether a failure says that the site has too much to do: no answer, "come later", or a deadlock. */
function isTrouble(failure: Error): boolean {
	return (
		isSilence(failure) ||
		(failure instanceof MoodleFailure && ['later', 'conflict'].includes(failure.reach))
	);
}

/** A broken connection as a failure of the call; anything else as it is. */
function asFailure(caught: unknown, wsfunction: string): Error {
	if (!(caught instanceof NetworkFailure)) return caught as Error;
	return new MoodleFailure(wsfunction, { reach: reachOfNetwork(caught.code), code: caught.code });
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
