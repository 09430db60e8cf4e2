/**
 * Two items that mean the same record: they do not share a request in which nobody could say whose outcome is whose, and
 * what they set is set in the order of the items. `keys` of the operation sees to it, or `subject` of its call, or an `id`.
 */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { Operation } from '../../nodes/Moodle/actions/types';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { functionOf } from '../support/inProcess';
import { nameOf, operations, parametersOf, runMany, type Send } from './support/runOne';
import { entriesOf, sample, type Values } from './support/samples';
import { full, workable } from './support/scenarios';
import { sitesOf } from './support/special';

const where = (operation: Operation, call: CallFacts) =>
	`${nameOf(operation)} (nodes/Moodle/actions/${operation.resource}/${operation.value}.ts), ${call.function}`;

/** The writing requests of a run: the call of each, how many of its records came with it, and how many were under way at once. */
interface Seen {
	requests: Array<{ call: CallFacts; records: number }>;
	atOnce: number;
}

/** Turns that an answer takes, so that others can be sent meanwhile. */
const TURNS = 60;

async function seenOf(
	operation: Operation,
	items: Values[],
	settings: { perRequest?: number; width?: number },
	site: ReturnType<typeof sitesOf>[number],
): Promise<Seen> {
	const seen: Seen = { requests: [], atOnce: 0 };
	let open = 0;
	const between =
		(send: Send): Send =>
		async (body) => {
			const call = operation.calls.find((entry) => entry.function === functionOf(body));
			if (!call) return await send(body);
			const names = [...new URLSearchParams(body).keys()];
			const of = (at: number) => names.some((name) => name.startsWith(`${call.list}[${at}]`));
			seen.requests.push({ call, records: call.list && of(1) ? 2 : 1 });
			seen.atOnce = Math.max(seen.atOnce, ++open);
			for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
			open--;
			return await send(body);
		};
	await runMany({
		operation,
		items: items.map((values) => ({ values })),
		version: '5.1',
		between,
		...settings,
		...site,
	});
	return seen;
}

/** `keys` as it could be for an operation: by the name of what it makes, else by its locators. */
function keysFor(operation: Operation): string {
	const required = parametersOf(operation).filter((property) => property.required);
	const text = required.find(
		({ name, type }) => type === 'string' && /name$|^idnumber$/.test(name),
	);
	if (text) return `keys: (input) => valueKeys('${text.name}', input.${text.name})`;
	const locators = required.filter(({ type }) => type === 'resourceLocator');
	const names = locators.map(({ name }) => name);
	if (names.length === 0) {
		const [{ name: only } = { name: 'id' }] = required;
		return `keys: (input) => valueKeys('${operation.resource}', input.${only})`;
	}
	return `keys: ({ ${names.join(', ')} }) => [\`${names.map((name) => `\${refKey(${name})}`).join(' ')}\`]`;
}

/** Whether it does no harm that a request holds the same record twice. */
function mayBeTwice({ repeat, atomic }: CallFacts): boolean {
	// All or nothing, answered in the order of the records: the one is as good as the other.
	return repeat === 'safe' || (atomic === 'all' && repeat === 'never');
}

/** A category without an ID number is made by a call that is never repeated: two of one name are two. */
const MAY_BE_TWO = ['category/create'];

async function flawOfEqual(operation: Operation): Promise<string | undefined> {
	if (MAY_BE_TWO.includes(nameOf(operation))) return undefined;
	for (const site of sitesOf(operation)) {
		for (const values of [workable(operation), full(operation, '5.1')[0].values]) {
			const { requests } = await seenOf(operation, [values, values], {}, site);
			const bad = requests.find(({ call, records }) => records > 1 && !mayBeTwice(call));
			if (bad)
				return `${where(operation, bad.call)}: two items with the same values share a request. Keep them apart by what must be unique, such as ${keysFor(operation)} (actions/keys.ts).`;
		}
	}
	return undefined;
}

/** Another value of a field that is no locator; undefined where there is none. */
function otherValue(property: INodeProperties, old: unknown): unknown {
	switch (property.type) {
		case 'string':
			return `${String(old)}2`;
		case 'number':
			return Number(old) + 1;
		case 'boolean':
			return old !== true;
		case 'dateTime':
			return '2031-01-01T00:00:00Z';
		case 'options':
			return (property.options as INodePropertyOptions[]).find(({ value }) => value !== old)?.value;
		case 'collection':
			return otherEntry(property, old as Values);
		default:
			return undefined;
	}
}

function otherEntry(property: INodeProperties, old: Values): Values | undefined {
	const [[name, value] = []] = Object.entries(old);
	const entry = entriesOf(property).find((inner) => inner.name === name);
	return name && entry ? { [name]: otherValue(entry, value) ?? sample(entry, 1) } : undefined;
}

/** The same item with another value in one field, for each field. */
const variants = (operation: Operation, values: Values): Values[] =>
	parametersOf(operation).flatMap((property) => {
		const other = otherValue(property, values[property.name]);
		return other === undefined ? [] : [{ ...values, [property.name]: other }];
	});

/** Fields that name a record make two of it. One at least does not, and of such a field the last item's value must stay. */
async function flawOfOrder(operation: Operation): Promise<string | undefined> {
	const values = workable(operation);
	const runs: Seen[] = [];
	for (const other of variants(operation, values))
		for (const site of sitesOf(operation))
			runs.push(
				await seenOf(operation, [values, other, values], { perRequest: 1, width: 4 }, site),
			);
	const setting = runs.filter(({ requests }) =>
		requests.some(({ call }) => call.repeat === 'safe'),
	);
	if (setting.length === 0 || setting.some(({ atOnce }) => atOnce === 1)) return undefined;
	return `${where(operation, setting[0].requests[0].call)}: what two items set in the same record is under way at the same time, and either may win. Say what the call changes by subject in calls.ts, or keep the items apart by ${keysFor(operation)} (actions/keys.ts).`;
}

const writing = operations
	.filter(({ calls }) => calls.length > 0)
	.map((operation) => ({ name: nameOf(operation), operation }));

test.each(writing)('$name: the same item twice', async ({ operation }) =>
	expect(await flawOfEqual(operation)).toBeUndefined(),
);

test.each(writing)('$name: two values for the same record', async ({ operation }) =>
	expect(await flawOfOrder(operation)).toBeUndefined(),
);

describe('forgotten keys are told, with the file and the remedy', () => {
	const without = (name: string) => ({
		...writing.find((entry) => entry.name === name)!.operation,
		keys: undefined,
	});

	test.each([
		['calendarEvent/create', "such as keys: (input) => valueKeys('name', input.name)"],
		['cohort/create', 'such as keys: '],
		['cohort/delete', 'such as keys: ({ cohortId }) => [`${refKey(cohortId)}`]'],
		['user/create', 'such as keys: '],
	])('%s', async (name, remedy) => {
		const told = await flawOfEqual(without(name));
		expect(told).toContain(`${name} (nodes/Moodle/actions/${name}.ts)`);
		expect(told).toContain(remedy);
	});

	test('note/delete: equal records that travel alone are never under way at once, and its keys could be these', async () => {
		const operation = without('note/delete');
		const values = workable(operation);
		const [site] = sitesOf(operation);
		const seen = await seenOf(operation, [values, values], { width: 4 }, site);
		expect([seen.requests.length, seen.atOnce]).toEqual([2, 1]);
		expect(keysFor(operation)).toBe("keys: (input) => valueKeys('note', input.noteId)");
	});

	test('userPreference/set, with nothing that says what it changes', async () => {
		const operation = without('userPreference/set');
		const [call] = operation.calls;
		const before = { ...call };
		Object.assign(call, { subject: undefined, order: undefined });
		const told = await flawOfOrder(operation);
		Object.assign(call, before);
		expect(told).toContain('either may win. Say what the call changes by subject in calls.ts');
	});
});
