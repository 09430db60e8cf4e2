import { explain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem, shown } from '../moodle/problem';
import type { Answers } from './answers';
import { asIs } from '../common/asIs';
import { abreast } from './abreast';
import type { Read } from '../moodle/calls';
import { findCategories } from './categories';
import { findCohorts } from './cohorts';
import { findCourses } from './courses';
import { findGroups } from './groups';
import { Reference, type ReferenceKind } from './reference';
import { findRoles } from './roles';
import { closest } from '../moodle/spellings';
import { unreadableRecord } from './unreadableRecord';
import { findUsers } from './users';
import type { Finder, FinderContext, Found } from './found';

const FINDERS: Record<ReferenceKind, Finder> = {
	user: findUsers,
	course: findCourses,
	category: findCategories,
	cohort: findCohorts,
	group: findGroups('group'),
	grouping: findGroups('grouping'),
	role: findRoles,
};

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
	const names = hits
		.slice(0, 5)
		.map((hit) => hit.label)
		.join(', ');
	return new Problem({
		message: `'${reference.field}': ${hits.length} ${reference.kind}s have the ${BY[reference.mode]} ${shown(reference.value)}: ${names}`,
		mend: 'Choose one of them by its ID.',
		code: 'ambiguous',
	});
}

/**
 * Turns references into ids, for all items together: each distinct value is asked for once a run. What was found is
 * kept; what was not found is asked again in a later segment, because an earlier item may have created it.
 */
export class Lookup {
	/** Per value what was found for it, or why it could not be looked up. */
	private readonly answers: Answers<Found> = new Map();

	constructor(private readonly context: FinderContext) {}

	/**
	 * Resolves references: those of a scope before those inside it, all others beside them.
	 *
	 * @returns the resolution of each reference
	 * @throws MoodleFailure when Moodle cannot be asked
	 */
	async resolve(references: Reference[]): Promise<Map<Reference, Resolution>> {
		const results = new Map<Reference, Resolution>();
		const scoped = references.filter(({ scope }) => scope !== undefined);
		const scopes = scoped.map(({ scope }) => scope!);
		const isScope = new Set(scopes.map(keyOf));
		const free = references.filter(
			(reference) => !reference.scope && !isScope.has(keyOf(reference)),
		);
		await abreast(this.context.read, [
			async (read) => await this.lookUpAll(free, results, read),
			async (read) => {
				await this.lookUpAll(scopes, results, read);
				for (const scope of scopes) results.set(scope, this.resolution(scope, results));
				await this.lookUpAll(scoped, results, read);
			},
		]);
		for (const reference of references) results.set(reference, this.resolution(reference, results));
		return results;
	}

	/** Looks up what is not known yet, one kind beside the other. */
	private async lookUpAll(
		references: Reference[],
		scopes: Map<Reference, Resolution>,
		read: Read,
	): Promise<void> {
		const works = this.batches(references, scopes).map(
			(batch) => async (watched: Read) => await this.lookUp(batch, watched),
		);
		await abreast(read, works);
	}

	/** The id of a reference; a value without a record, or with several, has its problem. */
	private resolution(reference: Reference, scopes: Map<Reference, Resolution>): Resolution {
		if (isPlainId(reference)) return { id: Number(reference.value) };
		const scope = reference.scope && scopes.get(reference.scope);
		if (scope && 'problem' in scope) return scope;
		const answer = this.answers.get(cacheKey(reference, scope?.id, reference.value)) ?? [];
		if (answer instanceof Problem) return { problem: answer };
		const hits = closest(answer, reference.value, (hit) => hit.key);
		if (hits.length === 0) return { problem: notFound(reference) };
		if (hits.some((hit) => hit.unreadable))
			return { problem: unreadableRecord(`'${reference.field}' ${shown(reference.value)}`) };
		if (hits.length > 1) return { problem: ambiguous(reference, hits) };
		return { id: hits[0].id };
	}

	/** References that must be asked for, by kind, mode and course. */
	private batches(references: Reference[], scopes: Map<Reference, Resolution>): Batch[] {
		const batches = new Map<string, Batch>();
		for (const reference of references) {
			if (isPlainId(reference)) continue;
			const scope = reference.scope && scopes.get(reference.scope);
			if (
				(scope && 'problem' in scope) ||
				this.isFound(cacheKey(reference, scope?.id, reference.value))
			)
				continue;
			const key = cacheKey(reference, scope?.id);
			const batch = batches.get(key) ?? {
				kind: reference.kind,
				mode: reference.mode,
				scope: scope?.id,
				values: new Set<string>(),
			};
			batch.values.add(reference.value);
			batches.set(key, batch);
		}
		return [...batches.values()];
	}

	private isFound(key: string): boolean {
		const answer = this.answers.get(key);
		return Array.isArray(answer) && answer.length > 0;
	}

	private async lookUp(batch: Batch, read: Read): Promise<void> {
		const answers = await this.ask(batch, read);
		for (const [value, answer] of answers)
			this.answers.set(cacheKey(batch, batch.scope, value), answer);
	}

	/** One course that refuses is the problem of those who look into it, not of the others. */
	private async ask({ kind, mode, values, scope }: Batch, read: Read): Promise<Answers<Found>> {
		try {
			return await FINDERS[kind]({ ...this.context, read }, mode, [...values], scope);
		} catch (caught) {
			if (
				scope === undefined ||
				!(caught instanceof MoodleFailure) ||
				!['context', 'record'].includes(caught.reach)
			)
				throw asIs(caught);
			const problem = explain(caught);
			return new Map([...values].map((value) => [value, problem]));
		}
	}
}

interface Batch {
	kind: ReferenceKind;
	mode: string;
	scope?: number;
	/** Every distinct spelling. */
	values: Set<string>;
}

function isPlainId(reference: Reference): boolean {
	return reference.mode === 'id' && !reference.verify;
}

const keyOf = (reference: Reference) => cacheKey(reference, undefined, reference.value);

/** By the exact text: another spelling may be another record. */
function cacheKey(
	of: { kind: ReferenceKind; mode: string },
	scope: number | undefined,
	value = '',
): string {
	return `${of.kind} ${of.mode} ${scope ?? ''} ${value}`;
}
