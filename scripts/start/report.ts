/** How what the flows report is shown. */
import type { Check, Failure, FlowReport } from '../../test/flows/support/report';
import { count, duration, megabytes, table, wrap } from './text';

function rowsOf({ flow, runs }: FlowReport): string[][] {
	const rows = [[flow, ...runs.map((_, index) => `run ${index + 1}`)]];
	// every run of a flow has the same figures
	runs[0]?.figures.forEach(([label], index) =>
		rows.push([label, ...runs.map(({ figures }) => count(figures[index][1]))]),
	);
	rows.push(['requests', ...runs.map(({ requests }) => count(requests))]);
	if (runs.some(({ writes }) => writes !== undefined)) {
		rows.push([
			'  that write',
			...runs.map(({ writes }) => (writes === undefined ? '' : count(writes))),
		]);
		rows.push([
			'  that look up',
			...runs.map(({ requests, writes }) => (writes === undefined ? '' : count(requests - writes))),
		]);
	}
	rows.push(['time', ...runs.map(({ milliseconds }) => duration(milliseconds))]);
	rows.push(['memory before', ...runs.map(({ memory }) => megabytes(memory.before))]);
	rows.push(['memory, peak', ...runs.map(({ memory }) => megabytes(memory.peak))]);
	return rows;
}

/** Most failures and objections that are listed one by one. */
const LISTED = 60;

function listed(lines: string[][], rest: number): string[] {
	return [
		...lines.flat(),
		...(rest > 0 ? [`  ... and ${count(rest)} more (all of them with --json)`] : []),
	];
}

function failuresOf(failures: Failure[], width: number): string[] {
	const blocks = failures
		.slice(0, LISTED)
		.map(({ who, reason }) => [...wrap(who, width, '  '), ...wrap(reason, width, '    ')]);
	return listed(blocks, failures.length - LISTED);
}

function sameFailures(one: Failure[], other: Failure[]): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

function checksOf(checks: Check[], width: number): string[] {
	return checks.flatMap(({ what, wrong }) => {
		const head = wrap(what, width, wrong.length === 0 ? '  ok   ' : '  NOT  ', '       ');
		const blocks = wrong.slice(0, 10).map((text) => wrap(text, width, '       - ', '         '));
		return [...head, ...listed(blocks, wrong.length - 10)];
	});
}

/** The report of a flow in lines of at most `width` columns. */
export function shownReport(report: FlowReport, width: number): string[] {
	const lines = ['', ...table(rowsOf(report))];
	report.runs.forEach((run, index) => {
		const title = report.runs.length > 1 ? ` of run ${index + 1}` : '';
		const isRepeated = index > 0 && sameFailures(run.failures, report.runs[index - 1].failures);
		if (isRepeated) lines.push('', `Failed items${title}: the same ones for the same reasons`);
		else if (run.failures.length > 0)
			lines.push('', `Failed items${title}`, ...failuresOf(run.failures, width));
		lines.push('', `Checks${title}`, ...checksOf(run.checks, width));
	});
	return lines;
}
