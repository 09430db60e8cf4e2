/** Where a run begins: what earlier runs of the same n8n have shown of the site, in simulated time. */
import { Flight } from '../../nodes/Moodle/moodle/flight';
import { SiteSpeed } from '../../nodes/Moodle/moodle/siteSpeed';
import { speedOf } from '../../nodes/Moodle/run/siteSpeeds';
import { fly, limitAt, limits, MOST, situations, timeOf, type Situation } from '../support/fly';
import { ModelServer } from '../support/modelServer';
import { SimulatedTime } from '../support/simulatedTime';

describe('where a run begins', () => {
	const after = async (first: Situation, next: Situation) => {
		const site = new SiteSpeed();
		await fly({ ...first, site });
		return await fly({ ...next, site });
	};

	it.each([0, 100])(
		'with what the run before has shown: no search, and full requests from the start (latency %i ms)',
		async (latency) => {
			const model = { latency };
			const records = 1000;
			const [cold, known] = [
				await fly({ model, records }),
				await after({ model, records }, { model, records }),
			];
			expect(limits(known)[0]).toBeGreaterThanOrEqual(8);
			expect(known.requests).toBeLessThan(cold.requests * 0.75);
			expect(
				known.time / timeOf({ cores: 8, perCall: 14, perRecord: 7, latency }, records),
			).toBeLessThan(1.2);
		},
	);

	it('with twice as many as a run too short to go on has seen come back together', async () => {
		const model = { latency: 100 };
		const short = await fly({ model, records: 100 });
		expect(Math.max(...limits(short))).toBeGreaterThanOrEqual(8);
		const next = await after({ model, records: 100 }, { model, records: 2000 });
		expect(limits(next)).toEqual([16]);
	});

	it.each<[string, Situation, number]>([
		['fewer', { model: { cores: 2, perCall: 17, perRecord: 2.5 }, records: 100 }, 3],
		['more', { model: { cores: 4, latency: 50 }, records: 60 }, 8],
	])(
		'with what a run that ended in the middle of its search had seen: %s are worth it',
		async (_which, short, limit) => {
			const [cold, next] = [await fly(short), await after(short, short)];
			expect(limits(cold)[0]).toBe(2);
			expect(limits(next)).toEqual([limit]);
			expect(next.time).toBeLessThan(cold.time * 0.9);
		},
	);

	it('a site that has fewer cores now: found out by the first answers, and no slower than one at a time', async () => {
		const run = await fly(situations['One core, after a run that found eight']);
		const alone = await fly({ model: { cores: 1 }, inFlight: 1 });
		const [first, second] = limits(run);
		expect(second).toBeLessThan(first);
		expect(limitAt(run, run.time / 2)).toBeLessThanOrEqual(2);
		expect(run.most.records).toBeLessThanOrEqual(first * MOST);
		expect(run.time).toBeLessThan(alone.time * 1.03);
	});

	it('a site that is four times slower now, with as many cores: as many requests as before', async () => {
		const run = await after({}, { model: { perRecord: 42 } });
		expect(limitAt(run, run.time * 0.75)).toBeGreaterThanOrEqual(8);
	});

	it('a site that met trouble is unknown again, whatever the rest of that run finds', async () => {
		const site = new SiteSpeed();
		await fly({ site });
		expect(site.limit).toBeGreaterThanOrEqual(8);
		const other = site.share();
		const hurt = await fly({ site, records: 4000, fails: (index) => index === 20 });
		expect(Math.max(...limits(hurt).slice(-1))).toBeGreaterThan(1);
		expect(site.limit).toBeUndefined();
		// Nor does another execution, which began before, bring back what it has seen.
		other.keep(16);
		expect(site.limit).toBeUndefined();
		expect(limits(await fly({ site }))[0]).toBe(2);
	});

	it('a site that has become slow is unknown again after a short run, too', async () => {
		const site = new SiteSpeed();
		await fly({ site });
		await fly({ site, model: { cores: 1 }, records: 1000 });
		expect(site.limit).toBeUndefined();
	});

	it('look-ups alone: more are not taken because they were tried', async () => {
		const site = new SiteSpeed();
		site.limit = 2;
		const time = new SimulatedTime();
		const server = new ModelServer(time, { cores: 1, perCall: 14, perRecord: 7, latency: 0 });
		const flight = new Flight(time, 16, false, site);
		const look = async () => {
			const permit = await flight.enter('look');
			await server.work(20);
			flight.leave(permit, { records: 20 });
		};
		await time.through(Promise.all(Array.from({ length: 200 }, look)));
		expect(site.limit).toBeLessThanOrEqual(2);
	});

	it('never above what the user allows now', async () => {
		const run = await after({}, { inFlight: 3 });
		expect(limits(run)[0]).toBe(3);
		expect(run.most.requests).toBeLessThanOrEqual(3);
	});

	it('with one, where the sign-in has to be tried first; then with what is known', async () => {
		const site = new SiteSpeed();
		await fly({ site });
		const flight = new Flight(new SimulatedTime(), 16, true, site);
		expect(flight.limit).toBe(1);
		flight.leave(await flight.enter('x'), { records: 1 });
		expect(flight.limit).toBe(site.limit);
	});
});

describe('what is kept of a site', () => {
	const HOUR = 3_600_000;

	it('is its own, for an hour after its last use', () => {
		speedOf('https://a.test', 0).limit = 8;
		expect(speedOf('https://b.test', 0).limit).toBeUndefined();
		expect(speedOf('https://a.test', HOUR - 1).limit).toBe(8);
		expect(speedOf('https://a.test', 2 * HOUR - 2).limit).toBe(8);
		expect(speedOf('https://a.test', 3 * HOUR).limit).toBeUndefined();
	});

	it('does not grow with the number of sites: the one that was not used for longest goes', () => {
		for (let index = 0; index < 100; index++) speedOf(`https://${index}.test`, 0).limit = 8;
		speedOf('https://0.test', 1);
		speedOf('https://new.test', 1);
		expect(speedOf('https://0.test', 1).limit).toBe(8);
		expect(speedOf('https://1.test', 1).limit).toBeUndefined();
	});
});
