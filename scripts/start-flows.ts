/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
/** The second half of `npm start`: runs the example workflows, reports, and says by its exit code whether all is accounted for. */
import { byDefault, flows } from './start/flows';
import { parseOptions, usage, UsageError, type ParsedOptions } from './start/options';
import { isAccounted, shownReport, type FlowReport } from './start/report';
import { openSite, type Site } from './start/site';
import { builtPackage, Refused, Stage } from './start/stage';
import { duration, wrap } from './start/text';

const width = Math.min(100, Math.max(40, process.stdout.columns ?? 80));

/** Prints a line; whatever happens, no token is in it. */
function printer(token: string): (line: string) => void {
	return (line) => console.log(token === '' ? line : line.split(token).join('(token)'));
}

async function runFlows(
	site: Site,
	options: ParsedOptions,
	say: (line: string) => void,
): Promise<FlowReport[]> {
	const twice = options.twice || site.standIn !== undefined;
	const stage = new Stage(site, builtPackage(), (line) => {
		const [indent] = /^ */.exec(line)!;
		wrap(line, width, indent, `${indent}  `).forEach(say);
	});
	const reports: FlowReport[] = [];
	for (const flow of flows.filter(({ name }) => options.flows.includes(name))) {
		say('');
		for (const line of wrap(`== ${flow.name}: ${flow.title}`, width)) say(line);
		const report = await flow.run(stage, { contacts: options.contacts, twice });
		for (const line of shownReport(report, width)) say(line);
		reports.push(report);
	}
	return reports;
}

/** An address without the name and password that some people put into it. */
function address(url: string): string {
	return url.replace(/\/\/[^/]*@/, '//').split('?')[0];
}

function unexpected(caught: unknown): string {
	return caught instanceof Error ? (caught.stack ?? caught.message) : String(caught);
}

async function main(words: string[]): Promise<number> {
	const options = parseOptions(
		words,
		flows.map(({ name }) => name),
		byDefault,
	);
	if (options.help) {
		console.log(usage(flows, byDefault));
		return 0;
	}
	const began = performance.now();
	const site = await openSite(process.env, options.version);
	const say = printer(site.token);
	try {
		say(`Moodle: ${address(site.url)} (${site.label})`);
		if (!site.standIn)
			wrap(
				'Test users (with addresses that end in .example), a cohort, categories and courses are made there and stay.',
				width,
			).forEach((line) => say(line));
		const reports = await runFlows(site, options, say);
		const others = flows.filter(
			({ name }) => !options.flows.includes(name) && !byDefault.includes(name),
		);
		if (others.length > 0)
			wrap(
				`More flows, by name: ${others.map(({ name }) => name).join(', ')} (npm start -- ${others[0].name})`,
				width,
			).forEach((line) => say(line));
		const accounted = isAccounted(reports);
		say('');
		say(
			`${accounted ? 'Everything is accounted for' : 'NOT everything is accounted for'} (${duration(performance.now() - began)})`,
		);
		if (options.json)
			say(
				JSON.stringify({ accounted, url: address(site.url), moodle: site.label, flows: reports }),
			);
		return accounted ? 0 : 1;
	} catch (caught) {
		const lines =
			caught instanceof Refused ? wrap(`Stopped. ${caught.message}`, width) : [unexpected(caught)];
		lines.forEach((line) => say(line));
		if (options.json)
			say(
				JSON.stringify({
					accounted: false,
					url: address(site.url),
					moodle: site.label,
					stopped: lines.join(' '),
				}),
			);
		return 1;
	} finally {
		await site.close();
	}
}

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(caught: unknown) => {
		if (caught instanceof UsageError) {
			console.error(`${caught.message}\n\n${usage(flows, byDefault)}`);
			process.exitCode = 2;
			return;
		}
		console.error(unexpected(caught));
		process.exitCode = 1;
	},
);
