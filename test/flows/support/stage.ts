/** Runs workflows and single operations of the Moodle node through n8n-core's engine, and counts what they cost. */
import type {
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';
import { runNode, runWorkflow, serialise, type WorkflowRun } from '../../support/harness';
import type { Example } from './example';
import { Meter } from './meter';
import { trustPatterns } from '../../support/trustPatterns';
import type { Spent } from './report';
import type { Site } from './site';
import { hintedRequests } from './trace';

/** Node and credential of this package. */
export interface Package {
	node: INodeType;
	credential: ICredentialType;
}

/** What an operation gave for one item: its output items, or why it failed. */
export type Answer = { rows: IDataObject[] } | { error: string };

/** A site that refuses everything: a wrong token, a wrong address, a missing right. In the words of the node. */
export class Refused extends Error {}

/** A workflow that was played. */
export interface Played {
	run: WorkflowRun;
	spent: Spent;
	/** What is wrong with the count or with the record of the run; empty when nothing is. */
	complaints: string[];
}

/** n8n's Split Out node, as far as the examples need it: one item per element of a list. */
const splitOut = {
	description: {
		displayName: 'Split Out',
		name: 'splitOut',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: { name: 'Split Out' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{ displayName: 'Fields To Split Out', name: 'fieldToSplitOut', type: 'string', default: '' },
		],
	},
	async execute(this: IExecuteFunctions) {
		const made = this.getInputData().flatMap((item, index) => {
			const list = item.json[this.getNodeParameter('fieldToSplitOut', index) as string] as
				| IDataObject[]
				| undefined;
			return (list ?? []).map((json) => ({ json, pairedItem: { item: index } }));
		});
		return [made];
	},
} as unknown as INodeType;

/** How the node gets to the site. */
interface Access {
	credentialTypes: Record<string, ICredentialType>;
	credentials: Record<string, object>;
}

const READS = /_(get|search|retrieve)_/;

/** A place to run things: the site, and the package that talks to it. */
export class Stage {
	/** What plays use, and what makes records and looks into the site. */
	private readonly access: Access;

	private readonly prepare: Access;

	constructor(
		readonly site: Site,
		private readonly built: Package,
		/** Tells the user something, a line at a time. */
		readonly say: (line: string) => void,
	) {
		trustPatterns();
		const accessBy = (token: string): Access => ({
			credentialTypes: { moodleApi: built.credential },
			credentials: { moodleApi: { siteUrl: site.url, authMethod: 'token', token } },
		});
		this.access = accessBy(site.token);
		this.prepare = accessBy(site.adminToken ?? site.token);
	}

	/** The same site with another token for plays, such as one that may use a few functions only. */
	withToken(token: string): Stage {
		return new Stage({ ...this.site, token }, this.built, this.say);
	}

	/** The same on the stand-in with a token for these functions only; a real site as it is. */
	withService(name: string, functions: string[]): Stage {
		const { standIn } = this.site;
		if (!standIn) return this;
		const { userid } = standIn.account;
		return this.withToken(standIn.addToken(name, { userid, functions }));
	}

	/**
	 * Runs one operation over items as the administrator, where there is one, and gives an answer for each, in their order.
	 * @param parameters of the node, expressions included
	 */
	async each(parameters: INodeParameters, items: IDataObject[]): Promise<Answer[]> {
		if (items.length === 0) return [];
		const run = await runNode(this.built.node, {
			...this.prepare,
			parameters,
			items,
			onError: 'continueErrorOutput',
		});
		if (run.error) throw new Refused(run.error.message);
		const answers: Answer[] = items.map(() => ({ rows: [] }));
		for (const item of run.success) {
			const at = (item.pairedItem as { item: number }).item;
			const answer = answers[at];
			if ('rows' in answer) answer.rows.push(item.json);
		}
		for (const item of run.failed)
			answers[(item.pairedItem as { item: number }).item] = { error: String(item.json.error) };
		return answers;
	}

	/**
	 * Runs one operation over items; all of them must succeed.
	 * @throws Refused in the words of the node
	 */
	async all(parameters: INodeParameters, items: IDataObject[]): Promise<IDataObject[][]> {
		if (items.length === 0) return [];
		return (await this.each(parameters, items)).map((answer) => {
			if ('error' in answer) throw new Refused(answer.error);
			return answer.rows;
		});
	}

	/**
	 * Plays an example from one of its nodes on, which hands on the given items.
	 * @param start name of the node that holds the example data
	 */
	async play(example: Example, start: string, items: IDataObject[]): Promise<Played> {
		const seen = this.site.standIn?.requests;
		const from = seen?.length ?? 0;
		const meter = new Meter(() => this.progress(from));
		const began = performance.now();
		const run = await runWorkflow({
			...this.access,
			nodes: example.nodes,
			connections: example.connections,
			settings: example.settings,
			nodeTypes: {
				'n8n-nodes-moodle-lms.moodle': this.built.node,
				'n8n-nodes-base.splitOut': splitOut,
			},
			items,
			start,
		});
		const milliseconds = performance.now() - began;
		const memory = meter.stop();
		if (run.error) throw new Refused(run.error.message);
		const hinted = hintedRequests(run);
		const counted = seen?.slice(from);
		const complaints = this.leaks(run);
		if (counted && counted.length !== hinted)
			complaints.push(`the nodes say they made ${hinted} requests, ${counted.length} arrived`);
		const writes = counted?.filter((request) => !READS.test(request.function ?? '')).length;
		const spent = { requests: counted?.length ?? hinted, writes, milliseconds, memory };
		return { run, spent, complaints };
	}

	private progress(from: number): void {
		const seen = this.site.standIn?.requests.length;
		this.say(seen === undefined ? '  ... still running' : `  ... ${seen - from} requests so far`);
	}

	/** Places of a run's record that hold the token. */
	private leaks(run: WorkflowRun): string[] {
		const { token } = this.site;
		const found: string[] = [];
		for (const [name, tasks] of Object.entries(run.run.data.resultData.runData)) {
			for (const { data, ...rest } of tasks) {
				const items = (data?.main ?? []).flatMap((list) => list ?? []);
				// item by item: the text of all of them together would be the largest thing in memory
				if (
					items.some((item) => serialise(item).includes(token)) ||
					serialise(rest).includes(token)
				)
					found.push(`the token is in what '${name}' put out`);
			}
		}
		if (run.log.some((line) => line.includes(token))) found.push("the token is in n8n's log");
		return found;
	}
}
