import type { Parameters } from '../actions/parameters';
import type { Operation, Services, Step, Task } from '../actions/types';
import { asIs } from '../common/asIs';
import { Lookup } from '../lookup/lookup';
import type { Resolved } from '../lookup/reference';
import type { Read } from '../moodle/calls';
import type { Client } from '../moodle/client';
import { Cancelled, type Clock } from '../moodle/clock';
import { explain, uncertain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { readerOf } from '../moodle/memory';
import { Problem } from '../moodle/problem';
import { checkParams, flawText } from '../moodle/signature';
import type { Json } from '../moodle/values';
import { Dispatcher, type DispatchOptions } from './dispatch';
import { doEach } from './each';
import { foretelling } from './foretold';
import { forewarn } from './forewarn';
import { readInputs, type Entry } from './inputs';
import { labelsOf } from './labels';
import { failed, type Job, type Unit } from './outcome';
import { outputsOf } from './outputs';
import { paramsOf, requests, sequences } from './plan';
import { interrupted, notSent, retried, unexpected } from './problems';
import { resolve } from './resolve';
import { inOrder, inRounds } from './segments';
import { together } from './together';
import { inTurns } from './turns';

/** What the engine is given for a run. */
export interface EngineOptions extends DispatchOptions {
	client: Client;
	clock: Clock;
	/** All operations of the node. */
	operations: Operation[];
	zone: string;
	dryRun: boolean;
	/** Whether n8n runs the node again when it fails (Retry On Fail). */
	isRetried?: boolean;
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

/** Runs one operation over all items: read, resolve, decide, plan, send, settle. */
export class Engine {
	private readonly units: Unit[] = [];

	private readonly dispatcher: Dispatcher;

	private readonly services: Services;

	private readonly read: Read;

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
		this.read = readerOf(client);
		this.dispatcher = new Dispatcher(client, options.clock, this.read, options);
		const site = async () => await client.site();
		this.services = {
			read: this.read,
			lookup: new Lookup({ read: this.read, site }),
			site,
			operations: options.operations,
			zone: options.zone,
			dryRun: options.dryRun,
			isComplete: true,
			stops: options.stop,
			files: options.files,
			each: async (inputs, work) =>
				await doEach(inputs, work, {
					words: (caught) => this.words(caught),
					oneByOne: options.stop && operation.isStepwise === true,
				}),
		};
	}

	/** Everything becomes the outcome of a unit; after a cancellation, what was not sent has the problem that says so. */
	async run(): Promise<RunResult> {
		const { entries, unreadable } = readInputs(
			this.operation,
			this.options.count,
			this.options.parameters,
			this.options.stop,
		);
		for (const { item, problem } of unreadable) this.problem([item], problem);
		this.services.isComplete = unreadable.length === 0;
		if (this.options.dryRun) this.services.foretold = foretelling(entries);
		let cancelled = false;
		try {
			for (const segment of this.segments(entries)) {
				await this.runInTurns(segment);
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

	/** What is done together, in order. An operation that looks at all items does not begin with a part of them in a run that stops. */
	private segments(entries: Entry[]): Entry[][] {
		if (entries.length === 0) return [];
		if (this.operation.whole)
			return this.options.stop && !this.services.isComplete ? [] : [entries];
		if (!this.operation.keys) return [entries];
		return this.options.stop ? inOrder(entries) : inRounds(entries);
	}

	/** A segment, and after it the entries of it that mean a record which another one has just changed. */
	private async runInTurns(segment: Entry[]): Promise<void> {
		if (this.options.stop && this.firstFailed < segment[0].item) return;
		for (const later of await this.runSegment(segment)) await this.runInTurns(later);
	}

	private async runSegment(segment: Entry[]): Promise<Entry[][]> {
		const resolved = await resolve(segment, this.services.lookup, (caught) => this.words(caught));
		const ready = this.without(segment, resolved);
		if (ready.length === 0) return [];
		const { resource, whole } = this.operation;
		const decided = await this.decide(ready);
		const { steps, entries, later } = whole
			? { steps: decided, entries: ready, later: [] }
			: inTurns(decided, ready, resource, this.options.stop);
		const jobs = await this.jobsOf(steps, entries);
		try {
			if (this.options.dryRun) await this.announce(jobs);
			else await this.send(jobs);
		} finally {
			// Cancelled while its request was under way: nobody saw the answer.
			for (const job of jobs)
				if ((!job.outcome && (job.perhapsDone || job.isUnderWay)) || job.unconfirmed)
					job.outcome = { problem: uncertain(interrupted) };
			for (const job of jobs) if (job.outcome) this.add({ items: job.items, outcome: job.outcome });
		}
		return later;
	}

	/** The entries that could be resolved; the problems of the others are told. */
	private without(segment: Entry[], resolved: Array<Entry | Problem>): Entry[] {
		const ready: Entry[] = [];
		for (const [index, found] of resolved.entries()) {
			if (!(found instanceof Problem)) ready.push(found);
			else {
				this.problem([segment[index].item], found);
				if (this.options.stop) break;
			}
		}
		return ready;
	}

	/** A caught failure in words, with the capabilities that the refused function needs. What reaches everybody ends the run. */
	private words(caught: unknown): Problem {
		if (caught instanceof Problem) return caught;
		if (!(caught instanceof MoodleFailure)) throw asIs(caught);
		const facts = [...this.operation.reads, ...this.operation.calls].find(
			(entry) => entry.function === caught.wsfunction,
		);
		const problem = explain(caught, { capabilities: facts?.capabilities });
		if (caught.reach === 'everybody') this.dispatcher.end(problem);
		return problem;
	}

	private async decide(entries: Entry[]): Promise<Step[]> {
		const { ending } = this.dispatcher;
		if (ending) return entries.map(() => ({ problem: ending }));
		const decided = async (some: Entry[]) =>
			await this.operation.steps(
				some.map((entry) => entry.input) as Array<Resolved<object>>,
				this.services,
				some.map((entry) => entry.item),
			);
		const words = (caught: unknown): Step => ({ problem: this.words(caught) });
		if (!this.operation.whole) return await together(entries, decided, words);
		try {
			return await decided(entries);
		} catch (caught) {
			return entries.map(({ item }) => ({ items: [item], ...words(caught) }));
		}
	}

	/** Settles what needs no writing; checks the records that do. */
	private async jobsOf(steps: Step[], entries: Entry[]): Promise<Job[]> {
		const jobs: Job[] = [];
		for (let at = 0; at < steps.length; at++) {
			const step = steps[at];
			const items = step.items ?? [entries[at].item];
			const problem =
				'problem' in step ? step.problem : 'task' in step ? await this.flaw(step.task) : undefined;
			if (problem) this.problem(items, problem);
			else if ('done' in step) this.add({ items, outcome: { outputs: outputsOf(step.done) } });
			else if ('task' in step) jobs.push({ items, ...step.task });
			if (problem && this.options.stop) break;
		}
		return jobs;
	}

	/** Why a record cannot be sent: it does not fit the function's signature in this site's version, or n8n would send it again. */
	private async flaw(task: Task): Promise<Problem | undefined> {
		const { call } = task;
		if (call.repeat === 'never' && this.options.isRetried && !this.options.dryRun) return retried;
		const params = paramsOf([task as Job]);
		let flaws = checkParams(call.function, params, '4.1');
		if (flaws.length > 0)
			flaws = checkParams(
				call.function,
				params,
				await this.options.client.releaseFor(call.function, params),
			);
		return flaws.length > 0
			? new Problem({
					message: flawText(flaws[0], (name) => this.labels.get(name)),
					code: 'badvalue',
				})
			: undefined;
	}

	private async send(jobs: Job[]): Promise<void> {
		if (this.options.stop) await forewarn(jobs, this.read, false);
		const first = this.options.stop ? jobs.findIndex(failed) : -1;
		await this.dispatcher.send(first < 0 ? jobs : jobs.slice(0, first));
		this.planned.records = this.dispatcher.records;
	}

	/** The same plan as the run's, told instead of sent. */
	private async announce(jobs: Job[]): Promise<void> {
		await forewarn(jobs, this.read, true);
		const good = jobs.filter((job) => !failed(job));
		const { recordsPerRequest, client, stop } = this.options;
		const limits = {
			records: Math.max(1, recordsPerRequest),
			variables: client.variableLimit,
			isStrict: stop,
		};
		for (const lane of sequences(good, stop)) {
			this.planned.requests += requests(lane, limits).length;
			this.planned.records += lane.length;
		}
		// What would be refused is not there for later items to find.
		for (const job of good)
			if (job.action === 'create')
				this.services.foretold?.created(job.items[0], job.record as Json);
		for (const job of good)
			job.outcome = {
				outputs: [
					{
						json: { dryRun: true, action: job.action, function: job.call.function, ...job.preview },
					},
				],
			};
	}
}
