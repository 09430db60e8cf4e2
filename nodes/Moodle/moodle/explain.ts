import { isCertificateCode } from './classify';
import { EXPLANATIONS } from './explanations';
import type { MoodleFailure, Reach } from './failure';
import { Problem } from './problem';

/** Codes of one and the same cause: with debugging on, or in older versions, a missing record has other names. */
const SAME: Record<string, string> = {
	invalidrecordunknown: 'invalidrecord',
	EAI_AGAIN: 'ENOTFOUND',
	ERR_SSL_WRONG_VERSION_NUMBER: 'EPROTO',
	http502: 'http503',
	http504: 'http503',
	http406: 'http403',
	http408: 'http503',
	requirecorrectaccess: 'redirect',
	sslonlyaccess: 'redirect',
};

/** Names of system errors: n8n replaces a message that holds one, in whatever case (`groupnameexists` holds EEXIST). */
const ERRNO =
	/ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|ERRADDRINUSE|EADDRNOTAVAIL|ECONNABORTED|EHOSTUNREACH|EAI_AGAIN|ENOENT|EISDIR|ENOTDIR|EACCES|EEXIST|EPERM|GETADDRINFO/i;

/** What the caller knows that helps to word a failure. */
export interface Circumstances {
	/** Capabilities the function needs. */
	capabilities?: string[];
	/** Whether a write may have been carried out although nobody saw the answer. */
	uncertain?: boolean;
}

function rightsOf(failure: MoodleFailure, circumstances: Circumstances): string {
	const capabilities = circumstances.capabilities ?? [];
	if (failure.facts.exception !== 'required_capability_exception' || capabilities.length === 0)
		return '';
	return ` Needed for ${failure.wsfunction}: ${capabilities.join(', ')}.`;
}

/** A weak password comes with the rules in place of a code (create users, all versions). */
function passwordRules(failure: MoodleFailure): Problem | undefined {
	const { code, text } = failure.facts;
	if (!/\s/.test(code)) return undefined;
	const rules = (text ?? code).replace(/^error\//, '');
	return new Problem({
		message: `Moodle refuses the password: ${rules}`,
		mend: 'Choose a password that follows these rules, or let Moodle make one.',
		code: 'passwordpolicy',
	});
}

function networkProblem(failure: MoodleFailure): Problem | undefined {
	const { reach, code, status } = failure.facts;
	const known = EXPLANATIONS[SAME[code] ?? code];
	if (reach === 'unsent') {
		if (!known && isCertificateCode(code))
			return new Problem({
				message: 'The certificate of the site cannot be checked',
				mend: "For a private certificate authority set NODE_EXTRA_CA_CERTS for n8n, or switch on 'Ignore SSL Issues' in the credential.",
				code,
			});
		return new Problem({
			message: known?.message ?? 'The site cannot be reached',
			mend: known?.mend ?? 'Check the Site URL in the credential, and that n8n may reach it.',
			code,
			http: code,
		});
	}
	if (reach === 'everybody' && status !== undefined && !known)
		return new Problem({
			message: `The server in front of Moodle refuses the request (status ${status})`,
			mend: EXPLANATIONS.http403.mend,
			code,
			http: String(status),
		});
	if (
		reach !== 'lost' ||
		(status === undefined ? known : EXPLANATIONS[code]) ||
		/[a-z]/.test(code.replace(/^http/, ''))
	)
		return undefined;
	return new Problem({
		message: status
			? `The server gave up on the request (status ${status})`
			: 'The connection broke before Moodle answered',
		mend: 'If it happens often, lower Records per Request or raise Timeout.',
		code,
		http: status === undefined ? code : String(status),
	});
}

/** Moodle's own explanation, when the site's debugging level lets it speak. Cut, in one line, without paths. */
function debugHint(failure: MoodleFailure): string {
	const info = failure.facts.debuginfo;
	if (!info || failure.code !== 'invalidparameter') return '';
	const line = info.split('\n')[0].replace(/\s+/g, ' ').trim().slice(0, 160);
	return /pass/i.test(line) ? '' : ` Moodle says: ${line}.`;
}

/** Words for a code that has none here: Moodle's own sentence, or the code itself, in a place where n8n leaves it alone. */
function unknownCode(code: string, own: string): Problem {
	const isSentence = /\s/.test(own) && !ERRNO.test(own);
	if (isSentence)
		return new Problem({ message: `Moodle refuses: ${own}`, mend: `Code: ${code}.`, code });
	return new Problem({
		message: 'Moodle refuses',
		mend: `${own && own !== code ? `Moodle says: ${own}. ` : ''}Code: ${code}.`,
		code,
	});
}

/** A code of Moodle in words. Unknown codes show Moodle's own sentence. */
export function explainCode(code: string, text?: string): Problem {
	const key = SAME[code] ?? code;
	const known = Object.prototype.hasOwnProperty.call(EXPLANATIONS, key)
		? EXPLANATIONS[key]
		: undefined;
	const own = (text ?? '').replace(/^error\//, '').slice(0, 300);
	if (!known) return unknownCode(code, own);
	const filled = own !== '' && !ERRNO.test(own) ? own : 'it does not say which';
	return new Problem({
		message: known.message.replace('{text}', () => filled),
		mend: known.mend,
		code,
	});
}

/** A site that has stopped answering, in the words of the last thing that came instead of an answer, where there are any. */
function goneProblem(failure: MoodleFailure): Problem | undefined {
	const known =
		failure.code === 'gone'
			? EXPLANATIONS[SAME[failure.facts.last ?? ''] ?? failure.facts.last ?? '']
			: undefined;
	if (!known) return undefined;
	return new Problem({
		message: known.message,
		mend: `${known.mend ?? ''} Nothing more was sent.`.trim(),
		code: 'gone',
	});
}

/** Failures that have nothing to do with the item they are met at. */
const GENERAL = new Set<Reach>(['everybody', 'function', 'later', 'unsent']);

/** A failure in words: what happened, and what to do about it. Nothing in it is secret. */
export function explain(failure: MoodleFailure, circumstances: Circumstances = {}): Problem {
	const special = passwordRules(failure) ?? goneProblem(failure) ?? networkProblem(failure);
	const base = special ?? explainCode(failure.code, failure.facts.text);
	const place =
		failure.code === 'redirect' && failure.facts.location
			? ` It sends to ${failure.facts.location}.`
			: '';
	const inService = failure.reach === 'function' ? ` Function: ${failure.wsfunction}.` : '';
	const mend =
		`${base.mend ?? ''}${place}${inService}${rightsOf(failure, circumstances)}${debugHint(failure)}`.trim();
	const http =
		base.http ?? (failure.facts.status === undefined ? undefined : String(failure.facts.status));
	const problem = new Problem({
		message: base.message,
		mend: mend || undefined,
		code: base.code,
		http,
		general: GENERAL.has(failure.reach),
	});
	return circumstances.uncertain ? uncertain(problem) : problem;
}

/** The same problem, for something that may have been done all the same. */
export function uncertain(problem: Problem): Problem {
	const open = 'It may have been carried out all the same: look in Moodle before you run it again.';
	const { message, code, http, general } = problem;
	return new Problem({
		message,
		mend: `${problem.mend ?? ''} ${open}`.trim(),
		code,
		http,
		general,
	});
}
