/** Runs one operation for one item through the engine, against a fake Moodle, and keeps book of what it reads. */
import { NodeHelpers, type INode, type INodeParameters, type INodeProperties, type INodeTypeDescription } from 'n8n-workflow';
import { setCatalogue } from '../../../nodes/Moodle/actions/catalogue';
import { propertiesOf } from '../../../nodes/Moodle/actions/description';
import { Parameters } from '../../../nodes/Moodle/actions/parameters';
import { operations } from '../../../nodes/Moodle/actions/registry';
import type { FileServices, Operation, Output } from '../../../nodes/Moodle/actions/types';
import { Client } from '../../../nodes/Moodle/moodle/client';
import type { Problem } from '../../../nodes/Moodle/moodle/problem';
import { Moodle } from '../../../nodes/Moodle/Moodle.node';
import { Engine } from '../../../nodes/Moodle/run/engine';
import { FakeMoodle, type Call, type FakeOptions } from './fakeMoodle';
import type { Values } from './samples';

setCatalogue(operations);
export { operations };

export const description: INodeTypeDescription = new Moodle().description;

/** `user/create` */
export const nameOf = (operation: Operation): string => `${operation.resource}/${operation.value}`;

/** The parameters that n8n shows for an operation, whatever their inner conditions. A notice is no parameter: it only says something. */
export function parametersOf(operation: Operation): INodeProperties[] {
	return propertiesOf(operations).filter((property) => {
		const { resource = [], operation: values = [] } = property.displayOptions?.show ?? {};
		return property.type !== 'notice' && property.name !== 'operation' && resource.includes(operation.resource) && values.includes(operation.value);
	});
}

/** What a node holds when somebody has entered these values: hidden parameters are gone, defaults are filled in. */
export function nodeParameters(operation: Operation, values: Values): INodeParameters {
	const entered = { resource: operation.resource, operation: operation.value, ...values } as INodeParameters;
	const node: INode = { id: '1', name: 'Moodle', type: 'moodle', typeVersion: 1, position: [0, 0], parameters: entered };
	return NodeHelpers.getNodeParameters(description.properties, entered, true, false, node, description) ?? {};
}

/** What an operation looked at. */
export class Ledger {
	/** Parameters. */
	readonly read = new Set<string>();

	/** Entries of collections, as `additionalFields.city`. */
	readonly entries = new Set<string>();

	/** Parameters that n8n does not show for the values at hand; reading one throws in n8n. */
	readonly hidden = new Set<string>();
}

function watched(name: string, value: object, ledger: Ledger): object {
	return new Proxy(value, {
		get(target, key, receiver) {
			if (typeof key === 'string') ledger.entries.add(`${name}.${key}`);
			return Reflect.get(target, key, receiver) as unknown;
		},
		ownKeys(target) {
			Reflect.ownKeys(target).forEach((key) => ledger.entries.add(`${name}.${String(key)}`));
			return Reflect.ownKeys(target);
		},
	});
}

function reader(held: INodeParameters, collections: Set<string>, ledger: Ledger): (name: string) => unknown {
	return (name) => {
		ledger.read.add(name);
		const value: unknown = held[name];
		if (value === undefined) ledger.hidden.add(name);
		return collections.has(name) && typeof value === 'object' && value !== null ? watched(name, value, ledger) : value;
	};
}

const files: FileServices = {
	upload: async (file) => ({ itemid: 77, filename: file.name, filepath: '/', contextid: 5 }),
	download: async () => ({ binary: { data: '', mimeType: 'text/plain', fileName: 'a.txt' }, size: 1 }),
};

export interface RunOptions extends FakeOptions {
	operation: Operation;
	values: Values;
	/** What expressions give in place of some of the values. */
	evaluated?: Values;
	dryRun?: boolean;
	ledger?: Ledger;
	/** What lies between the node and Moodle. */
	between?: (send: Send) => Send;
}

/** A request body goes out, an answer comes in. */
export type Send = FakeMoodle['send'];

/** What a run came to. */
export interface Ran {
	outputs: Output[];
	problems: Problem[];
	calls: Call[];
	violations: string[];
}

/** What records are called on a site where everything exists: what was entered, in fields and locators. */
function named(values: Values): Values {
	const locators = Object.values(values).filter((value): value is { mode: string; value: unknown } => typeof value === 'object' && value !== null && '__rl' in value);
	const texts = Object.entries(values).filter(([name, value]) => typeof value === 'string' && ['name', 'shortname', 'idnumber', 'username', 'email'].includes(name));
	return Object.fromEntries([...texts, ...locators.map(({ mode, value }) => [mode, value])]) as Values;
}

/** Runs an operation for one item. */
export async function runOne({ operation, values, evaluated = {}, dryRun = false, ledger = new Ledger(), between = (send) => send, ...fake }: RunOptions): Promise<Ran> {
	const moodle = new FakeMoodle({ there: named(values), ...fake });
	let now = 0;
	const clock = { now: () => now, random: () => 0.5, cancelled: () => false, sleep: async (milliseconds: number) => { now += milliseconds; } };
	const client = new Client({ send: between(moodle.send), clock });
	const collections = new Set(parametersOf(operation).filter(({ type }) => type === 'collection').map(({ name }) => name));
	const value = reader({ ...nodeParameters(operation, values), ...(evaluated as INodeParameters) }, collections, ledger);
	const file = () => ({ name: 'a.txt', mimeType: 'text/plain', content: async () => Buffer.from('x') });
	const engine = new Engine(operation, {
		client, clock, zone: 'Europe/Berlin', dryRun, stop: false, recordsPerRequest: 50, width: 1, patience: 0, files, count: 1,
		parameters: (index) => new Parameters(index, value, 'Europe/Berlin', file),
	});
	const { units } = await engine.run();
	const outcomes = units.map((unit) => unit.outcome);
	return {
		outputs: outcomes.flatMap((outcome) => (outcome && 'outputs' in outcome ? outcome.outputs : [])),
		problems: outcomes.flatMap((outcome) => (outcome && 'problem' in outcome ? [outcome.problem] : [])),
		calls: moodle.calls,
		violations: moodle.violations,
	};
}
