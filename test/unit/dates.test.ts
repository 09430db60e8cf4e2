import fc from '../support/randomly';
import { DateTime } from 'luxon';
import { toIso, toUnix } from '../../nodes/Moodle/moodle/dates';
import { Problem } from '../../nodes/Moodle/moodle/problem';

const ZONES = [
	'UTC',
	'Europe/Berlin',
	'America/New_York',
	'America/St_Johns',
	'Asia/Kolkata',
	'Asia/Kathmandu',
	'Australia/Lord_Howe',
	'Pacific/Apia',
	'Pacific/Kiritimati',
	'America/Sao_Paulo',
	'Africa/Cairo',
	'Antarctica/Troll',
	'Pacific/Chatham',
];

const unix = (value: unknown, zone = 'UTC') => toUnix(value, zone, 'Start');
const ofLuxon = (text: string, zone: string) =>
	Math.floor(DateTime.fromISO(text, { zone }).toSeconds());

/** Wall times, most of them from 1971 to 2099. */
const wall = fc
	.date({
		min: new Date('1971-01-02T00:00:00Z'),
		max: new Date('2099-12-30T00:00:00Z'),
		noInvalidDate: true,
	})
	.map((date) => date.toISOString().slice(0, 19));

describe('toUnix', () => {
	it.each<[unknown, string, string]>([
		['2026-09-01', 'UTC', '2026-09-01T00:00:00Z'],
		['2026-09-01', 'Europe/Berlin', '2026-08-31T22:00:00Z'],
		['2026-09-01T08:00', 'Europe/Berlin', '2026-09-01T06:00:00Z'],
		['2026-09-01 08:00:30', 'Europe/Berlin', '2026-09-01T06:00:30Z'],
		['2026-01-01T08:00:00', 'Europe/Berlin', '2026-01-01T07:00:00Z'],
		['2026-09-01T08:00:00+02:00', 'America/New_York', '2026-09-01T06:00:00Z'],
		['2026-09-01T08:00:00-0330', 'UTC', '2026-09-01T11:30:00Z'],
		['2026-09-01T08:00:00Z', 'Asia/Kolkata', '2026-09-01T08:00:00Z'],
		['2026-09-01T08:00:00.999z', 'Asia/Kolkata', '2026-09-01T08:00:00Z'],
		['  2026-09-01T08:00:00Z ', 'UTC', '2026-09-01T08:00:00Z'],
		['Sat, 21 Nov 2026 07:48:36 GMT', 'Asia/Kolkata', '2026-11-21T07:48:36Z'],
		['Sat, 21 Nov 2026 07:48:36 +0200', 'Asia/Kolkata', '2026-11-21T05:48:36Z'],
		[
			'Sat Nov 21 2026 07:48:36 GMT+0200 (Eastern European Standard Time)',
			'Asia/Kolkata',
			'2026-11-21T05:48:36Z',
		],
		['7 Nov 2026 07:48:36 UTC', 'Asia/Kolkata', '2026-11-07T07:48:36Z'],
		[new Date('2026-09-01T08:00:00Z'), 'Asia/Kolkata', '2026-09-01T08:00:00Z'],
		[
			DateTime.fromISO('2026-09-01T08:00:00', { zone: 'Europe/Berlin' }),
			'UTC',
			'2026-09-01T06:00:00Z',
		],
		[1_788_249_600, 'Asia/Kolkata', '2026-09-01T08:00:00Z'],
		['1788249600', 'Asia/Kolkata', '2026-09-01T08:00:00Z'],
		[1_788_249_600_123, 'Asia/Kolkata', '2026-09-01T08:00:00Z'],
		['1788249600123', 'Asia/Kolkata', '2026-09-01T08:00:00Z'],
		[0, 'UTC', '1970-01-01T00:00:00Z'],
		['2024-02-29', 'UTC', '2024-02-29T00:00:00Z'],
		['0', 'UTC', '1970-01-01T00:00:00Z'],
		['20260901', 'Europe/Berlin', '2026-08-31T22:00:00Z'],
		[20_260_901, 'Europe/Berlin', '2026-08-31T22:00:00Z'],
		[' 20240229 ', 'UTC', '2024-02-29T00:00:00Z'],
		['2026-09-01 08:00:00+02', 'UTC', '2026-09-01T06:00:00Z'],
		['2026-09-01 08:00:00.123456 -03', 'UTC', '2026-09-01T11:00:00Z'],
		['2026-09-01T08:00+02', 'UTC', '2026-09-01T06:00:00Z'],
	])('%p in %s is %s', (value, zone, expected) => {
		expect(unix(value, zone)).toBe(Date.parse(expected) / 1000);
	});

	it.each<unknown>([
		'2026-02-30',
		'2025-02-29',
		'2026-13-01',
		'2026-00-10',
		'2026-01-00',
		'2026-04-31T10:00:00Z',
		'2026-01-01T24:01:00',
		'2026-01-01T25:00:00Z',
		'2026-01-01T10:60',
		'2026-01-01T10:00:61',
		'2026-01-01T10:00:00+25:00',
		'2026-01-01T10:00:00+02:75',
		'01.09.2026',
		'09/01/2026',
		'2026-9-1',
		'tomorrow',
		'1.5',
		'5e9',
		'',
		' ',
		'NaN',
		'Invalid DateTime',
		'2026-09-01T08:00:00 CET',
		'Sat, 31 Feb 2026 07:48:36 GMT',
		'20260230',
		'20261301',
		'00000001',
		'2026',
		'46266',
		'202609',
		46_266,
		46_266.5,
		2026,
		20_261_301,
		-86_400,
		99_999_999,
		'2026-09-01-02',
		'0026-09-01',
		Number.NaN,
		Infinity,
		true,
		null,
		undefined,
		{},
		[],
		['2026-09-01'],
		new Date('nonsense'),
		DateTime.invalid('test'),
	])('refuses %p', (value) => {
		const attempt = () => unix(value);
		expect(attempt).toThrow(Problem);
		expect(attempt).toThrow("'Start' is not a date");
	});

	it('takes numbers as seconds up to the year 5138, and as milliseconds from there on', () => {
		expect(unix(99_999_999_999)).toBe(99_999_999_999);
		expect(unix(100_000_000_000)).toBe(100_000_000);
		expect(unix(-315_619_200)).toBe(-315_619_200);
		expect(unix(100_000_000)).toBe(100_000_000);
	});

	it('never gives milliseconds, whatever n8n has at hand', () => {
		const now = Date.now();
		for (const value of [
			now,
			String(now),
			new Date(now),
			new Date(now).toISOString(),
			DateTime.fromMillis(now),
			DateTime.fromMillis(now).toISO(),
		])
			expect(unix(value)).toBe(Math.floor(now / 1000));
	});

	it('agrees with luxon about wall times of any zone, gaps and overlaps of summer time apart', () => {
		fc.assert(
			fc.property(wall, fc.constantFrom(...ZONES), (text, zone) => {
				const luxon = DateTime.fromISO(text, { zone });
				// Where clocks jump, a wall time exists twice or not at all; those are tested below.
				fc.pre(luxon.minus({ hours: 26 }).offset === luxon.plus({ hours: 26 }).offset);
				expect(unix(text, zone)).toBe(luxon.toSeconds());
			}),
			{ numRuns: 2000 },
		);
	});

	it('agrees with luxon about times that name their offset', () => {
		const offset = fc.tuple(
			fc.constantFrom('+', '-'),
			fc.integer({ min: 0, max: 14 }),
			fc.constantFrom('00', '15', '30', '45'),
		);
		fc.assert(
			fc.property(
				wall,
				offset,
				fc.boolean(),
				fc.constantFrom(...ZONES),
				(text, [sign, hours, minutes], colon, zone) => {
					const full = `${text}${sign}${String(hours).padStart(2, '0')}${colon ? ':' : ''}${minutes}`;
					expect(unix(full, zone)).toBe(ofLuxon(full, zone));
				},
			),
			{ numRuns: 500 },
		);
	});

	it('gives back what it was given as a moment, in every form', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 4_000_000_000 }),
				fc.constantFrom(...ZONES),
				(seconds, zone) => {
					expect(unix(toIso(seconds), zone)).toBe(seconds);
					expect(unix(DateTime.fromSeconds(seconds, { zone }).toISO(), 'UTC')).toBe(seconds);
					expect(
						unix(DateTime.fromSeconds(seconds, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ssZZ"), zone),
					).toBe(seconds);
				},
			),
		);
	});
});

/** Wall times, ten minutes apart, around every change of the clocks of a zone in 2026. */
function aroundChanges(zone: string): string[] {
	const found: string[] = [];
	let at = DateTime.fromISO('2026-01-01T00:00:00Z', { zone });
	for (let day = 0; day < 365; day++, at = at.plus({ hours: 24 })) {
		if (at.offset === at.plus({ hours: 24 }).offset) continue;
		const start = DateTime.fromISO(at.toFormat("yyyy-MM-dd'T'HH':00'"), { zone: 'UTC' });
		for (let minutes = 0; minutes <= 26 * 60; minutes += 10)
			found.push(start.plus({ minutes }).toFormat("yyyy-MM-dd'T'HH:mm:ss"));
	}
	return found;
}

describe('toUnix where the clocks change', () => {
	const withChanges = [
		'Europe/Berlin',
		'America/New_York',
		'America/St_Johns',
		'Australia/Lord_Howe',
		'Pacific/Chatham',
		'Antarctica/Troll',
	];

	it.each(withChanges)(
		'takes the first moment of %s that shows the time, else the one luxon gives for a gap',
		(zone) => {
			const texts = aroundChanges(zone);
			expect(texts).toHaveLength(2 * 157);
			for (const text of texts) {
				const luxon = DateTime.fromISO(text, { zone });
				const shows = (moment: DateTime) => moment.toFormat("yyyy-MM-dd'T'HH:mm:ss") === text;
				const earlier = [30, 60, 120].map((minutes) => luxon.minus({ minutes })).filter(shows);
				expect([text, unix(text, zone)]).toEqual([text, (earlier[0] ?? luxon).toSeconds()]);
			}
		},
	);

	it('moves a time that the clocks skip to the hour after the gap', () => {
		expect(unix('2026-03-29T02:30:00', 'Europe/Berlin')).toBe(
			Date.parse('2026-03-29T01:30:00Z') / 1000,
		);
	});

	it('takes the first of two times that the clocks show', () => {
		expect(unix('2026-10-25T02:30:00', 'Europe/Berlin')).toBe(
			Date.parse('2026-10-25T00:30:00Z') / 1000,
		);
		expect(unix('2026-11-01T01:30:00', 'America/New_York')).toBe(
			Date.parse('2026-11-01T05:30:00Z') / 1000,
		);
	});

	it('knows the day that Samoa left out', () => {
		expect(unix('2011-12-31T00:00:00', 'Pacific/Apia')).toBe(
			Date.parse('2011-12-30T10:00:00Z') / 1000,
		);
		expect(unix('2011-12-29T23:59:59', 'Pacific/Apia')).toBe(
			Date.parse('2011-12-30T09:59:59Z') / 1000,
		);
	});

	it('converts 20,000 dates within seconds', () => {
		const start = Date.now();
		for (let index = 0; index < 20_000; index++)
			unix(`2026-09-01T08:${String(index % 60).padStart(2, '0')}`, 'Europe/Berlin');
		expect(Date.now() - start).toBeLessThan(10_000);
	});
});

describe('toIso', () => {
	it.each<[unknown, string | null]>([
		[1_788_249_600, '2026-09-01T08:00:00.000Z'],
		['1788249600', '2026-09-01T08:00:00.000Z'],
		[0, null],
		['0', null],
		[-5, null],
		[null, null],
		[undefined, null],
		['', null],
		['soon', null],
		[Number.NaN, null],
		[9e15, null],
		[{}, null],
	])('%p is %p', (seconds, iso) => {
		expect(toIso(seconds)).toBe(iso);
	});
});
