import {
	sleep,
	type IDataObject,
	type INodeExecutionData,
	type IPollFunctions,
} from 'n8n-workflow';
import { optionOf } from '../events/description';
import { findEvent } from '../events/catalogue';
import { versionOf } from '../events/codec';
import { baseLine, packState, settle, unpackState, type State } from '../events/state';
import type { PollEvent, Purpose, Row, Show, Sight } from '../events/types';
import { Parameters } from '../actions/parameters';
import { Lookup } from '../lookup/lookup';
import { Reference } from '../lookup/reference';
import type { Read } from '../moodle/calls';
import { Client } from '../moodle/client';
import { explain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { readerOf } from '../moodle/memory';
import { Problem } from '../moodle/problem';
import { type Json } from '../moodle/values';
import { readCredential } from './credential';
import { nodeError, safeJson } from './items';
import { PollBudget } from './pollBudget';
import { needFunctions } from './pollSetup';
import { unexpected } from './problems';
import { renewal } from './signIn';
import { transport } from './transport';

/** Nodes of which a poll is under way in this process, each by workflow and node, with what n8n keeps for that poll. */
const underWay = new Map<string, object>();

/** A poll as far as it is prepared: nothing in it is known of n8n any more. */
interface Poll {
	event: PollEvent;
	/** What is chosen, with ids in place of names. */
	input: Json;
	show: Show;
	cap: number;
	/** The settings that decide what is told, as a short text. */
	settings: string;
	read: Read;
	site: Sight['site'];
	budget: PollBudget;
}

/** Names of what is chosen become ids. @throws Problem for a name that nobody, or more than one, has */
async function resolved(input: object, lookup: Lookup): Promise<Json> {
	const references = Object.values(input).filter((value) => value instanceof Reference);
	const found = await lookup.resolve(references);
	return Object.fromEntries(
		Object.entries(input).map(([name, value]: [string, unknown]) => {
			const resolution = value instanceof Reference ? found.get(value) : undefined;
			if (resolution && 'problem' in resolution) throw resolution.problem;
			return [name, resolution ? resolution.id : value];
		}),
	);
}

function parametersOf(context: IPollFunctions, siteUrl: string): Parameters {
	const noFile = () => {
		throw new Problem({ message: 'A trigger has no input files' });
	};
	const value = (name: string) => context.getNodeParameter(name, undefined) as unknown;
	return new Parameters(0, value, context.getTimezone(), noFile, siteUrl);
}

/** What a credential and a choice are for: another of them means another base line. */
const settingsOf = (context: IPollFunctions, siteUrl: string, event: PollEvent, input: Json) =>
	versionOf([siteUrl, context.getNode().credentials?.moodleApi?.id, event.value, input]).toString(
		36,
	);

async function prepare(context: IPollFunctions): Promise<Poll> {
	const facts = await readCredential(context);
	const parameters = parametersOf(context, facts.siteUrl);
	const event = findEvent(String(context.getNodeParameter('event')));
	const has = (name: string) => event.fields.some((field) => field.name === name);
	const chosen = event.input(parameters);
	const destination = {
		siteUrl: facts.siteUrl,
		ignoreSsl: facts.ignoreSsl,
		timeout: Number(optionOf(parameters, 'timeout')),
	};
	const budget = new PollBudget(context.getPollBudgetMs?.(), () => Date.now());
	const { token, renew } = renewal(context, destination, facts);
	const client = new Client({
		send: transport(context, destination, token),
		clock: {
			now: () => Date.now(),
			random: () => Math.random(),
			cancelled: () => false,
			sleep: async (milliseconds) => await sleep(milliseconds),
		},
		readOnly: true,
		renew,
		recovery: 0,
	});
	const read = readerOf({
		read: async (facts, params) => {
			budget.check();
			return await client.read(facts, params);
		},
		flight: client.flight,
	});
	const site = async () => await client.site();
	const input = await resolved(chosen, new Lookup({ read, site }));
	return {
		event,
		input,
		show: {
			simple: !has('simplify') || parameters.flag('simplify'),
			users: has('includeUsers') && parameters.flag('includeUsers'),
		},
		cap: Number(optionOf(parameters, 'limit')),
		settings: settingsOf(context, facts.siteUrl, event, input),
		read,
		site,
		budget,
	};
}

async function look({ event, input, read, site }: Poll, purpose: Purpose, state?: State) {
	const { seen = new Map<number, number>(), floor = 0, place = 0 } = state ?? {};
	return await event.look(input, { read, site, purpose, seen, floor, place });
}

async function items(
	{ event, input, read, show }: Poll,
	rows: Row[],
): Promise<INodeExecutionData[]> {
	const made = await event.items(input, rows, read, show);
	return made.map((json) => ({ json: safeJson(json) }));
}

/** What somebody sees who tries the node. The state is not touched. */
async function sample(poll: Poll): Promise<INodeExecutionData[]> {
	await needFunctions(poll.event, poll.site);
	const { rows } = await look(poll, 'sample');
	const newest = rows.reduce<Row | undefined>(
		(last, row) => (last && last.at > row.at ? last : row),
		undefined,
	);
	if (newest) return await items(poll, [newest]);
	throw new Problem({
		message: `There is nothing in Moodle yet that could be shown as a sample of '${poll.event.name}'`,
		mend: 'Let it happen once in Moodle and try again, or activate the workflow without a sample.',
		code: 'nosample',
	});
}

/**
 * One poll. The state changes in the end, at once and only if nothing failed.
 *
 * @param kept what n8n keeps
 * @param isAlone whether no other poll of the node is under way; otherwise only a base line is set, where one is needed
 */
async function news(
	poll: Poll,
	kept: IDataObject,
	isAlone: boolean,
): Promise<INodeExecutionData[] | null> {
	const before = JSON.stringify(kept);
	const state = unpackState(kept);
	const isFirst = state?.settings !== poll.settings;
	if (!isFirst && !isAlone) return null;
	if (isFirst) await needFunctions(poll.event, poll.site);
	const found = await look(poll, isFirst ? 'base' : 'news', isFirst ? undefined : state);
	const { told, next } =
		state && !isFirst
			? settle(state, found, poll.event, poll.cap)
			: { told: [], next: baseLine(poll.settings, found, poll.event) };
	const output = told.length > 0 ? await items(poll, told) : null;
	poll.budget.check();
	// From here on nothing is waited for. Another poll that was quicker has told what this one found, or more.
	if (JSON.stringify(kept) !== before) return null;
	Object.assign(kept, packState(next) as IDataObject);
	return output;
}

/** Before the event is known only n8n itself fails: at an expression, or at reading the credential. */
function unreadable(caught: unknown): Problem {
	return new Problem({
		message: `The settings of the node cannot be read: ${caught instanceof Error ? caught.message : String(caught)}`,
		mend: 'Check its expressions and its credential. A trigger has no input items, so that expressions cannot use $json.',
		code: 'expression',
	});
}

/** What was caught in words, with the capabilities that the refused function needs. */
function inWords(caught: unknown, event?: PollEvent): Problem {
	if (caught instanceof Problem) return caught;
	if (!(caught instanceof MoodleFailure)) return event ? unexpected(caught) : unreadable(caught);
	const facts = event?.reads.find((entry) => entry.function === caught.wsfunction);
	return explain(caught, { capabilities: facts?.capabilities });
}

/**
 * Asks Moodle what is new. The first time, and after a change of the settings, it only notes what is there.
 *
 * @returns null where nothing is new
 * @throws NodeApiError with what happened and what to do about it; then nothing has changed and the next poll does it all
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const { id = '' } = context.getWorkflow();
	const isManual = context.getMode() === 'manual';
	const key = `${id}/${context.getNode().id}`;
	const kept = isManual ? {} : context.getWorkflowStaticData('node');
	// Other kept data: the workflow was activated anew meanwhile, and may need another base line.
	const isAlone = !underWay.has(key);
	if (!isManual && underWay.get(key) === kept) return null;
	const isHeld = isAlone && !isManual;
	if (isHeld) underWay.set(key, kept);
	let event: PollEvent | undefined;
	try {
		const prepared = await prepare(context);
		event = prepared.event;
		const output = isManual ? await sample(prepared) : await news(prepared, kept, isAlone);
		return output && [output];
	} catch (caught) {
		throw nodeError(context.getNode(), inWords(caught, event));
	} finally {
		if (isHeld) underWay.delete(key);
	}
}
