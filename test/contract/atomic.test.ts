/**
 * A run that stops applies nothing after a refused record. Whether it may put several records into one request hangs on what
 * Moodle does with a good record beside a refused one: test/data/atomic.json has what was measured.
 */
import type { Operation } from '../../nodes/Moodle/actions/types';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { requests } from '../../nodes/Moodle/run/plan';
import measured from '../data/atomic.json';
import { scenarios, type Scenario } from '../robust/scenarios';
import { runEngine } from '../support/engineRun';
import { functionOf, InProcessMoodle } from '../support/inProcess';
import { nameOf, operations } from './support/runOne';

const table: Partial<Record<string, string>> = measured;

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
const several = calls.filter(({ call }) => call.list !== undefined);

describe('what an operation claims', () => {
	test.each(several)('$name: agrees with what was measured', ({ operation, call }) => {
		const known = table[call.function];
		const where = `nodes/Moodle/actions/${nameOf(operation)}.ts (${nameOf(operation)}) writes with ${call.function}`;
		if (known === undefined)
			throw new Error(
				`${where}, of which test/data/atomic.json knows nothing. Send a real Moodle one request with a refused record first and a good one second, look in the database whether the good one is there, and write "all", "each" or "none" into that file (test/data/README.md says what they mean).`,
			);
		if (known !== call.atomic)
			throw new Error(
				`${where} and claims atomic '${call.atomic}'; measured was '${known}' (test/data/atomic.json).`,
			);
	});

	test('nothing else is in the table', () => {
		const used = new Set(several.map(({ call }) => call.function));
		expect(Object.keys(table).filter((name) => !used.has(name))).toEqual([]);
	});
});

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

	test.each(shooting)('$name: does with the good one what was measured', async (scenario) => {
		const [{ function: name, list = '' }] = scenario.operation.calls;
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
		expect({ function: name, measured: table[name], times: scenario.done(moodle, GOOD) }).toEqual({
			function: name,
			measured: table[name],
			times: table[name] === 'all' ? 0 : 1,
		});
		// The good one was no such thing only because of its neighbour.
		if (table[name] === 'all') {
			moodle.answer(good.toString(), moodle.adminToken);
			expect(scenario.done(moodle, GOOD)).toBe(1);
		}
	});
});
