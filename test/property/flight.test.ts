/** Several batches under way at once: never two with the same key, order within a key, and nothing doubled when answers get lost. */
import fc from '../support/randomly';
import type { CallFacts, Read } from '../../nodes/Moodle/moodle/calls';
import { Client, NetworkFailure, type SendRequest } from '../../nodes/Moodle/moodle/client';
import { settleNull } from '../../nodes/Moodle/moodle/settle';
import { Dispatcher } from '../../nodes/Moodle/run/dispatch';
import { failed, type Job } from '../../nodes/Moodle/run/outcome';
import { SimulatedTime } from '../support/simulatedTime';

type Fate = 'done' | 'lostAfter' | 'lostBefore' | 'deadlock' | 'busy';

const reply = (value: unknown, status = 200) => ({
	status,
	headers: { 'content-type': 'application/json' },
	text: JSON.stringify(value),
});

const nothing = (async () => await Promise.resolve(null)) as unknown as Read;

/** A site that takes its time, and to which a request's fate is dealt as it comes. */
class SlowSite {
	readonly time = new SimulatedTime();

	/** Keys of the rows in the order in which they were written. */
	readonly written: Array<{ number: number; key: string }> = [];

	readonly sent: number[][] = [];

	underWay = 0;

	mostUnderWay = 0;

	constructor(
		private readonly fates: Fate[],
		private readonly durations: number[],
		private readonly onSent: (numbers: number[]) => void,
	) {}

	send: SendRequest = async (body) => {
		const form = new URLSearchParams(body);
		if (form.get('wsfunction') === 'core_webservice_get_site_info')
			return reply({ release: '5.1', functions: [], userid: 2 });
		const rows = [...form.entries()]
			.filter(([name]) => name.endsWith('[number]'))
			.map(([name, number]) => ({
				number: Number(number),
				key: String(form.get(name.replace('number', 'key'))),
			}));
		const index = this.sent.push(rows.map(({ number }) => number)) - 1;
		this.onSent(this.sent[index]);
		this.underWay++;
		this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
		await this.time.sleep(this.durations[index % this.durations.length] * rows.length);
		this.underWay--;
		const fate = this.fates[index] ?? 'done';
		if (fate === 'busy') return reply('Busy', 503);
		if (fate === 'lostBefore') throw new NetworkFailure('ECONNRESET');
		if (fate === 'deadlock')
			return reply({ exception: 'dml_write_exception', errorcode: 'dmlwriteexception' });
		this.written.push(...rows);
		if (fate === 'lostAfter') throw new NetworkFailure('ECONNRESET');
		return reply(null);
	};
}

const fates = fc.array(
	fc.oneof(
		{ weight: 8, arbitrary: fc.constant<Fate>('done') },
		{
			weight: 1,
			arbitrary: fc.constantFrom<Fate>('lostAfter', 'lostBefore', 'deadlock', 'busy'),
		},
	),
	{ maxLength: 60 },
);

const plans = fc.record({
	/** The key of each record: few of them, so that they meet. */
	keys: fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 200 }),
	named: fc.constantFrom('subject', 'order', 'record'),
	repeat: fc.constantFrom('safe' as const, 'lookup' as const, 'never' as const),
	serial: fc.boolean(),
	stop: fc.boolean(),
	fates,
	durations: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 7 }),
	size: fc.integer({ min: 1, max: 60 }),
	inFlight: fc.integer({ min: 1, max: 16 }),
});

test('no two open batches carry the same key, and what concerns one key happens in the order of the items', async () => {
	await fc.assert(
		fc.asyncProperty(plans, async (plan) => {
			const { keys, named, repeat, serial, stop, size, inFlight } = plan;
			const keyOf = (record: unknown) => Number((record as { key: unknown }).key);
			const call: CallFacts = {
				function: 'core_set',
				list: 'rows',
				atomic: 'all',
				repeat,
				capabilities: [],
				settle: settleNull,
				...(serial ? { serial: true as const } : {}),
				...(named === 'subject' ? { subject: (record) => `thing ${keyOf(record)}` } : {}),
				...(named === 'order' ? { order: (record) => [keyOf(record)] } : {}),
				find: async (records) => {
					await site.time.sleep(20);
					return records.map((record) =>
						site.written.some(({ number }) => number === (record as { number: number }).number)
							? {}
							: undefined,
					);
				},
			};
			const jobs = keys.map(
				(key, number): Job => ({
					items: [number],
					call,
					// With neither a subject nor an order a record is what it says, and nothing else is equal to it.
					record: named === 'record' ? { number, key, id: key + 1 } : { number, key },
					action: 'set',
					output: () => ({ number }),
				}),
			);
			const site: SlowSite = new SlowSite(plan.fates, plan.durations, (numbers) => {
				for (const number of numbers)
					for (let before = 0; before < number; before++)
						if (keys[before] === keys[number] && !numbers.includes(before))
							expect([before, jobs[before].outcome !== undefined]).toEqual([before, true]);
			});
			const client = new Client({ send: site.send, clock: site.time, inFlight });
			const dispatcher = new Dispatcher(client, site.time, nothing, {
				stop,
				recordsPerRequest: size,
				patience: 500,
			});
			await site.time.through(dispatcher.send(jobs));
			expect(site.mostUnderWay).toBeLessThanOrEqual(inFlight);
			if (repeat === 'never' || serial || stop) expect(site.mostUnderWay).toBeLessThanOrEqual(1);
			const times = new Map<number, number>();
			for (const { number } of site.written) times.set(number, (times.get(number) ?? 0) + 1);
			for (const [number, job] of jobs.entries()) {
				if (!job.outcome) expect(stop).toBe(true);
				else if (!failed(job)) expect([number, times.has(number)]).toEqual([number, true]);
				if (repeat !== 'safe') expect(times.get(number) ?? 0).toBeLessThanOrEqual(1);
			}
			// Whatever was written last for a key is what its last item wanted.
			const last = new Map(site.written.map(({ key, number }) => [key, number]));
			for (const [key, number] of last) {
				const done = jobs.filter((job) => job.outcome !== undefined && !failed(job));
				const wanted = done.filter((job) => String(keyOf(job.record)) === key);
				const latest = wanted[wanted.length - 1]?.items[0] ?? -1;
				expect([key, number >= latest]).toEqual([key, true]);
			}
		}),
		{ numRuns: 300 },
	);
});

test('independent batches go out side by side', async () => {
	const call: CallFacts = {
		function: 'core_set',
		list: 'rows',
		atomic: 'all',
		repeat: 'safe',
		capabilities: [],
		settle: settleNull,
	};
	const site = new SlowSite([], [10], () => undefined);
	const jobs = Array.from(
		{ length: 600 },
		(_, number): Job => ({
			items: [number],
			call,
			record: { number, key: number },
			action: 'set',
			output: () => ({}),
		}),
	);
	const client = new Client({ send: site.send, clock: site.time });
	const dispatcher = new Dispatcher(client, site.time, nothing, {
		stop: false,
		recordsPerRequest: 50,
		patience: 500,
	});
	await site.time.through(dispatcher.send(jobs));
	expect(site.mostUnderWay).toBeGreaterThan(4);
	expect(jobs.some(failed)).toBe(false);
	expect(site.written).toHaveLength(600);
});
