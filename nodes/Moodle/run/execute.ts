import { sleep, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import type { Operation } from '../actions/types';
import { asIs } from '../common/asIs';
import { Client } from '../moodle/client';
import { Cancelled, type Clock } from '../moodle/clock';
import { explainCode } from '../moodle/explain';
import { Problem } from '../moodle/problem';
import { readCredential } from './credential';
import { Engine, type RunResult } from './engine';
import { fileServices } from './files';
import { unreadableInput } from './inputs';
import { nodeError, problemItem, toItems } from './items';
import { failed } from './outcome';
import { unexpected } from './problems';
import { Reader } from './reader';
import { readSettings, type Settings } from './settings';
import { renewal } from './signIn';
import { speedOf } from './siteSpeeds';
import { transport } from './transport';

/** The clock of a running n8n: waits in slices, so that a cancelled execution does not wait on. */
function clockOf(context: IExecuteFunctions): Clock {
	const cancelled = () => context.getExecutionCancelSignal?.()?.aborted === true;
	return {
		now: () => Date.now(),
		random: () => Math.random(),
		cancelled,
		sleep: async (milliseconds) => {
			for (let left = milliseconds; left > 0; left -= 250) {
				if (cancelled()) throw new Cancelled();
				await sleep(Math.min(left, 250));
			}
		},
	};
}

function chosenOperation(context: IExecuteFunctions, operations: Operation[]): Operation {
	const resource = String(context.getNodeParameter('resource', 0));
	const value = String(context.getNodeParameter('operation', 0));
	const operation = operations.find(
		(entry) => entry.resource === resource && entry.value === value,
	);
	if (operation) return operation;
	throw new Problem({
		message: `There is no operation '${value}' of '${resource}' in this node`,
		mend: "For other calls use the resource 'Web Service', or the HTTP Request node with this credential.",
		code: 'nooperation',
	});
}

async function clientFor(
	context: IExecuteFunctions,
	operation: Operation,
	settings: Settings,
	clock: Clock,
): Promise<{ client: Client; siteUrl: string; engineFiles: ReturnType<typeof fileServices> }> {
	const facts = await readCredential(context);
	if (facts.readOnly && operation.writes && !operation.mixed) throw explainCode('readonly');
	const destination = {
		siteUrl: facts.siteUrl,
		ignoreSsl: facts.ignoreSsl,
		timeout: settings.timeout,
	};
	const { token, renew } = renewal(context, destination, facts);
	const send = transport(context, destination, token);
	const client = new Client({
		send,
		clock,
		readOnly: facts.readOnly,
		renew,
		recovery: settings.patience,
		inFlight: settings.requestsInFlight,
		speed: speedOf(facts.siteUrl, clock.now()),
	});
	return {
		client,
		siteUrl: facts.siteUrl,
		engineFiles: fileServices(context, destination, {
			token,
			renew,
			clock,
			sent: () => client.requests++,
		}),
	};
}

const many = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

/** Tells under the output how much was sent. */
function hint(
	context: IExecuteFunctions,
	client: Client,
	settings: Settings,
	result: RunResult,
	count: number,
): void {
	const { requests, records } = result.planned;
	const message = settings.dryRun
		? `Dry run: ${many(records, 'record')} in ${requests < records ? 'at least ' : ''}${many(requests, 'request')} would be sent; ${many(client.requests, 'reading request')} made.`
		: `${many(client.requests, 'request')} for ${many(count, 'item')}${records > 0 ? `, ${many(records, 'record')} written` : ''}.`;
	context.addExecutionHints?.({ message, location: 'outputPane' });
}

/**
 * Good items in front of bad ones, each in their order. With Retry On Fail n8n runs the whole node again when the first
 * item holds a problem, which would do everything twice; of the two outputs of the error mode it sorts them anyway.
 */
function goodFirst(items: INodeExecutionData[]): INodeExecutionData[] {
	const isBad = ({ json }: INodeExecutionData) => json.error !== undefined;
	return items.filter((item) => !isBad(item)).concat(items.filter(isBad));
}

/** What a run needs, read before anything is sent. */
interface Prepared {
	operation: Operation;
	settings: Settings;
	clock: Clock;
	client: Client;
	siteUrl: string;
	engineFiles: ReturnType<typeof fileServices>;
}

/** @throws Problem when the node or its credential cannot be read: nothing has been sent then */
async function prepare(context: IExecuteFunctions, operations: Operation[]): Promise<Prepared> {
	try {
		const operation = chosenOperation(context, operations);
		const settings = readSettings(context, operation);
		const clock = clockOf(context);
		return {
			operation,
			settings,
			clock,
			...(await clientFor(context, operation, settings, clock)),
		};
	} catch (caught) {
		throw unreadableInput(caught);
	}
}

async function runOperation(
	context: IExecuteFunctions,
	operations: Operation[],
	count: number,
): Promise<INodeExecutionData[]> {
	const { operation, settings, clock, client, siteUrl, engineFiles } = await prepare(
		context,
		operations,
	);
	const { onError, retryOnFail } = context.getNode();
	const stop = !context.continueOnFail();
	const reader = new Reader(context, operation, siteUrl);
	const engine = new Engine(operation, {
		client,
		clock,
		operations,
		stop,
		isRetried: retryOnFail === true,
		zone: context.getTimezone(),
		dryRun: settings.dryRun,
		recordsPerRequest: settings.recordsPerRequest,
		patience: settings.patience,
		files: engineFiles,
		parameters: (index) => reader.of(index),
		count,
	});
	const result = await engine.run();
	hint(context, client, settings, result, count);
	const bad = stop && !result.cancelled ? result.units.find(failed) : undefined;
	if (bad?.outcome && 'problem' in bad.outcome)
		throw nodeError(context.getNode(), bad.outcome.problem, bad.items[0]);
	const made = toItems(result.units);
	return retryOnFail === true || onError === 'continueErrorOutput' ? goodFirst(made) : made;
}

/**
 * Runs the node over its input items.
 *
 * @param operations all that the node has
 *
 * In a continue mode nothing is ever thrown: n8n would pass the untouched input on as success.
 */
export async function execute(
	context: IExecuteFunctions,
	operations: Operation[],
): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	if (items.length === 0) return [];
	try {
		return await runOperation(context, operations, items.length);
	} catch (caught) {
		if (caught instanceof Cancelled) return [];
		if (!context.continueOnFail())
			throw caught instanceof Problem ? nodeError(context.getNode(), caught) : asIs(caught);
		const problem = caught instanceof Problem ? caught : unexpected(caught);
		return items.map((_, item) => problemItem(problem, item));
	}
}
