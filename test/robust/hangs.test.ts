/** A server that hangs ends a run: what was under way is lost, nothing more, and later items are told as not sent. */
import { NetworkFailure, type SendRequest } from '../../nodes/Moodle/moodle/client';
import type { RawReply } from '../../nodes/Moodle/moodle/decode';
import { failed } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { functionOf, InProcessMoodle } from '../support/inProcess';
import { SimulatedTime } from '../support/simulatedTime';
import { scenarios, type Scenario } from './scenarios';
import { problemOf } from './strike';

const COUNT = 400;
const TIMEOUT = 120_000;
const RECOVERY = 30_000;
const INFO = 'core_webservice_get_site_info';

interface Fate {
	name: string;
	/** Answers once the server does so no more. */
	answer: (moodle: InProcessMoodle, body: string, clock: SimulatedTime) => Promise<RawReply>;
}

async function timeOut(clock: SimulatedTime): Promise<never> {
	await clock.sleep(TIMEOUT);
	throw new NetworkFailure('ETIMEDOUT');
}

const fates: Fate[] = [
	{ name: 'hangs', answer: async (_moodle, _body, clock) => await timeOut(clock) },
	{
		name: 'hangs and does it',
		answer: async (moodle, body, clock) => {
			moodle.answer(body);
			return await timeOut(clock);
		},
	},
	{
		name: 'answers 503',
		answer: async () => ({ status: 503, headers: {}, text: '<html>Busy</html>' }),
	},
	{
		name: 'is switched off',
		answer: async () => {
			throw new NetworkFailure('ECONNREFUSED');
		},
	},
];

/** Runs a scenario against a server that goes silent after `good` requests. */
async function runWith(scenario: Scenario, fate: Fate, good: number) {
	const moodle = new InProcessMoodle();
	const clock = new SimulatedTime();
	scenario.prepare(moodle, COUNT);
	const items = Array.from({ length: COUNT }, (_, index) => scenario.item(index, moodle));
	const sent: string[] = [];
	const send: SendRequest = async (body) => {
		sent.push(functionOf(body));
		return sent.length > good ? await fate.answer(moodle, body, clock) : moodle.answer(body);
	};
	const start = clock.now();
	const result = await clock.through(
		runEngine({ operation: scenario.operation, items, clock, send }),
	);
	return { result, moodle, lost: sent.slice(good), time: clock.now() - start };
}

/** Four hundred look-ups are one request. */
const momentsOf = (scenario: Scenario) => (scenario.operation.writes ? [0, 3] : [0]);

const cases = scenarios.flatMap((scenario) =>
	fates.flatMap((fate) =>
		momentsOf(scenario).map((good) => ({
			name: scenario.name,
			scenario,
			fate,
			how: fate.name,
			good,
		})),
	),
);

test.each(cases)(
	'$name: a server that $how after $good requests ends the run',
	async ({ scenario, fate, good }) => {
		const { result, moodle, lost, time } = await runWith(scenario, fate, good);
		const questions = lost.filter((name) => name === INFO).length;
		// Two that came back together are followed by four times as many.
		expect(lost.length - questions).toBeLessThanOrEqual(8);
		if (fate.name.startsWith('hangs')) {
			expect(questions).toBeLessThanOrEqual(1);
			expect(time).toBeLessThanOrEqual(5 * TIMEOUT + 2 * RECOVERY);
		} else expect(time).toBeLessThanOrEqual(2 * RECOVERY);
		for (let index = 0; index < COUNT; index++) {
			const [unit] = result.units.filter(({ items }) => items.includes(index));
			const isDone = scenario.done(moodle, index) > 0;
			const words = problemOf(unit);
			if (!failed(unit)) expect([index, isDone]).toEqual([index, true]);
			else if (isDone && !scenario.startsDone?.(index))
				expect([index, words]).toEqual([index, expect.stringMatching(/may have been carried out/)]);
		}
		// Whoever comes late has certainly not been sent, and is told so.
		const last = problemOf(result.units[COUNT - 1]);
		expect(last).toMatch(/[Nn]othing more was sent/);
		expect(last).not.toMatch(/may have been/);
		expect(result.ending?.code).toBe('gone');
	},
);

/** A limit of requests in ten minutes, say. A wait is cut at 30 seconds. */
const limited: Fate = {
	name: 'is overrun',
	answer: async () => ({ status: 429, headers: { 'retry-after': '600' }, text: '' }),
};

test.each(scenarios.map((scenario) => ({ name: scenario.name, scenario })))(
	'$name: a rate limit of ten minutes ends the run, and what is told is so',
	async ({ scenario }) => {
		const good = scenario.operation.writes ? 3 : 0;
		const { result, moodle, lost, time } = await runWith(scenario, limited, good);
		const questions = lost.filter((name) => name === INFO).length;
		// What was under way, four times the two that came back together, and two questions whether the site is there.
		expect(lost.length - questions).toBeLessThanOrEqual(8);
		expect(questions).toBeLessThanOrEqual(2);
		expect(time).toBeLessThanOrEqual(4 * RECOVERY);
		for (let index = 0; index < COUNT; index++) {
			const [unit] = result.units.filter(({ items }) => items.includes(index));
			const isDone = !failed(unit);
			if (!scenario.startsDone?.(index))
				expect([index, scenario.done(moodle, index) > 0]).toEqual([index, isDone]);
			if (!isDone)
				expect(problemOf(unit)).toMatch(/^The server asks to slow down.*Nothing more was sent\.$/);
		}
		expect(failed(result.units[COUNT - 1])).toBe(true);
		expect(result.ending?.code).toBe('gone');
	},
);

test('a function that hangs while the site answers is given up', async () => {
	const scenario = scenarios.find(({ name }) => name === 'message')!;
	const moodle = new InProcessMoodle();
	const clock = new SimulatedTime();
	scenario.prepare(moodle, COUNT);
	const items = Array.from({ length: COUNT }, (_, index) => scenario.item(index, moodle));
	let hung = 0;
	const send: SendRequest = async (body) => {
		if (functionOf(body) !== scenario.operation.calls[0].function) return moodle.answer(body);
		hung++;
		return await timeOut(clock);
	};
	const { units } = await clock.through(
		runEngine({ operation: scenario.operation, items, clock, send }),
	);
	expect(hung).toBe(5);
	expect(units.map((unit) => /may have been carried out/.test(problemOf(unit)))).toEqual(
		items.map((_, index) => index < 5),
	);
	expect(problemOf(units[5])).toMatch(
		/^This item was not sent: the requests before it got no answer/,
	);
});
