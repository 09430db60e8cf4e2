/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
} from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { inParallel } from '../../nodes/Moodle/common/parallel';
import { formBody } from '../../nodes/Moodle/moodle/encode';
import { requestOptions } from '../../nodes/Moodle/run/transport';
import { runNode } from '../support/harness';
import type { Round, Send } from './cases';
import { bareCall, type BenchSite, type Call, type Model } from './site';

/** What a contestant needed. */
export interface Result {
	milliseconds: number;
	/** CPU of this process (the stand-in runs in another one). */
	cpuMilliseconds: number;
	requests: number;
	records: number;
}

async function measured(records: number, work: () => Promise<number>): Promise<Result> {
	const cpu = process.cpuUsage();
	const start = performance.now();
	const requests = await work();
	const used = process.cpuUsage(cpu);
	return {
		milliseconds: performance.now() - start,
		cpuMilliseconds: (used.user + used.system) / 1000,
		requests,
		records,
	};
}

const access = (site: BenchSite) => ({
	credentialTypes: { moodleApi: new MoodleApi() },
	credentials: { moodleApi: { siteUrl: site.url, token: site.token } },
});

/** Our node, through n8n-core's workflow engine, step after step over the same items. */
export async function byNode(site: BenchSite, round: Round): Promise<Result> {
	return await measured(round.items.length, async () => {
		let requests = 0;
		for (const { parameters } of round.steps) {
			const run = await runNode(new Moodle(), {
				parameters: parameters as never,
				items: round.items,
				onError: 'continueErrorOutput',
				...access(site),
			});
			if (run.failed.length > 0 || run.success.length !== round.items.length)
				throw new Error(
					`The node failed for ${run.failed.length} of ${round.items.length}: ${JSON.stringify(run.failed[0]?.json ?? run.error?.message)}`,
				);
			requests += Number(/(\d+) requests?/.exec(String(run.hints[0]?.message))?.[1] ?? 0);
		}
		return requests;
	});
}

/** Nothing that is longer than this is divided by the best plan: forms of PHP's default take no more. */
const MOST = 100;

/** A node of n8n that does no more than this, and sends with the very helper of n8n that our node uses. */
function bareNode(
	count: () => void,
	work: (items: INodeExecutionData[], send: Send) => Promise<INodeExecutionData[]>,
): INodeType {
	return {
		description: {
			displayName: 'Bare',
			name: 'bare',
			group: ['transform'],
			version: 1,
			description: '',
			defaults: { name: 'Bare' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'moodleApi', required: true }],
			properties: [],
		},
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			const { siteUrl } = await this.getCredentials<{ siteUrl: string }>('moodleApi');
			const send: Send = async ([wsfunction, params]) => {
				count();
				const options = requestOptions(
					{ siteUrl, ignoreSsl: false, timeout: 60_000 },
					'/webservice/rest/server.php',
					formBody(wsfunction, params),
				);
				const reply = (await this.helpers.httpRequestWithAuthentication.call(
					this,
					'moodleApi',
					options,
				)) as { body: string };
				return JSON.parse(reply.body) as unknown;
			};
			return [await work(this.getInputData(), send)];
		},
	};
}

/** One request per item: one after the other, or all at once as n8n's HTTP Request node sends them. */
const oneByOne = (round: Round, count: () => void, isAllAtOnce: boolean): INodeType =>
	bareNode(count, async (items, send) => {
		const one = async (item: number): Promise<INodeExecutionData> => ({
			json: { reply: (await round.single(item, send)) as string },
			pairedItem: { item },
		});
		if (isAllAtOnce) return await Promise.all(items.map(async (_, item) => await one(item)));
		const made: INodeExecutionData[] = [];
		for (let item = 0; item < items.length; item++) made.push(await one(item));
		return made;
	});

/** The first `sample` items, each sent by itself. */
export async function byItem(
	site: BenchSite,
	round: Round,
	sample: number,
	isAllAtOnce = false,
): Promise<Result> {
	return await measured(sample, async () => {
		let requests = 0;
		const run = await runNode(
			oneByOne(round, () => requests++, isAllAtOnce),
			{ parameters: {}, items: round.items.slice(0, sample), ...access(site) },
		);
		if (run.success.length !== sample)
			throw new Error(`One request per item failed: ${String(run.error?.message)}`);
		return requests;
	});
}

/** The best plan for a known server: each core gets the same number of requests of the same size, and a second one under way while there is latency. */
async function bestPlan(round: Round, model: Model, send: Send): Promise<void> {
	const all = async (calls: Call[]) =>
		await inParallel(calls, model.cores * (model.latencyMs > 0 ? 2 : 1), send);
	const turns = Math.ceil(round.items.length / model.cores / MOST);
	const size = Math.ceil(round.items.length / model.cores / turns);
	await round.batches(send, { size, all });
}

/** A client that knows the server, without n8n. */
export async function byBareClient(site: BenchSite, round: Round, model: Model): Promise<Result> {
	return await measured(round.items.length, async () => {
		let requests = 0;
		await bestPlan(round, model, async (call) => {
			requests++;
			return await bareCall(site, call);
		});
		return requests;
	});
}

/**
 * The least that is possible in n8n: a node that knows the server and does nothing for its items but hand them on. One node also
 * where ours needs several.
 */
export async function byKnowingNode(site: BenchSite, round: Round, model: Model): Promise<Result> {
	return await measured(round.items.length, async () => {
		let requests = 0;
		const node = bareNode(
			() => requests++,
			async (items, send) => {
				await bestPlan(round, model, send);
				return items.map(({ json }, item) => ({ json, pairedItem: { item } }));
			},
		);
		const run = await runNode(node, { parameters: {}, items: round.items, ...access(site) });
		if (run.success.length !== round.items.length)
			throw new Error(`The best plan failed in n8n: ${String(run.error?.message)}`);
		return requests;
	});
}
