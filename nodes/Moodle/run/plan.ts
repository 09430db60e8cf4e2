import { countVariables, HEAD_VARIABLES } from '../moodle/encode';
import type { CallFacts } from '../moodle/calls';
import { isObject, type Params } from '../moodle/values';
import type { Task } from '../actions/types';

/** How large a request may be. */
export interface Limits {
	/** Records per Request, as the user set it. */
	records: number;
	/** Form variables, all of them counted. */
	variables: number;
	/** Whether nothing may be applied that comes after a refused record: a run that stops at the first failure. */
	isStrict?: boolean;
}

/** A task, and whether all that Moodle could refuse of it is known beforehand. */
type Planned = Task & { isForeseen?: boolean };

/** Tasks with the same key may share requests: same function, same batch-wide parameters. */
function laneOf(task: Task): string {
	const { call, shared } = task;
	return `${call.function} ${call.repeat} ${call.perRequest ?? ''} ${JSON.stringify(shared ?? {})}`;
}

/** What a task changes, as text: two with the same key are never under way at the same time. */
export function keyOf({ call, record, shared }: Task): string {
	if (call.subject) return call.subject(record, shared ?? {});
	if (call.order) return call.order(record).join(' ');
	return isObject(record) && Number(record.id) > 0 ? String(record.id) : JSON.stringify(record);
}

/** Tasks in lanes that may share requests, in the order in which lanes first appear. Pure. */
export function lanes<T extends Task>(tasks: T[]): T[][] {
	const byKey = new Map<string, T[]>();
	for (const task of tasks) {
		const key = laneOf(task);
		const lane = byKey.get(key);
		if (lane) lane.push(task);
		else byKey.set(key, [task]);
	}
	return [...byKey.values()];
}

/** Neighbours that may share requests. Nothing overtakes anything: what is not next to each other is not together. Pure. */
export function stretches<T extends Task>(tasks: T[]): T[][] {
	const made: T[][] = [];
	let last: string | undefined;
	for (const task of tasks) {
		const key = laneOf(task);
		if (key === last) made[made.length - 1].push(task);
		else made.push([task]);
		last = key;
	}
	return made;
}

/** What is sent together, in the order of sending: as the items come in a run that stops, else by function. Pure. */
export function sequences<T extends Task>(tasks: T[], isStrict: boolean): T[][] {
	return isStrict ? stretches(tasks) : lanes(tasks).map(ordered);
}

/** A lane in the order that avoids deadlocks, stable for equal records. Pure. */
export function ordered<T extends Task>(lane: T[]): T[] {
	const order = lane[0]?.call.order;
	if (!order) return lane;
	const keyed = lane.map((task) => ({ task, key: order(task.record) }));
	return keyed.sort((a, b) => compare(a.key, b.key)).map(({ task }) => task);
}

function compare(a: number[], b: number[]): number {
	for (let at = 0; at < Math.max(a.length, b.length); at++) {
		const difference = (a[at] ?? 0) - (b[at] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}

/** Whether Moodle may apply records of this call that come after a refused one of the same request. */
const goesOnAfterRefusal = (call: CallFacts) => call.atomic !== 'all';

/** Whether the answer that a record was taken is not all there is to know: then it is looked at afterwards. */
export const isInDoubt = ({ call, record }: Pick<Task, 'call' | 'record'>): boolean =>
	call.confirm !== undefined && (call.doubts?.(record) ?? true);

/** Most records in the request that begins with this task. */
function mostRecords(task: Planned, limits: Limits): number {
	const { call } = task;
	if (call.list === undefined || (limits.isStrict && goesOnAfterRefusal(call) && !task.isForeseen))
		return 1;
	return Math.max(1, Math.min(limits.records, call.perRequest ?? limits.records));
}

/** How many of a lane's tasks, from `from` on, go into the next request: at least one. Pure. */
export function requestSize(lane: Planned[], from: number, limits: Limits): number {
	const first = lane[from];
	const most = mostRecords(first, limits);
	let variables = HEAD_VARIABLES + countVariables(first.shared);
	let size = 0;
	while (
		from + size < lane.length &&
		size < most &&
		lane[from + size].isForeseen === first.isForeseen
	) {
		variables += countVariables(lane[from + size].record);
		if (size > 0 && variables > limits.variables) break;
		size++;
		// What a look afterwards may find wrong is the last of its request: nothing after it is written.
		if (limits.isStrict && isInDoubt(lane[from + size - 1])) break;
	}
	return size;
}

/** All requests of a lane. Pure: Dry Run announces exactly what the run sends. */
export function requests<T extends Planned>(lane: T[], limits: Limits): T[][] {
	const planned: T[][] = [];
	for (let at = 0; at < lane.length; ) {
		const size = requestSize(lane, at, limits);
		planned.push(lane.slice(at, at + size));
		at += size;
	}
	return planned;
}

/** The parameters of a request that carries these tasks. */
export function paramsOf(batch: Task[]): Params {
	const { call, shared, record } = batch[0];
	if (call.list === undefined) return { ...shared, ...(record as Params) };
	return { ...shared, [call.list]: batch.map((task) => task.record) };
}
