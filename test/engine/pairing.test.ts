import type { INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import type { Sandbox } from '../sandbox';
import { PACKAGE, runNode, runWorkflow, type NodeOptions } from '../support/harness';
import { creatingUsers, onStandIn } from '../support/node';

// The node waits for sites that say "later"; here the time passes at once.
jest.mock('n8n-workflow', () => ({
	...jest.requireActual<object>('n8n-workflow'),
	sleep: async () => await Promise.resolve(),
}));

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));
afterEach(() => jest.restoreAllMocks());

const access = () => ({
	credentialTypes: { moodleApi: new MoodleApi() },
	credentials: { moodleApi: { siteUrl: sandbox.url, token: sandbox.token } },
});

const creating: INodeParameters = {
	...creatingUsers,
	options: { recordsPerRequest: 4, recoverySeconds: 0 },
};

interface Person {
	name: string;
	email: string;
	extra: number;
	[key: string]: string | number;
}

/** Ten people; those of these indexes have an address that somebody has already. */
function people(...bad: number[]): Person[] {
	return Array.from({ length: 10 }, (_, index) => ({
		name: `user${index}`,
		email: bad.includes(index) ? 'admin@example.org' : `user${index}@example.org`,
		extra: index * 100,
	}));
}

const create = async (items: Person[], more: Partial<NodeOptions> = {}) =>
	await runNode(new Moodle(), { parameters: creating, items, ...access(), ...more });

const created = () =>
	sandbox.site.users
		.all()
		.map((user) => user.username)
		.filter((name) => name.startsWith('user'));
const writes = () =>
	sandbox.requests.filter((request) => request.function === 'core_user_create_users');
const names = (...indexes: number[]) => indexes.map((index) => `user${index}`);

describe('success items', () => {
	it('come in the order of the input, each paired with its item', async () => {
		const run = await create(people());
		expect(run.error).toBeUndefined();
		expect(run.success.map(({ json }) => json.username)).toEqual(
			names(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
		);
		expect(run.success.map(({ pairedItem }) => pairedItem)).toEqual(
			people().map((_, item) => ({ item })),
		);
		expect(run.success.map(({ json }) => json.id)).toEqual(
			created().map((name) => sandbox.site.users.first('username', name)?.id),
		);
		expect(writes()).toHaveLength(3);
	});

	it('hold no key that n8n takes for a failure', async () => {
		for (const { json } of (await create(people())).success)
			expect(json).not.toHaveProperty('error');
	});

	it('keep their order when items with the same account fall into different requests', async () => {
		const items = people();
		items[5] = { ...items[5], name: 'user1', email: 'other@example.org' };
		items[7] = { ...items[7], name: 'USER1', email: 'third@example.org' };
		const run = await create(items, { onError: 'continueErrorOutput' });
		expect(run.success.map(({ json }) => json.username)).toEqual(names(0, 1, 2, 3, 4, 6, 8, 9));
		expect(run.failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 5 }, { item: 7 }]);
		for (const { json } of run.failed) expect(json.error).toMatch(/user name.*'user1'.*taken/i);
	});
});

describe('the error branch', () => {
	it('gets each bad item as it came, and the reason, and nothing else', async () => {
		const items = people(2, 3, 9);
		const run = await create(items, { onError: 'continueErrorOutput' });
		expect(run.success.map(({ json }) => json.username)).toEqual(names(0, 1, 4, 5, 6, 7, 8));
		expect(run.success.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 4, 5, 6, 7, 8].map((item) => ({ item })),
		);
		expect(run.failed.map(({ json }) => Object.keys(json))).toEqual(
			run.failed.map(() => ['name', 'email', 'extra', 'error']),
		);
		expect(run.failed.map(({ json }) => ({ ...json, error: '' }))).toEqual(
			[2, 3, 9].map((index) => ({ ...items[index], error: '' })),
		);
		expect(run.failed.map(({ pairedItem }) => pairedItem)).toEqual(
			[2, 3, 9].map((item) => ({ item })),
		);
		for (const { json } of run.failed) expect(json.error).toMatch(/'admin@example\.org'/);
		expect(run.failed.every((item) => item.error === undefined)).toBe(true);
		expect(run.error).toBeUndefined();
		expect(run.status).toBe('success');
		expect(created().sort()).toEqual(names(0, 1, 4, 5, 6, 7, 8));
	});

	it('gets items that cannot be sent at all, before and between good ones', async () => {
		const items = people();
		items[0] = { ...items[0], name: '' };
		items[4] = { ...items[4], email: 'nobody' };
		const run = await create(items, { onError: 'continueErrorOutput' });
		expect(run.failed.map(({ json, pairedItem }) => [pairedItem, json.error])).toEqual([
			[{ item: 0 }, expect.stringMatching(/^'Username' is empty\. /)],
			[{ item: 4 }, expect.stringMatching(/^'Email' is not an e-mail address: 'nobody'/)],
		]);
		expect(created()).toEqual(names(1, 2, 3, 5, 6, 7, 8, 9));
	});

	it('gets an item whose expression fails', async () => {
		const parameters = {
			...creating,
			username: '={{ $json.extra === 300 ? $json.none.deeper : $json.name }}',
		};
		const run = await create(people(), { parameters, onError: 'continueErrorOutput' });
		expect(run.success).toHaveLength(9);
		expect(run.failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 3 }]);
	});

	it('keeps items and lineage through the nodes after it', async () => {
		const moodle = {
			name: 'Moodle',
			type: `${PACKAGE}.moodle`,
			parameters: creating,
			onError: 'continueErrorOutput' as const,
		};
		const note = (name: string) => ({
			name,
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: {
				assignments: {
					assignments: [{ name: 'of', type: 'string', value: '={{ $("Start").item.json.name }}' }],
				},
			},
		});
		const to = (...targets: string[]) => ({
			main: targets.map((node) => [{ node, type: 'main' as const, index: 0 }]),
		});
		const run = await runWorkflow({
			nodes: [
				{ name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
				moodle,
				note('Good'),
				note('Bad'),
			],
			connections: { Start: to('Moodle'), Moodle: to('Good', 'Bad') },
			nodeTypes: { [`${PACKAGE}.moodle`]: new Moodle() },
			items: people(0, 5),
			...access(),
		});
		expect(run.nodes.Good.outputs[0].map(({ json }) => json.of)).toEqual(
			names(1, 2, 3, 4, 6, 7, 8, 9),
		);
		expect(run.nodes.Bad.outputs[0].map(({ json }) => json.of)).toEqual(names(0, 5));
	});

	it('stays among the others with "continue"', async () => {
		const run = await create(people(2, 3, 9), { onError: 'continueRegularOutput' });
		expect(run.success.map(({ json }) => json.username ?? Object.keys(json).join())).toEqual([
			...names(0, 1),
			'error',
			'error',
			...names(4, 5, 6, 7, 8),
			'error',
		]);
		expect(run.success.map(({ pairedItem }) => pairedItem)).toEqual(
			people().map((_, item) => ({ item })),
		);
		expect(run.failed).toEqual([]);
	});

	it('does the same for the old setting "continue on fail"', async () => {
		const run = await create(people(2), { node: { continueOnFail: true } });
		expect(run.error).toBeUndefined();
		expect(run.success).toHaveLength(10);
		expect(created()).toHaveLength(9);
	});
});

describe('stop at the first failure', () => {
	it.each([0, 1, 3, 4, 6, 9])(
		'names item %d, has written what is before it and sends nothing after it',
		async (bad) => {
			const run = await create(people(bad));
			expect(run.success).toEqual([]);
			expect(run.status).toBe('error');
			expect(run.error?.name).toBe('NodeApiError');
			expect(run.error?.context?.itemIndex).toBe(bad);
			expect(run.error?.message).toMatch(/e-mail address 'admin@example\.org' is taken/);
			expect(created()).toEqual(names(...Array.from({ length: bad }, (_, index) => index)));
			const sent = writes().flatMap(({ form }) =>
				form.filter(([name]) => name.endsWith('[username]')).map(([, value]) => value),
			);
			expect(
				sent
					.map((name) => Number(name.slice(4)))
					.every((index) => index < (Math.floor(bad / 4) + 1) * 4),
			).toBe(true);
		},
	);

	it('names the first of several bad items, also where a later one is found out earlier', async () => {
		const items = people(2);
		items[1] = { ...items[1], email: 'nobody' };
		items[0] = { ...items[0], email: 'admin@example.org' };
		expect((await create(items)).error?.context?.itemIndex).toBe(0);
		expect(created()).toEqual([]);
	});

	it('writes what is before an item that cannot be sent at all', async () => {
		const items = people();
		items[5] = { ...items[5], email: 'nobody' };
		const run = await create(items);
		expect(run.error?.context?.itemIndex).toBe(5);
		expect(run.error?.message).toMatch(/^'Email' is not an e-mail address: 'nobody'/);
		expect(created()).toEqual(names(0, 1, 2, 3, 4));
	});

	it('writes the first of two items with the same account, and names the second', async () => {
		const items = people();
		items[5] = { ...items[5], name: 'user1' };
		const run = await create(items);
		expect(run.error?.context?.itemIndex).toBe(5);
		expect(created()).toEqual(names(0, 1, 2, 3, 4));
	});
});

describe('Retry On Fail', () => {
	const retrying = { retryOnFail: true, maxTries: 3 };

	it.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'does not run again after a partial success with %s',
		async (onError) => {
			const run = await create(people(3, 9), { ...retrying, onError });
			expect([...run.success, ...run.failed]).toHaveLength(10);
			expect(created().sort()).toEqual(names(0, 1, 2, 4, 5, 6, 7, 8));
			const attempts = writes().flatMap(({ form }) =>
				form.filter(([name, value]) => name.endsWith('[username]') && value === 'user8'),
			);
			expect(attempts.length).toBeLessThanOrEqual(3);
			// a second run of the node would meet its own accounts
			expect(
				[...run.success, ...run.failed].map(({ json }) => String(json.error ?? '')).join(),
			).not.toMatch(/user name '.*' is taken/);
		},
	);

	// n8n takes an `error` in the first item that comes out for a failure of the node, and runs all items again.
	it('does not run again when the first item is a bad one, with continueErrorOutput', async () => {
		const run = await create(people(0), { ...retrying, onError: 'continueErrorOutput' });
		expect(created().sort()).toEqual(names(1, 2, 3, 4, 5, 6, 7, 8, 9));
		expect(run.success.map(({ json }) => json.username)).toEqual(names(1, 2, 3, 4, 5, 6, 7, 8, 9));
		expect(run.failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }]);
	});

	it('doubles nothing when the first item is a bad one, with continueRegularOutput, where n8n runs all again', async () => {
		const run = await create(people(0), { ...retrying, onError: 'continueRegularOutput' });
		expect(created().sort()).toEqual(names(1, 2, 3, 4, 5, 6, 7, 8, 9));
		expect(run.success).toHaveLength(10);
	});

	it('names the bad item again in stop mode, and doubles nothing', async () => {
		const run = await create(people(6), retrying);
		expect(run.status).toBe('error');
		expect(created()).toEqual(names(0, 1, 2, 3, 4, 5));
	});
});

describe('a cancelled execution', () => {
	it.each([undefined, 'continueErrorOutput', 'continueRegularOutput'] as const)(
		'stops sending (On Error: %p)',
		async (onError) => {
			const stop = new AbortController();
			const insert = sandbox.site.users.insert.bind(sandbox.site.users);
			jest.spyOn(sandbox.site.users, 'insert').mockImplementation((row) => {
				if (row.username === 'user5') stop.abort();
				return insert(row);
			});
			const run = await create(people(), { onError, signal: stop.signal });
			expect(run.status).toBe('canceled');
			expect(writes().length).toBeLessThanOrEqual(3);
			expect(created().length).toBeLessThanOrEqual(8);
			expect(created()).not.toContain('user8');
		},
	);

	it('sends nothing when it is cancelled before', async () => {
		const stop = new AbortController();
		stop.abort();
		await create(people(), { signal: stop.signal });
		expect(sandbox.requests).toEqual([]);
	});
});

describe('no items', () => {
	it('ask nothing and give nothing', async () => {
		const run = await create([]);
		expect(run.success).toEqual([]);
		expect(sandbox.requests).toEqual([]);
	});
});
