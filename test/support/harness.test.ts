import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeType,
	IPollFunctions,
} from 'n8n-workflow';
import { createPoller, loadOptions, runNode, runWorkflow, serialise } from './harness';

/** A node that fails on every item with `bad`, as nodes of n8n do. */
const picky = {
	description: {
		displayName: 'Picky',
		name: 'picky',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: { name: 'Picky' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Text', name: 'text', type: 'string', default: '' }],
	},
	methods: {
		listSearch: {
			async search(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) {
				return {
					results: [
						{ name: String(filter), value: this.getCurrentNodeParameter('text') as string },
					],
					paginationToken,
				};
			},
		},
	},
	async poll(this: IPollFunctions) {
		const state = this.getWorkflowStaticData('node') as { polls?: number };
		state.polls = (state.polls ?? 0) + 1;
		return state.polls === 1 ? null : [[{ json: { polls: state.polls, mode: this.getMode() } }]];
	},
	async execute(this: IExecuteFunctions) {
		this.addExecutionHints?.({ message: 'seen', location: 'outputPane' });
		return [
			this.getInputData().map((_, item) => {
				const text = this.getNodeParameter('text', item) as string;
				if (text !== 'bad') return { json: { text }, pairedItem: { item } };
				if (!this.continueOnFail()) throw new Error('bad item');
				return { json: { error: 'bad item' }, pairedItem: { item } };
			}),
		];
	},
} as unknown as INodeType;

const options = {
	parameters: { text: '={{ $json.text }}' },
	items: [{ text: 'a' }, { text: 'bad' }, { text: 'c' }],
	credentialTypes: {},
	credentials: {},
};

describe('harness', () => {
	it('sends error items to the error branch', async () => {
		const run = await runNode(picky, { ...options, onError: 'continueErrorOutput' });
		expect(run.success.map((item) => [item.json.text, item.pairedItem])).toEqual([
			['a', { item: 0 }],
			['c', { item: 2 }],
		]);
		expect(run.failed.map((item) => item.json)).toEqual([{ text: 'bad', error: 'bad item' }]);
		expect(run.hints).toMatchObject([{ message: 'seen' }]);
		expect(run.status).toBe('success');
	});

	it('keeps error items among the others with continueRegularOutput', async () => {
		const run = await runNode(picky, { ...options, onError: 'continueRegularOutput' });
		expect(run.success.map((item) => item.json)).toEqual([
			{ text: 'a' },
			{ error: 'bad item' },
			{ text: 'c' },
		]);
	});

	it('tells the error that stops a workflow', async () => {
		const run = await runNode(picky, options);
		expect(run.error?.message).toBe('bad item');
		expect(run.status).toBe('error');
		expect(run.log.join('\n')).toContain('bad item');
	});

	it('runs a whole workflow, core nodes included', async () => {
		const to = (...names: string[]) => ({
			main: names.map((node) => [{ node, type: 'main' as const, index: 0 }]),
		});
		const condition = {
			leftValue: '={{ $json.text }}',
			rightValue: 'c',
			operator: { type: 'string', operation: 'notEquals' },
		};
		const run = await runWorkflow({
			...options,
			nodes: [
				{ name: 'Start', type: 'n8n-nodes-base.scheduleTrigger' },
				{
					name: 'If',
					type: 'n8n-nodes-base.if',
					typeVersion: 2.2,
					parameters: {
						conditions: { options: { version: 2 }, combinator: 'and', conditions: [condition] },
					},
				},
				{
					name: 'Picky',
					type: 'p.picky',
					parameters: options.parameters,
					onError: 'continueErrorOutput',
				},
				{
					name: 'Bad',
					type: 'n8n-nodes-base.set',
					typeVersion: 3.4,
					parameters: {
						assignments: {
							assignments: [
								{
									name: 'why.text',
									type: 'string',
									value: '={{ $json.error }} of {{ $("Start").item.json.text }}',
								},
							],
						},
					},
				},
				{ name: 'Mail', type: 'n8n-nodes-base.emailSend' },
				{ name: 'Note', type: 'n8n-nodes-base.stickyNote' },
			],
			connections: { Start: to('If'), If: to('Picky'), Picky: to('Mail', 'Bad') },
			nodeTypes: { 'p.picky': picky },
			pinData: { Mail: [{ json: { sent: true } }] },
		});
		expect(run.error).toBeUndefined();
		expect(run.nodes.If.outputs.map((items) => items.length)).toEqual([2, 1]);
		expect(run.nodes.Bad.outputs[0].map((item) => item.json)).toEqual([
			{ why: { text: 'bad item of bad' } },
		]);
		expect(run.nodes.Mail.outputs[0]).toMatchObject([{ json: { sent: true } }]);
	});

	it('calls list searches as the editor does', async () => {
		const found = await loadOptions(picky, 'search', {
			...options,
			parameters: { text: 'now' },
			filter: 'a',
			paginationToken: '2',
		});
		expect(found).toEqual({ results: [{ name: 'a', value: 'now' }], paginationToken: '2' });
	});

	it('keeps the static data of a trigger from poll to poll', async () => {
		const trigger = createPoller(picky, { ...options, parameters: {} });
		expect(await trigger.poll()).toBeNull();
		expect(await trigger.poll('manual')).toEqual([[{ json: { polls: 2, mode: 'manual' } }]]);
		expect(trigger.staticData).toMatchObject({ polls: 2 });
	});

	it('cancels an execution', async () => {
		const stop = new AbortController();
		const slow = {
			...picky,
			async execute(this: IExecuteFunctions) {
				const signal = this.getExecutionCancelSignal();
				stop.abort();
				return [[{ json: { aborted: signal?.aborted === true } }]];
			},
		} as unknown as INodeType;
		const run = await runNode(slow, { ...options, signal: stop.signal });
		expect(run.status).toBe('canceled');
		expect(serialise(run.run.data.resultData.runData)).not.toContain('"aborted":false');
	});

	it('shows what hides in causes of errors', () => {
		expect(
			serialise(Object.assign(new Error('outer'), { cause: new Error('token=abc') })),
		).toContain('token=abc');
	});
});
