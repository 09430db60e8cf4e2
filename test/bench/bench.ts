/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * `npm run bench [-- --json] [-- --case user.create] [-- --cores 2,8] [-- --latency 0] [-- --rounds 3] [-- --records 4000]`: our node against one
 * request per item (one after the other, and all at once) and against a bare client that knows the best plan; with `--least`
 * also against a node that knows it and does nothing for its items, which is the least in n8n. Writes the part
 * of docs/benchmarks.md that is modelled, unless --json or a part is asked for. `npm run bench -- --paths` writes how many
 * requests are under way in some situations, in simulated time.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { forgetSites } from '../../nodes/Moodle/run/siteSpeeds';
import { pathTable } from '../support/fly';
import { cases, type Case } from './cases';
import { byBareClient, byItem, byKnowingNode, byNode, type Result } from './contestants';
import { openSite, type BenchSite, type Model } from './site';

interface Row {
	case: string;
	records: number;
	latencyMs: number;
	cores: number;
	/** What creating a user costs; for other cases as in cost.ts. */
	costPerRecordMs: number;
	requests: number;
	timesFasterThanPerItem: number;
	timesFasterThanAllAtOnce: number;
	timesBareClient: number;
	/** Time divided by the least that this work takes with these cores and this latency. */
	timesOptimum: number;
	/** The same of a run of an n8n that has just started, and knows nothing of the site. */
	timesOptimumFirstRun: number;
	timesFasterThanAllAtOnceFirstRun: number;
	/** With --least: time of a node that knows the best plan and does nothing for its items, divided by the optimum. */
	timesOptimumLeast?: number;
	milliseconds: number;
	cpuPerItem: number;
}

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		case: { type: 'string' },
		cores: { type: 'string', default: '1,2,8' },
		latency: { type: 'string', default: '0,50' },
		rounds: { type: 'string', default: '1' },
		records: { type: 'string' },
		paths: { type: 'boolean', default: false },
		least: { type: 'boolean', default: false },
	},
});

/** Creating a user on an empty site, and on one with 24,000 (Moodle 5.1 measured). */
const [SMALL_SITE, LARGE_SITE] = [7, 21];

const MODELS: Model[] = [
	[1, 0],
	[2, 0],
	[8, 0],
	[8, 50],
].flatMap(([cores, latencyMs]) =>
	[SMALL_SITE, LARGE_SITE].map((costPerRecordMs) => ({ cores, latencyMs, costPerRecordMs })),
);

const median = (list: number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const perRecord = (result: Result) => result.milliseconds / result.records;
const rounded = (value: number) => Math.round(value * 100) / 100;

/** Requests of their own before what is measured. */
const WARM_UP = 50;

/** Runs of our node before what is measured: V8 compiles what it meets often only after some. A real site is filled with no more than one. */
const WARM_UP_RUNS = process.env.MOODLE_URL ? 1 : 10;

const tagOf = (name: string) => `b${Date.now().toString(36)}${name}`;

/** Rounds are interleaved: each contestant once a round, on fresh records, in changing order. */
async function measure(site: BenchSite, entry: Case, model: Model, rounds: number): Promise<Row> {
	const records = Number(values.records ?? entry.records(model.cores));
	const found: Record<'node' | 'first' | 'item' | 'all' | 'bare' | 'least', Result[]> = {
		least: [],
		node: [],
		first: [],
		item: [],
		all: [],
		bare: [],
	};
	let [spent, steps] = [NaN, 1];
	// An n8n that has run before: what is compiled at first use is no contestant's. The server's work is not waited for.
	await site.prepared(async () => {
		for (let run = 0; run < WARM_UP_RUNS; run++)
			await byNode(site, await entry.prepare(site, records, tagOf(`w${run}`)));
		await byItem(site, await entry.prepare(site, WARM_UP, tagOf('v')), WARM_UP);
	});
	for (let round = 0; round < rounds; round++) {
		const fresh = async (count: number, name: string) =>
			await site.prepared(async () => await entry.prepare(site, count, tagOf(name)));
		const turns = [
			// Each node turn follows a first run of the same round or the one before, as any later execution does.
			async () => {
				forgetSites();
				found.first.push(await byNode(site, await fresh(records, 'f')));
			},
			async () => found.node.push(await byNode(site, await fresh(records, 'n'))),
			async () => {
				const prepared = await fresh(records, 'c');
				steps = prepared.steps.length;
				await site.spent();
				found.bare.push(await byBareClient(site, prepared, model));
				spent = (await site.spent()) ?? NaN;
			},
			async () => found.item.push(await byItem(site, await fresh(entry.sample, 'i'), entry.sample)),
			async () => found.all.push(await byItem(site, await fresh(records, 'a'), records, true)),
			async () => {
				if (values.least)
					found.least.push(await byKnowingNode(site, await fresh(records, 'l'), model));
			},
		];
		for (let turn = 0; turn < turns.length; turn++) await turns[(turn + round) % turns.length]();
	}
	const [node, first, all] = [found.node, found.first, found.all].map((results) =>
		median(results.map(perRecord)),
	);
	// Each of our nodes waits for the one before it: one request's latency for each.
	const optimum = spent / model.cores + 2 * model.latencyMs * steps;
	return {
		case: entry.name,
		records,
		...model,
		requests: found.node[0].requests,
		timesFasterThanPerItem: rounded(median(found.item.map(perRecord)) / node),
		timesFasterThanAllAtOnce: rounded(all / node),
		timesBareClient: rounded(node / median(found.bare.map(perRecord))),
		timesOptimum: rounded((node * records) / optimum),
		timesOptimumFirstRun: rounded((first * records) / optimum),
		timesFasterThanAllAtOnceFirstRun: rounded(all / first),
		...(values.least
			? { timesOptimumLeast: rounded((median(found.least.map(perRecord)) * records) / optimum) }
			: {}),
		milliseconds: Math.round(node * records),
		cpuPerItem: rounded(
			median(found.node.map((result) => result.cpuMilliseconds / result.records)),
		),
	};
}

const MODELLED = process.env.MOODLE_URL
	? 'Measured on the site of MOODLE_URL: times, requests and CPU are real; no latency is added.'
	: "Modelled: a number of cores that work on calls in the order of arrival, the time that Moodle itself needs for a call and for each of its records (as measured on a real Moodle 5.1; creating a user with 7 ms on a small site and 21 ms on one with 24,000 users), and the latency, two round trips a request because n8n opens a connection for each. All of that is waiting of the stand-in in a process of its own. Measured: requests, CPU, and all that n8n, the node and the network do. Times the optimum: divided by the work of the best plan ÷ cores, plus one request's latency for each node (onboarding has four). First run: n8n has just started, and nothing is known of the site; all else is as in any later run.";

function table(rows: Row[]): string {
	const head =
		'| case | records | cores | latency ms | ms to create a user | requests | time ms | times faster than one by one | times faster than all at once | times the bare client | times the optimum | CPU ms per item | first run: times faster than all at once | first run: times the optimum |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|';
	const lines = rows.map(
		(row) =>
			`| ${row.case} | ${row.records} | ${row.cores} | ${row.latencyMs} | ${row.costPerRecordMs} | ${row.requests} | ${row.milliseconds} | ${row.timesFasterThanPerItem} | ${row.timesFasterThanAllAtOnce} | ${row.timesBareClient} | ${row.timesOptimum} | ${row.cpuPerItem} | ${row.timesFasterThanAllAtOnceFirstRun} | ${row.timesOptimumFirstRun} |`,
	);
	return [head, ...lines].join('\n');
}

const numbersOf = (text: string) => text.split(',').map(Number);

/** The models asked for; a real site is what it is. */
function chosenModels(): Model[] {
	if (process.env.MOODLE_URL) return [{ cores: NaN, latencyMs: 0, costPerRecordMs: NaN }];
	return MODELS.filter(
		({ cores, latencyMs }) =>
			numbersOf(values.cores).includes(cores) && numbersOf(values.latency).includes(latencyMs),
	);
}

/** A larger site costs more where users are created; the rest is as before. */
const isMeasuredWith = (entry: Case, { costPerRecordMs }: Model) =>
	costPerRecordMs !== LARGE_SITE || entry.name === 'user.create';

function tell({ milliseconds, cpuPerItem, ...row }: Row): void {
	if (values.json) console.log(JSON.stringify(row));
	else
		console.error(
			`${row.case} on ${row.cores} cores at ${row.latencyMs} ms, ${row.costPerRecordMs} ms a user: ${milliseconds} ms, ${cpuPerItem} ms CPU an item, ${row.requests} requests, ${row.timesFasterThanPerItem} times faster than one by one, ${row.timesFasterThanAllAtOnce} than all at once, ${row.timesBareClient} times the bare client, ${row.timesOptimum} times the optimum (first run: ${row.timesFasterThanAllAtOnceFirstRun} and ${row.timesOptimumFirstRun})${row.timesOptimumLeast === undefined ? '' : `; the least in n8n ${row.timesOptimumLeast}`}`,
		);
}

/** Writes a part of docs/benchmarks.md, which stands between two comments with its name. */
function write(part: 'bench' | 'paths', report: string): void {
	const file = 'docs/benchmarks.md';
	const text = readFileSync(file, 'utf8');
	const [begin, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`];
	const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
	if (from < begin.length || to < from) throw new Error(`${file} has no place for ${part}`);
	writeFileSync(file, `${text.slice(0, from)}\n\n${report}\n\n${text.slice(to)}`);
}

async function main(): Promise<void> {
	if (values.paths) {
		const paths = await pathTable();
		console.log(paths);
		return write('paths', paths);
	}
	const rows: Row[] = [];
	const chosen = cases.filter((entry) => values.case === undefined || entry.name === values.case);
	if (chosen.length === 0)
		throw new Error(
			`There is no case ${String(values.case)}: ${cases.map((entry) => entry.name).join(', ')}`,
		);
	const models = chosenModels();
	const isWhole = values.case === undefined && values.records === undefined;
	for (const model of models) {
		const site = await openSite(model);
		try {
			for (const entry of chosen.filter((some) => isMeasuredWith(some, model))) {
				const row = await measure(site, entry, model, Number(values.rounds));
				rows.push(row);
				tell(row);
			}
		} finally {
			site.close();
		}
	}
	if (values.json) return console.error(MODELLED);
	const report = `Medians of ${values.rounds} interleaved rounds in one run, on fresh records. One by one is measured for a sample of the records and scaled per record. ${MODELLED}\n\n${table(rows)}`;
	console.log(report);
	if (isWhole && models.length === MODELS.length) write('bench', report);
}

main().then(
	() => process.exit(0),
	(reason: unknown) => {
		console.error(reason instanceof Error ? reason.message : reason);
		process.exit(1);
	},
);
