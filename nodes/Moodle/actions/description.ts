import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { collection, field, type Field } from './fields';
import { USUAL_RECORDS } from '../moodle/calls';
import { MOST_IN_FLIGHT } from '../moodle/flightRules';
import type { Operation } from './types';

/** `webService` as people read it: `Web Service`. */
export function titleOf(resource: string): string {
	const words = resource.replace(/([A-Z])/g, ' $1');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

const dryRun = field('dryRun', 'Dry Run', 'boolean', {
	description:
		'Whether to only tell what would be done: names are looked up and values are checked, but nothing is written',
});
/** Records in a request of an operation, where the user wants nothing else: as few as the most costly of its calls has. */
export function usualRecords({ calls }: Pick<Operation, 'calls'>): number {
	const shared = calls.filter(({ list, perRequest }) => list !== undefined && perRequest !== 1);
	if (shared.length === 0) return USUAL_RECORDS;
	return Math.min(...shared.map(({ usual }) => usual ?? USUAL_RECORDS));
}
const recordsOf = (usual: number) =>
	field('recordsPerRequest', 'Records per Request', 'integer', {
		default: usual,
		min: 1,
		description:
			'How many items share a request at most. The node sends smaller requests while it finds out how many at once the site is quickest with, and towards the end.',
	});
/** How many items share a request: an option of operations whose items travel together. */
export const recordsPerRequest = recordsOf(USUAL_RECORDS);
const requestsInFlight = field('requestsInFlight', 'Requests in Flight', 'integer', {
	default: MOST_IN_FLIGHT,
	min: 1,
	description: `How many requests may be under way at once, at most ${MOST_IN_FLIGHT}. The node begins with 2, or with what its last run has shown, sends more only as long as that is faster, and one at a time when the site is slow or fails.`,
});
const recovery = field('recoverySeconds', 'Recovery Time (Seconds)', 'integer', {
	default: 30,
	min: 0,
	description:
		'How long to look whether Moodle has carried out a request whose answer was lost, before it is sent again',
});
const timeoutOf = (operation: Operation) =>
	field('timeout', 'Timeout (Ms)', 'integer', {
		default: operation.timeout ?? 120_000,
		min: 1000,
		description: 'How long to wait for the answer to one request, in milliseconds',
	});

/** Options of an operation: its own and those that follow from what it is. */
export function optionsOf(operation: Operation): Field[] {
	const own = operation.options ?? [];
	const common = [timeoutOf(operation)];
	if (operation.writes) common.push(dryRun, recovery);
	if (operation.writes && operation.batched)
		common.push(recordsOf(usualRecords(operation)), requestsInFlight);
	return [...own, ...common];
}

function shownFor(operation: Operation, property: INodeProperties): INodeProperties {
	const show = {
		...property.displayOptions?.show,
		resource: [operation.resource],
		operation: [operation.value],
	};
	return { ...property, displayOptions: { ...property.displayOptions, show } };
}

const byName = (a: INodePropertyOptions, b: INodePropertyOptions) =>
	a.name.localeCompare(b.name, 'en');

function operationProperty(resource: string, operations: Operation[]): INodeProperties {
	const options = operations.map(({ name, value, action, description }) => ({
		name,
		value,
		action,
		description,
	}));
	const preferred = [
		'create',
		'get',
		'getInfo',
		'getCourseGrades',
		'enrol',
		'getCourse',
		'assign',
		'send',
		'upload',
		'getAll',
		'callFunction',
	];
	const preset =
		preferred.find((value) => options.some((option) => option.value === value)) ?? options[0].value;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: options.sort(byName),
		default: preset,
	};
}

/** The entries of the Resource parameter. */
export function resourceOptions(operations: Operation[]): INodePropertyOptions[] {
	const resources = [...new Set(operations.map((operation) => operation.resource))];
	return resources.map((value) => ({ name: titleOf(value), value })).sort(byName);
}

/** All parameters after Resource: the operations of each resource, then the fields of each operation. */
export function propertiesOf(operations: Operation[]): INodeProperties[] {
	const resources = [...new Set(operations.map((operation) => operation.resource))];
	const choices = resources.map((resource) =>
		operationProperty(
			resource,
			operations.filter((operation) => operation.resource === resource),
		),
	);
	const fields = operations.flatMap((operation) =>
		[...operation.fields, collection('options', optionsOf(operation))].map((property) =>
			shownFor(operation, property),
		),
	);
	return [...choices, ...fields];
}

/**
 * The line under the node in the editor: names in place of the values. One flat map, because n8n takes two closing braces
 * for the end of the expression.
 */
export function subtitleOf(operations: Operation[]): string {
	const names = operations.map(({ resource, value, name }) => [
		`${resource}/${value}`,
		`${titleOf(resource)}: ${name}`,
	]);
	return `={{ (${JSON.stringify(Object.fromEntries(names))})[$parameter["resource"] + "/" + $parameter["operation"]] }}`;
}
