/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readdirSync } from 'node:fs';
import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { MoodleTrigger } from '../../nodes/Moodle/MoodleTrigger.node';
import { EXAMPLES, readExample } from './support/example';
import { flows } from './index';

const DESCRIPTIONS = [new Moodle().description, new MoodleTrigger().description];

/** The description of a node of ours; n8n offers nodes to agents with `Tool` at the end of their type. */
const descriptionOf = ({ type }: Pick<INode, 'type'>) =>
	DESCRIPTIONS.find(({ name }) =>
		[`n8n-nodes-moodle-lms.${name}`, `n8n-nodes-moodle-lms.${name}Tool`].includes(type),
	);

/** Core nodes that examples use, with the versions and parameters they have in n8n 1.86 to 2.41. */
const CORE: Record<string, { version: number; parameters: string[] }> = {
	'n8n-nodes-base.manualTrigger': { version: 1, parameters: [] },
	'n8n-nodes-base.set': {
		version: 3.4,
		parameters: ['assignments', 'includeOtherFields', 'options', 'mode', 'jsonOutput'],
	},
	'n8n-nodes-base.if': {
		version: 2.2,
		parameters: ['conditions', 'options', 'looseTypeValidation'],
	},
	'n8n-nodes-base.filter': {
		version: 2.2,
		parameters: ['conditions', 'options', 'looseTypeValidation'],
	},
	'n8n-nodes-base.splitOut': { version: 1, parameters: ['fieldToSplitOut', 'include', 'options'] },
	'n8n-nodes-base.scheduleTrigger': { version: 1.2, parameters: ['rule'] },
	'n8n-nodes-base.webhook': {
		version: 2,
		parameters: ['httpMethod', 'path', 'responseMode', 'options'],
	},
	'n8n-nodes-base.httpRequest': {
		version: 4.2,
		parameters: ['method', 'url', 'sendBody', 'specifyBody', 'jsonBody', 'options'],
	},
	'n8n-nodes-base.convertToFile': { version: 1.1, parameters: ['operation', 'options'] },
	'@n8n/n8n-nodes-langchain.chatTrigger': { version: 1.1, parameters: ['options'] },
	'@n8n/n8n-nodes-langchain.agent': { version: 1.7, parameters: ['options'] },
	'@n8n/n8n-nodes-langchain.lmChatOpenAi': { version: 1.2, parameters: ['model', 'options'] },
	'@n8n/n8n-nodes-langchain.memoryBufferWindow': { version: 1.3, parameters: [] },
	'n8n-nodes-base.noOp': { version: 1, parameters: [] },
	'n8n-nodes-base.code': { version: 2, parameters: ['jsCode'] },
	'n8n-nodes-base.stickyNote': { version: 1, parameters: ['content', 'width', 'height', 'color'] },
};

/** The node, and what n8n makes of it for AI agents. */
const isOurs = (node: Pick<INode, 'type'>): boolean => descriptionOf(node) !== undefined;

/** What n8n adds to a node that is a tool, or that polls. */
const ADDED = ['descriptionType', 'toolDescription', 'pollTimes'];

const isExpression = (value: unknown): boolean =>
	typeof value === 'string' && value.startsWith('=');

/** What does not fit between a value and the parameter it is given for. */
function flaws(property: INodeProperties, value: unknown, path: string): string[] {
	if (property.type === 'resourceLocator') {
		const { mode, __rl: mark } = value as { mode: string; __rl: boolean };
		const modes = (property.modes ?? []).map(({ name }) => name);
		return mark && modes.includes(mode) ? [] : [`${path}: no mode '${mode}'`];
	}
	if (property.type === 'options' && !isExpression(value)) {
		return (property.options as INodePropertyOptions[]).some((option) => option.value === value)
			? []
			: [`${path}: no choice '${String(value)}'`];
	}
	if (property.type === 'collection')
		return inside(property.options as INodeProperties[], value as INodeParameters, path);
	if (property.type === 'fixedCollection') {
		return Object.entries(value as Record<string, INodeParameters[]>).flatMap(([group, rows]) => {
			const known = (property.options as INodePropertyCollection[]).find(
				({ name }) => name === group,
			);
			return known
				? [rows].flat().flatMap((row) => inside(known.values, row, `${path}.${group}`))
				: [`${path}: no group '${group}'`];
		});
	}
	return [];
}

function inside(properties: INodeProperties[], values: INodeParameters, path: string): string[] {
	return Object.entries(values).flatMap(([name, value]) => {
		const property = properties.find((candidate) => candidate.name === name);
		return property
			? flaws(property, value, `${path}.${name}`)
			: [`${path}: no parameter '${name}'`];
	});
}

/** Flaws of a Moodle node: parameters that its operation does not show, choices and modes that do not exist, missing values. */
function moodleFlaws(node: INode): string[] {
	const description = descriptionOf(node)!;
	const shown = description.properties.filter((property) =>
		NodeHelpers.displayParameter(node.parameters, property, node, description),
	);
	const issues =
		NodeHelpers.getNodeParametersIssues(description.properties, node, description)?.parameters ??
		{};
	const own = Object.fromEntries(
		Object.entries(node.parameters).filter(([name]) => !ADDED.includes(name)),
	);
	return [
		...inside(shown, own, node.name),
		...Object.values(issues)
			.flat()
			.map((issue) => `${node.name}: ${issue}`),
	];
}

const files = readdirSync(EXAMPLES).filter((file) => file.endsWith('.json'));

it('there is an example for every flow', () => {
	for (const { name } of flows) expect(files).toContain(`${name}.json`);
});

describe.each(files)('%s', (file) => {
	const example = readExample(file.replace(/\.json$/, ''));
	const names = example.nodes.map(({ name }) => name);

	it('has nodes with names and ids of their own', () => {
		expect(new Set(names).size).toBe(names.length);
		expect(new Set(example.nodes.map(({ id }) => id)).size).toBe(names.length);
		for (const { id, position } of example.nodes) {
			expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
			expect(position).toHaveLength(2);
		}
	});

	it('connects nodes that exist, and names only such in its expressions', () => {
		const targets = Object.values(example.connections).flatMap((kinds) =>
			Object.values(kinds).flatMap((outputs) =>
				outputs.flatMap((list) => (list ?? []).map(({ node }) => node)),
			),
		);
		// models, memories and tools serve an agent: nothing leads to them
		const serving = Object.entries(example.connections)
			.filter(([, kinds]) => !('main' in kinds))
			.map(([name]) => name);
		for (const name of [...Object.keys(example.connections), ...targets])
			expect(names).toContain(name);
		for (const [, name] of JSON.stringify(example.nodes).matchAll(/\$\('([^']+)'\)/g))
			expect(names).toContain(name);
		const reached = new Set(targets);
		const loose = example.nodes.filter(
			({ name, type }) =>
				!reached.has(name) &&
				!serving.includes(name) &&
				!/Trigger$|stickyNote$|webhook$/.test(type),
		);
		expect(loose.map(({ name }) => name)).toEqual([]);
	});

	it('uses the Moodle node with parameters, choices and modes it has', () => {
		const ours = example.nodes.filter(isOurs);
		expect(ours.length).toBeGreaterThan(0);
		expect(ours.flatMap(moodleFlaws)).toEqual([]);
		for (const node of ours) {
			expect(node.typeVersion).toBe(1);
			expect(node.credentials).toEqual({ moodleApi: { id: '', name: 'Moodle account' } });
		}
	});

	it('leads every error branch somewhere', () => {
		for (const { name } of example.nodes.filter(
			({ onError }) => onError === 'continueErrorOutput',
		)) {
			expect(example.connections[name].main[1]?.length ?? 0).toBeGreaterThan(0);
		}
	});

	it('uses core nodes that n8n has', () => {
		for (const { type, typeVersion, parameters } of example.nodes.filter((node) => !isOurs(node))) {
			expect(CORE[type]?.version).toBe(typeVersion);
			for (const name of Object.keys(parameters)) expect(CORE[type].parameters).toContain(name);
		}
	});

	it('explains itself and carries no secret', () => {
		expect(example.nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote')).toBe(true);
		expect(JSON.stringify(example)).not.toMatch(/wstoken|[0-9a-f]{32}/);
	});
});

it('the check finds what is wrong', () => {
	const node = readExample('ds-enroll').nodes.find(({ name }) => name === 'Add to OneMembership')!;
	const spoilt = {
		...node,
		parameters: {
			...node.parameters,
			cohort: 1,
			matchBy: 'email',
			userId: { __rl: true, mode: 'shoesize', value: '' },
			options: { dryRunn: true },
		},
	};
	expect(moodleFlaws(spoilt)).toEqual([
		expect.stringContaining("no mode 'shoesize'"),
		expect.stringContaining("no parameter 'dryRunn'"),
		expect.stringContaining("no parameter 'cohort'"),
		expect.stringContaining("no parameter 'matchBy'"),
		expect.stringContaining('User'),
	]);
});
