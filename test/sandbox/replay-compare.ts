/** Compares a reply with a recorded one. */
import type { Exchange, Symbols } from './replay-types';

const HOST = 'moodle.example.org';

/** Recordings were made after this moment; courses got an end a year later. Numbers in between are times of their own. */
const RECORDED_NOW = 1_790_000_000;
const RECORDED_YEAR_LATER = 1_830_000_000;

function isRecordedTime(value: number): boolean {
	return value > RECORDED_NOW && value < RECORDED_YEAR_LATER;
}

/** Values that follow from the history and the settings of the recorded sites. */
const FREE = new Set([
	'sortorder',
	'categorysortorder',
	'cacherev',
	'sitename',
	'shortcutcachebuster',
	'userprivateaccesskey',
	'uniquehash',
	'functionsTotal',
	'token',
	'privatetoken',
	'siteid',
	'legacyfiles',
	'showactivitydates',
]);

/** Names of keys that hold ids. */
const ID_KEY =
	/(^|_)(id|ids|itemid|instance|iteminstance)$|id$|ids$|^(category|course|parent|path|useridfrom|useridto|grader|usermodified|quiz|discussion|gradecat|module|coursemodule)$/;

/** Kinds of things whose `id` stands in these places. */
const PLACES: Array<[RegExp, string]> = [
	[/grade[iI]tems\[\d+\]$/, 'gradeitem'],
	[/^messages\[\d+\]$/, 'message'],
	[/assignments\[\d+\]$/, 'assign'],
	[/submissions\[\d+\]$/, 'submission'],
	[/attempts\[\d+\]$/, 'attempt'],
	[/responses\[\d+\]$/, 'question'],
	[/quizzes\[\d+\]$/, 'quiz'],
	[/^\[\d+\]$/, 'listed'],
	[/discussions\[\d+\]$/, 'post'],
	[/posts?(\[\d+\])?$/, 'post'],
	[/author$/, 'user'],
	[/usercompetencycourse$/, 'usercompetency'],
	[/framework$/, 'framework'],
	[/competency$/, 'competency'],
	[/^user$/, 'user'],
	[/^course$/, 'course'],
	[/^cm$/, 'cm'],
	[/grades\[\d+\]$/, 'assigngrade'],
	[/^badges\[\d+\]$/, 'badge'],
	[/^events\[\d+\]$/, 'event'],
	[/modules\[\d+\]$/, 'cm'],
	[/roles\[\d+\]$/, 'role'],
	[/^users\[\d+\]$/, 'user'],
	[/^courses\[\d+\]$/, 'course'],
];

/** Kinds of symbols that a key can stand for; null for any. */
function kindOf(key: string, place: string): string | null {
	const owner = place.slice(0, -key.length - 1);
	if (key === 'id') return PLACES.find(([pattern]) => pattern.test(owner))?.[1] ?? null;
	// activities of any kind, not all of which were given a name
	if (key === 'instance' && /modules\[\d+\]$/.test(owner)) return 'unnamed';
	const kinds: Array<[RegExp, string]> = [
		[/^contextid$/, 'context'],
		[/^(userid|userids|useridfrom|useridto|grader|usermodified)$/, 'user'],
		[/^(courseid|course)$/, 'course'],
		[/^(category|categoryid|parent)$/, 'category'],
		[/^groupid$/, 'group'],
		[/^roleid$/, 'role'],
		[/^(cmid|coursemodule)$/, 'cm'],
		[/^quiz$/, 'quiz'],
		[/^(discussion|discussionid)$/, 'discussion'],
		[/^(postid|parentid|parent)$/, 'post'],
		[/^(noteid|module|gradecat|uniqueid|sectionid|section)$/, 'unnamed'],
		[/^forumid$/, 'forum'],
		[/^competencyid$/, 'competency'],
		[/^competencyframeworkid$/, 'framework'],
		[/^scaleid$/, 'scale'],
		[/^(msgid|conversationid)$/, 'message'],
		[/^(instance|iteminstance|assignmentid)$/, 'assign'],
	];
	return kinds.find(([pattern]) => pattern.test(key))?.[1] ?? null;
}

type Problem = string | null;

function kind(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'list';
	return typeof value;
}

/** Pieces of a text: numbers and what is between them. */
function pieces(text: string): string[] {
	return text.split(/(\d+)/);
}

/** Compares texts; numbers in them may be ids or times. */
export function compareText(recorded: string, got: string, symbols: Symbols): boolean {
	if (recorded === got) return true;
	if (recorded === 'HASH') return /^[0-9a-f]{32,40}$/.test(got);
	if (recorded.includes(HOST)) return got.includes('http');
	const a = pieces(recorded);
	const b = pieces(got);
	if (a.length !== b.length) return false;
	return a.every((piece, i) => {
		if (piece === b[i]) return true;
		if (i % 2 === 0) return false;
		if (isRecordedTime(Number(piece)) && Number(b[i]) > RECORDED_NOW - 200_000_000) return true;
		return symbols.candidates(Number(piece)).includes(Number(b[i]));
	});
}

function compareNumber(
	recorded: number,
	got: number,
	key: string,
	place: string,
	symbols: Symbols,
): Problem {
	if (recorded === got || isRecordedTime(recorded)) return null;
	// elsewhere `section` is the number of the section, in `cm` it is its ID
	if (ID_KEY.test(key) || place === 'cm.section') {
		const known = symbols.candidates(recorded, kindOf(key, place));
		if (known.length === 0 || known.includes(got)) return null;
		return `${key}: ${got} instead of one of ${known.join(', ')} (recorded ${recorded})`;
	}
	return `${key}: ${got} instead of ${recorded}`;
}

function compareList(
	recorded: unknown[],
	got: unknown[],
	place: string,
	key: string,
	symbols: Symbols,
	cut: string[],
): Problem {
	const shortened = cut.includes(place === '' ? '.' : place);
	if (!shortened && recorded.length !== got.length)
		return `${place}: ${got.length} entries instead of ${recorded.length}`;
	for (let i = 0; i < Math.min(recorded.length, got.length); i++) {
		const problem = compareValue(recorded[i], got[i], `${place}[${i}]`, key, symbols, cut);
		if (problem) return problem;
	}
	return null;
}

function compareObject(
	recorded: Record<string, unknown>,
	got: Record<string, unknown>,
	place: string,
	symbols: Symbols,
	cut: string[],
): Problem {
	const wanted = Object.keys(recorded).filter((name) => name !== 'functionsTotal');
	const keys = Object.keys(got);
	if (wanted.join() !== keys.join()) {
		const missing = wanted.filter((name) => !keys.includes(name));
		const extra = keys.filter((name) => !wanted.includes(name));
		return `${place}: keys differ, missing [${missing.join()}], extra [${extra.join()}]${missing.length + extra.length === 0 ? ', order differs' : ''}`;
	}
	for (const name of wanted) {
		if (name === 'functions' && 'functionsTotal' in recorded) continue;
		const inside = place === '' ? name : `${place}.${name}`;
		const problem = compareValue(recorded[name], got[name], inside, name, symbols, cut);
		if (problem) return problem;
	}
	return null;
}

/** The first difference that matters, or null. */
export function compareValue(
	recorded: unknown,
	got: unknown,
	place: string,
	key: string,
	symbols: Symbols,
	cut: string[],
): Problem {
	if (kind(recorded) !== kind(got))
		return `${place}: ${kind(got)} ${JSON.stringify(got)} instead of ${kind(recorded)} ${JSON.stringify(recorded)}`;
	if (FREE.has(key)) return null;
	if (Array.isArray(recorded))
		return compareList(recorded, got as unknown[], place, key, symbols, cut);
	if (typeof recorded === 'object' && recorded !== null) {
		return compareObject(
			recorded as Record<string, unknown>,
			got as Record<string, unknown>,
			place,
			symbols,
			cut,
		);
	}
	if (typeof recorded === 'number') {
		const problem = compareNumber(recorded, got as number, key, place, symbols);
		return problem && `${place} ${problem}`;
	}
	if (typeof recorded === 'string' && ID_KEY.test(key) && /^\d+$/.test(recorded)) {
		return compareNumber(Number(recorded), Number(got), key, place, symbols);
	}
	if (typeof recorded === 'string' && typeof got === 'string' && /^\[\{"/.test(recorded))
		return compareValue(parse(recorded), parse(got), place, key, symbols, cut);
	if (typeof recorded === 'string') {
		return compareText(recorded, got as string, symbols)
			? null
			: `${place}: ${JSON.stringify(got)} instead of ${JSON.stringify(recorded)}`;
	}
	return recorded === got ? null : `${place}: ${String(got)} instead of ${String(recorded)}`;
}

/** A reply to compare. */
export interface Got {
	status: number;
	contentType: string;
	text: string;
	location?: string;
}

/** The first difference between a recorded exchange and a reply, or null. */
export function compareReply(exchange: Exchange, got: Got, symbols: Symbols): Problem {
	if (got.status !== exchange.http)
		return `HTTP ${got.status} instead of ${exchange.http}: ${got.text.slice(0, 200)}`;
	if (got.contentType !== exchange.contentType)
		return `content type ${got.contentType} instead of ${exchange.contentType}`;
	if (exchange.cut?.includes('text')) return null;
	if (got.status === 503) return null;
	const parsed = parse(got.text);
	if (typeof exchange.body === 'string' && exchange.body.startsWith('<?xml')) {
		return compareXml(exchange.body, got.text, symbols);
	}
	return compareValue(exchange.body, parsed, '', '', symbols, exchange.cut ?? []);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function compareXml(recorded: string, got: string, symbols: Symbols): Problem {
	const a = recorded.split('\n');
	const b = got.split('\n');
	if (a.length !== b.length) return `XML: ${b.length} lines instead of ${a.length}`;
	const at = a.findIndex((line, i) => !compareText(line, b[i], symbols));
	return at < 0 ? null : `XML line ${at + 1}: ${b[at]} instead of ${a[at]}`;
}
