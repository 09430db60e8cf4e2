import { unreadableRecord } from '../lookup/unreadableRecord';
import type { Resolved } from '../lookup/reference';
import type { CallFacts } from '../moodle/calls';
import { Problem } from '../moodle/problem';
import { isSecret } from '../moodle/secrets';
import type { Json, Params, Value } from '../moodle/values';
import { isObject } from '../moodle/values';
import { claim, type Match } from './claims';
import type { Operation, Services, Step, Task } from './types';

type Frame<I extends object> = Omit<Operation<I>, 'steps' | 'writes' | 'batched' | 'reads'> &
	Partial<Pick<Operation<I>, 'reads' | 'batched'>>;

/** An operation that turns each item into one record and writes it. */
export interface WriteSpec<I extends object> extends Frame<I> {
	record: (input: Resolved<I>) => Value;
	/** The call for this record, where it is not always the first of `calls`. */
	call?: (input: Resolved<I>) => CallFacts;
	shared?: (input: Resolved<I>) => Params;
	/** The output item, from the input and the record's part of the reply. */
	output: (input: Resolved<I>, reply: unknown) => Json;
	/** Word of Dry Run; by default the operation's value. */
	verb?: string;
	/** Facts about the site that the record needs, or that answer for it: a step settles the input, undefined lets it be written. */
	before?: (inputs: Array<Resolved<I>>, services: Services) => Promise<Array<Step | undefined>>;
}

/** A write of one record per item, in batches. */
export function writing<I extends object>(spec: WriteSpec<I>): Operation<I> {
	const { record, call, shared, output, verb, before, ...rest } = spec;
	return {
		reads: [],
		batched: true,
		...rest,
		writes: true,
		steps: async (inputs, services) => {
			const early = before ? await before(inputs, services) : [];
			return inputs.map((input, index) => {
				const task: Task = {
					call: call?.(input) ?? spec.calls[0],
					record: record(input),
					shared: shared?.(input),
					action: verb ?? spec.value,
					output: (reply) => output(input, reply),
					preview: services.dryRun ? previewOf(record(input)) : undefined,
				};
				return early[index] ?? { task };
			});
		},
	};
}

/** A record as it may be shown: without passwords and keys. */
export function previewOf(record: Value): Json {
	if (!isObject(record)) return { id: record };
	const entries = Object.entries(record as Json).filter(([, value]) => value !== undefined);
	return Object.fromEntries(
		entries.map(([key, value]) => [key, isSecret(key) ? '(not shown)' : value]),
	);
}

/** An operation that finds each record, and creates or changes it. */
export interface UpsertSpec<I extends object> extends Frame<I> {
	/** By what the record of an input is found. */
	match: (input: Resolved<I>) => Match;
	/** The records that exist already, whole, for all inputs together; a problem where that cannot be told. */
	find: (
		inputs: Array<Resolved<I>>,
		services: Services,
	) => Promise<Array<Json | Problem | undefined>>;
	/** The new record. */
	create: (input: Resolved<I>) => Value;
	/** The change with its id, or undefined when the record has the wanted values already. */
	change: (input: Resolved<I>, existing: Json) => Params | undefined;
	/** How a change is sent, where that is not the change itself by `calls[1]`. */
	send?: (change: Params, existing: Json) => { call: CallFacts; record: Params };
	/** What every output carries besides `id`, `created` and `updated`. */
	output: (input: Resolved<I>) => Json;
	/** Checks before creating or changing; a problem keeps the record from being written. */
	before?: (inputs: Array<Resolved<I>>, services: Services) => Promise<Array<Problem | undefined>>;
}

/**
 * Create or Update: `calls[0]` creates, `calls[1]` updates. Nothing is sent for a record that has the wanted values.
 * Output: `{ id, created, updated, ... }`.
 */
export function upserting<I extends object>(spec: UpsertSpec<I>): Operation<I> {
	const { match, find, create, change, send, output, before, ...rest } = spec;
	const step = (
		input: Resolved<I>,
		found: Json | undefined,
		{ read, dryRun, foretold }: Services,
		item: number,
	): Step => {
		const taken = found && claim(read.memory.claims, spec.resource, Number(found.id), match(input));
		if (taken) return { problem: taken };
		const earlier = found ? undefined : foretold?.record(item, create(input) as Json);
		const existing = found ?? earlier;
		const preview = (record: Value) =>
			dryRun ? previewOf(earlier ? { ...(record as Params), id: undefined } : record) : undefined;
		if (!existing) {
			const record = create(input);
			const created = (reply: unknown) => {
				claim(read.memory.claims, spec.resource, idOf(reply), match(input));
				return { id: idOf(reply), created: true, updated: false, ...output(input) };
			};
			return {
				task: {
					call: spec.calls[0],
					record,
					action: 'create',
					output: created,
					preview: preview(record),
				},
			};
		}
		const subject = `${spec.resource} ${String(existing.id)}`;
		const changed = change(input, existing);
		const base = earlier ? { created: false } : { id: Number(existing.id), created: false };
		if (!changed) return { subject, done: { ...base, updated: false, ...output(input) } };
		const updated = () => ({ ...base, updated: true, ...output(input) });
		const sent = send?.(changed, existing) ?? { call: spec.calls[1], record: changed };
		return {
			subject,
			task: {
				...sent,
				action: 'update',
				output: updated,
				preview: preview(changed),
				isForetold: earlier !== undefined,
			},
		};
	};
	return {
		reads: [],
		batched: true,
		...rest,
		writes: true,
		steps: async (inputs, services, items) => {
			const existing = await find(inputs, services);
			const problems = before ? await before(inputs, services) : [];
			return inputs.map((input, index) => {
				const found = existing[index];
				const problem =
					found instanceof Problem
						? found
						: found?.unreadable === true
							? unreadableRecord('The record')
							: problems[index];
				return problem
					? { problem }
					: step(input, found as Json | undefined, services, items[index]);
			});
		},
	};
}

/** The id in a record's part of a reply. */
export function idOf(reply: unknown): number {
	return isObject(reply) ? Number(reply.id) : Number(reply);
}

/** An operation that reads: all steps are decided by reading, nothing is written. */
export function reading<I extends object>(
	spec: Omit<Operation<I>, 'writes' | 'calls' | 'batched'> & { batched?: boolean },
): Operation<I> {
	return { batched: false, ...spec, writes: false, calls: [] };
}

/** What a delete, remove or unassign gives: n8n's success word and the ids concerned. */
export function success(ids: Json): Json {
	return { success: true, ...ids };
}

/** The chosen keys of a record that are there, in this order: what Simplify shows. */
export function pick(record: Json, keys: string[]): Json {
	return Object.fromEntries(
		keys.filter((key) => record[key] !== undefined).map((key) => [key, record[key]]),
	);
}
