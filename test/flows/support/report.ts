/** What a flow reports. */

/** Something that was checked. */
export interface Check {
	/** What must be so. */
	what: string;
	/** Where it is not; empty when all is well. */
	wrong: string[];
}

/** An item that failed. */
export interface Failure {
	/** Which one, e.g. `C-00012 n/a`. */
	who: string;
	reason: string;
}

/** What a run has cost. */
export interface Spent {
	/** Requests that reached the stand-in, or that the node says it made on a real site. */
	requests: number;
	/** Of those, the ones that write; not known on a real site. */
	writes?: number;
	milliseconds: number;
	/** Most memory in use while it ran, in bytes, and how much was in use before. */
	memory: { before: number; peak: number };
}

/** One run of a flow. */
export interface RunReport extends Spent {
	/** Figures in the order in which they are shown, the same ones in every run of a flow. */
	figures: Array<[label: string, value: number]>;
	failures: Failure[];
	checks: Check[];
}

/** All runs of a flow. */
export interface FlowReport {
	flow: string;
	runs: RunReport[];
}

/** True when every check of every run holds. */
export function isAccounted(reports: FlowReport[]): boolean {
	return reports.every(({ runs }) =>
		runs.every(({ checks }) => checks.every(({ wrong }) => wrong.length === 0)),
	);
}
