/**
 * Every operation, filled in in every way its description offers, sends only what Moodle 4.1, 4.5 and 5.1 accept:
 * each request goes through the engine and is checked against the signatures recorded from real sites.
 */
import type { Operation } from '../../nodes/Moodle/actions/types';
import { signatureOf } from '../../nodes/Moodle/moodle/signature';
import { hasReached } from '../../nodes/Moodle/moodle/version';
import type { MoodleVersion } from '../sandbox/types';
import { nameOf, operations, runOne, type Ran } from './support/runOne';
import {
	everyScenario,
	full,
	newerThan,
	required,
	workable,
	type Scenario,
} from './support/scenarios';
import { specialOf } from './support/special';

const VERSIONS: MoodleVersion[] = ['4.1', '4.5', '5.1'];

const named = operations.map((operation) => ({ name: nameOf(operation), operation }));
const cases = named.flatMap((entry) => VERSIONS.map((version) => ({ ...entry, version })));

/** Whether a version of Moodle has the function the operation is about. */
function exists({ operation, version }: { operation: Operation; version: string }): boolean {
	const own = (operation.calls[0] ?? operation.reads[0])?.function;
	const signature = own === undefined ? undefined : signatureOf(own);
	return (
		hasReached(version, signature?.since ?? '4.1') &&
		!(signature?.gone && hasReached(version, signature.gone))
	);
}

function repliesOf(operation: Operation) {
	const { keys, replies } = specialOf(operation);
	return { keys, replies };
}

async function run(
	operation: Operation,
	{ values }: Scenario,
	version: MoodleVersion,
	more: { mood?: 'found' | 'none'; dryRun?: boolean } = {},
): Promise<Ran> {
	return await runOne({
		operation,
		values,
		version,
		mood: 'found',
		...repliesOf(operation),
		...more,
	});
}

const told = (ran: Ran) => ran.problems.map((problem) => `${problem.code}: ${problem.message}`);

/** Runs scenarios; what is wrong with them, by name. Nothing wrong is an empty object. */
async function wrong(
	scenarios: Scenario[],
	check: (scenario: Scenario) => Promise<string[]>,
): Promise<Record<string, string[]>> {
	const found: Record<string, string[]> = {};
	for (const scenario of scenarios) {
		const flaws = await check(scenario);
		if (flaws.length > 0) found[scenario.name] = flaws;
	}
	return found;
}

const writesOf = (ran: Ran) =>
	ran.calls.filter(({ write }) => write).map((call) => `writes with ${call.function}`);

test('the list of operations is not empty, and every one is tested on every version', () => {
	expect(operations.length).toBeGreaterThan(0);
	expect(cases).toHaveLength(operations.length * VERSIONS.length);
});

test.each(cases.filter(exists))(
	'$name: Moodle $version accepts every way to fill it in',
	async ({ operation, version }) => {
		const { needsMore = [] } = specialOf(operation);
		const flaws = await wrong(everyScenario(operation, version), async (scenario) => {
			const ran = await run(operation, scenario, version);
			const allowed = scenario.name === 'required fields only' ? needsMore : [];
			const problems = told(ran).filter(
				(text) => !allowed.some((code) => text.startsWith(`${code}:`)),
			);
			const keys = ran.outputs.some(({ json }) => 'error' in json)
				? ["has an output key 'error'"]
				: [];
			return [...ran.violations, ...problems, ...keys];
		});
		expect(flaws).toEqual({});
	},
);

test.each(cases.filter(exists))(
	'$name: Moodle $version, when nothing that is looked for is there',
	async ({ operation, version }) => {
		const flaws = await wrong(
			[required(operation), ...full(operation, version)],
			async (scenario) => {
				const ran = await run(operation, scenario, version, { mood: 'none' });
				const silent =
					operation.writes && ran.outputs.length + ran.problems.length === 0
						? ['says nothing']
						: [];
				return [...ran.violations, ...silent];
			},
		);
		expect(flaws).toEqual({});
	},
);

test.each(
	cases.filter((entry) => exists(entry) && newerThan(entry.operation, entry.version).length > 0),
)(
	'$name: fields that Moodle $version lacks are refused before anything is written, with the version they need',
	async ({ operation, version }) => {
		const flaws = await wrong(newerThan(operation, version), async (scenario) => {
			const ran = await run(operation, scenario, version);
			const isTold = ran.problems.some(({ message }) =>
				message.includes(`Moodle ${scenario.since} or later`),
			);
			return [
				...ran.violations,
				...writesOf(ran),
				...(isTold ? [] : ['does not name the version', ...told(ran)]),
			];
		});
		expect(flaws).toEqual({});
	},
);

const missing = cases.filter((entry) => !exists(entry));
if (missing.length > 0) {
	test.each(missing)(
		'$name: Moodle $version lacks the function, and the user is told',
		async ({ operation, version }) => {
			const ran = await run(operation, required(operation), version);
			expect(ran.problems.map((problem) => problem.code)).toEqual(['functionunknown']);
			expect(ran.outputs).toEqual([]);
		},
	);
}

test.each(named.filter(({ operation }) => operation.writes))(
	'$name: Dry Run sends only reads',
	async ({ operation }) => {
		const flaws = await wrong(full(operation, '5.1'), async (scenario) => {
			const here = await run(operation, scenario, '5.1', { dryRun: true });
			const gone = await run(operation, scenario, '5.1', { dryRun: true, mood: 'none' });
			// what is there already cannot be created, what is not there cannot be changed: one of the two must go
			const refused = here.problems.length > 0 && gone.problems.length > 0 ? told(here) : [];
			return [
				...here.violations,
				...writesOf(here),
				...refused,
				...gone.violations,
				...writesOf(gone),
			];
		});
		expect(flaws).toEqual({});
	},
);

const withRequired = named.filter(({ operation }) =>
	operation.fields.some((field) => field.required),
);
test.each(withRequired)(
	'$name: a required field left empty is named, and nothing is sent',
	async ({ operation }) => {
		for (const field of operation.fields.filter(
			(entry) => entry.required && !entry.displayOptions,
		)) {
			const empty =
				field.type === 'resourceLocator'
					? { __rl: true, mode: 'list', value: '' }
					: field.type === 'fixedCollection'
						? {}
						: '';
			const values = workable(operation);
			const ran = await runOne({
				operation,
				values: { ...values, [field.name]: empty },
				version: '5.1',
				mood: 'found',
			});
			expect({ field: field.name, codes: ran.problems.map((problem) => problem.code) }).toEqual({
				field: field.name,
				codes: ['empty'],
			});
			// an operation that looks at all items together looks at those that are good, too
			expect(operation.whole ? writesOf(ran) : ran.calls).toEqual([]);
			expect(ran.problems[0].message).toContain(`'${field.displayName}'`);
		}
	},
);
