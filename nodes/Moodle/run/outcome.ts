import type { Output, Task } from '../actions/types';
import type { Problem } from '../moodle/problem';

/** What became of something: what goes out for it, or why it could not be done. */
export type Outcome = { outputs: Output[] } | { problem: Problem };

/** One thing to be done, the items it stands for, and what became of it. */
export interface Unit {
	/** Indexes of the input items, the first one being the one it is reported at. */
	items: number[];
	outcome?: Outcome;
}

/** A unit that has a record to write. */
export interface Job extends Unit, Task {
	/** It was in a request that may have been carried out although nobody saw the answer. */
	perhapsDone?: boolean;
	/** A request with it is under way. */
	isUnderWay?: boolean;
	/** How many requests of the function were left open when the request that begins with it left. */
	openBefore?: number;
	/** Moodle was asked beforehand, and nothing can be refused any more (`CallFacts.foresees`). */
	isForeseen?: boolean;
	/** What Moodle said against it after a request with it was refused. */
	suspicion?: Problem;
	/** Id of the record just created, until it has been looked whether another one came into being at the same moment. */
	madeId?: number;
	/** Its part of a reply that does not tell whether it was taken; gone once that is confirmed. */
	unconfirmed?: { reply: unknown };
}

/** Whether a unit ended with a problem. */
export function failed(unit: Unit): boolean {
	return unit.outcome !== undefined && 'problem' in unit.outcome;
}
