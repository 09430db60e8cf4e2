import fc from '../support/randomly';
import { signatureOf } from '../../nodes/Moodle/moodle/signature';
import { failed, type Unit } from '../../nodes/Moodle/run/outcome';
import { scenarios } from './scenarios';
import { strike, type Attack } from './strike';

const writes = (seen: Array<{ wsfunction: string }>) =>
	seen.filter(({ wsfunction }) => signatureOf(wsfunction)?.write === true).length;

/** What a dry run says would be done for an item: the action, `nothing`, or `fails`. */
function announced(unit: Unit): string {
	if (failed(unit) || !unit.outcome || 'problem' in unit.outcome) return 'fails';
	return String(unit.outcome.outputs[0].json.action ?? 'nothing');
}

const runs = fc.record({
	name: fc.constantFrom(...scenarios.map((scenario) => scenario.name)),
	count: fc.integer({ min: 1, max: 40 }),
	bad: fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 3 }),
	size: fc.integer({ min: 1, max: 20 }),
	isOneByOne: fc.boolean(),
});

test('a run does what its dry run announced, and the dry run writes nothing', async () => {
	await fc.assert(
		fc.asyncProperty(runs, async ({ name, count, bad, size, isOneByOne }) => {
			const scenario = scenarios.find((entry) => entry.name === name)!;
			const plan = (dryRun: boolean): Attack => ({
				scenario,
				schedule: () => undefined,
				count,
				bad: new Set(bad),
				options: { recordsPerRequest: size, dryRun, width: isOneByOne ? 1 : undefined },
			});
			const dry = await strike(plan(true));
			const wet = await strike(plan(false));
			const sent = writes(wet.moodle.seen) - writes(dry.moodle.seen);
			const hasBad = bad.some((index) => index < count);
			// Preparing the site takes the same calls on both sides, so the difference is what the run itself wrote.
			// Several at once share the records as the site's speed asks for it, so that there may be more requests.
			if (hasBad || !isOneByOne) expect(sent).toBeGreaterThanOrEqual(dry.result.planned.requests);
			else expect(sent).toBe(dry.result.planned.requests);
			expect(dry.result.units).toHaveLength(count);
			dry.result.units.forEach((unit, index) => {
				const fails = announced(unit) === 'fails';
				if (fails || !scenario.isUnforeseeable)
					expect([index, fails]).toEqual([index, failed(wet.result.units[index])]);
			});
		}),
		{ numRuns: 150 },
	);
});
