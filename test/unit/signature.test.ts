import fc from '../support/randomly';
import { encode, formBody } from '../../nodes/Moodle/moodle/encode';
import {
	checkParams,
	flawText,
	needsRelease,
	signatureOf,
} from '../../nodes/Moodle/moodle/signature';
import { signatures } from '../../nodes/Moodle/moodle/signatures';
import type { Params, Value } from '../../nodes/Moodle/moodle/values';
import { catalogue } from '../sandbox/catalogue';
import { MoodleError } from '../sandbox/errors';
import { parseUrlencoded } from '../sandbox/php';
import { phpArray } from '../sandbox/request';
import { checkParameters } from '../sandbox/signature';
import { Site } from '../sandbox/site';
import type { Description, MoodleVersion } from '../sandbox/types';

const RELEASES: MoodleVersion[] = ['4.1', '4.5', '5.1'];
const CREATE = 'core_user_create_users';

const user = (more: Params = {}): Params => ({
	username: 'ada',
	firstname: 'Ada',
	lastname: 'Byron',
	email: 'ada@example.org',
	createpassword: true,
	...more,
});
const flaws = (wsfunction: string, params: Params, release?: string) =>
	checkParams(wsfunction, params, release).map((flaw) => flawText(flaw));
const ofUser = (more: Params) => flaws(CREATE, { users: [user(more)] });

describe('checkParams', () => {
	it('passes a call that is well formed', () => {
		expect(ofUser({})).toEqual([]);
		expect(
			ofUser({ maildisplay: '2', idnumber: '', city: null, country: undefined, customfields: [] }),
		).toEqual([]);
	});

	it('passes functions that are not in the catalogue', () => {
		expect(flaws('local_plugin_do_it', { anything: [{ goes: 1 }] })).toEqual([]);
		expect(flaws('constructor', { a: 1 })).toEqual([]);
		expect(signatureOf('toString')).toBeUndefined();
	});

	it.each<[string, Params, string]>([
		['a missing text', { email: undefined }, "'email' is missing"],
		['a missing text that is null', { email: null }, "'email' is missing"],
		['an unknown key', { e_mail: 'x' }, "'e_mail' is not known to this function"],
		[
			'a text where a number belongs',
			{ maildisplay: 'two' },
			"'maildisplay' must be a whole number: 'two'",
		],
		[
			'a number with a fraction',
			{ maildisplay: 1.5 },
			"'maildisplay' must be a whole number: '1.5'",
		],
		[
			'a number with a leading zero',
			{ maildisplay: '05' },
			"'maildisplay' must be a whole number: '05'",
		],
		['a number with a blank', { maildisplay: ' 5' }, "'maildisplay' must be a whole number: ' 5'"],
		[
			'a number in exponent form',
			{ maildisplay: '1e3' },
			"'maildisplay' must be a whole number: '1e3'",
		],
		[
			'a number beyond 64 bit',
			{ maildisplay: '9999999999999999999' },
			"'maildisplay' is too large: '9999999999999999999'",
		],
		[
			'a number that is not exact',
			{ maildisplay: 2 ** 60 },
			`'maildisplay' is too large: '${2 ** 60}'`,
		],
		['an empty number', { maildisplay: '' }, "'maildisplay' must be a whole number: ''"],
		[
			'an object where a number belongs',
			{ maildisplay: { a: 1 } },
			"'maildisplay' has the wrong form: '{\"a\":1}'",
		],
		[
			'a word for yes, without the value of a field with "password" in its name',
			{ createpassword: 'yes' },
			"'createpassword' must be true or false",
		],
		[
			'capitals in a user name',
			{ username: 'Ada' },
			"'username' must be in lower case and without spaces: 'Ada'",
		],
		[
			'capitals of other scripts in a user name',
			{ username: 'Älv' },
			"'username' must be in lower case and without spaces: 'Älv'",
		],
		[
			'a blank in a user name',
			{ username: 'a da' },
			"'username' must be in lower case and without spaces: 'a da'",
		],
		[
			'a tag in a name',
			{ firstname: 'A<b' },
			"'firstname' must not contain '<' unless a space follows it: 'A<b'",
		],
		[
			'an opening bracket at the end of a name',
			{ firstname: 'Ada <' },
			"'firstname' must not contain '<' unless a space follows it: 'Ada <'",
		],
		[
			'outer blanks of an e-mail address',
			{ email: 'a@b.example ' },
			"'email' must not begin or end with a space: 'a@b.example '",
		],
		['a digit in a country', { country: 'D1' }, "'country' may hold letters only: 'D1'"],
		[
			'a blank in the name of a custom field',
			{ customfields: [{ type: 'my field', value: 'x' }] },
			"'type' may hold letters, digits, _ and - only: 'my field'",
		],
		['a custom field without a value', { customfields: [{ type: 'dept' }] }, "'value' is missing"],
		['a number where a text belongs', { city: 5 }, "'city' must be a text: '5'"],
		[
			'a NUL',
			{ firstname: 'A\u0000' },
			"'firstname' contains a character that cannot be stored: 'A '",
		],
	])('names %s', (_what, more, text) => {
		expect(ofUser(more)).toEqual([text]);
	});

	it('names a word for yes', () => {
		expect(flaws('core_group_get_groupings', { groupingids: [1], returngroups: 'yes' })).toEqual([
			"'returngroups' must be true or false: 'yes'",
		]);
		for (const value of [true, false, 0, 1, '0', '1'])
			expect(flaws('core_group_get_groupings', { groupingids: [1], returngroups: value })).toEqual(
				[],
			);
	});

	it('names numbers that are none', () => {
		const grade = (value: Value) =>
			flaws('core_grades_update_grades', {
				source: 'n8n',
				courseid: 2,
				component: 'mod_assign',
				activityid: 3,
				itemnumber: 0,
				grades: [{ studentid: 4, grade: value }],
			});
		for (const value of [5, -1.5, '5', '5.25', '.5', '-3', '1e2']) expect(grade(value)).toEqual([]);
		for (const value of ['5,25', '', ' 5', 'A', '5%', '0x10', '.'])
			expect(grade(value)).toEqual([`'grade' must be a number with a decimal point: '${value}'`]);
	});

	it('finds all flaws, each with its path', () => {
		const params = { users: [user(), user({ email: undefined, maildisplay: 'x' })] };
		expect(checkParams(CREATE, params).map(({ path }) => path)).toEqual([
			['users', 1, 'email'],
			['users', 1, 'maildisplay'],
		]);
	});

	it('shows no secret', () => {
		const word = 'Geheim-1234<x';
		expect(ofUser({ password: `${word}\u0000` })[0]).not.toContain('Geheim');
		expect(
			flawText({ path: ['groups', 0, 'enrolmentkey'], reason: 'is odd', value: word }),
		).not.toContain('Geheim');
		expect(flawText({ path: ['wstoken'], reason: 'is odd', value: word })).not.toContain('Geheim');
	});

	it('refuses an empty list where one is required, because a form cannot say it', () => {
		expect(flaws('core_user_delete_users', { userids: [] })).toEqual(["'userids' is empty: '[]'"]);
		expect(flaws('core_cohort_get_cohorts', { cohortids: [] })).toEqual([]);
	});

	it('lets texts in several languages pass where Moodle does', () => {
		const name =
			'<span lang="en" class="multilang">Sea</span><span class="multilang" lang="de">See</span> 1 < 2';
		expect(ofUser({ city: name })).toEqual([]);
		expect(ofUser({ firstname: name })).toHaveLength(1);
		expect(ofUser({ city: '<span lang="en" class="multilang">Sea' })).toHaveLength(1);
		expect(ofUser({ city: '<span lang="en" class="multilang">a<b</span>' })).toHaveLength(1);
	});
});

/** Every key that is younger than 4.1, with the function and the smallest call that holds it. */
function youngKeys(): Array<[string, string, string]> {
	return Object.entries(signatures).flatMap(([name, { params }]) =>
		[
			...JSON.stringify(params).matchAll(
				/"([a-z_]+)":(?:"[a-z]+\??@([0-9.]+)"|\[(?:"[a-z]+"|\{[^\]]*?\}),"\??@([0-9.]+)"\])/g,
			),
		].map((match): [string, string, string] => [name, match[1], match[2] ?? match[3]]),
	);
}

describe('fields that came with a later version', () => {
	const call = (more: Params): Params => ({
		groups: [{ courseid: 2, name: 'G', description: '', ...more }],
	});

	it.each(['visibility', 'participation'])('needs Moodle 4.2 for %s of a new group', (key) => {
		const params = call({ [key]: 1 });
		expect(flaws('core_group_create_groups', params, '4.1')).toEqual([
			`'${key}' is not known to Moodle 4.1: it needs Moodle 4.2 or later: '1'`,
		]);
		for (const release of ['4.2', '4.5', '5.0', '5.1', undefined])
			expect(flaws('core_group_create_groups', params, release)).toEqual([]);
		expect(needsRelease('core_group_create_groups', params)).toBe(true);
	});

	it('asks for no version when no such field is there', () => {
		expect(needsRelease('core_group_create_groups', call({}))).toBe(false);
		expect(needsRelease('core_group_create_groups', call({ visibility: undefined }))).toBe(false);
		expect(needsRelease('core_group_create_groups', call({ visibility: null }))).toBe(false);
		expect(needsRelease(CREATE, { users: [user()] })).toBe(false);
		expect(needsRelease('local_plugin_do_it', { x: 1 })).toBe(false);
	});

	it.each(youngKeys())('%s: %s is in the catalogue of no earlier version', (name, key, since) => {
		const keysOf = (release: MoodleVersion) =>
			JSON.stringify(catalogue(release).functions[name]?.params ?? {});
		expect(keysOf('5.1')).toContain(`"${key}":`);
		expect(Number(since)).toBeGreaterThan(4.1);
		expect(JSON.stringify(signatures[name].params)).toContain(`@${since}`);
	});
});

/** Texts that are awkward for Moodle. */
const awkward = fc.oneof(
	fc.constantFrom(
		'',
		' ',
		'0',
		'1',
		'-1',
		'-0',
		'05',
		' 5',
		'5 ',
		'5.0',
		'.5',
		'5.',
		'-.5',
		'1e3',
		'1E-2',
		'1e',
		'+5',
		'9223372036854775807',
		'9223372036854775808',
		'-9223372036854775808',
		'9999999999999999999',
		'true',
		'yes',
		'a<b',
		'a < b',
		'a<',
		'<',
		'a<\u00a0b',
		'<b>x</b>',
		'a>b',
		'&amp;',
		'Ä',
		'É',
		'Ada',
		'a b',
		'a\tb',
		' ada',
		'ada\n',
		'\u0000',
		'x\u0000y',
		'\ud800',
		'🎓',
		'[0]',
		'a[b]',
		'a&b=c',
		'null',
		'[]',
		"O'Hara",
		'"quoted"',
		'<span lang="en" class="multilang">Sea</span>',
		'<span lang="en" class="multilang">Sea',
		'<span class="multilang" lang="de">a<b</span>',
	),
	fc.string({ maxLength: 12 }),
	fc.string({ maxLength: 12, unit: 'binary' }),
	fc.string({ maxLength: 8, unit: fc.constantFrom(...'<> abcZ09_-.@Ä') }),
);
const anyScalar: fc.Arbitrary<Value> = fc.oneof(
	{ weight: 6, arbitrary: awkward },
	{ weight: 3, arbitrary: fc.integer() },
	{ weight: 1, arbitrary: fc.maxSafeInteger() },
	{ weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
	{ weight: 2, arbitrary: fc.boolean() },
	{ weight: 1, arbitrary: fc.constantFrom(null, undefined) },
);

/** Good values by type. Types whose values only the site can judge get nothing else. */
const GOOD: Record<string, fc.Arbitrary<Value>> = {
	int: fc.integer(),
	float: fc.double({ noNaN: true, noDefaultInfinity: true }),
	bool: fc.boolean(),
	username: fc.string({ maxLength: 9, unit: fc.constantFrom(...'abz09._-@') }),
	alpha: fc.string({ maxLength: 9, unit: fc.constantFrom(...'abzAZ') }),
	alphanum: fc.string({ maxLength: 9, unit: fc.constantFrom(...'abzAZ09') }),
	alphanumext: fc.string({ maxLength: 9, unit: fc.constantFrom(...'abzAZ09_-') }),
	alphaext: fc.string({ maxLength: 9, unit: fc.constantFrom(...'abzAZ_-') }),
	text: fc.string({ maxLength: 9, unit: fc.constantFrom(...'abc äÖ&.>') }),
	notags: fc.string({ maxLength: 9, unit: fc.constantFrom(...'abc äÖ&.>') }),
	raw_trimmed: fc.string({ maxLength: 9, unit: fc.constantFrom(...'abcä<') }),
	raw: fc.string({ maxLength: 9 }),
};
const SITE_JUDGES: Record<string, fc.Arbitrary<Value>> = {
	auth: fc.constantFrom('manual', 'nologin'),
	lang: fc.constant('en'),
	theme: fc.constantFrom('boost', 'classic'),
	timezone: fc.constantFrom('99', 'Europe/Berlin'),
	plugin: fc.constantFrom('gregorian', 'topics'),
	component: fc.constantFrom('mod_assign', 'core'),
	area: fc.constant('post'),
	capability: fc.constant('moodle/course:view'),
	url: fc.constant('https://example.org/'),
	path: fc.constant('/a/b'),
	file: fc.constant('a.txt'),
	safedir: fc.constant('abc'),
	sequence: fc.constant('1,2'),
	permission: fc.constant('1'),
};

/**
 * Parameters of the shape of a description: mostly good, now and then odd, a key missing or one too many. Odd values only
 * where the type is that of the newest version, which is the one that we check.
 */
function paramsFor(
	description: Description,
	newest: Description,
	usual: number,
): fc.Arbitrary<Value> {
	if ('keys' in description) {
		const entries = Object.entries(description.keys).map(([key, part]) => {
			const later = 'keys' in newest ? newest.keys[key] : undefined;
			const optional = (part.required ?? 1) !== 1;
			const nothing = { weight: optional ? usual : 1, arbitrary: fc.constant(undefined) };
			return fc.tuple(
				fc.constant(key),
				fc.oneof(nothing, { weight: usual * 4, arbitrary: paramsFor(part, later ?? part, usual) }),
			);
		});
		const unknown = fc.oneof(
			{ weight: usual * 10, arbitrary: fc.constant([]) },
			{ weight: 1, arbitrary: fc.constant([['unknownkey', 'x']]) },
		);
		return fc
			.tuple(fc.tuple(...entries), unknown)
			.map(([known, more]) => Object.fromEntries([...known, ...more] as Array<[string, Value]>));
	}
	if ('items' in description)
		return fc.array(
			paramsFor(description.items, 'items' in newest ? newest.items : description.items, usual),
			{ minLength: usual > 100 && (description.required ?? 1) === 1 ? 1 : 0, maxLength: 2 },
		);
	const judged = SITE_JUDGES[description.type];
	if (judged) return judged;
	const good = GOOD[description.type] ?? GOOD.raw;
	if ('type' in newest && newest.type !== description.type) return good;
	// Which characters a user name may hold is a setting of the site.
	const odd =
		description.type === 'username'
			? anyScalar.filter(
					(value) => typeof value !== 'string' || /^[-.@_a-zA-ZÄ0-9\s]*$/.test(value),
				)
			: anyScalar;
	return fc.oneof({ weight: usual * 2, arbitrary: good }, { weight: 1, arbitrary: odd });
}

const site = new Site('5.1', 'http://127.0.0.1');

/** What the stand-in says to a call of these parameters, sent as a form. */
function moodleSays(description: Description, wsfunction: string, params: Params): string {
	const form = parseUrlencoded(formBody(wsfunction, params)).filter(
		([name]) => !['moodlewsrestformat', 'wsfunction', 'moodlewssettingraw'].includes(name),
	);
	try {
		checkParameters(description, phpArray(form), site.installed);
		return 'taken';
	} catch (caught) {
		if (caught instanceof MoodleError) return caught.debug ?? caught.text;
		throw caught as Error;
	}
}

describe.each(RELEASES)('against the type checks of Moodle %s', (release) => {
	const names = Object.keys(signatures).filter((name) => catalogue(release).functions[name]);
	const passed = new Map<string, number>();

	it.each(names)('what passes for %s, Moodle takes', (name) => {
		const description = catalogue(release).functions[name].params;
		const newest = (catalogue('5.1').functions[name] ?? catalogue(release).functions[name]).params;
		for (const usual of [2, 40, 1000]) {
			fc.assert(
				fc.property(paramsFor(description, newest, usual), (value) => {
					const params = value as Params;
					if (checkParams(name, params, release).length > 0) return;
					passed.set(name, (passed.get(name) ?? 0) + 1);
					expect([params, moodleSays(description, name, params)]).toEqual([params, 'taken']);
				}),
				{ numRuns: 30 },
			);
		}
	});

	it.each(names)('well-formed parameters of %s pass', (name) => {
		// otherwise the property above would prove nothing
		expect(passed.get(name)).toBeGreaterThan(5);
	});
});

describe('signatureOf', () => {
	/** Names that tell of a change, a sending or a log entry. */
	const CHANGES = /_(?:create|prepare|send|set|start|submit|view)_|_(?:touch|viewed)(?:_|$)/;
	const READS = /_(?:are|can|check|get|has|is|search)_/;

	it('takes for writing what changes something, also where Moodle declares it as reading', () => {
		const names = RELEASES.flatMap((release) => Object.keys(catalogue(release).functions));
		const changing = [...new Set(names)].filter((name) => CHANGES.test(name) && !READS.test(name));
		expect(changing).toContain('core_course_set_favourite_courses');
		expect(changing.filter((name) => signatureOf(name)?.write !== true)).toEqual([]);
		for (const name of ['tool_mobile_get_tokens_for_qr_login', 'quizaccess_seb_validate_quiz_keys'])
			expect(signatureOf(name)?.write).not.toBe(false);
		expect(signatureOf('core_user_get_users')?.write).toBe(false);
	});
});

describe('against the form', () => {
	it('sends nothing that it has not checked', () => {
		expect(encode({ users: [user({ city: null })] }).map(([name]) => name)).not.toContain(
			'users[0][city]',
		);
	});
});
