import { isObject, type Json } from '../moodle/values';
import { decodeSeen, encodeSeen } from './codec';
import type { Look, PollEvent, Row } from './types';

/** What is kept between polls. */
export interface State {
	/** The settings it belongs to. */
	settings: string;
	/** Keys that are known, with the version they had. */
	seen: Map<number, number>;
	/** For events with an overlap: nothing before it in time is told any more. */
	floor: number;
	place: number;
}

/** The state as JSON: the known keys are one text, a few characters each. */
export function packState({ settings, seen, floor, place }: State): Json {
	return { settings, seen: encodeSeen(seen), floor, place };
}

/** The state from n8n's static data; undefined where there is none, or one of another form. */
export function unpackState(data: Json): State | undefined {
	const { settings, seen, floor, place } = data;
	if (typeof settings !== 'string' || typeof seen !== 'string') return undefined;
	const known = decodeSeen(seen);
	return known && { settings, seen: known, floor: Number(floor) || 0, place: Number(place) || 0 };
}

/** Oldest first; of equally old ones the smaller key. */
const byAge = (a: Row, b: Row) => a.at - b.at || a.key - b.key;

type Keeping = Pick<PollEvent, 'tells' | 'overlap' | 'remembers' | 'most'>;

/** The floor after this was told: as far before it as the overlap, and never lower than it was. */
const raised = (floor: number, newest: number, overlap: number) =>
	Math.max(floor, newest - overlap);

/** What is known, without what lies before the floor (unless the event remembers it), and at most as many as the event remembers. */
function withinWindow(state: State, { overlap, remembers, most }: Keeping): State {
	if (overlap === undefined) return state;
	const times = [...state.seen.values()].sort((a, b) => b - a);
	// The very moment of the oldest one that is remembered stays whole: otherwise its others would be told again.
	const oldest = times.length > most ? times[most] : 0;
	const floor = Math.max(state.floor, oldest);
	const from = remembers ? oldest : floor;
	return { ...state, floor, seen: new Map([...state.seen].filter(([, at]) => at >= from)) };
}

/** The state after a first look: all that is there is known. */
export function baseLine(settings: string, { rows, place = 0 }: Look, event: Keeping): State {
	const newest = rows.reduce((latest, { at }) => Math.max(latest, at), 0);
	const seen = new Map(rows.map(({ key, version }) => [key, version]));
	const floor = event.overlap === undefined ? 0 : raised(0, newest, event.overlap);
	return withinWindow({ settings, seen, floor, place }, event);
}

/**
 * What a look has to tell, oldest first and at most `cap`, and the state once that is told. What is left over is found by
 * the next look again, because it is not known yet. Pure.
 */
export function settle(
	state: State,
	look: Look,
	event: Keeping,
	cap: number,
): { told: Row[]; next: State } {
	const seen = new Map(state.seen);
	const place = look.place ?? state.place;
	if (event.tells === 'gone') {
		const gone = (look.gone ?? []).filter((key) => seen.has(key)).sort((a, b) => a - b);
		const told = gone.slice(0, cap).map((key) => ({ key, version: 0, at: key, data: {} }));
		for (const { key, version } of look.rows) seen.set(key, version);
		for (const { key } of told) seen.delete(key);
		return { told, next: { ...state, seen, place } };
	}
	const fresh = look.rows.filter(
		({ key, version, at }) => seen.get(key) !== version && at >= state.floor,
	);
	const told = fresh.sort(byAge).slice(0, cap);
	for (const key of look.gone ?? []) seen.delete(key);
	for (const { key, version } of told) seen.set(key, version);
	const newest = told.at(-1)?.at;
	const floor =
		newest === undefined || event.overlap === undefined
			? state.floor
			: raised(state.floor, newest, event.overlap);
	return { told, next: withinWindow({ ...state, seen, floor, place }, event) };
}

/** Whether two states are the same, as they are kept. */
export function isSame(one: Json, other: Json): boolean {
	return (
		isObject(one) &&
		['settings', 'seen', 'floor', 'place'].every((name) => one[name] === other[name])
	);
}
