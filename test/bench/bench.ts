/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * `npm run bench [-- --json] [-- --case user.create] [-- --latency 0,50] [-- --rounds 3]`: our node against one request per
 * item and against a bare client that sends the same batches. Writes docs/benchmarks.md unless --json or a part is asked for.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cases, type Case } from './cases';
import { byBareClient, byItem, byNode, type Result } from './contestants';
import { openSite, type BenchSite } from './site';

interface Row {
	case: string;
	records: number;
	latencyMs: number;
	requests: number;
	timesFasterThanPerItem: number;
	timesBareClient: number;
	milliseconds: number;
	cpuPerItem: number;
}

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		case: { type: 'string' },
		latency: { type: 'string', default: '0,50' },
		rounds: { type: 'string', default: '3' },
	},
});

const median = (list: number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const perRecord = (result: Result) => result.milliseconds / result.records;
const rounded = (value: number) => Math.round(value * 100) / 100;

/** Rounds are interleaved: each contestant once a round, on fresh records, in changing order. */
async function measure(
	site: BenchSite,
	entry: Case,
	latencyMs: number,
	rounds: number,
): Promise<Row> {
	const found: Record<'node' | 'item' | 'bare', Result[]> = { node: [], item: [], bare: [] };
	for (let round = 0; round < rounds; round++) {
		const fresh = async (count: number, name: string) =>
			await site.prepared(
				async () => await entry.prepare(site, count, `b${Date.now().toString(36)}${name}`),
			);
		const turns = [
			async () => found.node.push(await byNode(site, await fresh(entry.records, 'n'))),
			async () => found.bare.push(await byBareClient(site, await fresh(entry.records, 'c'))),
			async () => found.item.push(await byItem(site, await fresh(entry.sample, 'i'), entry.sample)),
		];
		for (let turn = 0; turn < turns.length; turn++) await turns[(turn + round) % turns.length]();
	}
	const node = median(found.node.map(perRecord));
	return {
		case: entry.name,
		records: entry.records,
		latencyMs,
		requests: found.node[0].requests,
		timesFasterThanPerItem: rounded(median(found.item.map(perRecord)) / node),
		timesBareClient: rounded(node / median(found.bare.map(perRecord))),
		milliseconds: Math.round(node * entry.records),
		cpuPerItem: rounded(
			median(found.node.map((result) => result.cpuMilliseconds / result.records)),
		),
	};
}

const MODELLED = process.env.MOODLE_URL
	? 'Measured on the site of MOODLE_URL: times, requests and CPU are real; no latency is added.'
	: 'Modelled: the time Moodle itself needs (cost per call and per record as measured on a real Moodle 5.1) and the latency, two round trips a request because n8n opens a connection for each, both as waiting of the stand-in. Measured: requests, CPU, and all that n8n, the node and the network do.';

function table(rows: Row[]): string {
	const head =
		'| case | records | latency ms | requests | time ms | times faster than one request per item | times the bare client | CPU ms per item |\n|---|---|---|---|---|---|---|---|';
	const lines = rows.map(
		(row) =>
			`| ${row.case} | ${row.records} | ${row.latencyMs} | ${row.requests} | ${row.milliseconds} | ${row.timesFasterThanPerItem} | ${row.timesBareClient} | ${row.cpuPerItem} |`,
	);
	return [head, ...lines].join('\n');
}

async function main(): Promise<void> {
	const rows: Row[] = [];
	const chosen = cases.filter((entry) => values.case === undefined || entry.name === values.case);
	if (chosen.length === 0)
		throw new Error(
			`There is no case ${String(values.case)}: ${cases.map((entry) => entry.name).join(', ')}`,
		);
	for (const latencyMs of process.env.MOODLE_URL ? [0] : values.latency.split(',').map(Number)) {
		const site = await openSite(latencyMs);
		try {
			for (const entry of chosen) {
				const row = await measure(
					site,
					entry,
					latencyMs,
					Math.min(Number(values.rounds), entry.rounds),
				);
				rows.push(row);
				if (values.json) {
					const { case: name, records, requests, timesFasterThanPerItem, timesBareClient } = row;
					console.log(
						JSON.stringify({
							case: name,
							records,
							latencyMs,
							requests,
							timesFasterThanPerItem,
							timesBareClient,
						}),
					);
				} else
					console.error(
						`${row.case} at ${latencyMs} ms: ${row.requests} requests, ${row.timesFasterThanPerItem} times faster than one by one, ${row.timesBareClient} times the bare client`,
					);
			}
		} finally {
			site.close();
		}
	}
	if (values.json) return console.error(MODELLED);
	const report = `# Benchmarks\n\nMade by \`npm run bench\`. Medians of ${values.rounds} interleaved rounds in one run (one round of onboarding), on fresh records, a new connection per request as n8n makes it. One request per item goes through the same helper of n8n as the node, for a sample of the records, and is scaled per record.\n\n${MODELLED}\n\n${table(rows)}\n`;
	console.log(report);
	if (values.case === undefined && !process.env.MOODLE_URL)
		writeFileSync('docs/benchmarks.md', report);
}

main().then(
	() => process.exit(0),
	(reason: unknown) => {
		console.error(reason instanceof Error ? reason.message : reason);
		process.exit(1);
	},
);
