/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/**
 * Random schedules of changes in Moodle, polls, failures and restarts, for every event: what is told is what happened,
 * once, in order. A restart brings back what n8n keeps: the state of the activation or of the last poll that told something.
 */
import type { IDataObject } from 'n8n-workflow';
import fc from '../support/randomly';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { events } from '../../nodes/Moodle/events/registry';
import { MoodleTrigger } from '../../nodes/Moodle/MoodleTrigger.node';
import { startSandbox, type Sandbox } from '../sandbox';
import { worlds, type World } from '../support/eventWorlds';
import { createPoller, type Poller } from '../support/harness';

/** Schedules for each event: SCHEDULES of the environment, or few. */
const RUNS = Number(process.env.SCHEDULES ?? 6);

const CAP = 4;

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());

type Deed =
	| { deed: 'happen' | 'undo' | 'again'; count: number }
	| { deed: 'fail'; at: number; execute: boolean }
	| { deed: 'poll' | 'overlap' | 'restart' };

const deeds: fc.Arbitrary<Deed[]> = fc.array(
	fc.oneof(
		fc.record({
			deed: fc.constantFrom<'happen' | 'undo' | 'again'>('happen', 'happen', 'undo', 'again'),
			count: fc.integer({ min: 1, max: 6 }),
		}),
		fc.record({
			deed: fc.constant<'fail'>('fail'),
			at: fc.integer({ min: 0, max: 4 }),
			execute: fc.boolean(),
		}),
		fc.record({
			deed: fc.constantFrom<'poll' | 'overlap' | 'restart'>(
				'poll',
				'poll',
				'poll',
				'overlap',
				'restart',
			),
		}),
	),
	{ minLength: 3, maxLength: 16 },
);

/** What must be told, in plain sets. */
class Truth {
	/** What has happened and was not undone, in order. */
	private happened: string[] = [];

	private told = new Set<string>();

	private onDisk = new Set<string>();

	private readonly undone: string[] = [];

	constructor(private readonly world: World) {}

	happen(count: number): void {
		this.happened.push(...this.world.happen(count));
	}

	undo(count: number): void {
		const ids = this.happened.slice(0, count);
		if (ids.length === 0) return;
		const gone = this.world.undo(ids);
		this.happened = this.happened.filter((id) => !gone.includes(id));
		this.undone.push(...gone);
	}

	again(count: number): void {
		const ids = this.undone.splice(0, count);
		if (ids.length > 0) this.happened.push(...this.world.again(ids));
		if (!this.world.isNewAgain) return;
		for (const id of ids) for (const set of [this.told, this.onDisk]) set.delete(id);
	}

	restart(): void {
		this.told = new Set(this.onDisk);
	}

	poll(): string[] {
		const fresh = this.happened.filter((id) => !this.told.has(id));
		if (this.world.order === 'id') fresh.sort((a, b) => Number(a) - Number(b));
		const now = fresh.slice(0, CAP);
		this.told = new Set([...[...this.told].filter((id) => this.happened.includes(id)), ...now]);
		if (now.length > 0) this.onDisk = new Set(this.told);
		return now;
	}
}

/** The node under n8n, with what n8n keeps. */
class Node {
	private disk: IDataObject = {};

	private poller = this.start();

	constructor(private readonly world: World) {}

	private start(): Poller {
		return createPoller(new MoodleTrigger(), {
			parameters: { ...this.world.parameters, options: { limit: CAP } },
			credentialTypes: { moodleApi: new MoodleApi() },
			credentials: { moodleApi: { siteUrl: sandbox.url, token: sandbox.token } },
			staticData: JSON.parse(JSON.stringify(this.disk)) as IDataObject,
		});
	}

	keep(): void {
		this.disk = JSON.parse(JSON.stringify(this.poller.staticData)) as IDataObject;
	}

	restart(): void {
		this.poller = this.start();
	}

	async poll(): Promise<string[]> {
		const output = await this.poller.poll();
		if (output) this.keep();
		return output?.[0].map(({ json }) => this.world.idOf(json)) ?? [];
	}
}

async function play(value: string, schedule: Deed[]): Promise<void> {
	sandbox.reset();
	const world = worlds[value](sandbox);
	world.ready(world.atOnce ? 40 : 12);
	const [truth, node] = [new Truth(world), new Node(world)];
	expect(await node.poll()).toEqual([]);
	node.keep();
	for (const step of [...schedule, ...Array<Deed>(12).fill({ deed: 'poll' })]) {
		sandbox.site.config.clockOffset += 2;
		if (step.deed === 'fail') {
			let seen = 0;
			sandbox.switches.fault = () =>
				seen++ === step.at ? { execute: step.execute, status: 403, body: 'no' } : null;
			const output = await node.poll().catch(() => undefined);
			sandbox.switches.fault = null;
			if (output) expect(output).toEqual(truth.poll());
		} else if (step.deed === 'poll') expect(await node.poll()).toEqual(truth.poll());
		else if (step.deed === 'overlap')
			expect((await Promise.all([node.poll(), node.poll()])).flat()).toEqual(truth.poll());
		else if (step.deed === 'restart') {
			node.restart();
			truth.restart();
		} else if ('count' in step) truth[step.deed](step.count);
	}
}

test.each(events.map(({ value }) => ({ value })))(
	'$value: what is told is what happened, once and in order',
	async ({ value }) => {
		await fc.assert(
			fc.asyncProperty(deeds, async (schedule) => await play(value, schedule)),
			{ numRuns: RUNS, endOnFailure: true },
		);
	},
	300_000,
);
