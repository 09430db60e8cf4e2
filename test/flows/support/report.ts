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

/** One run of a flow. */
export interface RunReport {
	/** Figures in the order in which they are shown, the same ones in every run of a flow. */
	figures: Array<[label: string, value: number]>;
	failures: Failure[];
	checks: Check[];
	requests: number;
	/** Those that write; not known on a real site. */
	writes?: number;
	milliseconds: number;
	memory: { before: number; peak: number };
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
