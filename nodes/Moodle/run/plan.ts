import { countVariables, HEAD_VARIABLES } from '../moodle/encode';
import type { Params } from '../moodle/values';
import type { Task } from '../actions/types';

/** How large a request may be. */
export interface Limits {
	/** Records per Request, as the user set it. */
	records: number;
	/** Form variables, all of them counted. */
	variables: number;
}

/** Tasks that may share requests: same function, same batch-wide parameters. */
export interface Lane {
	tasks: Task[];
}

/** Tasks in lanes, in the order in which lanes first appear. Pure. */
export function lanes<T extends Task>(tasks: T[]): T[][] {
	const byKey = new Map<string, T[]>();
	for (const task of tasks) {
		const key = `${task.call.function} ${task.call.repeat} ${task.call.perRequest ?? ''} ${JSON.stringify(task.shared ?? {})}`;
		const lane = byKey.get(key);
		if (lane) lane.push(task);
		else byKey.set(key, [task]);
	}
	return [...byKey.values()];
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

/** How many of a lane's tasks, from `from` on, go into the next request: at least one. Pure. */
export function requestSize(lane: Task[], from: number, limits: Limits): number {
	const { call, shared } = lane[from];
	const mostRecords = call.list === undefined ? 1 : Math.max(1, Math.min(limits.records, call.perRequest ?? limits.records));
	let variables = HEAD_VARIABLES + countVariables(shared);
	let size = 0;
	while (from + size < lane.length && size < mostRecords) {
		variables += countVariables(lane[from + size].record);
		if (size > 0 && variables > limits.variables) break;
		size++;
	}
	return size;
}

/** All requests of a lane. Pure: Dry Run announces exactly what the run sends. */
export function requests<T extends Task>(lane: T[], limits: Limits): T[][] {
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
