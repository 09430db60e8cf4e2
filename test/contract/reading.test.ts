/**
 * What an operation reads is what n8n shows for it, and the other way round. A parameter that is read but not shown
 * throws in n8n; one that is shown but not read is a field without effect.
 */
import { Ledger, nameOf, operations, parametersOf, runOne } from './support/runOne';
import { everyScenario, ownEntries, required } from './support/scenarios';
import { SETTINGS, specialOf } from './support/special';

const ledgers = new Map<string, Ledger>();

async function ledgerOf(operation: (typeof operations)[number]): Promise<Ledger> {
	const ledger = ledgers.get(nameOf(operation)) ?? new Ledger();
	if (ledgers.has(nameOf(operation))) return ledger;
	ledgers.set(nameOf(operation), ledger);
	const { keys, replies } = specialOf(operation);
	for (const { values } of everyScenario(operation, '5.1')) {
		for (const mood of ['found', 'none'] as const)
			await runOne({ operation, values, version: '5.1', mood, ledger, keys, replies });
	}
	return ledger;
}

describe.each(operations.map((operation) => ({ name: nameOf(operation), operation })))(
	'$name',
	({ operation }) => {
		const properties = parametersOf(operation);

		test('reads what is shown, and nothing else', async () => {
			const ledger = await ledgerOf(operation);
			const shown = properties
				.filter((property) => property.name !== 'options' || ownEntries(property).length > 0)
				.map(({ name }) => name);
			const settings = ['resource', 'operation', 'options'];
			expect([...ledger.hidden]).toEqual([]);
			expect(
				[...ledger.read].filter((name) => !shown.includes(name) && !settings.includes(name)),
			).toEqual([]);
			expect(shown.filter((name) => !ledger.read.has(name))).toEqual([]);
		});

		const collections = properties.filter(({ type }) => type === 'collection');
		test('reads every entry of its collections', async () => {
			const ledger = await ledgerOf(operation);
			const entries = collections.flatMap((property) =>
				ownEntries(property).map((entry) => `${property.name}.${entry.name}`),
			);
			expect(entries.filter((entry) => !ledger.entries.has(entry))).toEqual([]);
			const known = [
				...entries,
				...['toJSON', ...SETTINGS].flatMap((name) =>
					collections.map((property) => `${property.name}.${name}`),
				),
			];
			expect([...ledger.entries].filter((entry) => !known.includes(entry))).toEqual([]);
		});

		test('asks n8n for nothing that an empty item lacks', async () => {
			const ledger = new Ledger();
			await runOne({
				operation,
				values: required(operation).values,
				version: '5.1',
				mood: 'found',
				ledger,
				keys: specialOf(operation).keys,
				replies: specialOf(operation).replies,
			});
			expect([...ledger.hidden]).toEqual([]);
		});
	},
);
