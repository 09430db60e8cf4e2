/** The fields of an operation, each with a way to fill in nothing but it. */
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import type { Operation } from '../../../nodes/Moodle/actions/types';
import { nameOf, parametersOf } from './runOne';
import { sample, type Values } from './samples';
import { ownEntries } from './scenarios';
import { specialOf } from './special';

/** A field of an operation, and what a node holds in which it has a value. */
export interface Place {
	operation: Operation;
	field: INodeProperties;
	/** Name of the parameter that holds it. */
	parameter: string;
	/** `user/create additionalFields.city` */
	name: string;
	/** The plain values that n8n's conditions need. */
	conditions: Values;
	holding: (value: unknown) => Values;
}

/** The conditions under which n8n shows a parameter, as values. */
function conditionsOf(property: INodeProperties): Values {
	const conditions = Object.entries(property.displayOptions?.show ?? {}).filter(
		([name]) => name !== 'resource' && name !== 'operation',
	);
	return Object.fromEntries(conditions.map(([name, values]) => [name, values?.[0]]));
}

/** A field by itself, or the fields of its rows. */
function inside(
	field: INodeProperties,
): Array<{ field: INodeProperties; path: string; value: (inner: unknown) => unknown }> {
	if (field.type !== 'fixedCollection')
		return [{ field, path: field.name, value: (inner) => inner }];
	const many = field.typeOptions?.multipleValues === true;
	return ((field.options ?? []) as INodePropertyCollection[]).flatMap((group) =>
		group.values.map((entry) => {
			const row = (inner: unknown) => ({
				...Object.fromEntries(group.values.map((other) => [other.name, sample(other)])),
				[entry.name]: inner,
			});
			return {
				field: entry,
				path: `${field.name}.${entry.name}`,
				value: (inner: unknown) => ({ [group.name]: many ? [row(inner)] : row(inner) }),
			};
		}),
	);
}

/** Every field of an operation, those in collections and in rows too. */
export function placesOf(operation: Operation): Place[] {
	return parametersOf(operation).flatMap((property) => {
		const base = { operation, parameter: property.name, conditions: conditionsOf(property) };
		if (property.type !== 'collection')
			return inside(property).map(
				({ field, path, value }): Place => ({
					...base,
					field,
					name: `${nameOf(operation)} ${path}`,
					holding: (inner) => ({ ...base.conditions, [property.name]: value(inner) }),
				}),
			);
		return ownEntries(property).flatMap((entry) => {
			const beside = specialOf(operation).beside?.[`${property.name}.${entry.name}`];
			return inside(entry).map(
				({ field, path, value }): Place => ({
					...base,
					field,
					name: `${nameOf(operation)} ${property.name}.${path}`,
					holding: (inner) => ({
						...base.conditions,
						[property.name]: { [entry.name]: value(inner), ...beside },
					}),
				}),
			);
		});
	});
}
