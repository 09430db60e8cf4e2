/** Checks that are the same for every flow: each item once, each outcome as expected, each reason good enough. */
import type { IDataObject } from 'n8n-workflow';
import type { Check, RunReport } from './report';
import type { Traced } from './trace';

/** What is expected of an item. */
export interface Expectation {
	expect: string;
	/** For one that fails: the field its reason must name, and the value it must hold. */
	field?: string;
	value?: string;
}

/** What became of an item. */
export interface Outcome {
	outcome: string;
	reason?: string;
}

/** What became of an item by what came out for it: why it failed, or what `done` says of it. */
export const outcomeBy =
	(done: (row: IDataObject) => string) =>
	(row: IDataObject | undefined): Outcome | undefined => {
		if (!row) return undefined;
		return row.reason === undefined
			? { outcome: done(row) }
			: { outcome: 'failed', reason: String(row.reason) };
	};

/** Of Create or Update. */
export const recordOutcome = outcomeBy((row) =>
	row.created === true ? 'created' : row.updated === true ? 'updated' : 'unchanged',
);

/** Of Enrol User. */
export const enrolmentOutcome = outcomeBy((row) =>
	row.wasEnrolled === true ? 'enrolled before' : 'enrolled',
);

/** Letters only, so that 'First Name' and 'firstname' are the same. */
const bare = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');

/** Why a reason is not good enough: it must name the field and the value. */
function flawOf(reason: string, { field = '', value }: Expectation): string | undefined {
	if (!bare(reason).includes(bare(field))) return `the reason does not name '${field}'`;
	return value !== undefined && !reason.includes(value)
		? `the reason does not hold the value '${value}'`
		: undefined;
}

/** Compares what became of the items with what was to become of them. */
function compare(
	names: string[],
	outcomes: Array<Outcome | undefined>,
	expectations: Expectation[],
	kind: string,
): Check[] {
	const wrong: string[] = [];
	const flaws: string[] = [];
	names.forEach((name, index) => {
		const [found, wanted] = [outcomes[index], expectations[index]];
		if (!found) return;
		const why = found.reason === undefined ? '' : `: ${found.reason}`;
		if (found.outcome !== wanted.expect)
			wrong.push(`${name} is ${found.outcome}, not ${wanted.expect}${why}`);
		else if (found.reason !== undefined) {
			const flaw = flawOf(found.reason, wanted);
			if (flaw) flaws.push(`${name}: ${flaw}${why}`);
		}
	});
	return [
		{ what: `what became of the ${kind} is what was to be expected of each of them`, wrong },
		{ what: `every reason why one of the ${kind} failed names field and value`, wrong: flaws },
	];
}

/** Checks that the parts make up the whole. */
function adds(parts: Array<[string, number]>, whole: number, kind: string): Check {
	const sum = parts.reduce((total, [, number]) => total + number, 0);
	return {
		what: `${parts.map(([label]) => label).join(' + ')} = ${kind} in`,
		wrong: sum === whole ? [] : [`${sum} is not ${whole}`],
	};
}

/** Puts what came out to the items it came from; where nothing did the row is undefined. */
function sortOut(names: string[], put: Traced[], kind: string) {
	const rows: Array<IDataObject | undefined> = names.map(() => undefined);
	const wrong: string[] = [];
	for (const { origin, json } of put) {
		if (origin === undefined)
			wrong.push(`an item belongs to nothing that went in: ${JSON.stringify(json)}`);
		else if (rows[origin]) wrong.push(`${names[origin]} came out twice`);
		else rows[origin] = json;
	}
	names.forEach((name, index) => rows[index] ?? wrong.push(`${name} did not come out at all`));
	return { rows, check: { what: `each of the ${kind} came out exactly once`, wrong } };
}

/** The items of one kind that went in, and what came of them. */
export interface Items<T extends Outcome> {
	/** Such as `contacts`. */
	kind: string;
	/** Of each item, e.g. `C-00012 ada@example.org`. */
	names: string[];
	/** What came out. */
	put: Traced[];
	outcomeOf: (row: IDataObject | undefined) => T | undefined;
	/** All that can become of one, in the order of the report. */
	outcomes: readonly string[];
	/** What was to become of each. */
	expected: Expectation[];
}

/** What a report says of the items of one kind; `rows` is what came out for each, `count` how many became what. */
export interface Accounted<T extends Outcome>
	extends Pick<RunReport, 'checks' | 'failures' | 'figures'> {
	rows: Array<IDataObject | undefined>;
	results: Array<T | undefined>;
	count: (outcome: string) => number;
}

/** Accounts for the items of one kind. */
export function accountFor<T extends Outcome>(items: Items<T>): Accounted<T> {
	const { kind, names, put, outcomeOf, outcomes, expected } = items;
	const { rows, check } = sortOut(names, put, kind);
	const results = rows.map(outcomeOf);
	const count = (outcome: string) => results.filter((found) => found?.outcome === outcome).length;
	const parts = outcomes.map((outcome): [string, number] => [outcome, count(outcome)]);
	return {
		rows,
		results,
		count,
		checks: [check, adds(parts, names.length, kind), ...compare(names, results, expected, kind)],
		failures: results.flatMap((result, index) =>
			result?.reason === undefined ? [] : [{ who: names[index], reason: result.reason }],
		),
		figures: [
			[`${kind} in`, names.length],
			...parts.map(([label, value]): [string, number] => [`  ${label}`, value]),
		],
	};
}

/** Checks the record that n8n keeps of a run. */
export const recordCheck = ({ complaints }: { complaints: string[] }): Check => ({
	what: 'the token is nowhere in the record of the run, and all requests are counted',
	wrong: complaints,
});

/** Checks that a second run finds everything there. */
export const createdNothing = (made: Array<[kind: string, count: number]>): Check => ({
	what: 'the second run created nothing',
	wrong: made.filter(([, count]) => count !== 0).map(([kind, count]) => `${count} ${kind}`),
});
