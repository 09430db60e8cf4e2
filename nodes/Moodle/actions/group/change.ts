import type { GroupKind } from '../../lookup/groups';
import type { Resolved, Reference } from '../../lookup/reference';
import type { Json, Params } from '../../moodle/values';
import { storedDescription } from './read';

/**
 * A change as Moodle wants it. The name is required even when it stays (groupings: the description, too), and the format
 * of a description that stays must be sent, or it would be set to HTML (source 4.1 to 5.1).
 */
export function wholeChange(kind: GroupKind, existing: Json, changes: Params): Params {
	const format = changes.description === undefined ? { descriptionformat: Number(existing.descriptionformat ?? 1) } : {};
	const description = kind === 'grouping' ? { description: storedDescription(existing) } : {};
	return { id: Number(existing.id), name: String(existing.name), ...description, ...format, ...changes };
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
