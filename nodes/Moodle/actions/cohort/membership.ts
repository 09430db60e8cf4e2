import { asIs } from '../../common/asIs';
import type { Lookup } from '../../lookup/lookup';
import type { Reference } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';
import type { Parameters } from '../parameters';

/** A record that an item names: a reference, nothing, or why it cannot even be looked for. */
export type Named = Reference | Problem | undefined;

/** What an item says: who belongs to which cohort. */
export interface Wish {
	cohort: Named;
	user: Named;
	/** Whether no user means that nobody belongs to the cohort. */
	mayBeEmpty: boolean;
}

/** A problem is kept as a value here: what is wrong with one item decides about the removals of its whole cohort. */
export function named(read: () => Reference | undefined): Named {
	try {
		return read();
	} catch (caught) {
		if (caught instanceof Problem) return caught;
		throw asIs(caught);
	}
}

/** The wanted membership of one cohort. */
export interface Membership {
	/** Items that name somebody, or rightly nobody. */
	items: number[];
	/** Who is wanted, and the items that say so. */
	wanted: Map<number, number[]>;
	/** Whether an item of this cohort is at fault, so that nobody may be removed. */
	isDoubtful: boolean;
}

/** The wanted membership of all cohorts, and the items that are at fault. */
export interface Wanted {
	cohorts: Map<number, Membership>;
	faults: Array<{ item: number; problem: Problem }>;
}

const EMPTY_USER = new Problem({
	message: "'User' is empty",
	mend: "Give a user. To say that a cohort has no members at all, switch on 'Allow Empty' in the options.",
	code: 'empty',
});

const EMPTY_COHORT = new Problem({
	message: "'Cohort' is empty",
	mend: 'Choose a cohort.',
	code: 'empty',
});

function membershipOf(cohorts: Map<number, Membership>, id: number): Membership {
	const known = cohorts.get(id) ?? {
		items: [],
		wanted: new Map<number, number[]>(),
		isDoubtful: false,
	};
	cohorts.set(id, known);
	return known;
}

/** The problem of an item, with what follows from it for the others. */
function holdingUp(problem: Problem, isCohortKnown: boolean): Problem {
	const consequence = isCohortKnown
		? 'Because of it nobody is removed from this cohort.'
		: 'Because of it nobody is removed from any cohort: it may belong to each of them.';
	return new Problem({
		message: problem.message,
		mend: `${problem.mend ?? ''} ${consequence}`.trim(),
		code: problem.code,
		http: problem.http,
	});
}

/** What the names of an item turned out to be. */
interface LookedUp {
	item: number;
	cohort: number | Problem | undefined;
	user: number | Problem | undefined;
	mayBeEmpty: boolean;
}

/** The ids for the names of all items, looked up together. */
async function lookUp(wishes: Wish[], items: number[], lookup: Lookup): Promise<LookedUp[]> {
	// Without a cohort it does not matter who the user is.
	const names = wishes.flatMap(({ cohort, user }) =>
		cohort instanceof Problem ? [] : [cohort, user],
	);
	const references = names.filter(
		(value): value is Reference => value !== undefined && !(value instanceof Problem),
	);
	const resolutions = await lookup.resolve(references);
	const idOf = (value: Named) => {
		if (value === undefined || value instanceof Problem) return value;
		const resolution = resolutions.get(value);
		return resolution && 'id' in resolution ? resolution.id : resolution?.problem;
	};
	return wishes.map(({ cohort, user, mayBeEmpty }, at) => ({
		item: items[at],
		cohort: idOf(cohort),
		user: idOf(user),
		mayBeEmpty,
	}));
}

/** Notes what one item wants of its cohort, or what is wrong with it. */
function note(
	{ cohorts, faults }: Wanted,
	cohort: number,
	{ item, user, mayBeEmpty }: LookedUp,
): void {
	const membership = membershipOf(cohorts, cohort);
	const problem =
		user instanceof Problem ? user : user === undefined && !mayBeEmpty ? EMPTY_USER : undefined;
	if (problem) {
		membership.isDoubtful = true;
		faults.push({ item, problem: holdingUp(problem, true) });
		return;
	}
	membership.items.push(item);
	if (typeof user !== 'number') return;
	const by = membership.wanted.get(user);
	if (by) by.push(item);
	else membership.wanted.set(user, [item]);
}

/**
 * Who is to be in which cohort. An item at fault keeps everybody in its cohort, and in all cohorts when it does not even
 * tell which one it means: a slip of the pen must never remove a member.
 *
 * @param items indexes of the items, as long as `wishes`
 * @param isComplete whether every item could be read; what one of them wanted is unknown otherwise
 * @throws MoodleFailure when Moodle cannot be asked
 */
export async function wantedOf(
	wishes: Wish[],
	items: number[],
	lookup: Lookup,
	isComplete: boolean,
): Promise<Wanted> {
	const result: Wanted = { cohorts: new Map(), faults: [] };
	let isAnyCohortUnknown = !isComplete;
	for (const known of await lookUp(wishes, items, lookup)) {
		if (typeof known.cohort === 'number') note(result, known.cohort, known);
		else {
			isAnyCohortUnknown = true;
			result.faults.push({
				item: known.item,
				problem: holdingUp(known.cohort ?? EMPTY_COHORT, false),
			});
		}
	}
	if (isAnyCohortUnknown)
		for (const membership of result.cohorts.values()) membership.isDoubtful = true;
	return result;
}

/** What an item says. Ids are looked up as well: a wrong one must not count as a wish. */
export function wishOf(p: Parameters, mayBeEmpty: boolean): Wish {
	return {
		mayBeEmpty,
		cohort: named(() => p.ref('cohort', 'Cohort', 'cohortId', { verify: true })),
		user: named(() => p.maybeRef('user', 'User', 'userId', { verify: true })),
	};
}
