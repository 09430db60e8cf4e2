import { Problem, shown } from './problem';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are kept: making one costs more than all the rest of a conversion. */
function formatFor(zone: string): Intl.DateTimeFormat {
	const known = formats.get(zone);
	if (known) return known;
	const made = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	});
	formats.set(zone, made);
	return made;
}

/** The offset of a time zone at a moment, in milliseconds east of UTC. */
function offsetAt(zone: string, at: number): number {
	const format = formatFor(zone);
	const part = Object.fromEntries(
		format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
	);
	const wall = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
	return wall - Math.floor(at / 1000) * 1000;
}

const DAY = 86_400_000;

/**
 * The moment at which clocks of `zone` show the wall time `wall` (given as if it were UTC): the first one where clocks
 * are put back and show it twice; where they are put forward and never show it, as long after the change as it says.
 */
function momentOf(wall: number, zone: string): number {
	const offsets = [offsetAt(zone, wall - DAY), offsetAt(zone, wall + DAY)];
	const moments = offsets
		.map((offset) => wall - offset)
		.filter((moment) => moment + offsetAt(zone, moment) === wall);
	return moments.length > 0 ? Math.min(...moments) : wall - offsets[0];
}

const ISO =
	/^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** A time with an offset in hours alone, as databases write it: `08:00:00+02`. After a date alone it could be anything. */
const SHORT_OFFSET = /:\d{2}(?:[.,]\d+)?\s*[+-]\d{2}$/;

function fromIso(value: string, zone: string): number | undefined {
	const text = value.trim();
	const match = ISO.exec(SHORT_OFFSET.test(text) ? `${text}:00` : text);
	if (!match) return undefined;
	const [year, month, day, hour, minute, second] = match
		.slice(1, 7)
		.map((part) => Number(part ?? 0));
	const wall = Date.UTC(year, month - 1, day, hour, minute, second);
	const back = new Date(wall);
	const real =
		back.getUTCFullYear() === year &&
		back.getUTCMonth() === month - 1 &&
		back.getUTCDate() === day &&
		hour < 24 &&
		minute < 60 &&
		second < 60;
	if (!real) return undefined;
	if (!match[7]) return momentOf(wall, zone);
	if (/^z$/i.test(match[7])) return wall;
	const sign = match[7].startsWith('-') ? -1 : 1;
	const [hours, minutes] = [match[7].slice(1, 3), match[7].slice(-2)].map(Number);
	if (hours > 14 || minutes > 59) return undefined;
	return wall - sign * (hours * 60 + minutes) * 60_000;
}

/** A number below this is Unix seconds (up to the year 5138), from it on JavaScript milliseconds. */
const FIRST_MILLISECONDS = 100_000_000_000;

/** Numbers below this (March 1973) are no times but years, day numbers of spreadsheets, or dates without their dashes. */
const FIRST_SECONDS = 100_000_000;

/** Eight digits that are a date: `20260901`. */
const COMPACT = /^((?:19|20|21)\d{2})(\d{2})(\d{2})$/;

/** 0 is how Moodle says "not set". */
function fromNumber(value: number, zone: string): number | undefined {
	const size = Math.abs(value);
	if (size >= FIRST_MILLISECONDS) return value;
	if (size >= FIRST_SECONDS || value === 0) return value * 1000;
	const compact = COMPACT.exec(String(value));
	return compact ? fromIso(compact.slice(1).join('-'), zone) : undefined;
}

function millisecondsOf(value: unknown, zone: string): number | undefined {
	if (typeof value === 'number')
		return Number.isFinite(value) ? fromNumber(value, zone) : undefined;
	if (value instanceof Date) return value.getTime();
	if (
		typeof value === 'object' &&
		value !== null &&
		'toMillis' in value &&
		typeof value.toMillis === 'function'
	)
		return Number((value.toMillis as () => number)());
	if (typeof value !== 'string') return undefined;
	if (/^-?\d+$/.test(value.trim())) return fromNumber(Number(value), zone);
	return fromIso(value, zone) ?? rfcDate(value);
}

const RFC_ZONE = /\s(?:(?:GMT|UTC)(?:[+-]\d{4})?|[+-]\d{4})(?:\s.*)?$/;

/** Dates such as `Sat, 21 Nov 2026 07:48:36 GMT`, which carry their own zone. JavaScript would roll 31 February over. */
function rfcDate(value: string): number | undefined {
	if (!RFC_ZONE.test(value)) return undefined;
	const day = Number(/\b\d{1,2}\b/.exec(value)?.[0]);
	const wall = new Date(Date.parse(value.replace(RFC_ZONE, ' UTC')));
	return wall.getUTCDate() === day ? Date.parse(value) : undefined;
}

/**
 * Unix seconds of a date in any form n8n users have at hand: ISO 8601 (in `zone` when it names none), a Luxon or
 * JavaScript date, `20260901`, Unix seconds, milliseconds. Small numbers are refused: most are years or day numbers of
 * spreadsheets, and as seconds they would all lie in the seventies.
 *
 * @param field display name for the message
 * @throws Problem when it is not a date
 */
export function toUnix(value: unknown, zone: string, field: string): number {
	const milliseconds = millisecondsOf(value, zone);
	if (milliseconds === undefined || Number.isNaN(milliseconds)) {
		throw new Problem({
			message: `'${field}' is not a date: ${shown(value)}`,
			mend: 'Give an ISO 8601 date such as 2026-09-01 or 2026-09-01T08:00:00+02:00, or Unix seconds.',
			code: 'notadate',
		});
	}
	return Math.floor(milliseconds / 1000);
}

/** Unix seconds as ISO text in UTC; null for 0 and anything that is not a time, which is Moodle's "not set". */
export function toIso(seconds: unknown): string | null {
	const value = Number(seconds);
	if (!Number.isFinite(value) || value <= 0 || value > 8_640_000_000_000) return null;
	return new Date(value * 1000).toISOString();
}
