/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import fc from '../support/randomly';
import { VERSIONS } from '../sandbox/types';
import { STRIKING } from '../support/faults';
import { scenarios } from './scenarios';
import { expectTruth, strike, type Attack } from './strike';

const RUNS = Number(process.env.SCHEDULES ?? 1000);

/** Which fault strikes which request, which items Moodle refuses, and how the run is set up. */
const attacks = fc.record({
	name: fc.constantFrom(...scenarios.map((scenario) => scenario.name)),
	strikes: fc.dictionary(
		fc.integer({ min: 0, max: 14 }).map(String),
		fc.constantFrom(...STRIKING),
		{ maxKeys: 5 },
	),
	count: fc.integer({ min: 1, max: 24 }),
	bad: fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 4 }),
	stop: fc.boolean(),
	size: fc.integer({ min: 1, max: 12 }),
	width: fc.integer({ min: 1, max: 4 }),
	site: fc.record({
		version: fc.constantFrom(...VERSIONS),
		database: fc.constantFrom('mariadb' as const, 'postgres' as const),
	}),
	maxInputVars: fc.constantFrom(100, 130, 1000),
});

test(
	`${RUNS} random schedules: what is told of each item is true of the site`,
	async () => {
		await fc.assert(
			fc.asyncProperty(
				attacks,
				async ({ name, strikes, count, bad, stop, size, width, site, maxInputVars }) => {
					const scenario = scenarios.find((entry) => entry.name === name)!;
					const plan: Attack = {
						scenario,
						schedule: (index) => strikes[String(index)],
						count,
						bad: new Set(bad),
						options: { stop, recordsPerRequest: size, width },
						maxInputVars,
						site,
					};
					expectTruth(plan, await strike(plan));
				},
			),
			{ numRuns: RUNS },
		);
	},
	60_000 + RUNS * 100,
);
