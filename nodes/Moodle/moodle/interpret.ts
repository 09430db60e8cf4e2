import { asFailure } from './classify';
import { Cancelled } from './clock';
import { countVariables, formBody, HEAD_VARIABLES } from './encode';
import { MoodleFailure, NetworkFailure } from './failure';
import { signatureOf } from './signature';
import type { Params } from './values';
import { hasReached, type SiteInfo } from './version';

/** The plainest question, which every web service of Moodle answers to a good token. */
export const SITE_INFO = 'core_webservice_get_site_info';

/** A request of fewer variables is never taken for a cut one. */
const NEVER_CUT = 60;

/** A body of fewer characters is below every `post_max_size` in use. */
const NEVER_TOO_LONG = 100_000;

/** Answers with status 200 that hold no data. */
const NO_DATA = new Set(['html', 'notjson']);

/** What a run has seen of the site so far, by which a failure is understood. */
export interface Evidence {
	/** Functions that have answered. */
	readonly worked: ReadonlySet<string>;
	/** Whether n8n signs in itself, and nothing has shown yet that it does so with success. */
	isSignInUnproved: () => boolean;
	/** Asks the plainest question, once. Throws whatever a request can end with. */
	ask: () => Promise<unknown>;
	/** What the site tells about itself. */
	site: () => Promise<SiteInfo | undefined>;
	/** Notes what the plainest question was answered with; undefined for a token that may not ask it. */
	learn: (answer: unknown) => void;
	/** Notes how many form variables were too many. */
	wasTooBig: (variables: number) => void;
}

/** Tells what a failure means in a run: the same answer has several causes, which a look at the site tells apart. */
export class Interpreter {
	/** Functions that were refused although the token is good. */
	private readonly denied = new Set<string>();

	constructor(private readonly evidence: Evidence) {}

	/** A caught failure, with how far it reaches. What is no failure of a call comes back as it is. */
	async meaningOf(caught: unknown, wsfunction: string, params: Params): Promise<Error> {
		const failure = asFailure(caught, wsfunction);
		if (!(failure instanceof MoodleFailure) || caught instanceof NetworkFailure) return failure;
		if (failure.code === 'http403' || failure.code === 'http406')
			return await this.perhapsFirewall(failure);
		return await this.withinRun(failure, wsfunction, params);
	}

	/** A firewall's refusal of one request is not one of the site, as long as the site still answers. */
	private async perhapsFirewall(failure: MoodleFailure): Promise<MoodleFailure> {
		if (failure.wsfunction === SITE_INFO) return failure;
		try {
			await this.evidence.ask();
		} catch (caught) {
			const answer = asFailure(caught, SITE_INFO);
			if (!(answer instanceof MoodleFailure)) throw answer;
			if (!answer.answered) return failure;
		}
		return failure.reaching('record');
	}

	/** What an answer of the site means, given what the run has seen of it. */
	private async withinRun(
		caught: MoodleFailure,
		wsfunction: string,
		params: Params,
	): Promise<MoodleFailure> {
		if (caught.code === 'invalidtoken' || caught.reach === 'tooBig')
			return await this.perhapsCut(caught, params);
		if (NO_DATA.has(caught.code) && this.evidence.worked.size === 0)
			return await this.perhapsNoMoodle(caught);
		if (caught.code === 'accessexception' && (await this.tokenIsGone(wsfunction)))
			return new MoodleFailure(wsfunction, {
				...caught.facts,
				reach: 'everybody',
				code: 'invalidtoken',
			});
		if (this.evidence.worked.has(wsfunction) || wsfunction === SITE_INFO) return caught;
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
		if (failure.code === 'invalidtoken' && this.evidence.isSignInUnproved()) return failure;
		const variables = HEAD_VARIABLES + countVariables(params);
		// A small request that arrived without its form was not too big, it was damaged on the way: nothing was executed.
		if (failure.code === 'xml' && formBody(failure.wsfunction, params).length < NEVER_TOO_LONG)
			return failure.reaching('later');
		const isCut =
			failure.reach === 'tooBig' || (variables > NEVER_CUT && (await this.tokenWorks()));
		if (!isCut) return failure;
		// One long text in a small request says nothing about the number of variables that the site takes.
		if (variables > NEVER_CUT) this.evidence.wasTooBig(variables);
		return failure.reaching('tooBig');
	}

	private async tokenWorks(): Promise<boolean> {
		try {
			await this.evidence.ask();
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
			this.evidence.learn(await this.evidence.ask());
			return false;
		} catch (caught) {
			if (!(caught instanceof MoodleFailure)) {
				if (caught instanceof NetworkFailure) return false;
				throw caught as Error;
			}
			if (caught.code === 'accessexception') this.evidence.learn(undefined);
			return caught.code === 'invalidtoken';
		}
	}

	/**
	 * A page in place of an answer, before anything has worked: when the plainest call of all gets one too, the address is
	 * no web service, and waiting, looking or repeating would help nobody.
	 */
	private async perhapsNoMoodle(failure: MoodleFailure): Promise<MoodleFailure> {
		try {
			if (failure.wsfunction !== SITE_INFO) await this.evidence.ask();
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
		const site = await this.evidence.site();
		if (!site || site.functions.size === 0 || site.functions.has(failure.wsfunction))
			return failure;
		const signature = signatureOf(failure.wsfunction);
		const inVersion = signature && (!signature.since || hasReached(site.release, signature.since));
		const code = inVersion ? 'functionmissing' : 'functionunknown';
		return new MoodleFailure(failure.wsfunction, { ...failure.facts, reach: 'function', code });
	}
}
