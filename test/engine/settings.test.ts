/** n8n's own settings and odd expressions: nothing is done twice for them, and nothing is done that was not asked for. */
import type { INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import type { Sandbox } from '../sandbox';
import { addUser } from '../sandbox/builders';
import { addCohort } from '../sandbox/builders-groups';
import { runNode, type NodeOptions } from '../support/harness';
import { by, onStandIn, sentTo } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

async function node(parameters: INodeParameters, items: object[], more: Partial<NodeOptions> = {}) {
	sandbox.requests.length = 0;
	const run = await runNode(new Moodle(), {
		parameters,
		items: items as never,
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: sandbox.url, token: sandbox.token } },
		...more,
	});
	return {
		...run,
		json: run.success.map((item) => item.json),
		errors: [...run.success, ...run.failed].flatMap(({ json }) =>
			json.error === undefined ? [] : [String(json.error)],
		),
	};
}

const sent = sentTo(() => sandbox);
const person = (username: string) => addUser(sandbox.site, { username });
const creating = (email: string): INodeParameters => ({
	resource: 'user',
	operation: 'create',
	username: '={{ $json.u }}',
	firstname: 'A',
	lastname: 'B',
	email,
});
const continuing = ['continueRegularOutput', 'continueErrorOutput'] as const;

describe('Retry On Fail', () => {
	const message: INodeParameters = {
		resource: 'message',
		operation: 'send',
		userId: by('id', '={{ $json.u }}'),
		text: 'Hello',
	};
	const create = creating('={{ $json.e }}');
	const creations = [
		{ u: 'new0', e: 'no address' },
		{ u: 'new1', e: 'new1@example.org' },
		{ u: 'new2', e: 'new2@example.org' },
	];
	const again = { retryOnFail: true, maxTries: 3 };

	test.each(['stopWorkflow', ...continuing] as const)(
		'%s: what may not be sent twice is not sent at all',
		async (onError) => {
			const { id } = person('ada');
			const { errors, error } = await node(message, [{ u: id }, { u: 99_999 }], {
				...again,
				onError,
			});
			expect([...errors, error?.message ?? '']).toContainEqual(
				expect.stringMatching(/Not sent, because 'Retry On Fail' is on/),
			);
			expect(sent('core_message_send_instant_messages')).toBe(0);
		},
	);

	test('Dry Run announces messages all the same', async () => {
		const { id } = person('ada');
		const { json } = await node({ ...message, options: { dryRun: true } }, [{ u: id }], again);
		expect(json).toEqual([expect.objectContaining({ dryRun: true })]);
	});

	test.each(continuing)(
		'%s: good items come first, so that n8n does not begin again',
		async (onError) => {
			const { success, errors } = await node(create, creations, { ...again, onError });
			expect(sent('core_user_create_users')).toBe(1);
			expect(
				success
					.filter(({ json }) => json.error === undefined)
					.map(({ json, pairedItem }) => [json.username, pairedItem]),
			).toEqual([
				['new1', { item: 1 }],
				['new2', { item: 2 }],
			]);
			expect(errors).toEqual([expect.stringMatching(/e-mail address/)]);
		},
	);

	test('without it items stay in their order', async () => {
		const { success } = await node(create, creations, { onError: 'continueRegularOutput' });
		expect(success.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
	});
});

describe('expressions that fail', () => {
	test.each(['stopWorkflow', ...continuing] as const)(
		'%s: in Options nothing was sent, and nobody is told otherwise',
		async (onError) => {
			person('ada');
			const parameters: INodeParameters = {
				resource: 'user',
				operation: 'update',
				userId: by('username', 'ada'),
				updateFields: { city: 'Rome' },
				options: { timeout: "={{ $('Nobody').item.json.timeout }}" },
			};
			const { errors, error } = await node(parameters, [{}, {}], { onError });
			const told =
				onError === 'stopWorkflow' ? [`${error?.message} ${error?.description}`] : errors;
			expect(told).toHaveLength(onError === 'stopWorkflow' ? 1 : 2);
			for (const words of told) {
				expect(words).toMatch(/cannot be evaluated|Timeout/);
				expect(words).not.toMatch(/may have been|unexpected/);
			}
			expect(sandbox.requests).toEqual([]);
		},
	);

	const members = (id: number) =>
		sandbox.site.cohortMembers.find('cohort', id).map(({ userid }) => userid);

	test.each(['stopWorkflow', ...continuing] as const)(
		'%s: an item that cannot be read removes nobody from a cohort',
		async (onError) => {
			const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => person(name).id);
			const made = addCohort(sandbox.site, 'STAFF', people);
			const items = people.map((id, index) => (index === 2 ? {} : { who: id }));
			// One more who is to come in: that is done in the modes that go on.
			const guest = person('newcomer').id;
			await node(
				{
					resource: 'cohort',
					operation: 'syncMembers',
					cohortId: by('idnumber', 'STAFF'),
					userId: by('id', "={{ $json.who ?? $('Nobody').item.json.id }}"),
				},
				[...items, { who: guest }],
				{ onError },
			);
			expect(members(made.id)).toEqual(expect.arrayContaining(people));
			expect(members(made.id).includes(guest)).toBe(onError !== 'stopWorkflow');
			if (onError === 'stopWorkflow') expect(sent('core_cohort_add_cohort_members')).toBe(0);
		},
	);
});

describe('Dry Run', () => {
	const upsert: INodeParameters = {
		resource: 'user',
		operation: 'upsert',
		matchBy: 'email',
		email: '={{ $json.e }}',
		firstname: '={{ $json.f }}',
		lastname: 'B',
		additionalFields: { city: '={{ $json.c }}' },
	};

	/** What a run does with each item, and how many requests write. */
	async function both(items: object[], onError: NodeOptions['onError']) {
		const dry = await node({ ...upsert, options: { dryRun: true } }, items, { onError });
		const announced = dry.json.map(({ action }) => action ?? 'nothing');
		const hint = String(dry.hints[0]?.message);
		const wet = await node(upsert, items, { onError });
		const done = wet.json.map(({ created, updated }) =>
			created === true ? 'create' : updated === true ? 'update' : 'nothing',
		);
		const writes = sandbox.requests.filter((request) =>
			/create|update/.test(String(request.function)),
		).length;
		return { announced, done, hint, writes };
	}

	test('two items for one new person: one creation, then a change or nothing', async () => {
		const items = [
			{ e: 'x@example.org', f: 'A', c: 'Rome' },
			{ e: 'x@example.org', f: 'A', c: 'Rome' },
			{ e: 'x@example.org', f: 'C', c: 'Rome' },
		];
		const { announced, done, hint, writes } = await both(items, 'continueRegularOutput');
		expect(done).toEqual(['create', 'nothing', 'update']);
		expect(announced).toEqual(done);
		expect(hint).toContain(`in ${writes} requests would be sent`);
	});

	test('two ID numbers that only some languages take for the same are two new people', async () => {
		const parameters: INodeParameters = {
			...upsert,
			matchBy: 'idnumber',
			idnumber: '={{ $json.n }}',
			options: { dryRun: true },
		};
		const { json } = await node(parameters, [
			{ e: 'a@example.org', f: 'A', c: '', n: 'Герой' },
			{ e: 'b@example.org', f: 'B', c: '', n: 'Герои' },
		]);
		expect(json.map(({ action }) => action)).toEqual(['create', 'create']);
	});

	test.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'%s: 40 mixed items take as many requests as announced',
		async (onError) => {
			for (let index = 0; index < 40; index += 2)
				addUser(sandbox.site, {
					username: `m${index}`,
					email: `m${index}@example.org`,
					firstname: 'Old',
					lastname: 'B',
				});
			const items = Array.from({ length: 40 }, (_, index) => ({
				e: `m${index}@example.org`,
				f: 'New',
				c: 'Rome',
			}));
			const { announced, done, hint, writes } = await both(items, onError);
			expect(announced).toEqual(done);
			const [, told] = /in (?:at least )?(\d+) requests would be sent/.exec(hint) ?? [];
			if (onError === 'stopWorkflow') expect(Number(told)).toBe(writes);
			else expect(Number(told)).toBeLessThanOrEqual(writes);
		},
	);
});

test('a user who was found is not asked for again when a removal is refused', async () => {
	const { id } = person('ada');
	const parameters: INodeParameters = {
		resource: 'cohort',
		operation: 'removeMember',
		cohortId: by('id', '99999'),
		userId: by('username', 'ada'),
	};
	const { errors } = await node(parameters, [{}], { onError: 'continueErrorOutput' });
	expect(errors).toEqual([expect.stringMatching(/no cohort with the ID/)]);
	const asked = sandbox.requests
		.filter((request) => request.function === 'core_user_get_users_by_field')
		.map(({ form }) => form.map(([, value]) => value));
	expect(asked.filter((values) => values.includes(String(id)))).toEqual([]);
});

describe('Records per Request, when nobody sets it', () => {
	/** Requests of full size: one at a time. */
	const send = async (parameters: INodeParameters, items: object[]) => {
		const options = { requestsInFlight: 1 };
		const { errors } = await node({ ...parameters, options }, items, {
			onError: 'continueErrorOutput',
		});
		expect(errors).toEqual([]);
	};
	const sizes = (wsfunction: string) =>
		sandbox.requests
			.filter(({ function: name }) => name === wsfunction)
			.map(({ form }) => new Set(form.map(([key]) => /^\w+\[(\d+)\]/.exec(key)?.[1])).size - 1);
	/** What the editor shows. */
	const shown = (resource: string, operation: string) =>
		new Moodle().description.properties
			.filter(
				({ name, displayOptions: { show } = {} }) =>
					name === 'options' &&
					show?.resource?.includes(resource) &&
					show.operation?.includes(operation),
			)
			.flatMap(({ options }) => options as Array<{ name: string; default: unknown }>)
			.find(({ name }) => name === 'recordsPerRequest')?.default;

	test('50 where a record costs Moodle much', async () => {
		const items = Array.from({ length: 120 }, (_, index) => ({ u: `many${index}` }));
		await send(creating('={{ $json.u }}@example.org'), items);
		expect(sizes('core_user_create_users')).toEqual([50, 50, 20]);
		expect(shown('user', 'create')).toBe(50);
	});

	test('100 where it costs little', async () => {
		const cohort = addCohort(sandbox.site, 'MANY', []);
		const items = Array.from({ length: 230 }, (_, index) => ({ id: person(`light${index}`).id }));
		const add: INodeParameters = {
			resource: 'cohort',
			operation: 'addMember',
			cohortId: by('id', cohort.id),
			userId: by('id', '={{ $json.id }}'),
		};
		await send(add, items);
		expect(sizes('core_cohort_add_cohort_members')).toEqual([100, 100, 30]);
		expect(shown('cohort', 'addMember')).toBe(100);
	});

	test('an operation with several functions has what its most costly one bears', () => {
		expect(shown('user', 'update')).toBe(100);
		expect(shown('user', 'upsert')).toBe(50);
	});
});
