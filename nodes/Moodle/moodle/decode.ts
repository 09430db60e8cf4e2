import { reachOf } from './classify';
import { MoodleFailure, type FailureFacts } from './failure';
import { withoutKeys } from './secrets';
import { isObject } from './values';

/** What the one request function hands back: status, lower-case headers, the body as text. */
export interface RawReply {
	status: number;
	headers: Record<string, string>;
	text: string;
}

/** A reply that could be read. `note` is text that stood in front of the JSON. */
export interface Decoded {
	value: unknown;
	note?: string;
}

/** Lines that are tried as the start of JSON after other text, so that a long page costs no more than a short one. */
const MOST_STARTS = 20;

const JSON_START = /^\s*(?:[[{"]|-?\d|null\b|true\b|false\b)/;

function parse(text: string): Decoded | undefined {
	try {
		// Trimming also takes away byte order marks, which a file of the site may print in front of everything.
		return { value: JSON.parse(text.trim()) as unknown };
	} catch {
		return undefined;
	}
}

/**
 * JSON that stands after other text: `core_grades_update_grades` prints a line before its number, and PHP prints
 * start-up warnings (5.1 measured). The last line that begins like JSON counts; the rest is kept as a note.
 */
function parseBehindText(text: string): Decoded | undefined {
	const lines = text.split('\n');
	for (let at = lines.length - 1, starts = 0; at >= 0 && starts < MOST_STARTS; at--) {
		if (!JSON_START.test(lines[at])) continue;
		starts++;
		const found = parse(lines.slice(at).join('\n'));
		if (found) return { ...found, note: lines.slice(0, at).join('\n').trim().slice(0, 200) };
	}
	return undefined;
}

/**
 * A text without its tags. One that never ends goes to the end of the text, if a name follows its `<`. Each character is
 * looked at a fixed number of times: texts come from people, and a regular expression takes time by their square.
 */
function withoutTags(html: string): string {
	const lastEnd = html.lastIndexOf('>');
	const parts: string[] = [];
	let at = 0;
	for (let open = html.indexOf('<'); open >= 0; open = html.indexOf('<', at)) {
		parts.push(html.slice(at, open));
		if (open < lastEnd) at = html.indexOf('>', open) + 1;
		else if (/[a-z/!]/i.test(html.charAt(open + 1))) return parts.join('');
		else {
			parts.push('<');
			at = open + 1;
		}
	}
	return parts.join('') + html.slice(at);
}

/**
 * Text of Moodle without tags and entities, in one line, keys of addresses hidden. A weak password's `errorcode` is HTML (create users).
 */
export function plain(html: string): string {
	return withoutTags(withoutKeys(html).replace(/<\/(?:div|p|li)>|<br\s*\/?>/gi, ' '))
		.replace(
			/&(amp|lt|gt|quot|#0?39);/g,
			(whole, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
		)
		.replace(/\s+/g, ' ')
		.trim();
}

function retryAfter(headers: Record<string, string>): number | undefined {
	const value = headers['retry-after'];
	if (!value) return undefined;
	const seconds = Number(value);
	const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
	return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function originOf(location: string | undefined): string | undefined {
	try {
		return location ? new URL(location).origin : undefined;
	} catch {
		return undefined;
	}
}

function statusFacts(reply: RawReply): FailureFacts | undefined {
	const { status } = reply;
	const base = { status, code: `http${status}` };
	if (status >= 300 && status < 400)
		return {
			...base,
			reach: 'everybody',
			code: 'redirect',
			location: originOf(reply.headers.location),
		};
	if (status === 413) return { ...base, reach: 'tooBig' };
	if (status === 408 || status === 429 || status === 503)
		return { ...base, reach: 'later', retryAfter: retryAfter(reply.headers) };
	if (status === 403)
		return { ...base, reach: 'everybody', code: reply.text.trim() === '' ? 'wsoff' : 'http403' };
	if (status >= 500) return { ...base, reach: 'lost' };
	if (status >= 400) return { ...base, reach: 'everybody' };
	return undefined;
}

function undecodable(reply: RawReply): FailureFacts {
	const start = reply.text.trimStart().slice(0, 200).toLowerCase();
	if (start === '') return { reach: 'lost', code: 'emptyreply', status: reply.status };
	// XML means that the format parameter did not arrive: the form was emptied because it exceeded post_max_size.
	if (start.startsWith('<?xml')) return { reach: 'tooBig', code: 'xml', status: reply.status };
	return { reach: 'lost', code: start.startsWith('<') ? 'html' : 'notjson', status: reply.status };
}

/** The refusal inside a readable reply: server.php says `exception`, upload.php, token.php and downloads say `error`. */
function refusal(value: unknown): FailureFacts | undefined {
	if (!isObject(value)) return undefined;
	const isException = typeof value.exception === 'string';
	const isError = typeof value.error === 'string' && 'errorcode' in value;
	if (!isException && !isError) return undefined;
	const exception =
		String(value.exception ?? '')
			.split('\\')
			.pop() ?? '';
	const code = plain(String(value.errorcode ?? '')) || exception;
	return {
		reach: reachOf(code, exception),
		code,
		exception,
		text: plain(String(value.message ?? value.error ?? '')),
		debuginfo: typeof value.debuginfo === 'string' ? withoutKeys(value.debuginfo) : undefined,
	};
}

/**
 * Reads a reply of Moodle.
 *
 * @returns the value, which may legitimately be `null`, a number, a list or an object
 * @throws MoodleFailure for every status, page, exception and unreadable body
 */
export function decode(wsfunction: string, reply: RawReply): Decoded {
	const byStatus = statusFacts(reply);
	if (byStatus) throw new MoodleFailure(wsfunction, byStatus);
	const decoded = parse(reply.text) ?? parseBehindText(reply.text);
	if (!decoded) throw new MoodleFailure(wsfunction, undecodable(reply));
	const refused = refusal(decoded.value);
	if (refused) throw new MoodleFailure(wsfunction, refused);
	return decoded;
}
