/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/**
 * Runs nodes the way n8n does: through n8n-core's own WorkflowExecute, with real expressions, the real HTTP
 * stack (authenticate and preAuthentication of the credential included), the real routing of error items and
 * the real lineage of paired items. No server, no database.
 *
 *   runNode       one node after a source of items
 *   runWorkflow   a whole workflow (such as those in examples/)
 *   loadOptions   a search, option or mapping method of a node, as the editor calls it
 *   testCredential  the Test button of a credential
 *   createPoller  a polling trigger whose static data lasts over several polls
 */
import './env'; // must come first: a user folder to throw away, a silent console
import 'reflect-metadata'; // must come before n8n-core, whose classes are decorated
import { createRequire } from 'node:module';
import {
	ExecutionLifecycleHooks,
	ExecuteContext,
	LoadOptionsContext,
	PollContext,
	RoutingNode,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	ICredentialsHelper,
	LoggerProxy,
	NodeHelpers,
	NodeOperationError,
	validateFieldType,
	Workflow,
	type FieldType,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IConnections,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	type NodeExecutionHint,
} from 'n8n-workflow';
import { trustPatterns } from './trustPatterns';

trustPatterns();

/** The package's name: node types are `<package>.<node name>`. */
export const PACKAGE = 'n8n-nodes-moodle-lms';

// ------------------------------------------------------------------------------------------------ log

const lines: string[] = [];
const note =
	(level: string) =>
	(message: string, meta?: unknown): void => {
		lines.push(`${level} ${message}${meta === undefined ? '' : ` ${serialise(meta)}`}`);
	};
const log = {
	debug: note('debug'),
	info: note('info'),
	warn: note('warn'),
	error: note('error'),
};
// what nodes and n8n-core say through n8n's own logger (silent on the console, see env.js) is kept as well
const ofCore = createRequire(require.resolve('n8n-core'));
const { Logger } = ofCore('@n8n/backend-common') as { Logger: unknown };
const { Container } = ofCore('@n8n/di') as { Container: { get(type: unknown): object } };
const logger = Container.get(Logger);
for (const [name, value] of Object.entries({ ...log, scoped: () => logger }))
	Object.defineProperty(logger, name, { value });
LoggerProxy.init(log);

/**
 * Everything a value holds, as text: used to search for secrets. Unlike JSON.stringify it also shows what sits in
 * errors (message, stack, cause, non-enumerable fields), maps, sets, URLSearchParams and buffers, and bears cycles.
 */
export function serialise(value: unknown): string {
	const seen = new Set<unknown>();
	const plain = (part: unknown): unknown => {
		if (typeof part === 'bigint' || typeof part === 'symbol') return String(part);
		if (typeof part === 'function') return undefined;
		if (part === null || typeof part !== 'object') return part;
		if (seen.has(part)) return '[seen]';
		seen.add(part);
		if (Array.isArray(part)) return part.map(plain);
		if (Buffer.isBuffer(part)) return part.toString('latin1');
		if (part instanceof Date || part instanceof URL || part instanceof URLSearchParams)
			return String(part);
		if (part instanceof Map) return [...part].map(plain);
		if (part instanceof Set) return [...part].map(plain);
		const keys = part instanceof Error ? Object.getOwnPropertyNames(part) : Object.keys(part);
		return Object.fromEntries(
			keys.map((key) => [key, plain((part as Record<string, unknown>)[key])]),
		);
	};
	return JSON.stringify(plain(value)) ?? String(value);
}

// ---------------------------------------------------------------------------------------- credentials

/** Credential types by name, e.g. `{ moodleApi: new MoodleApi() }`. */
export type CredentialTypes = Record<string, ICredentialType>;
/** What the user typed into the credential, by credential type, e.g. `{ moodleApi: { siteUrl, token } }`. */
export type CredentialValues = Record<string, object>;

/**
 * Does what n8n's own credentials helper does: fills in defaults, runs preAuthentication (only for a hidden expirable
 * property that is empty, or after a refused answer) and stores its result, runs authenticate.
 */
export class FakeCredentials extends ICredentialsHelper {
	/** How often the credential was read (n8n reads and decrypts it from its database each time). */
	reads = 0;

	private readonly values: Record<string, ICredentialDataDecryptedObject>;

	constructor(
		private readonly types: CredentialTypes,
		values: CredentialValues,
	) {
		super();
		this.values = Object.fromEntries(
			Object.entries(values).map(([type, data]) => [
				type,
				{ ...data } as ICredentialDataDecryptedObject,
			]),
		);
	}

	async authenticate(
		data: ICredentialDataDecryptedObject,
		type: string,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const authenticate = this.types[type]?.authenticate;
		if (typeof authenticate === 'function')
			return await authenticate.call(this.types[type], data, options);
		if (authenticate)
			throw new Error('The harness knows only credentials whose authenticate is a function');
		return options;
	}

	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		_details: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		this.reads++;
		const defaults = (this.types[type]?.properties ?? []).map((property) => [
			property.name,
			property.default,
		]);
		return { ...Object.fromEntries(defaults), ...this.values[type] };
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		data: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		credentialsExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const type = this.types[typeName];
		const expirable = type?.properties.find(
			(property) => property.type === 'hidden' && property.typeOptions?.expirable === true,
		);
		if (!type?.preAuthentication || !expirable) return undefined;
		if (data[expirable.name] !== '' && !credentialsExpired) return undefined;
		const output = await type.preAuthentication.call(helpers, data);
		if (output[expirable.name] === undefined || !node.credentials) return undefined;
		const merged = Object.assign(data, output) as ICredentialDataDecryptedObject;
		this.values[typeName] = { ...merged };
		return merged;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getParentTypes(): string[] {
		return [];
	}

	getCredentialsProperties(): never[] {
		return [];
	}

	async getCredentials(): Promise<never> {
		return {} as never;
	}

	async updateCredentials(
		_details: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.values[type] = { ...data };
	}

	async updateCredentialsOauthTokenData(): Promise<void> {}
}

/** The data n8n hands to every context. The addresses must be valid, else "Invalid URL". */
export function additionalData(
	credentialsHelper: ICredentialsHelper,
	extra: { hooks?: ExecutionLifecycleHooks; currentNodeParameters?: INodeParameters } = {},
): IWorkflowExecuteAdditionalData {
	return {
		credentialsHelper,
		executionId: '1',
		variables: {},
		currentNodeExecutionIndex: 0,
		restApiUrl: '',
		instanceBaseUrl: 'http://n8n.test',
		webhookBaseUrl: 'http://n8n.test/webhook',
		webhookTestBaseUrl: 'http://n8n.test/webhook-test',
		webhookWaitingBaseUrl: 'http://n8n.test/webhook-waiting',
		formWaitingBaseUrl: 'http://n8n.test/form-waiting',
		externalSecretsProxy: { hasProvider: () => false, listProviders: () => [] },
		...extra,
	} as unknown as IWorkflowExecuteAdditionalData;
}

// ------------------------------------------------------------------------------------ stand-in nodes

type Execute = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

const standIn = (execute: Execute, description: object = {}): INodeType =>
	({
		description: {
			displayName: 'Stand-in',
			name: 'standIn',
			group: ['transform'],
			version: [1, 2, 3, 1.1, 1.2, 2.1, 2.2, 2.3, 3.1, 3.2, 3.3, 3.4, 3.5],
			description: '',
			defaults: { name: 'Stand-in' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
			...description,
		},
		execute,
	}) as unknown as INodeType;

const passThrough = standIn(async function () {
	return [this.getInputData()];
});

const conditions = [{ displayName: 'Conditions', name: 'conditions', type: 'filter', default: {} }];

/** `n8n-nodes-base.set` (Edit Fields), versions 3 and later: assignments or JSON. */
const set = standIn(
	async function () {
		return [
			this.getInputData().map((item, i) => {
				const others =
					this.getNodeParameter('includeOtherFields', i, false) === true ? item.json : {};
				const json: IDataObject = { ...others };
				if (this.getNodeParameter('mode', i, 'manual') === 'raw') {
					const raw = this.getNodeParameter('jsonOutput', i, '{}') as string | IDataObject;
					Object.assign(json, typeof raw === 'string' ? (JSON.parse(raw) as IDataObject) : raw);
				} else {
					const fields = this.getNodeParameter('assignments', i, {}) as {
						assignments?: IDataObject[];
					};
					for (const field of fields.assignments ?? []) {
						const name = String(field.name);
						const checked = validateFieldType(name, field.value, field.type as FieldType, {
							parseStrings: true,
						});
						if (!checked.valid)
							throw new NodeOperationError(this.getNode(), checked.errorMessage, { itemIndex: i });
						const path = name.split('.');
						const last = path.pop() as string;
						let place = json;
						for (const part of path) {
							if (typeof place[part] !== 'object' || place[part] === null) place[part] = {};
							place = place[part] as IDataObject;
						}
						place[last] = checked.newValue as IDataObject;
					}
				}
				return { json, pairedItem: { item: i } };
			}),
		];
	},
	{
		properties: [
			{ displayName: 'Mode', name: 'mode', type: 'string', default: 'manual' },
			{
				displayName: 'Assignments',
				name: 'assignments',
				type: 'assignmentCollection',
				default: {},
			},
			{ displayName: 'JSON', name: 'jsonOutput', type: 'json', default: '{}' },
			{ displayName: 'Other', name: 'includeOtherFields', type: 'boolean', default: false },
		],
	},
);

const split = async (
	context: IExecuteFunctions,
): Promise<[INodeExecutionData[], INodeExecutionData[]]> => {
	const kept: INodeExecutionData[] = [];
	const rest: INodeExecutionData[] = [];
	context.getInputData().forEach((item, i) => {
		const yes = context.getNodeParameter('conditions', i, false, { extractValue: true }) === true;
		(yes ? kept : rest).push({ ...item, pairedItem: { item: i } });
	});
	return [kept, rest];
};

/** Small doubles of the core nodes that example workflows use around ours. Others: hand them in as nodeTypes, or pin. */
const standIns: Record<string, INodeType> = {
	'test.source': passThrough,
	'n8n-nodes-base.noOp': passThrough,
	'n8n-nodes-base.set': set,
	'n8n-nodes-base.if': standIn(
		async function () {
			return await split(this);
		},
		{ outputs: ['main', 'main'], properties: conditions },
	),
	'n8n-nodes-base.filter': standIn(
		async function () {
			return [(await split(this))[0]];
		},
		{ properties: conditions },
	),
};

function nodeTypesOf(known: Record<string, INodeType>): INodeTypes {
	const find = (type: string): INodeType | undefined => known[type] ?? standIns[type];
	return {
		getByName: (type: string) => find(type) as INodeType,
		getByNameAndVersion: (type: string, version?: number) => {
			const found = find(type);
			return (found && NodeHelpers.getVersionedNodeType(found, version)) as INodeType;
		},
		getKnownTypes: () => ({}),
	};
}

// ------------------------------------------------------------------------------------------ workflows

/** Who may do what: the credential's class and what the user typed into it. */
export interface Access {
	credentialTypes: CredentialTypes;
	credentials: CredentialValues;
}

export interface WorkflowOptions extends Access {
	/** As in an exported workflow. Sticky notes are left out. */
	nodes: Array<Partial<INode> & Pick<INode, 'name' | 'type'>>;
	connections: IConnections;
	/** Node classes by full type, e.g. `{ 'n8n-nodes-moodle-lms.moodle': new Moodle() }`. */
	nodeTypes: Record<string, INodeType>;
	/** What the start node puts out (json only); one empty item when left out. */
	items?: IDataObject[];
	/** The same with binary data. */
	input?: INodeExecutionData[];
	/** The node to start at; left out: the first enabled node with nothing in front of it. Any type: it only hands on the items. */
	start?: string;
	/** Outputs by node name, given instead of running the node (n8n's pinned data). */
	pinData?: Record<string, INodeExecutionData[]>;
	settings?: IWorkflowSettings;
	/** Aborting it cancels the execution, as the Stop button does. */
	signal?: AbortSignal;
}

export interface NodeOutput {
	/** Items by output: `[0]` is the success branch, the last one the error branch of "continue using error output". */
	outputs: INodeExecutionData[][];
	error?: Error & { description?: string | null; context?: IDataObject };
	hints: NodeExecutionHint[];
	/** The last run of the node as n8n records it. */
	task: ITaskData;
}

export interface WorkflowRun {
	/** By node name; nodes that did not run are missing. */
	nodes: Record<string, NodeOutput>;
	/** The error that stopped the execution. */
	error?: NodeOutput['error'];
	status: IRun['status'];
	/** n8n's own record of the execution. */
	run: IRun;
	/** n8n's log of this execution, all levels. */
	log: string[];
	/** Items, errors (with stack and cause), hints and log as one text (made when asked for): search it for secrets. */
	readonly everything: string;
}

let ids = 0;

/** A Workflow object as n8n makes it, the credential attached to every node that names one of ours. */
export function buildWorkflow(
	options: Omit<WorkflowOptions, keyof Access> & { credentials?: object },
): Workflow {
	const nodes = options.nodes
		.filter((node) => node.type !== 'n8n-nodes-base.stickyNote')
		.map((node) => {
			const wanted = options.nodeTypes[node.type]?.description.credentials ?? [];
			const attached = Object.fromEntries(wanted.map(({ name }) => [name, { id: name, name }]));
			return {
				id: `node-${++ids}`,
				typeVersion: 1,
				position: [0, 0] as [number, number],
				parameters: {},
				...node,
				credentials: { ...attached, ...node.credentials },
			} as INode;
		});
	return new Workflow({
		id: 'w',
		name: 'Test',
		active: false,
		settings: { executionOrder: 'v1', ...options.settings },
		nodes,
		connections: options.connections,
		nodeTypes: nodeTypesOf(options.nodeTypes),
	});
}

/**
 * Runs a whole workflow from its start node on.
 * The start node (manual trigger, schedule, webhook, ...) only hands on `items`.
 * Throws when a node's type is unknown and its output is not pinned; failures of nodes are in the answer.
 */
export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
	const targets = new Set(
		Object.values(options.connections).flatMap((outputs) =>
			Object.values(outputs).flatMap((byIndex) =>
				byIndex.flatMap((list) => (list ?? []).map(({ node }) => node)),
			),
		),
	);
	const nodes = options.nodes.filter((node) => node.type !== 'n8n-nodes-base.stickyNote');
	const startName =
		options.start ?? nodes.find((node) => !node.disabled && !targets.has(node.name))?.name;
	if (startName === undefined) throw new Error('This workflow has no node to start at');
	const known = { ...standIns, ...options.nodeTypes };
	const pinData = { ...options.pinData };
	const prepared = nodes.map((node) => {
		if (node.name === startName) return { ...node, type: 'test.source', parameters: {} };
		if (known[node.type]) return node;
		if (
			pinData[node.name] ||
			node.disabled ||
			!reaches(options.connections, startName, node.name)
		) {
			return { ...node, type: 'test.source', parameters: {} };
		}
		throw new Error(
			`No stand-in for node type ${node.type} ('${node.name}'): hand it in as nodeTypes or pin its output`,
		);
	});
	const workflow = buildWorkflow({ ...options, nodes: prepared });
	const helper = new FakeCredentials(options.credentialTypes, options.credentials);
	const hooks = new ExecutionLifecycleHooks('manual', '1', {} as never);
	const input = options.input ?? (options.items ?? [{}]).map((json) => ({ json }));
	const data = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [
				{ node: workflow.getNode(startName)!, data: { main: [input] }, source: null },
			],
		},
		resultData: { runData: {}, pinData },
	} as never);
	const from = lines.length;
	const execution = new WorkflowExecute(
		additionalData(helper, { hooks }),
		'manual',
		data,
	).processRunExecutionData(workflow);
	const stop = (): void => execution.cancel();
	options.signal?.addEventListener('abort', stop, { once: true });
	if (options.signal?.aborted) stop();
	let run: IRun;
	try {
		run = await execution; // after a cancellation too, this waits until the node has come to its end
	} finally {
		options.signal?.removeEventListener('abort', stop);
	}
	const said = lines.splice(from);
	const { resultData } = run.data;
	const byName: Record<string, NodeOutput> = {};
	for (const [name, tasks] of Object.entries(resultData.runData)) {
		const task = tasks[tasks.length - 1];
		byName[name] = {
			outputs: (task.data?.main ?? []).map((items) => items ?? []),
			error: task.error as NodeOutput['error'],
			hints: task.hints ?? [],
			task,
		};
	}
	return {
		nodes: byName,
		error: resultData.error as NodeOutput['error'],
		status: run.status,
		run,
		log: said,
		get everything() {
			return serialise([resultData, said]);
		},
	};
}

function reaches(connections: IConnections, from: string, to: string): boolean {
	const seen = new Set<string>();
	const open = [from];
	for (let name = open.pop(); name !== undefined; name = open.pop()) {
		if (name === to) return true;
		if (seen.has(name)) continue;
		seen.add(name);
		for (const list of Object.values(connections[name] ?? {}).flat())
			open.push(...(list ?? []).map(({ node }) => node));
	}
	return false;
}

// ------------------------------------------------------------------------------------------- one node

export interface NodeOptions extends Access {
	/** May hold expressions, e.g. `'={{ $json.email }}'`. Parameters left out get their defaults, as in n8n. */
	parameters: INodeParameters;
	items?: IDataObject[];
	input?: INodeExecutionData[];
	/** Left out: stopWorkflow. */
	onError?: INode['onError'];
	retryOnFail?: boolean;
	maxTries?: number;
	/** Further settings of the node, e.g. `{ alwaysOutputData: true }`. */
	node?: Partial<INode>;
	settings?: IWorkflowSettings;
	signal?: AbortSignal;
}

export interface NodeRun {
	/** Items of the success branch; with continueRegularOutput the error items are among them. */
	success: INodeExecutionData[];
	/** Items of the error branch (continueErrorOutput). */
	failed: INodeExecutionData[];
	error?: NodeOutput['error'];
	hints: NodeExecutionHint[];
	status: IRun['status'];
	run: IRun;
	log: string[];
	readonly everything: string;
}

/** Runs one node after a source that hands it the items. Items keep their `pairedItem`. */
export async function runNode(node: INodeType, options: NodeOptions): Promise<NodeRun> {
	const type = `${PACKAGE}.${node.description.name}`;
	const { onError, retryOnFail, maxTries } = options;
	const result = await runWorkflow({
		...options,
		nodes: [
			{ name: 'In', type: 'test.source' },
			{
				name: 'Moodle',
				type,
				parameters: options.parameters,
				onError,
				retryOnFail,
				maxTries,
				waitBetweenTries: 0,
				...options.node,
			},
		],
		connections: { In: { main: [[{ node: 'Moodle', type: 'main', index: 0 }]] } },
		nodeTypes: { [type]: node },
		start: 'In',
	});
	const out = result.nodes.Moodle as NodeOutput | undefined;
	return {
		success: out?.outputs[0] ?? [],
		failed: out?.outputs[1] ?? [],
		error: out?.error ?? result.error,
		hints: out?.hints ?? [],
		status: result.status,
		run: result.run,
		log: result.log,
		get everything() {
			return result.everything;
		},
	};
}

// -------------------------------------------------------------------------------------- editor, polls

const single = (node: INodeType, parameters: INodeParameters): Workflow =>
	buildWorkflow({
		nodes: [{ name: 'Moodle', type: `${PACKAGE}.${node.description.name}`, parameters }],
		connections: {},
		nodeTypes: { [`${PACKAGE}.${node.description.name}`]: node },
	});

export interface LoadOptions extends Access {
	/** What the editor shows at that moment; resource locators as `{ __rl: true, mode, value }`. */
	parameters?: INodeParameters;
	/** What the user typed into the search box. */
	filter?: string;
	paginationToken?: string;
	/** The parameter that asks; needed only for paths that begin with `&`. */
	path?: string;
}

type Search = (this: unknown, filter?: string, paginationToken?: string) => Promise<unknown>;

/**
 * Calls a method of `methods.listSearch`, `methods.loadOptions` or `methods.resourceMapping` with the context that the
 * editor gives it. Answers what the method answers.
 */
export async function loadOptions<Result = INodeListSearchResult>(
	node: INodeType,
	methodName: string,
	options: LoadOptions,
): Promise<Result> {
	const { listSearch, loadOptions: load, resourceMapping } = node.methods ?? {};
	const method = listSearch?.[methodName] ?? load?.[methodName] ?? resourceMapping?.[methodName];
	if (!method) throw new Error(`The node has no method '${methodName}'`);
	const parameters = options.parameters ?? {};
	const workflow = single(node, parameters);
	const context = new LoadOptionsContext(
		workflow,
		workflow.getNode('Moodle')!,
		additionalData(new FakeCredentials(options.credentialTypes, options.credentials), {
			currentNodeParameters: parameters,
		}),
		options.path ?? 'parameters.x',
	);
	return (await (method as Search).call(
		context,
		options.filter,
		options.paginationToken,
	)) as Result;
}

/**
 * What n8n says when the user saves or tests the credential: the declarative request of `test`, run by n8n-core's routing
 * engine with the credential's own authenticate (and preAuthentication), then the rules in their order. As in n8n, the
 * first rule that fits decides and no rule at all means success; an answer that is a JSON array makes n8n itself fail.
 */
export async function testCredential(
	type: ICredentialType,
	values: object,
): Promise<{ status: 'OK' | 'Error'; message: string }> {
	if (!type.test) throw new Error(`${type.name} has no test`);
	const { request, rules = [] } = type.test;
	const nodeType = standIn(async () => [[]], {
		credentials: [{ name: type.name, required: true }],
		properties: [
			{ displayName: 'Temp', name: 'temp', type: 'string', routing: { request }, default: '' },
		],
	});
	const workflow = buildWorkflow({
		nodes: [{ name: 'Temp-Node', type: 'test.credential' }],
		connections: {},
		nodeTypes: { 'test.credential': nodeType },
	});
	const node = workflow.getNode('Temp-Node')!;
	const helper = new FakeCredentials({ [type.name]: type }, { [type.name]: values });
	const data = await helper.getDecrypted(undefined as never, undefined as never, type.name);
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData(helper),
		'internal',
		createRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	let answer: INodeExecutionData[][] | null | undefined;
	try {
		answer = await new RoutingNode(context, nodeType, {
			id: 'c',
			name: 'c',
			type: type.name,
			data,
		}).runNode();
	} catch (caught) {
		const { message, cause } = caught as Error & {
			cause?: { code?: string; response?: { status: number; statusText: string } };
		};
		const status = cause?.response?.status;
		const rule = rules.find(
			({ type: kind, properties }) => kind === 'responseCode' && properties.value === status,
		);
		if (status !== undefined && rule) return { status: 'Error', message: rule.properties.message };
		return { status: 'Error', message: cause?.response?.statusText || cause?.code || message };
	}
	const json = answer![0][0].json;
	const at = (value: unknown, path: string): unknown =>
		path
			.split('.')
			.reduce((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], value);
	for (const rule of rules) {
		if (
			rule.type === 'responseSuccessBody' &&
			at(json, rule.properties.key) === rule.properties.value
		) {
			return { status: 'Error', message: rule.properties.message };
		}
	}
	return { status: 'OK', message: 'Connection successful!' };
}

export interface Poller {
	/** One tick; `'manual'` is the Test button of the editor. Null: nothing new. */
	poll(mode?: 'trigger' | 'manual'): Promise<INodeExecutionData[][] | null>;
	/** What n8n keeps between the polls; change it to play a restart. */
	staticData: IDataObject;
}

/** A polling trigger in one workflow object, so that its static data lasts from poll to poll. */
export function createPoller(
	trigger: INodeType,
	options: Access & {
		parameters: INodeParameters;
		staticData?: IDataObject;
		budgetMs?: number;
		/** Pollers with the same one are the same node, as after a new activation of its workflow. */
		nodeId?: string;
	},
): Poller {
	const workflow = single(trigger, options.parameters);
	const node = workflow.getNode('Moodle')!;
	if (options.nodeId !== undefined) node.id = options.nodeId;
	const data = additionalData(new FakeCredentials(options.credentialTypes, options.credentials));
	const staticData = workflow.getStaticData('node', node);
	Object.assign(staticData, options.staticData);
	return {
		staticData,
		async poll(mode = 'trigger') {
			const context = new PollContext(
				workflow,
				node,
				data,
				mode,
				'activate',
				undefined,
				undefined,
				undefined,
				undefined,
				undefined,
				options.budgetMs === undefined ? undefined : () => options.budgetMs as number,
			);
			return await trigger.poll!.call(context as never);
		},
	};
}
