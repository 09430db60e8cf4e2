/** Runs one operation for one item or several through the engine, against a fake Moodle, and notes what it reads. */
import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { propertiesOf } from '../../../nodes/Moodle/actions/description';
import { Parameters } from '../../../nodes/Moodle/actions/parameters';
import { operations } from '../../../nodes/Moodle/actions/registry';
import type { FileServices, Operation, Output } from '../../../nodes/Moodle/actions/types';
import { Client } from '../../../nodes/Moodle/moodle/client';
import type { Problem } from '../../../nodes/Moodle/moodle/problem';
import { Moodle } from '../../../nodes/Moodle/Moodle.node';
import { Engine } from '../../../nodes/Moodle/run/engine';
import type { Unit } from '../../../nodes/Moodle/run/outcome';
import { FakeMoodle, type Call, type FakeOptions } from './fakeMoodle';
import type { Values } from './samples';

export { operations };

export const description: INodeTypeDescription = new Moodle().description;

/** `user/create` */
export const nameOf = (operation: Operation): string => `${operation.resource}/${operation.value}`;

/** The parameters that n8n shows for an operation, whatever their inner conditions. A notice is no parameter: it only says something. */
export function parametersOf(operation: Operation): INodeProperties[] {
	return propertiesOf(operations).filter((property) => {
		const { resource = [], operation: values = [] } = property.displayOptions?.show ?? {};
		return (
			property.type !== 'notice' &&
			property.name !== 'operation' &&
			resource.includes(operation.resource) &&
			values.includes(operation.value)
		);
	});
}

/** What a node holds when somebody has entered these values: hidden parameters are gone, defaults are filled in. */
export function nodeParameters(operation: Operation, values: Values): INodeParameters {
	const entered = {
		resource: operation.resource,
		operation: operation.value,
		...values,
	} as INodeParameters;
	const node: INode = {
		id: '1',
		name: 'Moodle',
		type: 'moodle',
		typeVersion: 1,
		position: [0, 0],
		parameters: entered,
	};
	return (
		NodeHelpers.getNodeParameters(
			description.properties,
			entered,
			true,
			false,
			node,
			description,
		) ?? {}
	);
}

const held = new WeakMap<Values, INodeParameters>();

/** The same, worked out once for the same values. */
function heldFor(operation: Operation, values: Values): INodeParameters {
	const known = held.get(values) ?? nodeParameters(operation, values);
	held.set(values, known);
	return known;
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

function reader(
	held: INodeParameters,
	collections: Set<string>,
	ledger: Ledger,
): (name: string) => unknown {
	return (name) => {
		ledger.read.add(name);
		const value: unknown = held[name];
		if (value === undefined) ledger.hidden.add(name);
		// What n8n does with an expression that it cannot evaluate.
		if (value instanceof Error) throw value;
		return collections.has(name) && typeof value === 'object' && value !== null
			? watched(name, value, ledger)
			: value;
	};
}

const files: FileServices = {
	upload: async (file) => ({ itemid: 77, filename: file.name, filepath: '/', contextid: 5 }),
	download: async () => ({
		binary: { data: '', mimeType: 'text/plain', fileName: 'a.txt' },
		size: 1,
	}),
};

/** What the node holds for one item. */
export interface Item {
	values: Values;
	/** What expressions give in place of some of the values; an Error where one cannot be evaluated. */
	evaluated?: Values;
}

/** How a run goes, whatever its items. */
interface Settings extends FakeOptions {
	operation: Operation;
	dryRun?: boolean;
	/** Whether the run stops at the first item with a problem. */
	stop?: boolean;
	ledger?: Ledger;
	/** Records per Request, by default 50. */
	perRequest?: number;
	/** Requests in Flight, by default 1. */
	width?: number;
	/** What lies between the node and Moodle. */
	between?: (send: Send) => Send;
}

export interface RunOptions extends Settings, Item {}

/** A request body goes out, an answer comes in. */
export type Send = FakeMoodle['send'];

/** What items came to. */
interface Told {
	outputs: Output[];
	problems: Problem[];
}

/** What Moodle saw of a run. */
interface Seen {
	calls: Call[];
	violations: string[];
}

/** What a run came to. */
export interface Ran extends Told, Seen {}

/** What a run of several items came to. */
export interface RanMany extends Seen {
	/** What each item was told. */
	items: Told[];
}

/** What records are called on a site where everything exists: what was entered, in fields and locators. */
export function named(values: Values): Values {
	const locators = Object.values(values).filter(
		(value): value is { mode: string; value: unknown } =>
			typeof value === 'object' && value !== null && '__rl' in value,
	);
	const texts = Object.entries(values).filter(
		([name, value]) =>
			typeof value === 'string' &&
			['name', 'shortname', 'idnumber', 'username', 'email'].includes(name),
	);
	return Object.fromEntries([
		...texts,
		...locators.map(({ mode, value }) => [mode, value]),
	]) as Values;
}

function toldOf(units: Unit[]): Told {
	const outcomes = units.map((unit) => unit.outcome);
	return {
		outputs: outcomes.flatMap((outcome) =>
			outcome && 'outputs' in outcome ? outcome.outputs : [],
		),
		problems: outcomes.flatMap((outcome) =>
			outcome && 'problem' in outcome ? [outcome.problem] : [],
		),
	};
}

async function unitsOf(
	items: Item[],
	{
		operation,
		dryRun = false,
		stop = false,
		ledger = new Ledger(),
		perRequest = 50,
		width,
		between = (send) => send,
		...fake
	}: Settings,
): Promise<{ units: Unit[] } & Seen> {
	const moodle = new FakeMoodle({ there: named(items[0].values), ...fake });
	let now = 0;
	const clock = {
		now: () => now,
		random: () => 0.5,
		cancelled: () => false,
		sleep: async (milliseconds: number) => {
			now += milliseconds;
		},
	};
	const client = new Client({ send: between(moodle.send), clock, inFlight: width });
	const collections = new Set(
		parametersOf(operation)
			.filter(({ type }) => type === 'collection')
			.map(({ name }) => name),
	);
	const values = items.map((item) =>
		reader(
			{ ...heldFor(operation, item.values), ...(item.evaluated as INodeParameters) },
			collections,
			ledger,
		),
	);
	const file = () => ({
		name: 'a.txt',
		mimeType: 'text/plain',
		content: async () => Buffer.from('x'),
	});
	const engine = new Engine(operation, {
		client,
		clock,
		operations,
		zone: 'Europe/Berlin',
		dryRun,
		stop,
		recordsPerRequest: perRequest,
		patience: 0,
		files,
		count: items.length,
		parameters: (index) => new Parameters(index, values[index], 'Europe/Berlin', file),
	});
	const { units } = await engine.run();
	return { units, calls: moodle.calls, violations: moodle.violations };
}

/** Runs an operation for one item. */
export async function runOne({ values, evaluated, ...settings }: RunOptions): Promise<Ran> {
	const { units, ...seen } = await unitsOf([{ values, evaluated }], settings);
	return { ...toldOf(units), ...seen };
}

/** Runs an operation for several items. */
export async function runMany({
	items,
	...settings
}: Settings & { items: Item[] }): Promise<RanMany> {
	const { units, ...seen } = await unitsOf(items, settings);
	return {
		items: items.map((_, item) => toldOf(units.filter((unit) => unit.items.includes(item)))),
		...seen,
	};
}
