import { failed } from '../../nodes/Moodle/run/outcome';
import { LASTING, STRIKING, type Fault } from '../support/faults';
import { scenarios, type Scenario } from './scenarios';
import { expectTruth, problemOf, strike, type Attack } from './strike';

const COUNT = 14;
const BAD = 9;
const SIZE = 5;

const faults = STRIKING;
const transient = faults.filter((fault) => !LASTING.includes(fault));

/** Whether a passing fault must leave no trace in the end. */
const heals = (scenario: Scenario, fault: Fault) =>
	transient.includes(fault) && scenario.operation.calls[0]?.repeat !== 'never';

function attack(
	scenario: Scenario,
	fault: Fault,
	at: number,
	stop: boolean,
	bad: number[] = [],
): Attack {
	return {
		scenario,
		schedule: (index) => (index === at ? fault : undefined),
		count: COUNT,
		bad: new Set(bad),
		options: { stop, recordsPerRequest: SIZE },
	};
}

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
	'%s',
	(_name, scenario) => {
		test.each(
			faults.flatMap((fault) => ['continue', 'stop'].map((mode) => [fault, mode] as const)),
		)('%s, %s', async (fault, mode) => {
			for (const at of [0, 1, 2]) {
				const plan = attack(scenario, fault, at, mode === 'stop');
				const after = await strike(plan);
				expectTruth(plan, after);
				if (!heals(scenario, fault)) continue;
				expect(after.result.units.filter(failed).map(problemOf)).toEqual([]);
				expect(after.result.units).toHaveLength(COUNT);
			}
		});

		test.each(['continue', 'stop'])('a refused record beside every fault, %s', async (mode) => {
			for (const fault of faults) {
				const plan = attack(scenario, fault, 2, mode === 'stop', [BAD]);
				const after = await strike(plan);
				const first = expectTruth(plan, after);
				if (!heals(scenario, fault)) continue;
				expect([fault, first]).toEqual([fault, BAD]);
				if (mode === 'continue') expect(after.result.units.filter(failed)).toHaveLength(1);
				else
					for (let index = BAD; index < COUNT; index++)
						expect(scenario.done(after.moodle, index)).toBe(scenario.startsDone?.(index) ? 1 : 0);
			}
		});

		test.each([100, 120, 300, 1000, 5000])('requests cut at %i variables', async (maxInputVars) => {
			const plan: Attack = {
				scenario,
				schedule: () => undefined,
				count: 60,
				bad: new Set([33]),
				options: { recordsPerRequest: 200 },
				maxInputVars,
			};
			const after = await strike(plan);
			expect(expectTruth(plan, after)).toBe(33);
			expect(after.result.units.filter(failed)).toHaveLength(1);
		});
	},
);
