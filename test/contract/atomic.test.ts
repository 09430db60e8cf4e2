/**
 * A run that stops applies nothing after a refused record. Whether it may put several records into one request hangs on what
 * Moodle does with a good record beside a refused one (`atomic`). Whether that is so: here and in played.test.ts.
 */
import type { Operation } from '../../nodes/Moodle/actions/types';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { requests } from '../../nodes/Moodle/run/plan';
import { scenarios, type Scenario } from '../robust/scenarios';
import { runEngine } from '../support/engineRun';
import { functionOf, InProcessMoodle } from '../support/inProcess';
import { nameOf, operations } from './support/runOne';

interface Call {
	name: string;
	operation: Operation;
	call: CallFacts;
}

const calls: Call[] = operations.flatMap((operation) =>
	operation.calls.map((call) => ({
		name: `${nameOf(operation)} ${call.function}`,
		operation,
		call,
	})),
);

/** As the suite has it by default: Records per Request, and PHP's limit less a margin. */
const STOPPING = { records: 50, variables: 900, isStrict: true };

describe('the plan of a run that stops', () => {
	const sizes = (call: CallFacts, isForeseen: boolean) =>
		requests(
			[1, 2, 3].map((id) => ({
				call,
				record: { id },
				action: 'write',
				output: () => ({}),
				isForeseen,
			})),
			STOPPING,
		).map((request) => request.length);

	test.each(calls)('$name: nothing good travels after what may be refused', ({ call }) => {
		// a look afterwards at every record may find it wrong
		const isDoubted = call.confirm !== undefined && call.doubts === undefined;
		const isAlone =
			isDoubted || call.list === undefined || call.atomic !== 'all' || call.perRequest === 1;
		expect(sizes(call, false)).toEqual(isAlone ? [1, 1, 1] : [3]);
	});

	test.each(calls.filter(({ call }) => call.foresees))(
		'$name: who foresees refusals can ask for them',
		({ call }) => {
			expect(call.diagnose).toBeDefined();
			expect(sizes(call, true)).toEqual(call.perRequest === 1 ? [1, 1, 1] : [3]);
		},
	);

	test('there are functions of which refusals are foreseen, and of which they are not', () => {
		const open = calls.filter(({ call }) => call.list !== undefined && call.atomic !== 'all');
		expect(new Set(open.map(({ call }) => call.foresees === true))).toEqual(new Set([true, false]));
	});
});

/** The variables by which an item alone is written, without sending them. */
async function written(
	{ operation }: Scenario,
	item: Record<string, unknown>,
	moodle: InProcessMoodle,
): Promise<URLSearchParams | undefined> {
	let body: string | undefined;
	const own = new Set(operation.calls.map((call) => call.function));
	const send = async (sent: string) => {
		if (!own.has(functionOf(sent)))
			return await Promise.resolve(moodle.answer(sent, moodle.adminToken));
		body ??= sent;
		return {
			status: 200,
			headers: {},
			text: JSON.stringify({
				exception: 'moodle_exception',
				errorcode: 'nopermissions',
				message: 'Not sent',
			}),
		};
	};
	await runEngine({ operation, items: [item], send });
	return body === undefined ? undefined : new URLSearchParams(body);
}

/** A request with the records of both, in this order. */
function together(first: URLSearchParams, second: URLSearchParams, list: string): string {
	const both = new URLSearchParams(first);
	for (const [name, value] of second)
		if (name.startsWith(`${list}[0]`)) both.append(name.replace('[0]', '[1]'), value);
	return both.toString();
}

const GOOD = 2;

describe('the stand-in, sent a refused record and a good one', () => {
	const shooting = scenarios.filter(
		({ operation }) =>
			operation.calls.some(({ list }) => list !== undefined) && operation.value !== 'upsert',
	);

	test('most kinds of writing are there', () => expect(shooting.length).toBeGreaterThan(6));

	test.each(shooting)('$name: does with the good one what its operation says', async (scenario) => {
		const [{ function: name, list = '', atomic }] = scenario.operation.calls;
		const moodle = new InProcessMoodle();
		scenario.prepare(moodle, GOOD + 1);
		const [refused, good] = [
			await written(scenario, scenario.bad(0, moodle), moodle),
			await written(scenario, scenario.item(GOOD, moodle), moodle),
		];
		if (!refused || !good)
			throw new Error(
				`${name}: the ${refused ? 'good' : 'bad'} item of '${scenario.name}' in test/robust/scenarios.ts is not sent, so it cannot be measured`,
			);
		expect(scenario.done(moodle, GOOD)).toBe(0);
		moodle.answer(together(refused, good, list), moodle.adminToken);
		expect({ function: name, atomic, times: scenario.done(moodle, GOOD) }).toEqual({
			function: name,
			atomic,
			times: atomic === 'all' ? 0 : 1,
		});
		// The good one was no such thing only because of its neighbour.
		if (atomic === 'all') {
			moodle.answer(good.toString(), moodle.adminToken);
			expect(scenario.done(moodle, GOOD)).toBe(1);
		}
	});
});
