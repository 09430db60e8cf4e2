import { asIs } from '../common/asIs';
import type { Read } from './calls';
import type { ReadFacts } from './reads';
import type { z } from '../schemas/zod';
import type { Division } from './shares';
import type { Spellings } from './spellings';
import type { Json, Params } from './values';

/** What a look at other users tells: everybody's field is shown, it is not, or nobody is. */
export type Visibility = 'shown' | 'hidden' | 'nobody';

/** What one run learns of the site and keeps, so that it asks once. It travels with `read`. */
export interface Memory {
	/** Whether the database tells capitals apart; undefined inside when it cannot be found out. */
	tellsCapitalsApart?: Promise<boolean | undefined>;
	/** All users with their e-mail addresses as they are spelt. */
	addresses?: Promise<Spellings<Json>>;
	/** Ids of users that were looked up and are there: they need not be asked about again. */
	readonly users: Set<number>;
	/** What the account sees of users, by field. */
	readonly visibilities: Map<string, Visibility>;
	/** The first text by which a record was meant, by field and id. */
	readonly claims: Map<string, string>;
}

/** Asks once a run, however many want to know. What failed is asked again. */
export async function askedOnce<K extends 'tellsCapitalsApart' | 'addresses'>(
	memory: Memory,
	key: K,
	ask: () => NonNullable<Memory[K]>,
): Promise<Awaited<NonNullable<Memory[K]>>> {
	const asked = memory[key] ?? ask();
	memory[key] = asked;
	try {
		return await asked;
	} catch (caught) {
		if (memory[key] === asked) memory[key] = undefined;
		throw asIs(caught);
	}
}

/** Reading calls as a client does them. */
export interface Reading {
	read: <T extends z.ZodTypeAny>(facts: ReadFacts<T>, params: Params) => Promise<z.infer<T>>;
	readonly flight: Division;
}

/** The reading calls of one run, with an empty memory. */
export function readerOf(client: Reading): Read {
	const memory: Memory = { users: new Set(), visibilities: new Map(), claims: new Map() };
	return Object.assign(
		async <T extends z.ZodTypeAny>(facts: ReadFacts<T>, params: Params) =>
			await client.read(facts, params),
		{ memory, flight: client.flight },
	);
}
