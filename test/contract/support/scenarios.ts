/** The ways an operation is filled in: required fields only, everything, each optional field alone, each way to name a record. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { Operation } from '../../../nodes/Moodle/actions/types';
import { hasReached } from '../../../nodes/Moodle/moodle/version';
import { SETTINGS, specialOf } from './special';
import { entriesOf, sample, sampleByMode, sinceOf, type Values } from './samples';
import { parametersOf } from './runOne';

export interface Scenario {
	name: string;
	values: Values;
	/** Version of Moodle that a field of it needs. */
	since?: string;
}

const isCollection = (property: INodeProperties) => property.type === 'collection';

/** A parameter as it is while nobody has touched it; required ones get a value. */
function untouched(property: INodeProperties): unknown {
	return property.required ? sample(property) : property.default;
}

/** Values by name. Where several parameters share a name, under different conditions, a required one decides. */
function valuesOf(
	properties: INodeProperties[],
	value: (property: INodeProperties) => unknown,
): Values {
	const values: Values = {};
	for (const property of [...properties].sort(
		(a, b) => Number(a.required ?? false) - Number(b.required ?? false),
	)) {
		const made = value(property);
		values[property.name] = isCollection(property)
			? { ...(values[property.name] as Values), ...(made as Values) }
			: made;
	}
	return values;
}

/** The entries an operation has of its own; those every operation has are read by the run. */
export function ownEntries(property: INodeProperties): INodeProperties[] {
	return entriesOf(property).filter(
		(entry) => !(property.name === 'options' && SETTINGS.includes(entry.name)),
	);
}

/** Nothing but what n8n demands. */
export function required(operation: Operation): Scenario {
	const values = {
		...valuesOf(parametersOf(operation), untouched),
		...specialOf(operation).always,
	};
	return { name: 'required fields only', values };
}

function filled(property: INodeProperties, turn: number, version: string): unknown {
	if (!isCollection(property)) return sample(property, turn);
	const entries = ownEntries(property).filter((entry) =>
		hasReached(version, sinceOf(entry) ?? '4.1'),
	);
	return valuesOf(entries, (entry) => sample(entry, turn));
}

/** Required fields, and what an operation cannot work without although n8n cannot say so. */
export function workable(operation: Operation): Values {
	const updateFields = parametersOf(operation).find(({ name }) => name === 'updateFields');
	const first = updateFields
		? entriesOf(updateFields).find((entry) => sinceOf(entry) === undefined)
		: undefined;
	return {
		...required(operation).values,
		...(first ? { updateFields: { [first.name]: sample(first) } } : {}),
		...specialOf(operation).mostly,
	};
}

/** Everything filled, as far as the version has it, once for each option of the longest list of options. */
export function full(operation: Operation, version: string): Scenario[] {
	const properties = parametersOf(operation).filter((property) =>
		hasReached(version, sinceOf(property) ?? '4.1'),
	);
	const { always, mostly, without = [] } = specialOf(operation);
	const turns = Math.min(
		4,
		Math.max(
			2,
			...properties
				.flatMap((p) => [p, ...(isCollection(p) ? entriesOf(p) : [])])
				.map((p) => (p.type === 'options' ? entriesOf(p).length : 0)),
		),
	);
	return Array.from({ length: turns }, (_, turn) => {
		const values = {
			...valuesOf(properties, (property) => filled(property, turn, version)),
			...mostly,
			...always,
		};
		for (const path of without) drop(values, path);
		return { name: `all fields, variant ${turn + 1}`, values };
	});
}

function drop(values: Values, path: string): void {
	const [name, entry] = path.split('.');
	if (entry === undefined) delete values[name];
	else
		values[name] = Object.fromEntries(
			Object.entries(values[name] as Values).filter(([key]) => key !== entry),
		);
}

/** Each entry of each collection alone. */
export function alone(operation: Operation): Scenario[] {
	const base = workable(operation);
	return parametersOf(operation)
		.filter(isCollection)
		.flatMap((property) =>
			ownEntries(property).map((entry) => ({
				name: `${property.name}.${entry.name}`,
				values: {
					...base,
					...specialOf(operation).besideAll?.[`${property.name}.${entry.name}`],
					[property.name]: {
						[entry.name]: sample(entry),
						...specialOf(operation).beside?.[`${property.name}.${entry.name}`],
					},
				},
				since: sinceOf(entry),
			})),
		);
}

/** Each other value of each choice, switch and locator that is not in a collection. */
export function varied(operation: Operation): Scenario[] {
	const base = workable(operation);
	return parametersOf(operation).flatMap((property) => {
		const conditions = Object.entries(property.displayOptions?.show ?? {}).filter(
			([name]) => name !== 'resource' && name !== 'operation',
		);
		const shown = Object.fromEntries(conditions.map(([name, values]) => [name, values?.[0]]));
		const made = (label: unknown, value: unknown) => ({
			name: `${property.name} = ${String(label)}`,
			values: { ...base, ...shown, [property.name]: value },
			since: sinceOf(property),
		});
		if (property.type === 'options')
			return (property.options as INodePropertyOptions[]).map(({ value }) => made(value, value));
		if (property.type === 'boolean') return [true, false].map((value) => made(value, value));
		if (property.type !== 'resourceLocator') return [];
		return (property.modes ?? [])
			.filter(({ name }) => name !== 'list')
			.map(({ name }) => made(name, sampleByMode(property, name)));
	});
}

/** All of these, as far as a version of Moodle has the fields. */
export function everyScenario(operation: Operation, version: string): Scenario[] {
	const possible = [...alone(operation), ...varied(operation)].filter(({ since }) =>
		hasReached(version, since ?? '4.1'),
	);
	return [required(operation), ...full(operation, version), ...possible];
}

/** The fields that a version of Moodle does not have yet, each alone. */
export function newerThan(operation: Operation, version: string): Scenario[] {
	return [...alone(operation), ...varied(operation)].filter(
		({ since }) => since !== undefined && !hasReached(version, since),
	);
}
