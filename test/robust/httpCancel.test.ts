/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** The Stop button in the middle of a run, over real HTTP: nothing is sent afterwards, and what was under way is told as such. */
import type { Fault } from '../sandbox';
import {
	closeWorld,
	expectNoToken,
	openWorld,
	prepare,
	shoot,
	startStranger,
	toldBy,
	writes,
	type Plan,
	type Stranger,
	type Told,
	type World,
} from './httpStrike';
import { scenarios } from './scenarios';

const COUNT = 12;
const SIZE = 4;

const named = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

let stranger: Stranger;
beforeAll(async () => {
	stranger = await startStranger();
});
afterAll(async () => await stranger.close());

interface Stopped {
	told: Told;
	/** Items of the requests that were carried out, or may have been. */
	done: number[];
	/** Requests that left after the stop. */
	after: number;
	/** Milliseconds from the stop to the end of the run. */
	took: number;
	status: string;
}

/** Runs a scenario; `fault` befalls the second request that counts, and 260 ms later, between two looks, the run is stopped. */
async function stopAt(name: string, fault: Fault): Promise<Stopped> {
	const world: World = await openWorld(stranger);
	const stop = new AbortController();
	const plan: Plan = {
		scenario: named(name),
		mode: 'continueErrorOutput',
		count: COUNT,
		signal: stop.signal,
	};
	const items = prepare(world, plan);
	let number = 0;
	let stoppedAt = 0;
	let sent = 0;
	world.sandbox.switches.fault = (request) => {
		const counts = name === 'read' || writes(request.function);
		if (!counts || number++ !== 1) return null;
		setTimeout(() => {
			stoppedAt = Date.now();
			stop.abort();
			// What had left just before arrives a moment later.
			setTimeout(() => (sent = world.proxy.connections), 400);
		}, 260);
		return fault;
	};
	try {
		const run = await shoot(world, items, plan);
		const took = Date.now() - stoppedAt;
		await pause(1000);
		const told = toldBy(run, plan.mode);
		expectNoToken(run, world.sandbox.token);
		const done = items
			.map((_, index) => index)
			.filter((index) => plan.scenario.done(world.moodle, index) === 1);
		return { told, done, after: world.proxy.connections - sent, took, status: run.status };
	} finally {
		await closeWorld(world);
	}
}

const wordsOf = ({ told }: Stopped, index: number) =>
	told.problems.get(index) ?? (told.done.has(index) ? 'done' : 'nothing');

const UNDERWAY = /cancelled while this item was under way.*may have been carried out/;
const OPEN = /may have been carried out/;
const UNSENT = /cancelled before this item was sent/;

describe.each(['create', 'upsert', 'enrol', 'member', 'message'])('%s', (name) => {
	const size = name === 'message' ? 1 : SIZE;
	const cases: Array<[string, Fault]> = [
		['which Moodle carries out', { execute: true, delayMs: 800 }],
		['which Moodle does not get to', { execute: false, delayMs: 800, cut: 'before' }],
		['which Moodle carries out later', { execute: 'later', laterMs: 500, delayMs: 800 }],
		// What may be repeated is looked for first, or waits to be sent again; messages are given up at once.
		...(name === 'message'
			? []
			: [
					['whose connection was cut, while we look', { execute: false, cut: 'before' }] as [
						string,
						Fault,
					],
				]),
		['which the server put off', { execute: false, status: 503, headers: { 'Retry-After': '20' } }],
	];
	test.concurrent.each(cases)('stopped at a request %s', async (_case, fault) => {
		const stopped = await stopAt(name, fault);
		expect([stopped.status, stopped.after]).toEqual(['canceled', 0]);
		expect(stopped.took).toBeLessThan(3000);
		const open: number[] = [];
		for (let index = 0; index < COUNT; index++) {
			const words = wordsOf(stopped, index);
			if (words === 'done') expect(stopped.done).toContain(index);
			else if (UNDERWAY.test(words) || (name === 'message' && OPEN.test(words))) open.push(index);
			else {
				expect(words).toMatch(UNSENT);
				if (!named(name).startsDone?.(index)) expect(stopped.done).not.toContain(index);
			}
		}
		// Under way are at most a request of before the number of requests rose, and those of after it.
		expect(open.length).toBeGreaterThan(0);
		expect(open.length).toBeLessThanOrEqual(2 * size);
	});
});

test('stopped while reading: nothing is sent any more, nobody is told to be done', async () => {
	const world = await openWorld(stranger);
	const stop = new AbortController();
	const plan: Plan = {
		scenario: named('read'),
		mode: 'continueErrorOutput',
		count: COUNT,
		signal: stop.signal,
	};
	const items = prepare(world, plan);
	world.sandbox.switches.fault = () => {
		setTimeout(() => stop.abort(), 100);
		return { execute: true, delayMs: 500 };
	};
	const run = await shoot(world, items, plan);
	const sent = world.proxy.connections;
	await pause(700);
	await closeWorld(world);
	expect([run.status, world.proxy.connections, toldBy(run, plan.mode).done.size]).toEqual([
		'canceled',
		sent,
		0,
	]);
});
