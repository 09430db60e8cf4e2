/**
 * The node as a tool of an AI agent, by n8n's own means: n8n-core makes the tool (`getInputConnectionData`), with the
 * schema of its `$fromAI` arguments, runs the node for each call of the model, and turns what comes of it into the
 * text that the model reads. Only the model is played.
 */
import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { PACKAGE, runWorkflow, type Access } from './harness';

/** A tool as the agent gets it (a structured tool of LangChain). */
interface Tool {
	name: string;
	description: string;
	schema: { shape: Record<string, { description?: string }> };
	invoke(args: IDataObject): Promise<string>;
}

/** What the model sees of a tool, and reads after each of its calls. */
export interface Conversation {
	name: string;
	description: string;
	/** Names of the arguments with the descriptions that the model reads. */
	arguments: Record<string, string | undefined>;
	/** For each call: the answer, or the error as the agent tells it. */
	answers: string[];
	/** All that n8n keeps and logs of it. */
	everything: string;
}

/** The tool that n8n makes of a node with `usableAsTool` (packages/cli: convertNodeToAiTool): no inputs, an output for agents. */
function asTool(node: INodeType): INodeType {
	const { usableAsTool, ...description } = node.description;
	if (usableAsTool !== true) throw new Error('The node cannot be used as a tool');
	const hidden = (name: string, value: string) => ({
		displayName: name,
		name,
		type: 'string' as const,
		default: value,
	});
	const made: INodeTypeDescription = {
		...description,
		name: `${description.name}Tool`,
		displayName: `${description.displayName} Tool`,
		inputs: [],
		outputs: [NodeConnectionTypes.AiTool],
		properties: [
			hidden('descriptionType', 'auto'),
			hidden('toolDescription', ''),
			...description.properties,
		],
	};
	return Object.assign(Object.create(Object.getPrototypeOf(node) as object) as INodeType, node, {
		description: made,
	});
}

/** A model that calls its one tool with these arguments, one call after the other. */
function agent(calls: IDataObject[], heard: Conversation): INodeType {
	const description: INodeTypeDescription = {
		displayName: 'Agent',
		name: 'agent',
		group: [],
		version: 1,
		description: '',
		defaults: {},
		inputs: [NodeConnectionTypes.Main, { type: NodeConnectionTypes.AiTool }],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};
	return {
		description,
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			const tools = (await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0)) as Tool[];
			const [tool] = tools;
			heard.name = tool.name;
			heard.description = tool.description;
			for (const [name, { description: words }] of Object.entries(tool.schema.shape))
				heard.arguments[name] = words;
			for (const call of calls) {
				try {
					heard.answers.push(await tool.invoke(call));
				} catch (caught) {
					heard.answers.push(`Error: ${(caught as Error).message}`);
				}
			}
			return [[{ json: {} }]];
		},
	};
}

/**
 * Lets a model call the node.
 *
 * @param parameters of the node; what the model fills in is `={{ $fromAI('name', 'what it is') }}`
 * @param calls the arguments of each call
 */
export async function converse(
	node: INodeType,
	access: Access,
	parameters: INodeParameters,
	calls: IDataObject[],
): Promise<Conversation> {
	const type = `${PACKAGE}.${node.description.name}Tool`;
	const heard: Conversation = {
		name: '',
		description: '',
		arguments: {},
		answers: [],
		everything: '',
	};
	const run = await runWorkflow({
		...access,
		nodes: [
			{ name: 'In', type: 'test.source' },
			{ name: 'Agent', type: 'test.agent' },
			{ name: 'Moodle Tool', type, parameters },
		],
		connections: {
			In: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			'Moodle Tool': { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
		nodeTypes: { [type]: asTool(node), 'test.agent': agent(calls, heard) },
		start: 'In',
	});
	if (run.error) throw run.error;
	heard.everything = run.everything;
	return heard;
}
