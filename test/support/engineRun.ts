import { Parameters } from '../../nodes/Moodle/actions/parameters';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { Client, type SendRequest } from '../../nodes/Moodle/moodle/client';
import type { Clock } from '../../nodes/Moodle/moodle/clock';
import { Engine, type EngineOptions, type RunResult } from '../../nodes/Moodle/run/engine';
import { VirtualClock } from './virtualClock';

/** How to run an operation without n8n. */
export interface EngineRun {
	operation: Operation;
	/** The parameters of each item, by name. */
	items: Array<Record<string, unknown>>;
	send: SendRequest;
	clock?: Clock;
	options?: Partial<EngineOptions> & { width?: number };
}

/** What came of it. */
export interface EngineOutcome extends RunResult {
	client: Client;
}

/** Runs an operation on the real engine over a given way to Moodle. */
export async function runEngine({
	operation,
	items,
	send,
	clock = new VirtualClock(),
	options: { width, ...options } = {},
}: EngineRun): Promise<EngineOutcome> {
	const client = new Client({ send, clock, inFlight: width });
	const noFile = () => {
		throw new Error('This run has no files');
	};
	const engine = new Engine(operation, {
		client,
		clock,
		operations: [operation],
		zone: 'UTC',
		dryRun: false,
		stop: false,
		recordsPerRequest: 50,
		patience: 30_000,
		count: items.length,
		parameters: (index) => new Parameters(index, (name) => items[index][name], 'UTC', noFile),
		...options,
	});
	return { ...(await engine.run()), client };
}
