/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/**
 * npm run soak [-- --seed N --minutes M]: random schedules of faults against the engine, for as long as wanted.
 *
 * Each round is a run of fast-check with a seed of its own, counted up from the first, so that any round can be repeated
 * by `--seed <its seed> --rounds 1`. Ends with 0 when everything that was told was true, with 1 at the first
 * counterexample, shrunk and printed.
 */
import * as fc from 'fast-check';
import { STRIKING, type Fault } from '../support/faults';
import { VERSIONS } from '../sandbox/types';
import { scenarios } from '../robust/scenarios';
import { expectTruth, strike, type Attack } from '../robust/strike';

const ROUND = 200;

const say = (text: string) => void process.stdout.write(`${text}\n`);

function argument(name: string, fallback: number): number {
	const at = process.argv.indexOf(`--${name}`);
	if (at < 0) return fallback;
	const value = Number(process.argv[at + 1]);
	if (Number.isFinite(value) && value >= 0) return value;
	say(`--${name} takes a number`);
	process.exit(2);
}

const faults = STRIKING;

/** Wider than in the tests: more items, more faults, later requests, every size. */
const attacks = fc.record({
	name: fc.constantFrom(...scenarios.map((scenario) => scenario.name)),
	strikes: fc.dictionary(fc.integer({ min: 0, max: 40 }).map(String), fc.constantFrom(...faults), {
		maxKeys: 10,
	}),
	count: fc.integer({ min: 1, max: 60 }),
	bad: fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 6 }),
	stop: fc.boolean(),
	size: fc.integer({ min: 1, max: 40 }),
	width: fc.integer({ min: 1, max: 4 }),
	patience: fc.constantFrom(0, 3000, 30_000),
	site: fc.record({
		version: fc.constantFrom(...VERSIONS),
		database: fc.constantFrom('mariadb' as const, 'postgres' as const),
	}),
	maxInputVars: fc.constantFrom(100, 130, 300, 1000, 5000),
});

type Roll = typeof attacks extends fc.Arbitrary<infer T> ? T : never;

interface Counts {
	runs: number;
	items: number;
	struck: Map<string, number>;
}

function planOf(
	{ name, strikes, count, bad, stop, size, width, patience, maxInputVars, site }: Roll,
	counts: Counts,
): Attack {
	return {
		scenario: scenarios.find((scenario) => scenario.name === name)!,
		schedule: (index) => {
			const fault = strikes[String(index)];
			if (fault) counts.struck.set(fault, (counts.struck.get(fault) ?? 0) + 1);
			return fault;
		},
		count,
		bad: new Set(bad),
		options: {
			stop,
			recordsPerRequest: size,
			width,
			patience: waits(strikes) ? Math.max(patience, 3000) : patience,
		},
		maxInputVars,
		site,
	};
}

/** What Moodle commits after we have stopped looking cannot be known: then we look at least as long as it takes. */
const waits = (strikes: Record<string, Fault>) =>
	Object.values(strikes).some((fault) => fault === 'timeoutLate' || fault === 'http504Late');

const words = ({ runs, items, struck }: Counts, from: number) =>
	`${runs} runs, ${items} items, ${[...struck.values()].reduce((sum, times) => sum + times, 0)} faults in ${Math.round((Date.now() - from) / 1000)} s`;

const wordsOf = (caught: unknown) => (caught instanceof Error ? caught.message : String(caught));

async function soak(): Promise<number> {
	const first = argument('seed', Math.floor(Math.random() * 2 ** 31));
	const from = Date.now();
	const end = from + argument('minutes', 10) * 60_000;
	const most = argument('rounds', Infinity);
	const counts: Counts = { runs: 0, items: 0, struck: new Map() };
	say(`Seed ${first}`);
	let told = from;
	for (let round = 0; round < most && (round === 0 || Date.now() < end); round++) {
		const seed = first + round;
		const details = await fc.check(
			fc.asyncProperty(attacks, async (roll) => {
				const plan = planOf(roll, counts);
				counts.runs++;
				counts.items += plan.count;
				expectTruth(plan, await strike(plan));
			}),
			{
				numRuns: ROUND,
				seed,
				interruptAfterTimeLimit: Math.max(1000, end - Date.now()),
				markInterruptAsFailure: false,
			},
		);
		if (details.failed) {
			say(
				`Counterexample after ${words(counts, from)}. Again with: npm run soak -- --seed ${seed} --rounds 1\n${wordsOf(details.errorInstance)}\n${fc.defaultReportMessage(details) ?? ''}`,
			);
			return 1;
		}
		if (Date.now() - told > 30_000) {
			told = Date.now();
			say(`${words(counts, from)}, seed ${seed} done`);
		}
	}
	const byFault = [...counts.struck].sort().map(([fault, times]) => `${fault} ${times}`);
	say(`Everything told was true: ${words(counts, from)}\n${byFault.join(', ')}`);
	return 0;
}

void soak().then(
	(code) => process.exit(code),
	(failure: unknown) => {
		say(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure));
		process.exit(1);
	},
);
