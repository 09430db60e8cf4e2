/**
 * Facts about functions that write, tried on the stand-in with the requests that the operations send: whether a second
 * request changes nothing (`repeat`), and what becomes of a good record beside a refused one (`atomic`). The stand-in is
 * held to recordings of real sites; of a function that it does not serve nothing is known here.
 */
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { warningsOf } from '../../nodes/Moodle/moodle/settle';
import { handlers } from '../sandbox/functions';
import { nameOf, operations } from './support/runOne';
import { walk, type Written } from './support/walk';

/** The operation and the file in which a fact stands. */
const where = ({ operation, call }: Pick<Written, 'operation' | 'call'>) =>
	`${nameOf(operation)} (nodes/Moodle/actions/${operation.resource}/${operation.value}.ts or its calls.ts): ${call.function}:`;

/** What a claim that a call may be sent again has against it; undefined where it holds. */
function flawOfRepeat({ call, body, trying, ...written }: Written): string | undefined {
	if (call.repeat !== 'safe') return undefined;
	const [once, twice] = trying(body, body);
	if (once.isException || (!twice.isException && String(once.rows) === String(twice.rows)))
		return undefined;
	const before = new Set(once.rows);
	const more = twice.rows.find((row) => !before.has(row)) ?? JSON.stringify(twice.reply);
	return `${where({ call, ...written })} repeat: 'safe' is not so. The same request sent twice ${twice.isException ? 'is refused' : 'changes more'}: ${more.slice(0, 200)}. Say repeat: 'lookup' and write find, or say 'never'.`;
}

/** A record that Moodle refuses and a good one, each as a request of its own; before them another request goes. */
interface Pair {
	before: string;
	refused: URLSearchParams;
	good: URLSearchParams;
}

const UNKNOWN_ID = '999999';

function changed(
	body: string,
	list: string,
	value: (key: string, value: string) => string,
): URLSearchParams {
	return new URLSearchParams(
		[...new URLSearchParams(body)].map(([name, old]): [string, string] => [
			name,
			name.startsWith(`${list}[0]`) ? value(name.slice(list.length + 3), old) : old,
		]),
	);
}

/** With ids that nobody has; and, for what has a name, as a second one of the same name beside one of another. */
function pairsOf(body: string, list: string): Pair[] {
	const unknown = changed(body, list, (key, value) =>
		key === '' || /id\]$/.test(key) ? UNKNOWN_ID : value,
	);
	const renamed = changed(body, list, (key, value) =>
		/name\]|idnumber\]|email\]/.test(key) ? value.replace('walk', 'walk9') : value,
	);
	return [
		{
			before: 'wsfunction=none&moodlewsrestformat=json',
			refused: unknown,
			good: new URLSearchParams(body),
		},
		{ before: body, refused: new URLSearchParams(body), good: renamed },
	];
}

/** A request with the records of both, in this order. */
function together({ refused, good }: Pair, list: string): string {
	const both = new URLSearchParams(refused);
	for (const [name, value] of good)
		if (name.startsWith(`${list}[0]`)) both.append(name.replace(`${list}[0]`, `${list}[1]`), value);
	return both.toString();
}

type Fate = 'undone' | 'done' | 'done although refused';

/** What becomes of a good record after a refused one in the same request: one fate for each kind of refusal that was found. */
function fates({ call, body, trying }: Written): Fate[] {
	const { list } = call;
	if (list === undefined) return [];
	return pairsOf(body, list).flatMap((pair): Fate[] => {
		const second = (sent: string) => {
			const [first, tried] = trying(pair.before, sent);
			return { ...tried, isUndone: String(first.rows) === String(tried.rows) };
		};
		const alone = second(pair.refused.toString());
		const isRefused = alone.isException || warningsOf(alone.reply).length > 0;
		if (!isRefused || !alone.isUndone || second(pair.good.toString()).isUndone) return [];
		const both = second(together(pair, list));
		return [both.isUndone ? 'undone' : both.isException ? 'done although refused' : 'done'];
	});
}

/** The fates that a claim allows. */
const ALLOWED: Record<CallFacts['atomic'], Fate[]> = {
	all: ['undone'],
	each: ['undone', 'done'],
	none: ['undone', 'done', 'done although refused'],
	unknown: ['undone', 'done', 'done although refused'],
};

function flawOfAtomic(written: Written): string | undefined {
	const { call } = written;
	const wrong = fates(written).find((fate) => !ALLOWED[call.atomic].includes(fate));
	if (wrong === undefined) return undefined;
	const so = wrong === 'done' ? "'each'" : "'none', with perRequest: 1";
	return `${where(written)} atomic: '${call.atomic}' is not so. A good record after a refused one is ${wrong}. Say atomic: ${so}.`;
}

/** What a walk with changed facts finds, and what it has tried. */
async function found(changes: Record<string, Partial<CallFacts>> = {}) {
	const tried = { repeat: new Set<string>(), atomic: new Set<string>() };
	const flaws = new Set<string>();
	const refusals = await walk((actual) => {
		const written = { ...actual, call: { ...actual.call, ...changes[actual.call.function] } };
		if (written.call.repeat === 'safe') tried.repeat.add(written.call.function);
		if (fates(written).length > 0) tried.atomic.add(written.call.function);
		for (const flaw of [flawOfRepeat(written), flawOfAtomic(written)]) if (flaw) flaws.add(flaw);
	});
	return { flaws: [...flaws], refusals, tried };
}

/** Functions that are no part of the walk: files need n8n, and nobody ticks another one's activity. */
const ELSEWHERE = [
	'core_completion_update_activity_completion_status_manually',
	'core_user_add_user_private_files',
	'core_user_update_picture',
];

/** Functions that refuse neither an unknown ID nor a name that is taken: those are ignored, or told in another way. */
const REFUSED_OTHERWISE = [
	'core_cohort_add_cohort_members',
	'core_grades_update_grades',
	'core_group_delete_groupings',
	'core_group_delete_groups',
	'mod_assign_save_grades',
];

const calls = operations.flatMap((operation) => operation.calls);
const served = (name: string) => name in handlers && !ELSEWHERE.includes(name);
const names = (which: CallFacts[]) => [...new Set(which.map((call) => call.function))].sort();

describe('on the stand-in', () => {
	let walked: Awaited<ReturnType<typeof found>>;
	beforeAll(async () => {
		walked = await found();
	});

	test('what operations say of repeat and atomic is so', () => expect(walked.flaws).toEqual([]));

	test('every step of test/e2e/steps.ts is done, but where the site has nothing for it', () =>
		expect(Object.keys(walked.refusals)).toEqual(['completion/getCourse']));

	test('every function that may be sent again has been, where the stand-in serves it', () => {
		const safe = calls.filter((call) => call.repeat === 'safe');
		const left = names(safe).filter((name) => served(name) && !walked.tried.repeat.has(name));
		expect(left.map((name) => `${name}: test/e2e/steps.ts has no step that sends it`)).toEqual([]);
	});

	test('a good record has been beside a refused one, for every function said to do all or each', () => {
		const claimed = calls.filter(({ list, atomic }) => list && /^(?:all|each)$/.test(atomic));
		const left = names(claimed).filter((name) => !walked.tried.atomic.has(name));
		const remedy =
			"neither an unknown ID nor a name that is taken is refused by the stand-in. Say atomic: 'unknown', or 'none' with perRequest: 1; or let it refuse as Moodle does (test/sandbox/functions)";
		expect(
			left.filter((name) => !REFUSED_OTHERWISE.includes(name)).map((name) => `${name}: ${remedy}`),
		).toEqual([]);
		expect(REFUSED_OTHERWISE.filter((name) => !left.includes(name))).toEqual([]);
	});
});

describe('what is not so is told, with its file and its remedy', () => {
	test.each([
		[
			'core_message_send_instant_messages',
			{ repeat: 'safe' },
			"message/send.ts or its calls.ts): core_message_send_instant_messages: repeat: 'safe' is not so",
		],
		['core_calendar_create_calendar_events', { repeat: 'safe' }, 'changes more'],
		['core_user_delete_users', { repeat: 'safe' }, 'is refused'],
		[
			'core_user_update_users',
			{ atomic: 'all' },
			"atomic: 'all' is not so. A good record after a refused one is done. Say atomic: 'each'",
		],
		['core_course_delete_courses', { atomic: 'all' }, 'atomic'],
		[
			'core_notes_delete_notes',
			{ atomic: 'all' },
			"note/delete.ts or its calls.ts): core_notes_delete_notes: atomic: 'all' is not so",
		],
		['core_user_set_user_preferences', { atomic: 'all' }, 'userPreference/set.ts'],
	] as Array<[string, Partial<CallFacts>, string]>)('%s %j', async (name, change, told) => {
		const { flaws } = await found({ [name]: change });
		expect(flaws.join('\n')).toContain(told);
	});
});
