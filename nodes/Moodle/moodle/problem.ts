import { withoutTails } from './secrets';

/** What a person reads when something cannot be done: what happened, and what to do about it. */
export interface ProblemText {
	/** What happened: one sentence in plain words, without Moodle's raw identifiers (n8n rewrites texts that hold errno names). */
	message: string;
	/** What to do about it, in the words of Moodle's own menus. */
	mend?: string;
	/** Moodle's `errorcode`, or our own short code such as `notfound`. For programs and tests, not for people. */
	code?: string;
	/** HTTP status or network code, as text. */
	http?: string;
	/** For causes found by asking Moodle: no site would accept the record, whatever its settings. */
	certain?: boolean;
	/** It concerns the connection, not the item that happened to meet it first. */
	general?: boolean;
}

/** A failure that belongs to an item (or to the whole run) and is worded for people. */
export class Problem extends Error {
	readonly mend?: string;

	readonly code: string;

	readonly http?: string;

	readonly certain: boolean;

	readonly general: boolean;

	constructor(text: ProblemText) {
		super(text.message);
		this.name = 'Problem';
		this.mend = text.mend;
		this.code = text.code ?? 'input';
		this.http = text.http;
		this.certain = text.certain === true;
		this.general = text.general === true;
	}

	/** Message and remedy in one text, as an error item carries it. */
	get whole(): string {
		return this.mend ? `${this.message.replace(/\.?$/, '.')} ${this.mend}` : this.message;
	}
}

/** A value as JSON; for what has none (too deep, in a circle), its kind. */
function asJson(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return Array.isArray(value) ? '(a list)' : '(an object)';
	}
}

/** Most characters of a value that are looked at for showing it. */
const MOST_LOOKED_AT = 1000;

/** A value as it may be shown inside a message: quoted, without control characters and keys of addresses, at most 80 characters. */
export function shown(value: unknown): string {
	const raw = (typeof value === 'string' ? value : asJson(value)).slice(0, MOST_LOOKED_AT);
	// eslint-disable-next-line no-control-regex
	const clean = withoutTails(raw.replace(/[\u0000-\u001f\u007f]+/g, ' '));
	return `'${clean.length > 80 ? `${clean.slice(0, 79)}…` : clean}'`;
}
