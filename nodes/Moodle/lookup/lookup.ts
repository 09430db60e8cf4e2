import type { Read } from '../moodle/calls';
import { explain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem, shown } from '../moodle/problem';
import { fold } from '../moodle/settle';
import type { Json } from '../moodle/values';
import type { SiteInfo } from '../moodle/version';
import { asIs } from './chunks';
import { findCategories } from './categories';
import { findCohorts } from './cohorts';
import { findCourses } from './courses';
import { findGroups } from './groups';
import { Reference, type ReferenceKind } from './reference';
import { findRoles } from './roles';
import { findUsers } from './users';

/** A record found: its id, a label for messages, and all that was read of it where that is worth keeping. */
export interface Found {
	id: number;
	/** For messages about several hits, e.g. `Ada Byron (ID 42)`. */
	label: string;
	/** The value by which it was found, as Moodle has it. */
	key: string;
	/** It is there, but Moodle cannot put it into words, so that its id is not known. */
	unreadable?: boolean;
}

/** What a finder needs. */
export interface FinderContext {
	read: Read;
	site: () => Promise<SiteInfo | undefined>;
}

/** Looks many values up together. Each row found carries its own key; values without a row were not found. */
export type Finder = (context: FinderContext, mode: string, values: string[], scope?: number) => Promise<Found[]>;

/** The finder of a kind. Looked up when it is needed: the finders' files import this one, whichever is loaded first. */
function finderOf(kind: ReferenceKind): Finder {
	const finders: Record<ReferenceKind, Finder> = {
		user: findUsers,
		course: findCourses,
		category: findCategories,
		cohort: findCohorts,
		group: findGroups('group'),
		grouping: findGroups('grouping'),
		role: findRoles,
	};
	return finders[kind];
}

const BY: Record<string, string> = {
	id: 'ID',
	username: 'user name',
	email: 'e-mail address',
	idnumber: 'ID number',
	shortname: 'short name',
	name: 'name',
};

/** A reference that turned out to be one record, or why it did not. */
export type Resolution = { id: number } | { problem: Problem };

function notFound(reference: Reference): Problem {
	const where = reference.scope ? ' in this course' : '';
	return new Problem({
		message: `'${reference.field}': no ${reference.kind} has the ${BY[reference.mode]} ${shown(reference.value)}${where}`,
		mend: 'Check the spelling, and that the account behind the token may see it.',
		code: 'notfound',
	});
}

function ambiguous(reference: Reference, hits: Found[]): Problem {
	const names = hits.slice(0, 5).map((hit) => hit.label).join(', ');
	return new Problem({
		message: `'${reference.field}': ${hits.length} ${reference.kind}s have the ${BY[reference.mode]} ${shown(reference.value)}: ${names}`,
		mend: 'Choose one of them by its ID.',
		code: 'ambiguous',
	});
}

/** The words for a record that exists and that Moodle cannot put into words. */
export function unreadable(what: string): Problem {
	return new Problem({
		message: `${what} is there, but Moodle cannot read the record out`,
		mend: "Open the account in Moodle and mend what is odd: a name with '<', capitals in the user name, a removed authentication method.",
		code: 'unreadable',
	});
}

/**
 * Turns references into ids, for all items together: each distinct value is asked for once a run. What was found is
 * kept; what was not found is asked again in a later segment, because an earlier item may have created it.
 */
export class Lookup {
	private readonly found = new Map<string, Found[]>();

	/** Why the groups or groupings of a course could not be read. */
	private readonly refused = new Map<string, Problem>();

	constructor(private readonly context: FinderContext) {}

	/**
	 * Resolves references, those of a scope first.
	 *
	 * @returns the resolution of each reference
	 * @throws MoodleFailure when Moodle cannot be asked
	 */
	async resolve(references: Reference[]): Promise<Map<Reference, Resolution>> {
		const results = new Map<Reference, Resolution>();
		const scopes = references.map((reference) => reference.scope).filter((scope): scope is Reference => scope !== undefined);
		if (scopes.length > 0) (await this.resolve(scopes)).forEach((value, key) => results.set(key, value));
		for (const batch of this.groups(references, results)) await this.fetchOrRemember(batch);
		for (const reference of references) results.set(reference, this.resolution(reference, results));
		return results;
	}

	/** The ids of a list of values of one kind; a value without a record, or with several, has its problem. */
	private resolution(reference: Reference, scopes: Map<Reference, Resolution>): Resolution {
		if (isPlainId(reference)) return { id: Number(reference.value) };
		const scope = reference.scope && scopes.get(reference.scope);
		if (scope && 'problem' in scope) return scope;
		const refusal = this.refused.get(batchKey(reference, scope?.id));
		if (refusal) return { problem: refusal };
		const hits = closest(this.found.get(cacheKey(reference, scope?.id)) ?? [], reference.value);
		if (hits.length === 0) return { problem: notFound(reference) };
		if (hits.some((hit) => hit.unreadable)) return { problem: unreadable(`'${reference.field}' ${shown(reference.value)}`) };
		if (hits.length > 1) return { problem: ambiguous(reference, hits) };
		return { id: hits[0].id };
	}

	/** References that must be asked for, by kind, mode and course. */
	private groups(references: Reference[], scopes: Map<Reference, Resolution>): Batch[] {
		const batches = new Map<string, Batch>();
		for (const reference of references) {
			if (isPlainId(reference)) continue;
			const scope = reference.scope && scopes.get(reference.scope);
			if (scope && 'problem' in scope) continue;
			if (this.found.has(cacheKey(reference, scope?.id))) continue;
			const key = batchKey(reference, scope?.id);
			const batch = batches.get(key) ?? { kind: reference.kind, mode: reference.mode, scope: scope?.id, values: new Map<string, string>() };
			batch.values.set(fold(reference.value), reference.value);
			batches.set(key, batch);
		}
		return [...batches.values()];
	}

	/** One course that refuses is the problem of those who look into it, not of the others. */
	private async fetchOrRemember(batch: Batch): Promise<void> {
		try {
			await this.fetch(batch);
			this.refused.delete(batchKey(batch, batch.scope));
		} catch (caught) {
			if (batch.scope === undefined || !(caught instanceof MoodleFailure) || !['context', 'record'].includes(caught.reach)) throw asIs(caught);
			this.refused.set(batchKey(batch, batch.scope), explain(caught));
		}
	}

	private async fetch(batch: Batch): Promise<void> {
		const rows = await finderOf(batch.kind)(this.context, batch.mode, [...batch.values.values()], batch.scope);
		const byKey = new Map<string, Map<number, Found>>();
		for (const row of rows) {
			const key = fold(row.key);
			byKey.set(key, (byKey.get(key) ?? new Map<number, Found>()).set(row.id, row));
		}
		for (const [folded] of batch.values) {
			const hits = byKey.get(folded);
			if (hits) this.found.set(`${batch.kind} ${batch.mode} ${batch.scope ?? ''} ${folded}`, [...hits.values()]);
		}
	}
}

/** Among several hits the one that is spelt exactly as asked, if there is just one: databases differ in what they hold equal. */
function closest(hits: Found[], value: string): Found[] {
	if (hits.length < 2) return hits;
	const exact = hits.filter((hit) => hit.key === value);
	return exact.length === 1 ? exact : hits;
}

interface Batch {
	kind: ReferenceKind;
	mode: string;
	scope?: number;
	/** Folded value to the value as typed. */
	values: Map<string, string>;
}

function isPlainId(reference: Reference): boolean {
	return reference.mode === 'id' && !reference.verify;
}

function batchKey(of: { kind: ReferenceKind; mode: string }, scope: number | undefined): string {
	return `${of.kind} ${of.mode} ${scope ?? ''}`;
}

function cacheKey(reference: Reference, scope: number | undefined): string {
	return `${reference.kind} ${reference.mode} ${scope ?? ''} ${fold(reference.value)}`;
}

/** The row of a list as found by `key`. */
export function foundRow(row: Json, key: string, label: string): Found {
	const found: Found = { id: Number(row.id), key: String(row[key] ?? ''), label: `${label} (ID ${String(row.id)})` };
	return row.unreadable === true ? { ...found, unreadable: true } : found;
}
