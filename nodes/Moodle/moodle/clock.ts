/** Time and chance, handed in so that tests can run hours of waiting in a moment. */
export interface Clock {
	/** Milliseconds. */
	now: () => number;
	/** Waits; throws `Cancelled` when the run is cancelled meanwhile. */
	sleep: (milliseconds: number) => Promise<void>;
	/** 0 to 1. */
	random: () => number;
	/** Whether the run was cancelled. */
	cancelled: () => boolean;
}

/** The run was cancelled: nothing more is sent. */
export class Cancelled extends Error {
	constructor() {
		super('The execution was cancelled');
		this.name = 'Cancelled';
	}
}

/** Longest wait between two tries, also when the server asks for more. */
export const LONGEST_WAIT = 30_000;

/**
 * Wait before try number `attempt` (1 = first repeat): doubling, with jitter so that several runs do not come back
 * together, or what the server asked for. At most 30 s.
 */
export function backOff(clock: Clock, attempt: number, retryAfter?: number): number {
	if (retryAfter !== undefined) return Math.min(retryAfter, LONGEST_WAIT);
	const full = Math.min(500 * 2 ** attempt, LONGEST_WAIT);
	return full / 2 + (clock.random() * full) / 2;
}
