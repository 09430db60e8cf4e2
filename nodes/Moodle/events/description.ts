import type { INodeProperties } from 'n8n-workflow';
import { collection, field, type Field } from '../actions/fields';
import { convert, isBlank } from '../actions/convert';
import type { Parameters } from '../actions/parameters';
import type { PollEvent } from './types';

const LIMITS = { limit: [1, 500], timeout: [1000, 3_600_000] } as const;

/** The options of every event. */
export const options: Field[] = [
	field('limit', 'Items per Poll', 'integer', {
		default: 100,
		min: 1,
		description: 'How many items a poll may give at most, up to 500. More wait for the next poll.',
	}),
	field('timeout', 'Timeout (Ms)', 'integer', {
		default: 120_000,
		min: 1000,
		description: 'How long to wait for the answer to one request, in milliseconds',
	}),
];

/** The value of an option, within its limits; its default when it is empty or was not added. */
export function optionOf(parameters: Parameters, name: keyof typeof LIMITS): number {
	const option = options.find((entry) => entry.name === name) as Field;
	const value = parameters.option(name);
	const number = isBlank(value) ? option.default : convert(option, value, parameters.zone);
	const [least, most] = LIMITS[name];
	return Math.min(most, Math.max(least, Math.floor(Number(number))));
}

function shownFor(event: PollEvent, property: INodeProperties): INodeProperties {
	const show = { ...property.displayOptions?.show, event: [event.value] };
	return { ...property, displayOptions: { ...property.displayOptions, show } };
}

/** The parameters of the trigger: what to trigger on, the fields of each event, options. */
export function propertiesOf(events: PollEvent[]): INodeProperties[] {
	const choices = events.map(({ name, value, description }) => ({ name, value, description }));
	return [
		{
			displayName: 'Trigger On',
			name: 'event',
			type: 'options',
			noDataExpression: true,
			required: true,
			options: choices.sort((a, b) => a.name.localeCompare(b.name, 'en')),
			default: 'userCreated',
		},
		...events.flatMap((event) => event.fields.map((property) => shownFor(event, property))),
		collection('options', options),
	];
}

/** The line under the node in the editor. */
export function subtitleOf(events: PollEvent[]): string {
	const names = Object.fromEntries(events.map(({ value, name }) => [value, name]));
	return `={{ (${JSON.stringify(names)})[$parameter["event"]] }}`;
}
