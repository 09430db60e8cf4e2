/**
 * What every event of the trigger keeps, in n8n's own poll context, before the stand-in and with the account of the
 * documents: one table over all events.
 */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { events } from '../../nodes/Moodle/events/registry';
import { MoodleTrigger } from '../../nodes/Moodle/MoodleTrigger.node';
import { startSandbox, type Sandbox } from '../sandbox';
import { createPoller, type Poller } from '../support/harness';
import { worlds, type World } from '../support/eventWorlds';

/** A burst in a course of 1,000 takes a loaded machine more than half a minute. */
jest.setTimeout(120_000);

let sandbox: Sandbox;
let world: World;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());

/** A node that polls; `staticData` is what n8n has kept. */
function poller(
	parameters: INodeParameters = {},
	more: { staticData?: IDataObject; token?: string; budgetMs?: number } = {},
): Poller {
	const { token = sandbox.token, ...rest } = more;
	return createPoller(new MoodleTrigger(), {
		parameters: { ...world.parameters, ...parameters },
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: sandbox.url, token } },
		...rest,
	});
}

/** What n8n has kept after a restart. */
const kept = ({ staticData }: Poller) => JSON.parse(JSON.stringify(staticData)) as IDataObject;

/** One poll: what the items are known by. Null stays null, so that an empty list is not taken for it. */
async function told(node: Poller): Promise<string[] | null> {
	const output = await node.poll();
	if (!output) return null;
	expect(output).toHaveLength(1);
	expect(output[0].length).toBeGreaterThan(0);
	expect(JSON.stringify(output)).not.toContain(sandbox.token);
	return output[0].map(({ json }) => world.idOf(json));
}

/** Polls until `count` are told; what each poll told. */
async function toldOf(node: Poller, count: number, polls = 60): Promise<string[][]> {
	const all: string[][] = [];
	for (let poll = 0; poll < polls && all.flat().length < count; poll++)
		all.push((await told(node)) ?? []);
	return all;
}

/** An active node that has its base line. */
async function active(parameters: INodeParameters = {}): Promise<Poller> {
	const node = poller(parameters);
	expect(await told(node)).toBeNull();
	return node;
}

const sorted = (ids: string[]) => [...ids].sort((a, b) => Number(a) - Number(b));

test('every event has a world to happen in', () => {
	expect(Object.keys(worlds).sort()).toEqual(events.map(({ value }) => value).sort());
});

describe.each(events.map(({ value, most, overlap }) => ({ value, most, overlap })))(
	'$value',
	({ value, most, overlap }) => {
		beforeEach(() => {
			sandbox.reset();
			world = worlds[value](sandbox);
		});

		test('activation sets the base line and tells nothing; then nothing new is nothing', async () => {
			world.ready(3);
			world.existing(5);
			const node = await active();
			expect(await told(node)).toBeNull();
			expect(await told(node)).toBeNull();
		});

		test('one new thing is told once', async () => {
			world.ready(1);
			world.existing(2);
			const node = await active();
			const ids = world.happen(1);
			expect(await told(node)).toEqual(ids);
			expect(await told(node)).toBeNull();
		});

		test('many are told once, oldest first', async () => {
			world.ready(12);
			const node = await active();
			const ids = [...world.happen(5), ...world.happen(7)];
			expect(await told(node)).toEqual(ids);
			expect(await told(node)).toBeNull();
		});

		test('a burst of 1,000 is told in portions of 100, each once', async () => {
			world.ready(1000);
			const node = await active();
			const ids = world.happen(1000);
			const portions = await toldOf(node, 1000);
			expect(Math.max(...portions.map((portion) => portion.length))).toBeLessThanOrEqual(100);
			if (world.atOnce) expect(portions.flat()).toEqual(ids);
			else expect(sorted(portions.flat())).toEqual(sorted(ids));
			if (world.atOnce) expect(portions).toHaveLength(10);
			expect(await told(node)).toBeNull();
		});

		test('what is undone and happens again is told again', async () => {
			world.ready(3);
			const node = await active();
			const ids = world.happen(3);
			expect(await told(node)).toEqual(ids);
			expect(world.undo(ids.slice(1))).toEqual(ids.slice(1));
			expect(await told(node)).toBeNull();
			const again = world.again(ids.slice(1, 2));
			expect(again).toHaveLength(1);
			expect(await told(node)).toEqual(again);
			expect(await told(node)).toBeNull();
		});

		test('what is undone before its turn is not told, and hides nothing else', async () => {
			world.ready(4);
			const node = await active({ options: { limit: 2 } });
			const ids = world.happen(4);
			expect(await told(node)).toEqual(ids.slice(0, 2));
			world.undo(ids.slice(1, 3));
			expect(await told(node)).toEqual(ids.slice(3));
			expect(await told(node)).toBeNull();
		});

		test('a restart between polls loses and doubles nothing', async () => {
			world.ready(6);
			const first = await active();
			const ids = world.happen(2);
			expect(await told(first)).toEqual(ids);
			const later = world.happen(4);
			const second = poller({}, { staticData: kept(first) });
			expect(await told(second)).toEqual(later);
			const third = poller({}, { staticData: kept(second) });
			expect(await told(third)).toBeNull();
		});

		test('an error in the middle changes nothing, says what to do about it, and the next poll tells it all', async () => {
			world.ready(3);
			const node = await active();
			const before = kept(node);
			const ids = world.happen(3);
			sandbox.requests.length = 0;
			await told(poller({}, { staticData: before }));
			const requests = sandbox.requests.length;
			for (let at = 0; at < requests; at++) {
				let seen = 0;
				sandbox.switches.fault = () =>
					seen++ >= at ? { execute: false, status: 403, body: 'blocked by a firewall' } : null;
				await expect(told(node)).rejects.toMatchObject({
					name: 'NodeApiError',
					description: expect.stringMatching(/\w{3}/) as string,
				});
				expect(kept(node)).toEqual(before);
			}
			sandbox.switches.fault = null;
			expect(await told(node)).toEqual(ids);
		});

		test('of two polls that overlap one tells it', async () => {
			world.ready(4);
			const node = await active();
			const ids = world.happen(4);
			const both = await Promise.all([told(node), told(node)]);
			expect(both.filter(Boolean)).toEqual([ids]);
			expect(await told(node)).toBeNull();
		});

		test('other settings set a new base line', async () => {
			world.ready(4);
			world.existing(2);
			const node = await active();
			world.happen(2);
			const other = poller(world.other, { staticData: kept(node) });
			expect(await told(other)).toBeNull();
			const back = poller({}, { staticData: kept(other) });
			expect(await told(back)).toBeNull();
			const ids = world.happen(2);
			expect(await told(back)).toEqual(ids);
		});

		test('10,000 existing records: one new is told, and the state stays small; or activation says that it is too much', async () => {
			world.ready(1);
			world.existing(10_000);
			const node = poller();
			if (overlap !== undefined || most > 10_000) {
				expect(await told(node)).toBeNull();
				expect(JSON.stringify(node.staticData).length).toBeLessThan(120_000);
				const ids = world.happen(1);
				sandbox.requests.length = 0;
				expect(await told(node)).toEqual(ids);
				expect(sandbox.requests.length).toBeLessThanOrEqual(25);
			} else {
				await expect(told(node)).rejects.toThrow(/remembers at most [\d,]+/);
				expect(kept(node)).toEqual({});
			}
		});

		test('a manual run shows one sample, or says that there is none, and leaves the state alone', async () => {
			world.ready(1);
			world.existing(2);
			const node = await active();
			world.happen(1);
			const before = kept(node);
			expect((await node.poll('manual'))?.map((items) => items.length)).toEqual([1]);
			const nothing = poller(world.other);
			if (value !== 'userCreated')
				await expect(nothing.poll('manual')).rejects.toThrow('nothing in Moodle yet');
			expect(kept(nothing)).toEqual({});
			expect(kept(node)).toEqual(before);
			expect(await told(node)).toHaveLength(1);
		});

		test('without its function in the service of the token activation fails and names it', async () => {
			const event = events.find((entry) => entry.value === value)!;
			for (const { function: name } of event.reads) {
				const functions = [
					...new Set(events.flatMap(({ reads }) => reads.map((facts) => String(facts.function)))),
					'core_webservice_get_site_info',
				].filter((other) => other !== name);
				const token = sandbox.addToken(`without ${name}`, {
					userid: sandbox.account.userid,
					functions,
				});
				await expect(poller({}, { token }).poll()).rejects.toMatchObject({
					message: expect.stringContaining(event.name) as string,
					description: expect.stringContaining(name) as string,
				});
			}
		});
	},
);
