/** n8n's rules for the words in a description, as far as a program can judge them. */
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

/** Something with words in it, and where it was found. */
export interface Place {
	at: string;
	property: INodeProperties;
}

/** A parameter and everything inside it that is a parameter itself. */
export function within(property: INodeProperties, at = property.name): Place[] {
	const inner =
		property.type === 'collection'
			? ((property.options ?? []) as INodeProperties[]).map((entry) => ({
					entry,
					path: `${at}.${entry.name}`,
				}))
			: [];
	const groups =
		property.type === 'fixedCollection'
			? ((property.options ?? []) as INodePropertyCollection[])
			: [];
	const grouped = groups.flatMap((group) =>
		group.values.map((entry) => ({ entry, path: `${at}.${group.name}.${entry.name}` })),
	);
	return [
		{ at, property },
		...[...inner, ...grouped].flatMap(({ entry, path }) => within(entry, path)),
	];
}

/** Words that stay small inside a title. */
const SMALL = new Set(
	'a an and as at but by for from if in into nor of off on or per so the to up via vs with'.split(
		' ',
	),
);

/** Whether a text is in Title Case. */
export function isTitle(text: string): boolean {
	const words = text.split(/[\s/]+/).filter((word) => word !== '');
	return words.every((word, index) => {
		const bare = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
		const isEdge = index === 0 || index === words.length - 1;
		return bare === '' || /^[\p{Lu}\p{N}]/u.test(bare) || (!isEdge && SMALL.has(bare));
	});
}

const withoutAddresses = (text: string) =>
	text
		.replace(/https?:\/\/\S+/g, '')
		.replace(/\b[\w.-]+@[\w.-]+\b/g, '')
		.replace(/<[^>]+>/g, '');

function capitals(text: string): string[] {
	const wrong =
		withoutAddresses(text).match(/\b(?:id|ids|Id|Ids|url|urls|Url|Urls|json|Json)\b(?!=)/g) ?? [];
	return wrong.map((word) => `writes '${word}' small: ${text}`);
}

/** How many sentences a text has; a full stop inside an abbreviation does not end one. */
function sentences(text: string): number {
	return text
		.replace(/\b(?:e\.g|i\.e|etc)\./g, '')
		.split(/[.!?](?:\s+|$)/)
		.filter((part) => part.trim() !== '').length;
}

/** What is wrong with a description, a tooltip or a hint. */
export function flawsOfText(text: string): string[] {
	const flaws = capitals(text);
	if (text !== '' && !/^[\p{Lu}\p{N}'"(<]/u.test(text))
		flaws.push(`does not begin with a capital: ${text}`);
	const many = sentences(text) > 1;
	if (many && !/[.!?]$/.test(text))
		flaws.push(`has several sentences and no final period: ${text}`);
	if (!many && /\.$/.test(text)) flaws.push(`is one sentence with a final period: ${text}`);
	if (/`\w+`/.test(text)) flaws.push(`has backticks: ${text}`);
	if (/<(?!\/?(?:a|b|i|br|code|strong|em)\b)/.test(text))
		flaws.push(`has a bare angle bracket: ${text}`);
	if (/\p{Extended_Pictographic}/u.test(text)) flaws.push(`has an emoji: ${text}`);
	return flaws;
}

const isSorted = (names: string[]) =>
	names.every((name, index) => index === 0 || names[index - 1].localeCompare(name, 'en') <= 0);

function flawsOfLists(property: INodeProperties): string[] {
	if (!Array.isArray(property.options)) return [];
	if (property.type === 'collection') {
		const titles = (property.options as INodeProperties[]).map((entry) => entry.displayName);
		return titles.length >= 5 && !isSorted(titles)
			? [`entries are not sorted: ${titles.join(', ')}`]
			: [];
	}
	if (property.type !== 'options' && property.type !== 'multiOptions') return [];
	const options = property.options as INodePropertyOptions[];
	const names = options.map((option) => option.name);
	const flaws =
		names.length >= 5 && !isSorted(names) ? [`options are not sorted: ${names.join(', ')}`] : [];
	if (new Set(options.map((option) => option.value)).size < options.length)
		flaws.push('two options have the same value');
	for (const option of options) {
		if (!isTitle(option.name)) flaws.push(`option '${option.name}' is not in Title Case`);
		flaws.push(...capitals(option.name), ...flawsOfText(option.description ?? ''));
	}
	return flaws;
}

const DEFAULTS: Partial<Record<INodeProperties['type'], string>> = {
	string: 'string',
	number: 'number',
	boolean: 'boolean',
	dateTime: 'string',
	collection: 'object',
	fixedCollection: 'object',
	multiOptions: 'object',
};

function flawsOfDefault(property: INodeProperties): string[] {
	const wanted = DEFAULTS[property.type];
	if (property.default === undefined) return ['has no default'];
	// a number that must be given begins empty
	if (property.type === 'number' && property.required && property.default === '') return [];
	if (wanted && typeof property.default !== wanted)
		return [`has a default of type ${typeof property.default}`];
	if (property.type !== 'options') return [];
	const values = (property.options as INodePropertyOptions[]).map((option) => option.value);
	return values.includes(property.default as string)
		? []
		: [`its default '${String(property.default)}' is not an option`];
}

const EXACT: Record<string, Partial<INodeProperties>> = {
	limit: {
		displayName: 'Limit',
		default: 50,
		typeOptions: { minValue: 1 },
		description: 'Max number of results to return',
	},
	returnAll: {
		displayName: 'Return All',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	simplify: {
		displayName: 'Simplify',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	additionalFields: { displayName: 'Additional Fields' },
	updateFields: { displayName: 'Update Fields' },
	filters: { displayName: 'Filters' },
	options: { displayName: 'Options' },
};

function flawsOfExact(property: INodeProperties): string[] {
	const wanted = EXACT[property.name] ?? {};
	return Object.entries(wanted)
		.filter(
			([key, value]) =>
				JSON.stringify(property[key as keyof INodeProperties]) !== JSON.stringify(value),
		)
		.map(([key, value]) => `${key} must be ${JSON.stringify(value)}`);
}

function flawsOfModes(property: INodeProperties): string[] {
	return (property.modes ?? []).flatMap((mode) => [
		...(isTitle(mode.displayName) ? [] : [`mode '${mode.displayName}' is not in Title Case`]),
		...(mode.type === 'list' || mode.placeholder?.startsWith('e.g. ')
			? []
			: [`mode '${mode.name}' has no example`]),
		...capitals(`${mode.displayName} ${mode.placeholder ?? ''}`),
	]);
}

/** What is wrong with the words and the make of one parameter. */
export function flawsOf(property: INodeProperties): string[] {
	const { displayName, description = '', placeholder, type, name } = property;
	const flaws = [
		...capitals(displayName),
		...capitals(placeholder ?? ''),
		...flawsOfText(description),
	];
	const isGroup = type === 'collection' || type === 'fixedCollection';
	if (!isTitle(displayName)) flaws.push(`'${displayName}' is not in Title Case`);
	if (placeholder !== undefined && !placeholder.startsWith(isGroup ? 'Add ' : 'e.g. '))
		flaws.push(`placeholder: ${placeholder}`);
	if (/e-?mail/i.test(name) && type === 'string' && !placeholder)
		flaws.push('is an e-mail address without an example');
	if (type === 'boolean' && !description.startsWith('Whether '))
		flaws.push(`is a yes/no whose description does not begin with 'Whether': ${description}`);
	if (
		/password|secret|token|apikey/i.test(name) &&
		type === 'string' &&
		property.typeOptions?.password !== true
	)
		flaws.push('shows what is typed');
	if (description === displayName) flaws.push('says its name again');
	if (property.required === false) flaws.push('says required: false');
	return [
		...flaws,
		...flawsOfLists(property),
		...flawsOfDefault(property),
		...flawsOfExact(property),
		...flawsOfModes(property),
	];
}
