/**
 * What is blank. In Create or Update it is left alone in Moodle, whatever the field (README, "Leaving out and emptying");
 * and nowhere is it something that two items have in common: clearing the ID numbers of sixty users is one request.
 */
import type { INodeProperties } from 'n8n-workflow';
import { Parameters } from '../../nodes/Moodle/actions/parameters';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { Reference } from '../../nodes/Moodle/lookup/reference';
import { nameOf, nodeParameters, operations, parametersOf, runOne } from './support/runOne';
import { everyScenario, full } from './support/scenarios';
import { specialOf } from './support/special';
import type { Values } from './support/samples';

const named = operations.map((operation) => ({ name: nameOf(operation), operation }));
const upserts = named.filter(({ operation }) => operation.value === 'upsert');

test('there are upserts of all six kinds', () => expect(upserts).toHaveLength(6));

const BLANKS: Array<[string, unknown]> = [
	['an empty text', ''],
	['spaces', '  '],
	['null', null],
	['undefined', undefined],
];

/** A blank value as an expression gives it: for lists of pairs, one whose value is blank. */
function blank(property: INodeProperties, value: unknown): unknown {
	return property.name === 'customfields' ? { values: [{ name: 'sample', value }] } : value;
}

function withBlanks(
	operation: Operation,
	values: Values,
	collection: string,
	value: unknown,
): Values {
	const properties = parametersOf(operation).filter(({ name }) => name === collection);
	const entries = properties.flatMap(({ options }) => (options ?? []) as INodeProperties[]);
	return {
		...values,
		[collection]: Object.fromEntries(entries.map((entry) => [entry.name, blank(entry, value)])),
	};
}

/** What an item of these values says, its references as texts. */
function inputOf(operation: Operation, values: Values): object {
	const held = nodeParameters(operation, values);
	const parameters = new Parameters(
		0,
		(name) => held[name],
		'Europe/Berlin',
		() => ({ name: 'a', mimeType: 'a', content: async () => Buffer.from('') }),
	);
	return operation.input(parameters) as object;
}
const plain = (input: object) =>
	JSON.parse(
		JSON.stringify(input, (_key, value: unknown) =>
			value instanceof Reference ? `${value.mode} ${value.value}` : value,
		),
	) as unknown;

describe.each(upserts)('$name', ({ operation }) => {
	test.each(BLANKS)(
		'%s in every additional field is as if the fields were not there',
		async (_what, value) => {
			for (const { values } of full(operation, '5.1')) {
				const without = { ...values, additionalFields: {} };
				const blanked = withBlanks(operation, without, 'additionalFields', value);
				expect(plain(inputOf(operation, blanked))).toEqual(plain(inputOf(operation, without)));
				const { problems } = await runOne({
					operation,
					values: blanked,
					version: '5.1',
					mood: 'found',
					...specialOf(operation),
				});
				expect(problems.filter(({ code }) => code === 'badvalue')).toEqual([]);
			}
		},
	);
});

const keyed = named.filter(({ operation }) => operation.keys);

test.each(keyed)('$name: a blank value is nothing that two items share', ({ operation }) => {
	const collections = parametersOf(operation).filter(
		({ type, name }) => type === 'collection' && name !== 'options',
	);
	for (const { values } of everyScenario(operation, '5.1')) {
		for (const { name, options = [] } of collections) {
			for (const entry of options as INodeProperties[]) {
				if (entry.type !== 'string') continue;
				const without = safely(operation, { ...values, [name]: {} });
				const blanked = safely(operation, { ...values, [name]: { [entry.name]: '' } });
				// Where the blank is refused, or nothing else is there to change, there is no key either.
				if (!blanked) continue;
				const known = without ?? [];
				const added = blanked.filter(
					(key) => !known.includes(key) && key.trimEnd().endsWith(entry.name),
				);
				expect({ field: entry.name, added }).toEqual({ field: entry.name, added: [] });
			}
		}
	}
});

/** The keys of an item; undefined when it is refused. */
function safely(operation: Operation, values: Values): string[] | undefined {
	try {
		return operation.keys?.(inputOf(operation, values));
	} catch {
		return undefined;
	}
}
