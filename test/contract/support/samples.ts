/** Values for parameters, made from their descriptions: what a user could type following the placeholder. */
import type { INodeProperties, INodePropertyOptions, INodePropertyCollection } from 'n8n-workflow';

export type Values = Record<string, unknown>;

/** How far options and yes/no fields are turned on: sample number 0 takes the first option, 1 the second … */
export type Turn = number;

const BY_NAME: Record<string, unknown> = {
	password: 'Abcd-1234!',
	email: 'ada@example.org',
	username: 'ada.byron',
	country: 'DE',
	theme: 'boost',
	format: 'topics',
	idnumber: 'CRM-7',
	// an option that the standard course formats have, and the grade of an activity that has one
	courseformatoptions: { values: [{ name: 'hiddensections', value: '1' }] },
	itemnumber: 0,
};

/** End dates lie after start dates. */
const isEnd = (name: string) => /end|until|due|before|last/i.test(name);

function textFor(property: INodeProperties): unknown {
	const example = /^e\.g\.\s+(.+)$/.exec(property.placeholder ?? '')?.[1];
	return example ?? `sample-${property.name}`;
}

function numberFor(property: INodeProperties): number {
	const { minValue = 0, maxValue = Infinity } = (property.typeOptions ?? {}) as {
		minValue?: number;
		maxValue?: number;
	};
	return Math.min(maxValue, Math.max(minValue, 7));
}

const optionsOf = (property: INodeProperties) => (property.options ?? []) as INodePropertyOptions[];

function choiceFor(property: INodeProperties, turn: Turn): unknown {
	const options = optionsOf(property);
	return options.length > 0 ? options[turn % options.length].value : '42';
}

function locatorFor(property: INodeProperties, mode?: string): unknown {
	const modes = (property.modes ?? []).filter(({ type }) => type !== 'list');
	const chosen = modes.find((entry) => entry.name === (mode ?? 'id')) ?? modes[0];
	const example = /^e\.g\.\s+(.+)$/.exec(chosen.placeholder ?? '')?.[1] ?? '42';
	// a parent is another record than the one it is the parent of
	const id = /parent/i.test(property.name) ? '43' : '42';
	return {
		__rl: true,
		mode: chosen.name,
		value: example.replace(/(\bid=|categoryid=|^|HR-10)\d+$/, `$1${id}`),
	};
}

function groupsFor(property: INodeProperties, turn: Turn): unknown {
	const many = property.typeOptions?.multipleValues === true;
	const groups = (property.options ?? []) as INodePropertyCollection[];
	return Object.fromEntries(
		groups.map((group) => {
			const row = Object.fromEntries(
				group.values.map((inner) => [inner.name, sample(inner, turn)]),
			);
			return [group.name, many ? [row] : row];
		}),
	);
}

/** A value that fits a parameter. For locators by ID, for collections all entries. */
export function sample(property: INodeProperties, turn: Turn = 0): unknown {
	if (property.name in BY_NAME && property.type !== 'resourceLocator')
		return BY_NAME[property.name];
	switch (property.type) {
		case 'number':
			return numberFor(property);
		case 'boolean':
			return turn % 2 === 0;
		case 'dateTime':
			return isEnd(property.name) ? '2027-06-30T18:00:00Z' : '2027-01-15T09:00:00Z';
		case 'options':
			return choiceFor(property, turn);
		case 'multiOptions':
			return [choiceFor(property, turn)];
		case 'resourceLocator':
			return locatorFor(property);
		case 'fixedCollection':
			return groupsFor(property, turn);
		case 'collection':
			return Object.fromEntries(
				entriesOf(property).map((entry) => [entry.name, sample(entry, turn)]),
			);
		case 'json':
			return '{}';
		default:
			return textFor(property);
	}
}

/** A locator filled in one of its modes. */
export function sampleByMode(property: INodeProperties, mode: string): unknown {
	return locatorFor(property, mode);
}

/** The entries of a collection. */
export function entriesOf(property: INodeProperties): INodeProperties[] {
	return (property.options ?? []) as INodeProperties[];
}

/** The version of Moodle that a parameter needs, as its description says it. */
export function sinceOf(property: INodeProperties): string | undefined {
	return /Moodle (\d+\.\d+) or later/.exec(property.description ?? '')?.[1];
}
