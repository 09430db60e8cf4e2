import fc from '../support/randomly';
import type { Task } from '../../nodes/Moodle/actions/types';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { countVariables, formBody, HEAD_VARIABLES } from '../../nodes/Moodle/moodle/encode';
import { settleNull } from '../../nodes/Moodle/moodle/settle';
import type { Params } from '../../nodes/Moodle/moodle/values';
import {
	lanes,
	ordered,
	paramsOf,
	requests,
	requestSize,
	type Limits,
} from '../../nodes/Moodle/run/plan';

interface Numbered extends Task {
	number: number;
}

const call = (more: Partial<CallFacts>): CallFacts => ({
	function: 'core_x',
	list: 'rows',
	atomic: 'all',
	repeat: 'safe',
	capabilities: [],
	settle: settleNull,
	...more,
});

const CALLS = [
	call({}),
	call({ function: 'core_y', repeat: 'lookup' }),
	call({ perRequest: 3 }),
	call({ function: 'core_z', list: undefined }),
	call({
		function: 'core_o',
		order: (record) => [Number((record as Params).course), Number((record as Params).user)],
	}),
];

const record = fc.record({
	course: fc.nat({ max: 3 }),
	user: fc.nat({ max: 3 }),
	more: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.string({ maxLength: 3 }), {
		noNullPrototype: true,
	}),
});
/** Now and then a record that alone exceeds the limit. */
const anyRecord = fc.oneof(
	{ weight: 9, arbitrary: record },
	{
		weight: 1,
		arbitrary: record.map((row) => ({ ...row, list: Array.from({ length: 60 }, (_, at) => at) })),
	},
);
const shared = fc.constantFrom<Params | undefined>(
	undefined,
	{},
	{ courseid: 1 },
	{ courseid: 2, recursive: true },
);
const tasks = fc
	.array(fc.record({ call: fc.constantFrom(...CALLS), record: anyRecord, shared }), {
		maxLength: 60,
	})
	.map((list): Numbered[] =>
		list.map((task, number) => ({ ...task, number, action: 'create', output: () => ({}) })),
	);
const limits: fc.Arbitrary<Limits> = fc.record({
	records: fc.integer({ min: 1, max: 20 }),
	variables: fc.integer({ min: 1, max: 80 }),
});

const numbers = (list: Numbered[]) => list.map(({ number }) => number);
const plan = (list: Numbered[], limit: Limits) =>
	lanes(list).flatMap((lane) => requests(ordered(lane), limit));

describe('the planner', () => {
	it('puts every task into exactly one request, and makes no empty one', () => {
		fc.assert(
			fc.property(tasks, limits, (list, limit) => {
				const planned = plan(list, limit);
				expect(numbers(planned.flat()).sort((a, b) => a - b)).toEqual(numbers(list));
				expect(planned.every((request) => request.length > 0)).toBe(true);
			}),
		);
	});

	it('keeps the limits; a record that alone is too big travels alone', () => {
		fc.assert(
			fc.property(tasks, limits, (list, limit) => {
				for (const request of plan(list, limit)) {
					const [{ call: facts }] = request;
					expect(request.length).toBeLessThanOrEqual(
						Math.min(limit.records, facts.perRequest ?? limit.records),
					);
					if (facts.list === undefined) expect(request).toHaveLength(1);
					const variables =
						[...new URLSearchParams(formBody(facts.function, paramsOf(request))).keys()].length + 1;
					if (request.length > 1) expect(variables).toBeLessThanOrEqual(limit.variables);
				}
			}),
		);
	});

	it('mixes neither functions nor what a request shares', () => {
		fc.assert(
			fc.property(tasks, limits, (list, limit) => {
				for (const request of plan(list, limit)) {
					expect(new Set(request.map((task) => task.call.function)).size).toBe(1);
					expect(new Set(request.map((task) => JSON.stringify(task.shared ?? {}))).size).toBe(1);
				}
			}),
		);
	});

	it('keeps the order of the tasks in a lane, or that of the function', () => {
		fc.assert(
			fc.property(tasks, (list) => {
				for (const lane of lanes(list)) {
					expect(numbers(lane)).toEqual(numbers(lane).sort((a, b) => a - b));
					const { order } = lane[0].call;
					const done = ordered(lane);
					for (let at = 1; at < done.length; at++) {
						const [a, b] = [done[at - 1], done[at]];
						const [[courseA, userA], [courseB, userB]] = [
							order?.(a.record) ?? [0, 0],
							order?.(b.record) ?? [0, 0],
						];
						const before =
							courseA !== courseB
								? courseA < courseB
								: userA !== userB
									? userA < userB
									: a.number < b.number;
						expect(before).toBe(true);
					}
				}
			}),
		);
	});

	it('fills requests: the next task would not have fitted', () => {
		fc.assert(
			fc.property(tasks, limits, (list, limit) => {
				for (const lane of lanes(list)) {
					const planned = requests(lane, limit);
					for (let at = 1; at < planned.length; at++) {
						const wider = [...planned[at - 1], planned[at][0]];
						const [{ call: facts, shared: head }] = wider;
						const variables =
							HEAD_VARIABLES +
							countVariables(head) +
							wider.reduce((sum, task) => sum + countVariables(task.record), 0);
						const most =
							facts.list === undefined
								? 1
								: Math.min(limit.records, facts.perRequest ?? limit.records);
						expect(wider.length > most || variables > limit.variables).toBe(true);
					}
				}
			}),
		);
	});

	it('announces in a Dry Run the requests that a run sends, which takes them one by one', () => {
		fc.assert(
			fc.property(tasks, limits, (list, limit) => {
				const sent: Numbered[][] = [];
				for (const lane of lanes(list).map((some) => ordered(some))) {
					for (let next = 0; next < lane.length; ) {
						const size = requestSize(lane, next, limit);
						sent.push(lane.slice(next, next + size));
						next += size;
					}
				}
				expect(sent.map(numbers)).toEqual(plan(list, limit).map(numbers));
			}),
		);
	});

	it('sends the records under the name of the list, or as they are', () => {
		fc.assert(
			fc.property(tasks, limits, (list, limit) => {
				for (const request of plan(list, limit)) {
					const [{ call: facts, shared: head, record: only }] = request;
					const expected =
						facts.list === undefined
							? { ...head, ...(only as Params) }
							: { ...head, [facts.list]: request.map((task) => task.record) };
					expect(paramsOf(request)).toEqual(expected);
				}
			}),
		);
	});

	it('plans 100,000 records within seconds', () => {
		const list = Array.from({ length: 100_000 }, (_, number) => ({
			call: CALLS[0],
			record: { a: number, b: 'x' },
			number,
			action: 'create',
			output: () => ({}),
		}));
		const start = Date.now();
		expect(plan(list, { records: 50, variables: 900 })).toHaveLength(2000);
		expect(Date.now() - start).toBeLessThan(5000);
	});
});
