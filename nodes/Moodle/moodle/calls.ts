import type { MoodleFailure } from './failure';
import type { Memory } from './memory';
import type { Division } from './shares';
import type { Problem } from './problem';
import type { ReadFacts } from './reads';
import type { z } from '../schemas/zod';
import type { Params, Value } from './values';

/** A reading call: checked, sent again while that is sensible, counted. Throws MoodleFailure. */
export interface Read {
	<T extends z.ZodTypeAny>(facts: ReadFacts<T>, params: Params): Promise<z.infer<T>>;
	/** What the run has learned so far. */
	readonly memory: Memory;
	/** How many requests are under way at once, and how large they are. */
	readonly flight: Division;
}

/** What the reply says about one record: its part of the reply, or why Moodle refused it. */
export type RecordResult = { reply: unknown } | { problem: Problem };

/** What a look gives for a record of which this account cannot see enough to tell. */
export const UNKNOWN = Symbol('unknown');

/** Why Moodle refuses a record; undefined where nothing speaks against it. */
export type Diagnosis = Problem | typeof UNKNOWN | undefined;

/** Records in a request, where neither the user nor the function says otherwise. */
export const USUAL_RECORDS = 50;

/**
 * The same where a record costs Moodle no more than 5 ms (5.1 measured): a request takes half a second at most, and a call is
 * paid half as often, which counts the more the further away the site is.
 */
export const LIGHT_RECORDS = 100;

/** What is known, and measured, of one web-service function. Data plus small pure functions. `R` is the record it writes. */
export interface CallFacts<R extends Value = Value> {
	/** `wsfunction`. */
	function: string;
	/** Name of the list parameter that takes many records; absent when a call takes one record, which then is the parameters. */
	list?: string;
	/**
	 * What becomes of a good record in the same request as a refused one: sent with the refused one first (an unknown ID, a
	 * name that is taken), and looked up on the site afterwards. All of them measured on 5.1, but for what a function says.
	 *
	 * - `all`: one transaction, a refused record undoes the whole call.
	 * - `each`: good records are applied, refused ones come back inside a successful reply.
	 * - `none`: earlier records stay when a later one throws; such calls carry one record.
	 * - `unknown`: nobody has measured it. A refused request of several records is told as open, neither divided nor repeated.
	 */
	atomic: 'all' | 'each' | 'none' | 'unknown';
	/**
	 * What may be done when nobody knows whether a call was carried out:
	 * - `safe`: send it again, the end state is the same.
	 * - `lookup`: wait, look the records up with `find`, send only what is missing.
	 * - `never`: report that it may have been done.
	 */
	repeat: 'safe' | 'lookup' | 'never';
	/** Most records one request may carry, for functions that do worse with many. */
	perRequest?: number;
	/** Records in a request where the user wants nothing else: LIGHT_RECORDS where each costs Moodle little, else USUAL_RECORDS. */
	usual?: number;
	/** Capabilities that the token's role needs, for messages, the role preset and Check Setup. */
	capabilities: string[];
	/** What a readable reply looks like. One that does not fit counts as no answer: nobody knows what was done. */
	reply?: z.ZodTypeAny;
	/**
	 * Reads the reply: one result for each record sent, in their order. Never throws. moodle/settle.ts has ready ones. A
	 * warning of which it makes no problem counts against every record of the request, unless `heedsWarnings`.
	 */
	settle(reply: unknown, records: R[]): RecordResult[];
	/** Whether `settle` knows all that a warning of this function can mean, or shows the reply as it is. */
	heedsWarnings?: true;
	/**
	 * For replies that do not tell which record was refused: reads what became of records whose reply was settled as
	 * taken. Asked once for all of them, when they have been sent. Throws nothing but Cancelled.
	 *
	 * @param replies what `settle` gave for each record
	 */
	confirm?(records: R[], replies: unknown[], shared: Params, read: Read): Promise<RecordResult[]>;
	/** What is wrong by an answer that `confirm` would look into, where nobody does: in Call Function. */
	partly?(reply: unknown): Problem | undefined;
	/** Which records `confirm` is asked about; without it all of them. */
	doubts?: (record: Value) => boolean;
	/** What a refusal of the context concerns, e.g. `course 5`: records with the same context need not be tried one by one. */
	context?(record: R, shared: Params): string;
	/**
	 * For `repeat: 'lookup'`: the reply part of each record that exists by now, undefined for those that certainly do
	 * not, `UNKNOWN` where the account behind the token may not see what would tell.
	 */
	find?(records: R[], shared: Params, read: Read): Promise<unknown[]>;
	/** By what `find` recognises a record, for docs/guarantees.md, e.g. `short name`. */
	knownBy?: string;
	/**
	 * For creations whose keys Moodle compares but the database does not guard: for each record the ids of those that have
	 * one of its keys by now, itself among them. Ids far from its own need not be given.
	 *
	 * @param ids the ids that the records got
	 */
	namesakes?(records: R[], ids: number[], shared: Params, read: Read): Promise<number[][]>;
	/**
	 * Why Moodle refused (or would refuse) these records, found by asking it; undefined where nothing is found.
	 * `refusal` is there when Moodle has refused the one record in question: only then may a cause be concluded from
	 * the absence of others.
	 */
	diagnose?(
		records: R[],
		shared: Params,
		read: Read,
		refusal?: MoodleFailure,
	): Promise<Diagnosis[]>;
	/**
	 * Whether `diagnose`, asked beforehand, finds everything for which Moodle can refuse a record, and gives `UNKNOWN` for
	 * those of which it cannot see enough. Only then may a run that stops put several records of a function that is not
	 * `atomic: 'all'` into one request.
	 */
	foresees?: true;
	/** What a refusal certainly means when a single record was sent; undefined for any other. Says nothing of lost connections. */
	words?(failure: MoodleFailure, record: R): Problem | undefined;
	/**
	 * What a record changes, where that is not the record with its `id`: of two with the same subject the second one is
	 * decided and sent when the first one is done.
	 */
	subject?(record: R, shared: Params): string;
	/** Whether two calls of it must not overlap: they would hinder or spoil each other, or that they do not was never measured. */
	serial?: true;
	/** Order of the records inside a run that avoids deadlocks, e.g. by course, then user. Smaller first. */
	order?(record: R): number[];
}
