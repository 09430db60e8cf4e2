/** The description n8n gets: complete, consistent, and in n8n's words. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { EXPLANATIONS } from '../../nodes/Moodle/moodle/explanations';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { PROMISED } from './support/promised';
import { description, nameOf, operations, parametersOf } from './support/runOne';
import { flawsOf, flawsOfText, isTitle, within } from './support/words';

const named = operations.map((operation) => ({ name: nameOf(operation), operation }));
const { listSearch } = new Moodle().methods;

describe('operations', () => {
	test('are there once', () =>
		expect(new Set(operations.map(nameOf)).size).toBe(operations.length));

	test('reach every function that the package is there for', () => {
		expect(PROMISED).toHaveLength(34);
		const reached = new Set(
			operations.flatMap(({ calls, reads }) => [...calls, ...reads]).map((facts) => facts.function),
		);
		expect(PROMISED.filter((name) => !reached.has(name))).toEqual([]);
	});

	test.each(named)('$name: name, action and description follow the rules', ({ operation }) => {
		const { name, action, value, resource } = operation;
		const text = operation.description;
		expect(`${resource} ${value}`).toMatch(/^[a-zA-Z0-9]+ [a-zA-Z0-9]+$/);
		expect(isTitle(name)).toBe(true);
		expect(action).toMatch(/^[A-Z][a-z]+( ([a-z][a-z-]*|ID|URL|[A-Z]{2,}))*$/);
		expect(action).not.toMatch(/ (a|an|the) /i);
		expect(flawsOfText(text)).toEqual([]);
		expect(text.length).toBeGreaterThan(10);
		expect(text).not.toBe(action);
		if (value === 'getAll') {
			expect([name, action, / all /.test(text)]).toEqual([
				'Get Many',
				expect.stringMatching(/^Get many .+s$/),
				false,
			]);
		}
		if (value === 'upsert') {
			expect(name).toBe('Create or Update');
			expect(text).toBe(
				`Create a new ${resource}, or update the current one if it already exists (upsert)`,
			);
		}
	});

	test.each(named)('$name: says what it calls, and with which rights', ({ operation }) => {
		const { calls, reads, writes } = operation;
		if (!operation.mixed) expect(writes).toBe(calls.length > 0);
		for (const facts of [...calls, ...reads]) {
			expect(facts.function).toMatch(/^[a-z]+_[a-z_]+$/);
			for (const capability of facts.capabilities)
				expect(capability).toMatch(/^[a-z]+(\/[a-z0-9_]+)+:[a-z]+$/);
		}
		expect(new Set(calls.map((call) => `${call.function} ${call.perRequest ?? ''}`)).size).toBe(
			calls.length,
		);
		expect(new Set(reads.map((read) => read.function)).size).toBe(reads.length);
	});
});

describe('parameters', () => {
	test.each(named)('$name: their words follow the rules', ({ operation }) => {
		const flaws = parametersOf(operation)
			.flatMap((property) => within(property))
			.flatMap(({ at, property }) => flawsOf(property).map((flaw) => `${at}: ${flaw}`));
		expect(flaws).toEqual([]);
	});

	test('Resource and Operation follow the rules', () => {
		const chosen = description.properties.filter(
			({ name }) => name === 'resource' || name === 'operation',
		);
		expect(chosen.flatMap((property) => flawsOf(property))).toEqual([]);
		expect(chosen.every(({ noDataExpression }) => noDataExpression === true)).toBe(true);
		expect(description.properties[0].name).toBe('resource');
	});

	test.each(named)(
		'$name: conditions refer to parameters that are shown, and to values they can have',
		({ operation }) => {
			const shown = new Map(parametersOf(operation).map((property) => [property.name, property]));
			for (const property of shown.values()) {
				for (const conditions of [
					property.displayOptions?.show ?? {},
					property.displayOptions?.hide ?? {},
				]) {
					for (const [name, values] of Object.entries(conditions)) {
						if (name === 'resource' || name === 'operation') continue;
						const other = shown.get(name.replace(/^\//, '').split('.')[0]);
						expect({ condition: name, of: property.name, exists: other !== undefined }).toEqual({
							condition: name,
							of: property.name,
							exists: true,
						});
						if (other?.type === 'boolean')
							expect([true, false]).toEqual(expect.arrayContaining(values ?? []));
						if (other?.type === 'options')
							expect((other.options as INodePropertyOptions[]).map(({ value }) => value)).toEqual(
								expect.arrayContaining(values ?? []),
							);
					}
				}
				for (const path of property.typeOptions?.loadOptionsDependsOn ?? [])
					expect([...shown.keys()]).toContain(path.split('.')[0]);
			}
		},
	);

	test.each(named)('$name: no parameter is shown twice', ({ operation }) => {
		const byName = new Map<string, INodeProperties[]>();
		for (const property of parametersOf(operation))
			byName.set(property.name, [...(byName.get(property.name) ?? []), property]);
		for (const [name, twins] of byName) {
			const conditions = twins.map(({ displayOptions }) =>
				JSON.stringify({
					...displayOptions?.show,
					resource: undefined,
					operation: undefined,
					not: displayOptions?.hide,
				}),
			);
			expect({ name, different: new Set(conditions).size }).toEqual({
				name,
				different: twins.length,
			});
			if (twins.length > 1) expect(conditions).not.toContain('{}');
		}
	});

	test('ways to name a record fit the narrow box that n8n has for them', () => {
		const modes = operations
			.flatMap(parametersOf)
			.flatMap((property) => within(property))
			.flatMap(({ property }) => property.modes ?? []);
		expect(
			[...new Set(modes.map(({ displayName }) => displayName))].filter((label) => label.length > 9),
		).toEqual([]);
	});

	test('a required number has no value to begin with: it would be taken for one that somebody gave', () => {
		const numbers = operations.flatMap((operation) =>
			parametersOf(operation)
				.filter(({ type, required }) => type === 'number' && required)
				.map(({ name, default: value }) => ({ at: `${nameOf(operation)} ${name}`, value })),
		);
		expect(numbers).toContainEqual({ at: 'grade/update grade', value: '' });
		expect(
			numbers
				.filter(({ value }) => value !== '')
				.map(({ at }) => `${at}: write default: '' in its field(…), in nodes/Moodle/actions`),
		).toEqual([]);
	});

	test('lists have a search of that name', () => {
		const modes = operations
			.flatMap(parametersOf)
			.flatMap((property) => within(property))
			.flatMap(({ property }) => property.modes ?? []);
		const methods = new Set(
			modes
				.map(({ typeOptions }) => typeOptions?.searchListMethod)
				.filter((name) => name !== undefined),
		);
		expect(Object.keys(listSearch)).toEqual(expect.arrayContaining([...methods]));
	});
});

describe('the description as a whole', () => {
	test('is plain data', () => expect(JSON.parse(JSON.stringify(description))).toEqual(description));

	test('the line under the node has the names of resource and operation', () => {
		const path = (value: unknown) => /^=\{\{ (.+) \}\}$/s.exec(String(value))?.[1] ?? '';
		expect(path(description.subtitle)).not.toContain('}}');
		const names = JSON.parse(
			/\((\{.*\})\)/s.exec(path(description.subtitle))?.[1] ?? '{}',
		) as Record<string, string>;
		expect(names).toMatchObject({
			'site/getInfo': 'Site: Get Info',
			'webService/callFunction': 'Web Service: Call Function',
			'user/upsert': 'User: Create or Update',
		});
		expect(Object.keys(names)).toHaveLength(operations.length);
	});

	test('texts are plain English', () => {
		const texts = [
			JSON.stringify(description),
			JSON.stringify(new MoodleApi()),
			JSON.stringify(EXPLANATIONS),
		];
		for (const text of texts)
			expect(
				text.match(
					/.{20}(?:\bblanks?\b|stumbl|into words|behind (?:it|id)\b|stands behind|without a word|stays so).{20}/gi,
				),
			).toBeNull();
	});

	test('can be used as a tool, and says what n8n needs to know', () => {
		expect(description).toMatchObject({
			name: 'moodle',
			version: [1],
			usableAsTool: true,
			group: ['transform'],
		});
		expect(flawsOfText(description.description)).toEqual([]);
	});

	test('is built cheaply, because n8n builds it at every start', () => {
		const from = performance.now();
		for (let i = 0; i < 20; i++) new Moodle();
		expect((performance.now() - from) / 20).toBeLessThan(50);
	});
});
