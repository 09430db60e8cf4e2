/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/**
 * Two executions of the same list at once, such as a nightly run that was started twice, or two workers: what each item is
 * told is true, and nothing comes twice without somebody being told.
 */
import fc from '../support/randomly';
import { signatureOf } from '../../nodes/Moodle/moodle/signature';
import type { SendRequest } from '../../nodes/Moodle/moodle/client';
import type { RunResult } from '../../nodes/Moodle/run/engine';
import { failed } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { functionOf, InProcessMoodle } from '../support/inProcess';
import { scenarios, type Scenario } from './scenarios';
import { problemOf } from './strike';

const RUNS = Number(process.env.SCHEDULES ?? 300);

/** Lets calls wait at gates, and opens one at a time. */
class Gates {
	private readonly waiting: Array<() => void> = [];

	private running = 0;

	/** @param choose picks one of so many */
	constructor(private readonly choose: (count: number) => number) {}

	wait = async (): Promise<void> => await new Promise((resolve) => this.waiting.push(resolve));

	/** Opens gates, one after the other, until all of the work has ended. */
	async conduct(work: Array<() => Promise<unknown>>): Promise<void> {
		const all = work.map(async (one) => {
			this.running++;
			try {
				return await one();
			} finally {
				this.running--;
			}
		});
		while (this.running > 0) {
			await new Promise((resolve) => setImmediate(resolve));
			if (this.waiting.length > 0) this.waiting.splice(this.choose(this.waiting.length), 1)[0]();
		}
		await Promise.all(all);
	}
}

/** A way to Moodle on which a writing call takes a while: others come in between its beginning and its end. */
const overlapping =
	(moodle: InProcessMoodle, gates: Gates): SendRequest =>
	async (body) => {
		await gates.wait();
		if (signatureOf(functionOf(body))?.write !== true) return moodle.answer(body);
		const call = moodle.begin(body);
		await gates.wait();
		return call.finish();
	};

async function both(
	scenario: Scenario,
	count: number,
	size: number,
	stop: boolean,
	choose: (count: number) => number,
) {
	const moodle = new InProcessMoodle();
	scenario.prepare(moodle, count);
	const items = Array.from({ length: count }, (_, index) => scenario.item(index, moodle));
	const gates = new Gates(choose);
	const results: RunResult[] = [];
	const run = async () => {
		results.push(
			await runEngine({
				operation: scenario.operation,
				items,
				send: overlapping(moodle, gates),
				options: { recordsPerRequest: size, stop },
			}),
		);
	};
	await gates.conduct([run, run]);
	return { moodle, results };
}

/** What each execution tells of an item must be so. */
function expectTrue(
	scenario: Scenario,
	index: number,
	moodle: InProcessMoodle,
	results: RunResult[],
): void {
	const times = scenario.done(moodle, index);
	const told = results.map(({ units }) => units.find(({ items }) => items.includes(index)));
	const words = told.map((unit) => problemOf(unit) || (unit ? 'done' : 'not reached'));
	const where = `${scenario.name} item ${index}: told ${JSON.stringify(words)}, done ${times} times`;
	const isTold = told.some(
		(unit) => unit?.outcome && 'problem' in unit.outcome && unit.outcome.problem.code === 'twin',
	);
	const isMessage = scenario.operation.calls[0]?.repeat === 'never';
	if (times > 1 && !isTold && !isMessage) throw new Error(`doubled, and nobody is told: ${where}`);
	if (isTold && times < 2) throw new Error(`told of a double that is none: ${where}`);
	if (told.some((unit) => unit && !failed(unit)) && times === 0)
		throw new Error(`told done, is not: ${where}`);
}

const plans = fc.record({
	name: fc.constantFrom(...scenarios.map((scenario) => scenario.name)),
	count: fc.integer({ min: 1, max: 10 }),
	size: fc.integer({ min: 1, max: 12 }),
	stop: fc.boolean(),
	order: fc.infiniteStream(fc.nat({ max: 1000 })),
});

test(`${RUNS} random ways of two executions to meet`, async () => {
	await fc.assert(
		fc.asyncProperty(plans, async ({ name, count, size, stop, order }) => {
			const scenario = scenarios.find((entry) => entry.name === name)!;
			const { moodle, results } = await both(
				scenario,
				count,
				size,
				stop,
				(many) => Number(order.next().value) % many,
			);
			for (let index = 0; index < count; index++) expectTrue(scenario, index, moodle, results);
		}),
		{ numRuns: RUNS },
	);
}, 150_000);

test('groups that come into being twice: the item is told', async () => {
	const scenario = scenarios.find(({ name }) => name === 'group')!;
	// First both look, then both write, then both look back.
	const { moodle, results } = await both(scenario, 3, 10, false, () => 0);
	expect([0, 1, 2].map((index) => scenario.done(moodle, index))).toEqual([2, 2, 2]);
	const told = results.flatMap(({ units }) => units.map(problemOf));
	expect(
		told.filter((words) => /at the same moment somebody else created another one/.test(words))
			.length,
	).toBeGreaterThanOrEqual(3);
});

test('members and enrolments come once, however two executions meet', async () => {
	for (const name of ['member', 'enrol', 'group member']) {
		const scenario = scenarios.find((entry) => entry.name === name)!;
		const { moodle, results } = await both(scenario, 4, 2, false, () => 0);
		expect([0, 1, 2, 3].map((index) => scenario.done(moodle, index))).toEqual([1, 1, 1, 1]);
		expect(results.flatMap(({ units }) => units.filter(failed))).toEqual([]);
	}
});
