import type { INodeProperties } from 'n8n-workflow';
import type { Operation, Output, Services, Step, Task } from '../actions/types';
import { Parameters } from '../actions/parameters';
import { asIs, inParallel, READ_WIDTH } from '../lookup/chunks';
import { Lookup } from '../lookup/lookup';
import { Reference, type Resolved } from '../lookup/reference';
import type { Client } from '../moodle/client';
import { Cancelled, type Clock } from '../moodle/clock';
import { explain, uncertain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { checkParams, flawText } from '../moodle/signature';
import type { Json } from '../moodle/values';
import { Dispatcher, type DispatchOptions } from './dispatch';
import { failed, type Job, type Unit } from './outcome';
import { lanes, ordered, paramsOf, requests } from './plan';
import { inOrder, inRounds } from './segments';

/** What the engine is given for a run. */
export interface EngineOptions extends DispatchOptions {
	client: Client;
	clock: Clock;
	zone: string;
	dryRun: boolean;
	files?: Services['files'];
	/** The parameters of item `index`. */
	parameters: (index: number) => Parameters;
	count: number;
}

/** What became of a run. */
export interface RunResult {
	/** In the order of the items. In a run that stops, the first unit with a problem is the last one that counts. */
	units: Unit[];
	/** Writing requests and records that a dry run announces; records that a run has written. */
	planned: { requests: number; records: number };
	/** The problem that ended the whole run, when there was one. */
	ending?: Problem;
	/** Whether the run was cancelled. */
	cancelled: boolean;
}

interface Entry {
	item: number;
	keys: string[];
	input: object;
}

/** Runs one operation over all items: read, resolve, decide, plan, send, settle. */
export class Engine {
	private readonly units: Unit[] = [];

	private readonly dispatcher: Dispatcher;

	private readonly services: Services;

	private readonly lookup: Lookup;

	/** Display names of the operation's fields, by Moodle's own names. */
	private readonly labels: Map<string, string>;

	/** Index of the first item with a problem so far. */
	private firstFailed = Infinity;

	private readonly planned = { requests: 0, records: 0 };


	constructor(
		private readonly operation: Operation,
		private readonly options: EngineOptions,
	) {
		const { client } = options;
		this.labels = labelsOf(operation.fields);
		this.dispatcher = new Dispatcher(client, options.clock, options);
		const read: Services['read'] = async (wsfunction, params) => await client.read(wsfunction, params);
		const site = async () => await client.site();
		this.lookup = new Lookup({ read, site });
		this.services = {
			read,
			lookup: this.lookup,
			site,
			zone: options.zone,
			dryRun: options.dryRun,
			files: options.files,
			each: async (inputs, work) => await this.each(inputs, work),
		};
	}

	/** Everything becomes the outcome of a unit; after a cancellation, what was not sent has the problem that says so. */
	async run(): Promise<RunResult> {
		const entries = this.readInputs();
		let cancelled = false;
		try {
			for (const segment of this.segments(entries)) {
				if (this.options.stop && this.firstFailed < segment[0].item) break;
				await this.runSegment(segment);
			}
		} catch (caught) {
			cancelled = caught instanceof Cancelled;
			const problem = cancelled ? notSent : unexpected(caught);
			const told = new Set(this.units.flatMap((unit) => unit.items));
			for (const { item } of entries) if (!told.has(item)) this.problem([item], problem);
		}
		this.units.sort((a, b) => a.items[0] - b.items[0]);
		return { units: this.units, planned: this.planned, ending: this.dispatcher.ending, cancelled };
	}

	private add(unit: Unit): void {
		this.units.push(unit);
		if (failed(unit)) this.firstFailed = Math.min(this.firstFailed, unit.items[0]);
	}

	private problem(items: number[], problem: Problem): void {
		this.add({ items, outcome: { problem } });
	}

	/** Reads the parameters of all items. In a run that stops, what comes behind the first bad item is left aside. */
	private readInputs(): Entry[] {
		const entries: Entry[] = [];
		for (let item = 0; item < this.options.count; item++) {
			try {
				const input = this.operation.input(this.options.parameters(item)) as object;
				entries.push({ item, input, keys: this.operation.whole ? [] : (this.operation.keys?.(input) ?? []) });
			} catch (caught) {
				this.problem([item], unreadable(caught));
				if (this.options.stop) break;
			}
		}
		return entries;
	}

	private segments(entries: Entry[]): Entry[][] {
		if (this.operation.whole || !this.operation.keys) return entries.length > 0 ? [entries] : [];
		return this.options.stop ? inOrder(entries) : inRounds(entries);
	}

	private async runSegment(segment: Entry[]): Promise<void> {
		const ready = await this.resolve(segment);
		if (ready.length === 0) return;
		const steps = await this.decide(ready);
		if (!steps) return;
		const jobs = await this.sortOut(steps, ready);
		try {
			if (this.options.dryRun) await this.announce(jobs);
			else await this.send(jobs);
		} finally {
			// Cancelled while its request was under way: nobody saw the answer.
			for (const job of jobs) if ((!job.outcome && job.perhapsDone) || job.unconfirmed) job.outcome = { problem: uncertain(interrupted) };
			for (const job of jobs) if (job.outcome) this.add({ items: job.items, outcome: job.outcome });
		}
	}

	/** References to ids, in bulk. Entries whose references fail are done with. */
	private async resolve(segment: Entry[]): Promise<Entry[]> {
		const references = segment.flatMap((entry) => Object.values(entry.input).filter((value): value is Reference => value instanceof Reference));
		if (references.length === 0) return segment;
		const resolutions = await this.guarded(segment, async () => await this.lookup.resolve(references));
		if (!resolutions) return [];
		const ready: Entry[] = [];
		for (const entry of segment) {
			const input: Json = {};
			let problem: Problem | undefined;
			for (const [key, value] of Object.entries(entry.input)) {
				const resolution = value instanceof Reference ? resolutions.get(value) : undefined;
				if (resolution && 'problem' in resolution) problem ??= resolution.problem;
				input[key] = resolution && 'id' in resolution ? resolution.id : value;
			}
			if (problem) this.problem([entry.item], problem);
			else ready.push({ ...entry, input });
			if (problem && this.options.stop) break;
		}
		return ready;
	}

	/** Does something for all entries; when Moodle cannot be asked, that is the problem of each of them. */
	private async guarded<T>(entries: Entry[], work: () => Promise<T>): Promise<T | undefined> {
		try {
			return await work();
		} catch (caught) {
			const problem = this.words(caught);
			for (const entry of entries) this.problem([entry.item], problem);
			if (caught instanceof MoodleFailure && caught.reach === 'everybody') this.dispatcher.ending = problem;
			return undefined;
		}
	}

	/** A caught failure in words, with the capabilities that the refused function needs. */
	private words(caught: unknown): Problem {
		if (!(caught instanceof MoodleFailure)) return asProblem(caught);
		const facts = [...this.operation.reads, ...this.operation.calls].find((entry) => entry.function === caught.wsfunction);
		return explain(caught, { capabilities: facts?.capabilities });
	}

	private async decide(entries: Entry[]): Promise<Step[] | undefined> {
		if (this.dispatcher.ending) {
			for (const entry of entries) this.problem([entry.item], this.dispatcher.ending);
			return undefined;
		}
		return await this.guarded(entries, async () =>
			await this.operation.steps(entries.map((entry) => entry.input) as Array<Resolved<object>>, this.services, entries.map((entry) => entry.item)),
		);
	}

	/** Settles what needs no writing; checks the records that do. */
	private async sortOut(steps: Step[], entries: Entry[]): Promise<Job[]> {
		const jobs: Job[] = [];
		for (let at = 0; at < steps.length; at++) {
			const step = steps[at];
			const items = step.items ?? [entries[at].item];
			const problem = 'problem' in step ? step.problem : 'task' in step ? await this.flaw(step.task) : undefined;
			if (problem) this.problem(items, problem);
			else if ('done' in step) this.add({ items, outcome: { outputs: outputsOf(step.done) } });
			else if ('task' in step) jobs.push({ items, ...step.task });
			if (problem && this.options.stop) break;
		}
		return jobs;
	}

	/** What in a record does not fit the function's signature in this site's version, before anything is sent. */
	private async flaw(task: Task): Promise<Problem | undefined> {
		const { call } = task;
		const params = paramsOf([task as Job]);
		let flaws = checkParams(call.function, params, '4.1');
		if (flaws.length > 0) flaws = checkParams(call.function, params, await this.options.client.releaseFor(call.function, params));
		return flaws.length > 0 ? new Problem({ message: flawText(flaws[0], (name) => this.labels.get(name)), code: 'badvalue' }) : undefined;
	}

	/** In a run that stops, functions that apply good records beside refused ones are asked about beforehand. */
	private async forewarn(jobs: Job[], all: boolean): Promise<void> {
		const inLanes = lanes(jobs);
		for (const lane of inLanes) {
			const { call, shared } = lane[0];
			// Several functions share a window, creating ones first: what is refused behind them must be known before.
			const isBehind = inLanes.length > 1 && call.repeat !== 'lookup';
			if (!call.diagnose || !(all || isBehind || (call.atomic === 'each' && lane.length > 1))) continue;
			try {
				const causes = await call.diagnose(lane.map((job) => job.record), shared ?? {}, this.services.read);
				causes.forEach((problem, index) => problem && (lane[index].outcome = { problem }));
			} catch (caught) {
				if (!(caught instanceof MoodleFailure || caught instanceof Problem)) throw asIs(caught);
			}
		}
	}

	private async send(jobs: Job[]): Promise<void> {
		if (this.options.stop) {
			await this.forewarn(jobs, false);
			const first = jobs.findIndex(failed);
			await this.dispatcher.sendUntilFailure(first < 0 ? jobs : jobs.slice(0, first));
		} else await this.dispatcher.sendAll(jobs);
		this.planned.records = this.dispatcher.records;
	}

	/** The same plan as the run's, told instead of sent. */
	private async announce(jobs: Job[]): Promise<void> {
		await this.forewarn(jobs, true);
		const good = jobs.filter((job) => !failed(job));
		const limits = { records: Math.max(1, this.options.recordsPerRequest), variables: this.options.client.variableLimit };
		for (const lane of lanes(good)) {
			this.planned.requests += requests(ordered(lane), limits).length;
			this.planned.records += lane.length;
		}
		for (const job of good) job.outcome = { outputs: [{ json: { dryRun: true, action: job.action, function: job.call.function, ...job.preview } }] };
	}

	private async each<I>(inputs: I[], work: (input: I) => Promise<Step>): Promise<Step[]> {
		return await inParallel(inputs, READ_WIDTH, async (input) => {
			try {
				return await work(input);
			} catch (caught) {
				if (caught instanceof MoodleFailure && caught.reach === 'everybody') throw asIs(caught);
				return { problem: this.words(caught) };
			}
		});
	}
}

/** Names and display names of parameters, those inside collections too. */
function labelsOf(properties: INodeProperties[]): Map<string, string> {
	const labels = new Map<string, string>();
	for (const { name, displayName, options, type } of properties) {
		labels.set(name, displayName);
		if (type === 'collection') labelsOf((options ?? []) as INodeProperties[]).forEach((label, key) => labels.set(key, label));
	}
	return labels;
}

const notSent = new Problem({ message: 'The execution was cancelled before this item was sent', code: 'cancelled' });
const interrupted = new Problem({ message: 'The execution was cancelled while this item was under way', code: 'cancelled' });

/** A defect of ours, or of n8n: only its name is told, because its text could hold anything. */
export function unexpected(caught: unknown): Problem {
	const problem = new Problem({
		message: `The node stumbled over something unexpected (${caught instanceof Error ? caught.name : typeof caught})`,
		mend: 'Please report it to the maintainers of this node, with the operation you used.',
		code: 'unexpected',
	});
	return uncertain(problem);
}

/** An expression that n8n cannot evaluate for an item is that item's problem. */
function unreadable(caught: unknown): Problem {
	if (caught instanceof Problem) return caught;
	return new Problem({
		message: `A parameter cannot be evaluated for this item: ${caught instanceof Error ? caught.message : String(caught)}`,
		mend: 'Check the expressions of the node.',
		code: 'expression',
	});
}

function outputsOf(done: Json | Json[] | Output): Output[] {
	if (Array.isArray(done)) return done.map((json) => ({ json }));
	if (isOutput(done)) return [done];
	return [{ json: done }];
}

function isOutput(done: Json | Output): done is Output {
	return 'binary' in done && 'json' in done;
}

/** A caught failure in words; anything that is neither Moodle's nor ours is thrown on. */
export function asProblem(caught: unknown): Problem {
	if (caught instanceof Problem) return caught;
	if (caught instanceof MoodleFailure) return explain(caught);
	throw caught instanceof Error ? caught : new Error(String(caught));
}

