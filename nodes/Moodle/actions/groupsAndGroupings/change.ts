import type { GroupKind } from '../../lookup/groups';
import type { Resolved, Reference } from '../../lookup/reference';
import type { CallFacts } from '../../moodle/calls';
import { wideKey } from '../../moodle/spelling';
import { asList, isObject, type Json, type Params, type Value } from '../../moodle/values';
import { storedDescription } from './read';

/**
 * A change as Moodle wants it. The name is required even when it stays (groupings: the description, too), and the format
 * of a description that stays must be sent, or it would be set to HTML (source 4.1 to 5.1).
 */
export function wholeChange(kind: GroupKind, existing: Json, changes: Params): Params {
	const format =
		changes.description === undefined
			? { descriptionformat: Number(existing.descriptionformat ?? 1) }
			: {};
	const description = kind === 'grouping' ? { description: storedDescription(existing) } : {};
	return {
		id: Number(existing.id),
		name: String(existing.name),
		...description,
		...format,
		...changes,
	};
}

/** The list inside a change that takes two steps, for the facts of a call that takes one record after the other. */
function inTwoSteps(update: CallFacts, list: string): CallFacts {
	const last = (record: Value) =>
		isObject(record) ? (asList(record[list]).at(-1) as Value) : record;
	return {
		...update,
		list: undefined,
		perRequest: 1,
		context: (record, shared) => update.context?.(last(record), shared) ?? '',
		diagnose: async (records, ...more) =>
			(await update.diagnose?.(records.map(last), ...more)) ?? [],
		order: (record) => update.order?.(last(record)) ?? [],
	};
}

/**
 * How a change is sent. A name that the database takes for the present one, such as the same in other capitals on
 * MariaDB, is refused: Moodle looks whether somebody has it and finds the record itself (4.1, 4.5, 5.1 measured). Two
 * steps in one request, which is one transaction, lead there on every site, by way of a name that nobody has.
 */
export function sending(
	kind: GroupKind,
	update: CallFacts,
	change: Params,
	existing: Json,
): { call: CallFacts; record: Params } {
	const isNearby = change.name !== existing.name && wideKey(change.name) === wideKey(existing.name);
	if (!isNearby || update.list === undefined) return { call: update, record: change };
	const between = wholeChange(kind, existing, {
		name: `(n8n renames the ${kind} ${String(existing.id)})`,
	});
	return { call: inTwoSteps(update, update.list), record: { [update.list]: [between, change] } };
}

/** How an existing group or grouping is found. */
export type MatchBy = 'name' | 'idnumber';

/** What an item of Create or Update says. */
export interface UpsertInput {
	matchBy: MatchBy;
	courseId: Reference;
	record: Params;
}

export type ResolvedUpsert = Resolved<UpsertInput>;
