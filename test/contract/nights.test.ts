/**
 * A list that is brought in every night changes nothing from the second night on, however odd its texts: on databases that
 * take other capitals and accents for the same and on those that do not, with the account of the documents.
 */
import type { Operation } from '../../nodes/Moodle/actions/types';
import {
	entriesFor,
	fieldsOf,
	itemOf,
	itemsOf,
	Nights,
	TEXTS,
	waysOf,
	type Place,
} from './support/nights';
import { nameOf, operations } from './support/runOne';
import { sample, type Values } from './support/samples';

const PLACES: Place[] = [
	{ version: '5.1', database: 'mariadb' },
	{ version: '5.0', database: 'postgres' },
	{ version: '4.1', database: 'mariadb' },
];

const upserts = operations.filter(({ value }) => value === 'upsert');
const cases = upserts.flatMap((operation) =>
	PLACES.flatMap((place) =>
		waysOf(operation).map((matchBy) => ({ name: nameOf(operation), operation, matchBy, ...place })),
	),
);

/** What nobody can compare, because Moodle does not tell it: field to reason. These are written again every night. */
interface Untold {
	fields: Record<string, string>;
	/** Whether a single zero counts as empty and is not told (user_get_user_details, 4.1 to 5.1); fields of which that is so. */
	zero?: string[];
}

const NEVER = 'Moodle tells it to nobody';
const UNTOLD: Record<string, (version: string) => Untold> = {
	'user/upsert': (version) => ({
		fields: {
			alternatename: NEVER,
			calendartype: NEVER,
			firstnamephonetic: NEVER,
			lastnamephonetic: NEVER,
			maildisplay: NEVER,
			middlename: NEVER,
			description: "told only of users with a role while 'Profiles for enrolled users only' is on",
			phone1: "told only where it is ticked under 'Show user identity'",
			phone2: "told only where it is ticked under 'Show user identity'",
			...(version === '4.1' ? { address: 'Moodle 4.1 tells it to administrators only' } : {}),
		},
		zero: ['address', 'city', 'idnumber', 'institution'],
	}),
};

const untold = (operation: Operation, version: string): Untold =>
	UNTOLD[nameOf(operation)]?.(version) ?? { fields: {} };

/** The same items on the next night. Matching by ID, the list has learnt the IDs. */
const nextNight = (items: Values[], matchBy: string | undefined, ids: Array<number | undefined>) =>
	matchBy === 'id' ? items.map((item, at) => ({ ...item, id: String(ids[at]) })) : items;

const withoutId = (sent: string[]) => [...new Set(sent.flatMap(fieldsOf))];

test('every Create or Update is here', () => expect(upserts.length).toBeGreaterThan(5));

test.each(cases)(
	'$name by $matchBy, Moodle $version on $database: the second night sends nothing',
	async ({ operation, matchBy, version, database }) => {
		const { fields, zero = [] } = untold(operation, version);
		const nights = new Nights(operation, { version, database });
		const all = itemsOf(
			operation,
			matchBy,
			version,
			nights.courseid,
			({ name }, value) => name in fields || (value === '0' && zero.includes(name)),
		);
		// Moodle finds nobody by the ID number 0: that item is refused, see below.
		const items =
			nameOf(operation) === 'user/upsert' && matchBy === 'idnumber'
				? all.filter((item) => item.idnumber !== '0')
				: all;
		const first = await nights.night(items);
		expect(first.told).toEqual(
			items.map(() => ({ id: expect.any(Number), created: true, updated: false })),
		);
		const ids = first.told.map(({ id }) => id);
		expect(new Set(ids).size).toBe(items.length);
		const second = await nights.night(nextNight(items, matchBy, ids));
		expect(second).toEqual({
			told: ids.map((id) => ({ id, created: false, updated: false })),
			sent: [],
		});
	},
);

test.each(cases.filter(({ operation }) => nameOf(operation) in UNTOLD))(
	'$name by $matchBy, Moodle $version on $database: what Moodle does not tell is written again, and nothing beside it',
	async ({ operation, matchBy, version, database }) => {
		const { fields, zero = [] } = untold(operation, version);
		const entries = entriesFor(operation, matchBy, version);
		const shown = (name: string) => entries.some((entry) => entry.name === name);
		const text = (name: string) =>
			name === 'calendartype'
				? 'gregorian'
				: name === 'maildisplay'
					? sample(entries.find((entry) => entry.name === name)!, 1)
					: 'école';
		const odd = [
			...Object.keys(fields).map((name) => [name, text(name)] as const),
			...zero.filter((name) => !(name in fields)).map((name) => [name, '0'] as const),
		].filter(([name]) => shown(name) && name !== matchBy);
		for (const [name, value] of odd) {
			const nights = new Nights(operation, { version, database });
			const items = [
				itemOf(operation, matchBy, 0, nights.courseid, {
					city: 'Rome',
					summary: 'Told',
					[name]: value,
				}),
			].map((item) => keepKnown(item, shown));
			const first = await nights.night(items);
			const second = await nights.night(
				nextNight(
					items,
					matchBy,
					first.told.map(({ id }) => id),
				),
			);
			expect([name, second.told, withoutId(second.sent)]).toEqual([
				name,
				[{ id: first.told[0].id, created: false, updated: true }],
				[name],
			]);
		}
	},
);

const themed = cases.flatMap(({ operation, matchBy, ...place }) => {
	const theme = entriesFor(operation, matchBy, place.version).find(
		({ displayName }) => displayName !== undefined && /theme/i.test(displayName),
	);
	return theme && operation.resource !== 'user' ? [{ operation, matchBy, theme, ...place }] : [];
});

test('courses, categories and cohorts have themes', () =>
	expect([...new Set(themed.map(({ operation }) => nameOf(operation)))].sort()).toEqual([
		'category/upsert',
		'cohort/upsert',
		'course/upsert',
	]));

test.each(themed)(
	'$operation.resource/upsert by $matchBy, Moodle $version on $database: a theme where the site allows none is told every night',
	async ({ operation, matchBy, theme, ...place }) => {
		const nights = new Nights(operation, place);
		nights.moodle.site.config.allowThemes = false;
		const [with_, without] = [{ [theme.name]: 'boost' }, {}].map((fields, at) =>
			itemOf(operation, matchBy, at, nights.courseid, fields),
		);
		const leftOut = (done: string) =>
			expect.stringMatching(
				`^The ${operation.resource} was ${done}, but Moodle left out '${theme.displayName}' 'boost'$`,
			);
		const first = await nights.night([with_, without]);
		expect(first.told).toEqual([
			{ refused: leftOut(String.raw`created \(ID \d+\)`) },
			{ id: expect.any(Number), created: true, updated: false },
		]);
		const created = /ID (\d+)/.exec(first.told[0].refused ?? '')?.[1];
		const ids = [Number(created), first.told[1].id];
		const second = await nights.night(nextNight([with_, without], matchBy, ids));
		expect(second.told).toEqual([
			{ refused: leftOut('changed') },
			{ id: ids[1], created: false, updated: false },
		]);
	},
);

/** An item without the additional fields that its operation does not have. */
function keepKnown(item: Values, shown: (name: string) => boolean): Values {
	return {
		...item,
		additionalFields: Object.fromEntries(
			Object.entries(item.additionalFields as Values).filter(([name]) => shown(name)),
		),
	};
}

test.each(PLACES)(
	'user/upsert, Moodle $version on $database: where the site tells descriptions and phones, they are not written again',
	async (place) => {
		const operation = upserts.find((entry) => nameOf(entry) === 'user/upsert')!;
		const nights = new Nights(operation, place);
		nights.moodle.site.config.profilesForEnrolledOnly = false;
		nights.moodle.site.config.identityFields = ['email', 'phone1', 'phone2'];
		const told = ['description', 'phone1', 'phone2'];
		const items = itemsOf(
			operation,
			'email',
			place.version,
			nights.courseid,
			({ name }, value) => !told.includes(name) || (value === '0' && name !== 'description'),
		);
		const first = await nights.night(items);
		expect(first.sent.join()).toContain('phone2');
		const second = await nights.night(items);
		expect(second).toEqual({
			told: first.told.map(({ id }) => ({ id, created: false, updated: false })),
			sent: [],
		});
	},
);

test.each(PLACES)(
	'user/upsert by the ID number 0, by which Moodle $version finds nobody: refused, nobody is made',
	async (place) => {
		const operation = upserts.find((entry) => nameOf(entry) === 'user/upsert')!;
		const nights = new Nights(operation, place);
		const items = itemsOf(operation, 'idnumber', place.version, nights.courseid, () => true).filter(
			(item) => item.idnumber === '0',
		);
		expect(await nights.night(items)).toEqual({
			told: [
				{ refused: expect.stringMatching(/^'ID Number' is 0, by which Moodle finds no user/) },
			],
			sent: [],
		});
	},
);

test.each(['create', 'upsert'])(
	'user/%s with the user name 0, by which Moodle finds nobody: refused, nobody is made',
	async (value) => {
		const operation = operations.find((entry) => nameOf(entry) === `user/${value}`)!;
		const nights = new Nights(operation, PLACES[0]);
		const matchBy = value === 'upsert' ? 'username' : undefined;
		const item = itemOf(operation, matchBy, 0, nights.courseid, {});
		expect(await nights.night([{ ...item, username: '0' }])).toEqual({
			told: [{ refused: expect.stringMatching(/^'Username' is 0, by which Moodle finds no user/) }],
			sent: [],
		});
	},
);

test.each(['create', 'upsert'])(
	'group/%s with hidden members and participation, which Moodle would switch off: refused',
	async (value) => {
		const operation = operations.find((entry) => nameOf(entry) === `group/${value}`)!;
		const nights = new Nights(operation, PLACES[0]);
		const matchBy = value === 'upsert' ? 'name' : undefined;
		const items = [0, 1, 2, 3].map((visibility) =>
			itemOf(operation, matchBy, visibility, nights.courseid, { visibility, participation: true }),
		);
		const refused = { refused: expect.stringMatching(/^'Participation' cannot be on/) };
		const { told } = await nights.night(items);
		expect(told.slice(2)).toEqual([refused, refused]);
		expect(told.slice(0, 2).map((item) => item.refused)).toEqual([undefined, undefined]);
	},
);

/** The parameter that names a record for each way to find it; of names that Moodle keeps in ASCII there is no such pair. */
const pairs = cases
	.filter(({ matchBy }) => !['id', 'email', 'username'].includes(matchBy ?? 'idnumber'))
	.flatMap((entry) =>
		[
			['Ecole', 'école'],
			['abc', 'ABC'],
		].map((pair) => ({ ...entry, pair })),
	);

test.each(pairs)(
	'$name by $matchBy, Moodle $version on $database, $pair: two records, or the second is told which one is in its way; nothing goes to and fro',
	async ({ operation, matchBy, version, database, pair }) => {
		const nights = new Nights(operation, { version, database });
		const items = pair.map((text, at) => ({
			...itemOf(operation, matchBy, at, nights.courseid, {}),
			[matchBy ?? 'idnumber']: text,
		}));
		const first = await nights.night(items);
		const [one, two] = first.told;
		expect(one).toEqual({ id: expect.any(Number), created: true, updated: false });
		if (two.refused === undefined)
			expect(two).toEqual({ id: expect.any(Number), created: true, updated: false });
		else
			expect([database, two.refused]).toEqual([
				'mariadb',
				expect.stringMatching(
					new RegExp(`'${pair[1]}' for the same as '${pair[0]}'.* ID ${one.id}\\b`),
				),
			]);
		expect(two.id).not.toBe(one.id);
		for (const night of [await nights.night(items), await nights.night(items)]) {
			expect(night.told).toEqual([
				{ id: one.id, created: false, updated: false },
				two.refused === undefined ? { id: two.id, created: false, updated: false } : two,
			]);
			// Whether the database takes two texts for the same is Moodle's to say: a creation that is refused may be asked for again.
			expect(night.sent.filter((body) => body.includes(operation.calls[1].function))).toEqual([]);
			expect(night.sent.length).toBeLessThanOrEqual(two.refused === undefined ? 0 : 1);
		}
	},
);

test('the texts are names of their own on every database', () =>
	expect(new Set(TEXTS).size).toBe(TEXTS.length));
