/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- lets what waits in Node go on, in simulated time; reads the docs */
/** How many requests are under way at once, in simulated time: the path of the limit in situations, and what it rests on. */
import { readFileSync } from 'node:fs';
import { Flight } from '../../nodes/Moodle/moodle/flight';
import {
	fly,
	limitAt,
	limits,
	MOST,
	pathTable,
	shareOfTime,
	situations,
	timeOf,
} from '../support/fly';
import { ModelServer } from '../support/modelServer';
import { SimulatedTime } from '../support/simulatedTime';

/** A site on which all takes three times as long for two seconds: as when it runs its cron. */
const hiccup = {
	model: { cores: 2, perCall: 30, perRecord: 33 },
	from: 8000,
	load: (now: number) => (now > 8000 && now < 10_000 ? 3 : 1),
};

describe('situations', () => {
	it('one core: no more than twice two for a moment, then one at a time; never more records than one full request', async () => {
		const run = await fly(situations['One core']);
		expect(limits(run).slice(0, 3)).toEqual([2, 4, 1]);
		// Now and then two are tried, and found no better.
		expect(Math.max(...limits(run).slice(3))).toBe(2);
		expect(
			limits(run)
				.slice(2)
				.every((limit, index) => (index % 2 === 0) === (limit === 1)),
		).toBe(true);
		expect(run.most.records).toBeLessThanOrEqual(MOST);
		const alone = await fly({ model: { cores: 1 }, inFlight: 1 });
		expect(run.time).toBeLessThan(alone.time * 1.03);
	});

	it('eight cores: up to eight, and the speed of all of them', async () => {
		const run = await fly(situations['Eight cores']);
		expect(limits(run).slice(0, 2)).toEqual([2, 8]);
		const model = { cores: 8, perCall: 14, perRecord: 7, latency: 0 };
		expect(run.time / timeOf(model, 2000)).toBeLessThan(1.2);
		expect(limitAt(run, run.time / 2)).toBeGreaterThanOrEqual(8);
	});

	it('a site that slows down: fewer and fewer, down to one', async () => {
		const slowFrom = 1500;
		const run = await fly(situations['A site that slows down: six times slower from 1.5 s on']);
		expect(limitAt(run, slowFrom)).toBeGreaterThanOrEqual(8);
		const later = run.path.filter(({ at }) => at > slowFrom).map(({ limit }) => limit);
		expect(later.slice(0, 3)).toEqual([...later.slice(0, 3)].sort((a, b) => b - a));
		expect(Math.min(...later)).toBe(1);
	});

	it('one round that is slow by chance: fewer, and after a quiet round as many as before', async () => {
		const run = await fly(hiccup);
		const fall = run.path.findIndex(({ limit }) => limit === 1);
		expect(run.path[fall].at).toBeGreaterThan(hiccup.from);
		// Two full requests, and those of the hiccup, which were still under way.
		const { perCall, perRecord } = hiccup.model;
		expect(run.path[fall + 1].at - run.path[fall].at).toBeLessThan(
			2 * (perCall + MOST * perRecord),
		);
		expect(limits(run)[fall + 1]).toBe(2);
		const calm = await fly({ ...hiccup, load: () => 1 });
		expect(run.time).toBeLessThan(calm.time * 1.2);
	});

	it('one core on which some requests take three times as long as others: one at a time for most of the run', async () => {
		let seed = 1;
		const chance = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
		const load = () => 1 + 2 * chance();
		const run = await fly({ model: { cores: 1 }, records: 30_000, load });
		expect(shareOfTime(run, (limit) => limit === 1)).toBeGreaterThan(0.7);
	});

	it('429 or 503: one at a time at once, and more only after quiet rounds', async () => {
		const run = await fly(situations['429 or 503 for three requests']);
		const fall = run.path.findIndex(({ limit }, index) => limit === 1 && index > 0);
		expect(limits(run)[fall - 1]).toBeGreaterThanOrEqual(8);
		// Quiet rounds of full requests before two are tried, and one step at a time from there.
		expect(run.path[fall + 1].at - run.path[fall].at).toBeGreaterThan(4 * MOST * 7);
		expect(limits(run).slice(fall, fall + 3)).toEqual([1, 2, 4]);
	});

	it('deadlocks and lost answers again and again: one at a time for most of the run', async () => {
		const run = await fly(
			situations['Deadlocks or lost answers again and again: every ninth request'],
		);
		expect(shareOfTime(run, (limit) => limit === 1)).toBeGreaterThan(0.8);
	});
});

test('docs/benchmarks.md shows these paths (npm run bench -- --paths)', async () => {
	expect(readFileSync('docs/benchmarks.md', 'utf8')).toContain(await pathTable());
});

describe('how the number is found', () => {
	it.each([2, 3, 4, 6])(
		'%i cores: no fewer than them soon, and hardly ever more than three times as many',
		async (cores) => {
			const run = await fly({ model: { cores }, records: 4000 });
			const later = run.path.filter(({ at }) => at > run.time / 10).map(({ limit }) => limit);
			expect(limitAt(run, run.time / 10)).toBeGreaterThanOrEqual(cores);
			expect(Math.min(...later)).toBeGreaterThanOrEqual(cores);
			// More are tried now and then, for a round.
			expect(shareOfTime(run, (limit) => limit > 3 * cores)).toBeLessThan(0.1);
		},
	);

	it('one core after a look-up: requests that are answered one after the other are not taken for many at once', async () => {
		const run = await fly({ model: { cores: 1 }, looksFirst: true });
		expect(run.most.requests).toBeLessThanOrEqual(4);
		expect(limitAt(run, run.time / 2)).toBeLessThanOrEqual(2);
	});

	it('eight cores after a look-up: the first two answers show as much as without one', async () => {
		const run = await fly({ looksFirst: true });
		const alone = await fly({});
		expect(limits(run)).toEqual(limits(alone));
		// What the look-up takes: a call and a record.
		expect(run.time - alone.time).toBe(14 + 7);
	});

	it('trouble before anything is known: one, and no leap from there', async () => {
		const run = await fly({ records: 4000, fails: (index) => index === 1 });
		expect(limits(run).slice(0, 4)).toEqual([2, 1, 2, 4]);
	});

	it('what one function has shown holds for the next: no search from the start', async () => {
		const alone = await fly({});
		const both = await fly({ functions: ['create', 'enrol'] });
		// The first function's path, and from there on what is tried now and then.
		const second = both.path.filter(({ at }) => at > alone.time).map(({ limit }) => limit);
		expect(limits(both).slice(0, limits(alone).length)).toEqual(limits(alone));
		expect(second.every((limit) => limit >= 8)).toBe(true);
		expect(both.time).toBeLessThan(alone.time * 2);
	});
});

describe('requests that are saved', () => {
	it('a list that would fit in one request is not cut into trials', async () => {
		const { requests } = await fly({ records: 23 });
		expect(requests).toBeLessThanOrEqual(3);
	});

	it.each([2, 8])(
		'%i cores: a function after a settled one begins with requests of full size',
		async (cores) => {
			const model = { cores };
			const [one, three] = [await fly({ model }), await fly({ model, functions: ['a', 'b', 'c'] })];
			expect((three.requests - one.requests) / 2).toBeLessThan(one.requests);
		},
	);
});

describe('the limit', () => {
	it('begins with two, and is never above what the user allows', async () => {
		for (const inFlight of [1, 2, 3, 5, 16]) {
			const run = await fly({ inFlight });
			expect(limits(run)[0]).toBe(Math.min(2, inFlight));
			expect(Math.max(...limits(run))).toBeLessThanOrEqual(inFlight);
			expect(run.most.requests).toBeLessThanOrEqual(inFlight);
		}
	});

	it('is one until the first good answer where the sign-in has to be tried first', async () => {
		const flight = new Flight(new SimulatedTime(), 16, true);
		expect(flight.limit).toBe(1);
		flight.leave(await flight.enter('x'), 'refused');
		expect(flight.limit).toBe(1);
		flight.leave(await flight.enter('x'), { records: 1 });
		expect(flight.limit).toBe(2);
	});

	it('does not rise for those who send one after the other', async () => {
		const time = new SimulatedTime();
		const flight = new Flight(time);
		const all = async () => {
			for (let index = 0; index < 100; index++) {
				const permit = await flight.enter('send');
				await time.sleep(10);
				flight.leave(permit, { records: 1 });
			}
		};
		await time.through(all());
		expect(flight.limit).toBe(2);
	});

	it('lets nobody in while it is reached, and whoever waits in the order of coming', async () => {
		const flight = new Flight(new SimulatedTime(), 2);
		const [first] = [await flight.enter('x'), await flight.enter('x')];
		const entered: string[] = [];
		const wait = async (name: string) => {
			await flight.enter('x');
			entered.push(name);
		};
		void wait('a');
		void wait('b');
		await new Promise((resolve) => setImmediate(resolve));
		expect(entered).toEqual([]);
		flight.leave(first, 'refused');
		await new Promise((resolve) => setImmediate(resolve));
		expect(entered).toEqual(['a']);
	});

	it('is not moved by what is asked between the requests of a lane', async () => {
		const time = new SimulatedTime();
		const flight = new Flight(time);
		flight.measure('create');
		const both = async () => {
			const permits = [await flight.enter('ask'), await flight.enter('ask')];
			await time.sleep(10);
			for (const permit of permits) flight.leave(permit, { records: 1 });
		};
		for (let index = 0; index < 10; index++) await time.through(both());
		expect(flight.limit).toBe(2);
	});

	/** Asks a site with eight cores, with nothing known of it. */
	function eightCores() {
		const time = new SimulatedTime();
		const server = new ModelServer(time, { cores: 8, perCall: 14, perRecord: 7, latency: 0 });
		const flight = new Flight(time);
		const ask = async (wsfunction: string, records: number) => {
			const permit = await flight.enter(wsfunction);
			await server.work(records);
			flight.leave(permit, { records });
		};
		return { time, ask };
	}

	it('is found for a list although another function is asked beside it, one request after the other', async () => {
		const { time, ask } = eightCores();
		const pages = async () => {
			for (let page = 0; page < 100; page++) await ask('page', 20);
		};
		const first = pages();
		const list = Array.from({ length: 400 }, async () => await ask('look', 20));
		await time.through(Promise.all([first, ...list]));
		// A hundred pages one after the other take 15 s.
		expect(time.now()).toBeLessThan(30_000);
	});

	it('is found for a list although something else is asked beside it', async () => {
		/** How long sixty look-ups take, with or without another question beside them. */
		const timeWith = async (isAlone: boolean) => {
			const { time, ask } = eightCores();
			const asked = Array.from({ length: 60 }, async (_, index) => {
				if (!isAlone && index === 5) await ask('roles', 1);
				await ask('look', 20);
			});
			await time.through(Promise.all(asked));
			return time.now();
		};
		expect((await timeWith(false)) / (await timeWith(true))).toBeLessThan(1.1);
	});
});

describe('the share of a request', () => {
	it('is all that fits when the user allows one request at a time', () => {
		expect(new Flight(new SimulatedTime(), 1).share(1000, MOST)).toBe(MOST);
	});

	it('is small until the site is known, and never more than there may be in one', () => {
		const flight = new Flight(new SimulatedTime());
		expect(flight.share(1000, MOST)).toBe(5);
		expect(flight.share(1000, 3)).toBe(1);
		expect(flight.share(1000, 1)).toBe(1);
	});

	it.each([2, 8])('keeps %i cores at work to the end, also with latency', async (cores) => {
		for (const [latency, records] of [
			[0, 2000],
			[100, 5000],
		]) {
			const model = { cores, perCall: 14, perRecord: 7, latency };
			const { time } = await fly({ model, records });
			expect(time / timeOf(model, records)).toBeLessThan(1.2);
		}
	});
});
