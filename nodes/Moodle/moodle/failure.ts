/**
 * How far a failure reaches:
 * - `everybody`: the token, the site or the way to it; nothing else of this run can work.
 * - `function`: this function cannot be used at all with this token (not in the service, no such function, no right anywhere).
 * - `tooBig`: the request was cut or refused for its size; nothing was executed; smaller ones can work.
 * - `later`: the server asked to come back; nothing was executed.
 * - `conflict`: the database rolled the call back (deadlock, row lock, duplicate, value too long).
 * - `context`: a course, category or cohort refuses; other records of the same request may be fine.
 * - `record`: one of the records is at fault.
 * - `lost`: no readable answer; for a write nobody knows yet whether it was done.
 * - `unsent`: the request never reached the server.
 */
export type Reach =
	| 'everybody'
	| 'function'
	| 'tooBig'
	| 'later'
	| 'conflict'
	| 'context'
	| 'record'
	| 'lost'
	| 'unsent';

/** What is known of a failure. Nothing in it holds a token, a password or an address with a query. */
export interface FailureFacts {
	reach: Reach;
	/** Moodle's errorcode, tags removed; or our own: `html`, `xml`, `emptyreply`, `redirect`, `http502`, `ECONNRESET`, `gone` … */
	code: string;
	/** For `gone`: the code of the last thing that came instead of an answer. */
	last?: string;
	/** Last part of Moodle's exception class. */
	exception?: string;
	/** Moodle's message in the language of the token's user. For showing, never for deciding. */
	text?: string;
	/** Present when the site's debugging level is NORMAL or higher: names the field, often the value. Never stored. */
	debuginfo?: string;
	status?: number;
	/** Milliseconds the server asked us to wait. */
	retryAfter?: number;
	/** Origin of a redirect's target. */
	location?: string;
}

/** A call that did not end well, as the client throws it. */
export class MoodleFailure extends Error {
	readonly facts: FailureFacts;

	constructor(
		readonly wsfunction: string,
		facts: FailureFacts,
	) {
		super(`${wsfunction}: ${facts.code}`);
		this.name = 'MoodleFailure';
		this.facts = facts;
	}

	get reach(): Reach {
		return this.facts.reach;
	}

	get code(): string {
		return this.facts.code;
	}

	/** Whether Moodle itself answered, so that sending the same again would give the same. */
	get answered(): boolean {
		return this.facts.exception !== undefined;
	}

	/** The same failure, known to reach further or less far than it first looked. */
	reaching(reach: Reach): MoodleFailure {
		return new MoodleFailure(this.wsfunction, { ...this.facts, reach });
	}
}

/** A connection that broke, or never came about. `code` is the network code, e.g. `ECONNRESET`. */
export class NetworkFailure extends Error {
	constructor(readonly code: string) {
		super(code);
		this.name = 'NetworkFailure';
	}
}

/** Whether nothing of the site itself came back: no connection, no answer, or a page of a server in front of it. */
export function isSilence(failure: Error): boolean {
	return (
		failure instanceof MoodleFailure &&
		!failure.answered &&
		['lost', 'later', 'unsent'].includes(failure.reach)
	);
}

/** Whether a failure says that the site has too much to do: no answer, "come later", or a deadlock. */
export function isTrouble(failure: Error): boolean {
	return (
		isSilence(failure) ||
		(failure instanceof MoodleFailure && ['later', 'conflict'].includes(failure.reach))
	);
}
