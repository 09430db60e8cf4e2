import type { INodeProperties } from 'n8n-workflow';
import type { CallFacts } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { unknownRead, type ReadFacts } from '../../moodle/reads';
import { checkParams, flawText, isReading, signatureOf, type Flaw } from '../../moodle/signature';
import { isObject, type Params } from '../../moodle/values';
import type { SiteInfo } from '../../moodle/version';
import { recordsPerRequest } from '../description';
import { field } from '../fields';
import type { Parameters } from '../parameters';
import type { Operation, Services, Step } from '../types';
import { callParameters, formParameters } from './callFields';
import { collected, heedingPartly, knownCall } from './collect';
import { itemsOf, masked, settleAnswer, writtenItems } from './reply';

const splitList = field('splitList', 'Split List Into Items', 'boolean', {
	default: true,
	description:
		'Whether a list in the answer becomes one item for each entry, or one item with the whole list',
});

const collectItems = field('collectItems', 'Collect Items Into One Call', 'boolean', {
	default: true,
	description:
		'Whether items share calls of a function that writes and has one list parameter: each item gives one entry of the list. Off, each item is a call. For a function that reads, put the values into one item first, with Aggregate.',
});

const functionName: INodeProperties = {
	displayName: 'Function',
	name: 'functionName',
	type: 'resourceLocator',
	required: true,
	default: { __rl: true, mode: 'list', value: '' },
	description: 'The web-service function to call. The list shows those that the token may use.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchFunctions', searchable: true },
		},
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. core_badges_get_user_badges',
		},
	],
};

const specifyParameters: INodeProperties = {
	displayName: 'Specify Parameters',
	name: 'specifyParameters',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Using Fields Below',
			value: 'fields',
			description: 'Shows the parameters of the chosen function as fields',
		},
		{ name: 'Using JSON', value: 'json' },
	],
	default: 'fields',
};

const parameterFields: INodeProperties = {
	displayName: 'Parameter Fields',
	name: 'parameterFields',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	typeOptions: {
		loadOptionsDependsOn: ['functionName.value'],
		resourceMapper: {
			resourceMapperMethod: 'functionParameters',
			mode: 'add',
			fieldWords: { singular: 'parameter', plural: 'parameters' },
			addAllFields: false,
			supportAutoMap: false,
			noFieldsError:
				'The function takes no parameters, or belongs to a plugin: then give them as JSON, they are sent unchecked.',
		},
	},
	displayOptions: { show: { specifyParameters: ['fields'] } },
};

const parameters: INodeProperties = {
	displayName: 'Parameters (JSON)',
	name: 'parameters',
	type: 'json',
	default: '{}',
	description:
		'The parameters of the function as JSON, or those that you do not give by fields, with the names of its documentation in Moodle (Site administration > Server > Web services > API Documentation)',
};

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;

function nameOf(raw: unknown): string {
	const name = String((isObject(raw) ? raw.value : raw) ?? '').trim();
	if (NAME.test(name)) return name;
	throw new Problem({
		message:
			name === ''
				? "'Function' is empty"
				: `'Function' is not the name of a web-service function: ${shown(name)}`,
		mend: 'Choose one from the list, or give its full name, such as core_badges_get_user_badges.',
		code: name === '' ? 'empty' : 'badvalue',
	});
}

function inputOf(p: Parameters) {
	const name = nameOf(p.raw('functionName'));
	const isForm = p.choice(specifyParameters) === 'fields';
	const form = isForm ? formParameters(p.raw('parameterFields'), name) : {};
	return {
		name,
		params: callParameters(p.raw('parameters'), p.zone, form),
		split: p.optionFlag(splitList),
		collect: p.option(collectItems.name) !== undefined && p.optionFlag(collectItems),
	};
}

type Input = ReturnType<typeof inputOf>;

/**
 * Of a function chosen by the user little is known but that it may write: one call an item, and never twice. A call may hold
 * several records, so one that keeps the earlier of them may be half done.
 */
function callOf(name: string, operations: Operation[]): CallFacts {
	const known = knownCall(name, operations);
	const atomic = known?.atomic ?? 'unknown';
	return {
		function: name,
		atomic: atomic === 'none' ? 'unknown' : atomic,
		repeat: 'never',
		capabilities: [],
		settle: heedingPartly(known, settleAnswer),
		heedsWarnings: true,
	};
}

/** What is known of a reading function, if any operation reads it. */
const readOf = (name: string, operations: Operation[]): ReadFacts =>
	operations.flatMap(({ reads }) => reads).find((facts) => facts.function === name) ??
	unknownRead(name);

/** Where in the parameters something is wrong: `users[0].email`. */
const pathOf = ({ path }: Flaw) =>
	path
		.map((part, at) => (typeof part === 'number' ? `[${part}]` : at > 0 ? `.${part}` : part))
		.join('');

/** What is wrong with the parameters in this site's version. Those of plugins are not known, and sent as they are. */
function wrong(name: string, params: Params, site: SiteInfo | undefined): Problem | undefined {
	const [flaw] = checkParams(name, params, site?.release);
	if (!flaw) return undefined;
	const text = flawText(flaw);
	return new Problem({
		message: flaw.path.length > 1 ? `${pathOf(flaw)}${text.slice(text.indexOf("' ") + 1)}` : text,
		mend: 'Nothing was sent. The field list of the form, and API Documentation in Moodle, tell the form of every parameter.',
		code: 'badvalue',
	});
}

function notAllowed(name: string, site: SiteInfo | undefined): Problem | undefined {
	if (!site || site.functions.size === 0 || site.functions.has(name)) return undefined;
	return new Problem({
		message: `The token may not use a function called ${shown(name)}`,
		mend: 'Check the spelling. If this Moodle has the function, add it under Site administration > Server > Web services > External services > Functions.',
		code: 'functionmissing',
	});
}

async function step({ name, params, split, collect }: Input, services: Services): Promise<Step> {
	const site = await services.site();
	const problem = notAllowed(name, site) ?? wrong(name, params, site);
	if (problem) return { problem };
	if (isReading(name) && !collect)
		return { done: itemsOf(await services.read(readOf(name, services.operations), params), split) };
	return {
		task: {
			...(collect
				? collected(name, params, services.operations)
				: { call: callOf(name, services.operations), record: params }),
			action: 'call',
			output: (reply) => writtenItems(reply, { split, writes: signatureOf(name)?.write === true }),
			preview: { checked: signatureOf(name) !== undefined, parameters: masked(params) },
		},
	};
}

export const operation: Operation<Input> = {
	resource: 'webService',
	value: 'callFunction',
	name: 'Call Function',
	action: 'Call web service function',
	description:
		'Call any function that the token may use. A function that may write is sent once only: what became of it is not looked up. A warning in its answer is an error of the item; a function that only reads gives its warnings out.',
	writes: true,
	mixed: true,
	batched: false,
	calls: [],
	reads: [],
	fields: [functionName, specifyParameters, parameterFields, parameters],
	options: [splitList, collectItems, recordsPerRequest],
	input: inputOf,
	steps: async (inputs, services) =>
		await services.each(inputs, async (input) => await step(input, services)),
};
