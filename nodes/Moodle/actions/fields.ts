import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** How a field's value is entered and converted. */
export type FieldType =
	| 'text'
	| 'multiline'
	| 'email'
	| 'password'
	| 'integer'
	| 'number'
	| 'boolean'
	/** Stored by Moodle as the integer 1 or 0 although it is a yes/no to people. */
	| 'switch'
	| 'date'
	| 'choice'
	/** Comma-separated text to people, e.g. interests. */
	| 'list'
	/** Custom fields: short name and value. */
	| 'customFields'
	/** Name and value pairs such as preferences or course format options. */
	| 'pairs';

/** One field of a collection: what the user sees and what Moodle gets. */
export interface Field {
	/** Moodle's own key, and the parameter's name. */
	name: string;
	displayName: string;
	type: FieldType;
	/** Without a final period when it is one sentence. */
	description?: string;
	placeholder?: string;
	default?: string | number | boolean;
	options?: INodePropertyOptions[];
	/** Most characters the database column takes (MariaDB). */
	max?: number;
	/** Smallest number. */
	min?: number;
	/** Version of Moodle that introduced it, when later than 4.1. */
	since?: string;
	/** For `customFields` and `pairs`: the two keys Moodle wants. */
	keys?: [name: string, value: string];
	/** Whether an empty text is sent to clear the field (updates). Numbers, dates and choices cannot be cleared so. */
	clearable?: boolean;
}

/** A field in short: n8n's lint takes an object with these three keys for a whole parameter and wants more of it. */
export function field(
	name: string,
	displayName: string,
	type: FieldType,
	more: Omit<Field, 'name' | 'displayName' | 'type'> = {},
): Field {
	return Object.assign({ displayName, name, type }, more);
}

const PARAMETER_TYPES: Record<FieldType, INodeProperties['type']> = {
	text: 'string',
	multiline: 'string',
	email: 'string',
	password: 'string',
	integer: 'number',
	number: 'number',
	boolean: 'boolean',
	switch: 'boolean',
	date: 'dateTime',
	choice: 'options',
	list: 'string',
	customFields: 'fixedCollection',
	pairs: 'fixedCollection',
};

function defaultOf(field: Field): INodeProperties['default'] {
	if (field.default !== undefined) return field.default;
	if (field.type === 'boolean' || field.type === 'switch') return false;
	if (field.type === 'integer' || field.type === 'number') return 0;
	if (field.type === 'customFields' || field.type === 'pairs') return {};
	if (field.type === 'choice') return field.options?.[0]?.value ?? '';
	return '';
}

function pairValues(field: Field): INodeProperties['options'] {
	const isCustom = field.type === 'customFields';
	return [
		{
			displayName: isCustom ? 'Field' : 'Entry',
			name: 'values',
			values: [
				{
					displayName: isCustom ? 'Short Name' : 'Name',
					name: 'name',
					type: 'string',
					default: '',
					description: isCustom
						? 'The short name of the custom field, as an administrator sees it in Moodle'
						: '',
				},
				{ displayName: 'Value', name: 'value', type: 'string', default: '' },
			],
		},
	];
}

/** The description with the version that a field needs, in n8n's way to end texts. */
function described({ description, since }: Field): string | undefined {
	if (!since) return description;
	if (!description) return `Needs Moodle ${since} or later`;
	return description.endsWith('.')
		? `${description} Needs Moodle ${since} or later.`
		: `${description} (Moodle ${since} or later)`;
}

/** The n8n parameter of a field. */
export function property(field: Field): INodeProperties {
	const made: INodeProperties = {
		displayName: field.displayName,
		name: field.name,
		type: PARAMETER_TYPES[field.type],
		default: defaultOf(field),
	};
	const about = described(field);
	if (about) made.description = about;
	if (field.placeholder ?? field.type === 'email')
		made.placeholder = field.placeholder ?? 'e.g. nathan@example.com';
	if (field.type === 'password') made.typeOptions = { password: true };
	if (field.type === 'multiline') made.typeOptions = { rows: 4 };
	if (field.type === 'choice') made.options = field.options;
	if (made.type === 'number')
		made.typeOptions = {
			...(field.min === undefined ? {} : { minValue: field.min }),
			...(field.type === 'number' ? { numberPrecision: 5 } : {}),
		};
	if (made.type === 'fixedCollection') {
		made.typeOptions = { multipleValues: true };
		made.placeholder = field.type === 'customFields' ? 'Add Custom Field' : 'Add Entry';
		made.options = pairValues(field);
	}
	return made;
}

const byDisplayName = (a: { displayName: string }, b: { displayName: string }) =>
	a.displayName.localeCompare(b.displayName, 'en');

/** A collection of optional fields, sorted as n8n wants them. Names are public: `additionalFields`, `updateFields`, `filters`. */
export function collection(
	name: 'additionalFields' | 'updateFields' | 'filters' | 'options',
	fields: Field[],
): INodeProperties {
	const titles = {
		additionalFields: 'Additional Fields',
		updateFields: 'Update Fields',
		filters: 'Filters',
		options: 'Options',
	};
	return {
		displayName: titles[name],
		name,
		type: 'collection',
		placeholder:
			name === 'filters' ? 'Add Filter' : name === 'options' ? 'Add Option' : 'Add Field',
		default: {},
		options: [...fields].sort(byDisplayName).map(property),
	};
}

/** A required text that carries Moodle's own name. */
export function required(field: Field): INodeProperties {
	return { ...property(field), required: true };
}

/** Return All and Limit, in n8n's words. */
export const returnAllAndLimit: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** Simplify, in n8n's words. */
export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};
