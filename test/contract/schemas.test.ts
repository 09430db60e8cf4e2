/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** The output schemas that n8n shows before a node has run: one for each operation, and true. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageDir } from '../sandbox/catalogue';
import { isObject, type Json } from '../../nodes/Moodle/moodle/values';
import { nameOf, operations, parametersOf, runOne } from './support/runOne';
import { required } from './support/scenarios';
import { schemaFile, schemaOf } from './support/schemas';
import { specialOf } from './support/special';

const FOLDER = join(packageDir(), 'nodes', 'Moodle', '__schema__', 'v1.0.0');
const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

const typesOf = (schema: Json): string[] =>
	Array.isArray(schema.type)
		? (schema.type as string[])
		: schema.type === undefined
			? []
			: [String(schema.type)];

/** What is wrong with a JSON Schema, as far as these schemas use the language. */
function flawsOf(schema: unknown, at: string): string[] {
	if (!isObject(schema)) return [`${at} is no schema`];
	const flaws = typesOf(schema)
		.filter((type) => !TYPES.includes(type))
		.map((type) => `${at} has the type ${type}`);
	if (
		typesOf(schema).length === 0 &&
		!Array.isArray(schema.anyOf) &&
		Object.keys(schema).some((key) => key !== 'description')
	)
		flaws.push(`${at} has no type`);
	const inner = Object.entries(isObject(schema.properties) ? schema.properties : {});
	const items = schema.items === undefined ? [] : flawsOf(schema.items, `${at}[]`);
	return [...flaws, ...inner.flatMap(([key, sub]) => flawsOf(sub, `${at}.${key}`)), ...items];
}

function typeOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	return typeof value;
}

/** What in a value the schema does not say, keys and types. */
function strangers(value: unknown, schema: Json, at: string): string[] {
	const types = typesOf(schema);
	const type = typeOf(value);
	if (
		types.length > 0 &&
		!types.includes(type) &&
		!(type === 'number' && types.includes('integer'))
	)
		return [`${at} is ${type}, not ${types.join(' or ')}`];
	if (Array.isArray(value))
		return isObject(schema.items)
			? value.flatMap((entry) => strangers(entry, schema.items as Json, `${at}[]`))
			: [];
	if (!isObject(value) || !isObject(schema.properties)) return [];
	const known = schema.properties;
	return Object.entries(value).flatMap(([key, inner]) => {
		if (isObject(known[key])) return strangers(inner, known[key], `${at}.${key}`);
		if (isObject(schema.additionalProperties))
			return strangers(inner, schema.additionalProperties, `${at}.${key}`);
		return schema.additionalProperties === true
			? []
			: [`${at}.${key} is given by the operation and not in the schema: write its type there`];
	});
}

const named = operations.map((operation) => ({ name: nameOf(operation), operation }));

test.each(named)('$name has a schema of one output item', ({ name }) => {
	const schema = schemaOf(name);
	expect(schema.type).toBe('object');
	expect(Number.isInteger(schema.version)).toBe(true);
	expect(isObject(schema.properties)).toBe(true);
	expect(flawsOf({ ...schema, version: undefined }, schemaFile(name))).toEqual([]);
	const keys = Object.keys(schema.properties as Json);
	expect(keys.length > 0 || Boolean(schema.additionalProperties)).toBe(true);
	expect(keys).not.toContain('error');
});

test.each(named)('$name gives what its schema says', async ({ name, operation }) => {
	const { keys, replies } = specialOf(operation);
	for (const mood of ['found', 'none'] as const) {
		const { outputs } = await runOne({
			operation,
			values: required(operation).values,
			version: '5.1',
			mood,
			keys,
			replies,
		});
		expect(
			outputs.flatMap(({ json }) => strangers(json, schemaOf(name), schemaFile(name))),
		).toEqual([]);
	}
});

test.each(
	named.filter(({ operation }) =>
		parametersOf(operation).some((property) => property.name === 'simplify'),
	),
)('$name gives at most ten flat keys when it simplifies', async ({ operation }) => {
	const { outputs } = await runOne({
		operation,
		values: required(operation).values,
		version: '5.1',
		mood: 'found',
		keys: specialOf(operation).keys,
		replies: specialOf(operation).replies,
	});
	for (const { json } of outputs) expect(Object.keys(json).length).toBeLessThanOrEqual(10);
});

test('there is no schema without an operation', () => {
	const files = readdirSync(FOLDER).flatMap((folder) =>
		readdirSync(join(FOLDER, folder)).map((file) => `${folder}/${file.replace(/\.json$/, '')}`),
	);
	expect(
		files.filter((file) => !operations.some((operation) => nameOf(operation) === file)),
	).toEqual([]);
});
