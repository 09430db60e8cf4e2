/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * `npm start`: builds the package, runs the example workflows, reports, and says by its exit code whether all is accounted
 * for. The workflows' data and what must come of them are in test/flows, where the tests hold them to it, too.
 */
import { byDefault, flows } from '../../test/flows';
import { isAccounted, type FlowReport } from '../../test/flows/support/report';
import type { Site } from '../../test/flows/support/site';
import { Refused, Stage } from '../../test/flows/support/stage';
import { openSite, parseOptions, usage, UsageError, type Options } from './options';
import { buildPackage, builtPackage } from './package';
import { shownReport } from './report';
import { duration, wrap } from './text';

const width = Math.min(100, Math.max(40, process.stdout.columns ?? 80));

type Say = (line: string) => void;

async function runFlows(site: Site, options: Options, say: Say): Promise<FlowReport[]> {
	const stage = new Stage(site, builtPackage(), (line) => {
		const [indent] = /^ */.exec(line)!;
		wrap(line, width, indent, `${indent}  `).forEach(say);
	});
	const reports: FlowReport[] = [];
	for (const flow of flows.filter(({ name }) => options.flows.includes(name))) {
		['', ...wrap(`== ${flow.name}: ${flow.title}`, width)].forEach(say);
		const twice = options.twice || site.standIn !== undefined;
		const report = await flow.run(stage, { contacts: options.contacts, twice });
		shownReport(report, width).forEach(say);
		reports.push(report);
	}
	return reports;
}

/** An address without the name and password that some people put into it. */
const address = (url: string) => url.replace(/\/\/[^/]*@/, '//').split('?')[0];

const unexpected = (caught: unknown) =>
	caught instanceof Error ? (caught.stack ?? caught.message) : String(caught);

/** Runs what was asked for, and tells it. */
async function perform(site: Site, options: Options): Promise<number> {
	// whatever happens, no token is in what is printed
	const say: Say = (line) =>
		console.log(site.token === '' ? line : line.split(site.token).join('(token)'));
	const told = (lines: string[]) => lines.flatMap((line) => wrap(line, width)).forEach(say);
	const json = (facts: object) => {
		const about = { url: address(site.url), moodle: site.label };
		if (options.json) say(JSON.stringify({ ...about, ...facts }));
	};
	const began = performance.now();
	try {
		say(`Moodle: ${address(site.url)} (${site.label})`);
		if (!site.standIn)
			told([
				'Test users (with addresses that end in .example), a cohort, categories and courses are made there and stay.',
			]);
		const reports = await runFlows(site, options, say);
		const others = flows.map(({ name }) => name).filter((name) => !options.flows.includes(name));
		say('');
		if (others.length > 0)
			told([`More flows: ${others.join(', ')} (npm start -- ${others[0]}; all: npm start -- all)`]);
		const accounted = isAccounted(reports);
		const verdict = `${accounted ? 'Everything' : 'NOT everything'} is accounted for`;
		say(`${verdict} (${duration(performance.now() - began)})`);
		json({ accounted, flows: reports });
		return accounted ? 0 : 1;
	} catch (caught) {
		const lines =
			caught instanceof Refused ? wrap(`Stopped. ${caught.message}`, width) : [unexpected(caught)];
		lines.forEach(say);
		json({ accounted: false, stopped: lines.join(' ') });
		return 1;
	} finally {
		await site.close();
	}
}

async function main(words: string[]): Promise<number> {
	const names = flows.map(({ name }) => name);
	const options = parseOptions(words, names, byDefault);
	if (options.help) {
		console.log(usage(flows, byDefault));
		return 0;
	}
	const site = await openSite(process.env, options.version);
	if (buildPackage()) return await perform(site, options);
	await site.close();
	return 1;
}

function failed(caught: unknown): number {
	const isUsage = caught instanceof UsageError;
	console.error(isUsage ? `${caught.message}\n\n${usage(flows, byDefault)}` : unexpected(caught));
	return isUsage ? 2 : 1;
}

void main(process.argv.slice(2))
	.catch(failed)
	.then((code) => {
		process.exitCode = code;
	});
