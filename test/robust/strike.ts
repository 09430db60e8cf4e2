import type { RunResult, EngineOptions } from '../../nodes/Moodle/run/engine';
import { failed, type Unit } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { faultySend, type Schedule } from '../support/faults';
import { InProcessMoodle, type InProcessOptions } from '../support/inProcess';
import { VirtualClock } from '../support/virtualClock';
import type { Scenario } from './scenarios';

/** One run under fire. */
export interface Attack {
	scenario: Scenario;
	schedule: Schedule;
	count: number;
	/** Indexes of items that Moodle refuses. */
	bad: Set<number>;
	options: Partial<EngineOptions> & { width?: number };
	/** PHP's limit of form variables. */
	maxInputVars?: number;
	/** Version, database and account, by default those of the stand-in. */
	site?: InProcessOptions;
}

/** What came of it, and the site as it is once everything late has happened. */
export interface Aftermath {
	result: RunResult;
	moodle: InProcessMoodle;
	clock: VirtualClock;
}

/** The words of a unit's problem; empty when it went well. */
export function problemOf(unit: Unit | undefined): string {
	return unit?.outcome && 'problem' in unit.outcome ? unit.outcome.problem.whole : '';
}

/** Whether a problem leaves open if it was done, and says so. */
const isOpen = (unit: Unit | undefined) => problemOf(unit).includes('may have been');

/** Runs a scenario against a fresh site on which faults strike. */
export async function strike({
	scenario,
	schedule,
	count,
	bad,
	options,
	maxInputVars,
	site,
}: Attack): Promise<Aftermath> {
	const moodle = new InProcessMoodle(site);
	const clock = new VirtualClock();
	scenario.prepare(moodle, count);
	if (maxInputVars !== undefined) moodle.switches.maxInputVars = maxInputVars;
	const items = Array.from({ length: count }, (_, index) =>
		bad.has(index) ? scenario.bad(index, moodle) : scenario.item(index, moodle),
	);
	const send = faultySend(moodle, clock, schedule);
	const result = await runEngine({ operation: scenario.operation, items, clock, send, options });
	clock.finish();
	return { result, moodle, clock };
}

/**
 * Fails unless what is told of each item is true of the site: done once, or not done, or openly unknown.
 *
 * @returns index of the first item with a problem, Infinity when there is none
 */
export function expectTruth(
	{ scenario, count, options }: Attack,
	{ result, moodle }: Aftermath,
): number {
	const first = result.units.find(failed)?.items[0] ?? Infinity;
	for (let index = 0; index < count; index++) {
		const told = result.units.filter((unit) => unit.items.includes(index));
		const times = scenario.done(moodle, index);
		const where = `${scenario.name} item ${index}: told ${JSON.stringify(told.map((unit) => problemOf(unit) || 'done'))}, done ${times} times`;
		if (times > 1) throw new Error(`doubled: ${where}`);
		const isBehind = options.stop === true && index > first;
		if (told.some((unit) => !failed(unit)) && times === 0)
			throw new Error(`told done, is not: ${where}`);
		if (isBehind) continue;
		if (told.length !== 1) throw new Error(`told ${told.length} times: ${where}`);
		if (failed(told[0]) && !isOpen(told[0]) && times > 0 && !scenario.startsDone?.(index))
			throw new Error(`told not done, is: ${where}`);
	}
	return first;
}
