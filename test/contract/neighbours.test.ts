/**
 * One bad item before, among and after good ones: a good item stays good whatever its neighbours hold, in every operation,
 * for every field and whatever an expression may give.
 */
import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../../nodes/Moodle/actions/types';
import type { FakeOptions } from './support/fakeMoodle';
import {
	named,
	nameOf,
	operations,
	runMany,
	type Item,
	type RanMany,
	type Send,
} from './support/runOne';
import { placesOf, type Place } from './support/places';
import type { Values } from './support/samples';
import { workable } from './support/scenarios';
import { specialOf } from './support/special';

/** Ids on this site: those of two good items and of the bad one. */
const IDS = [42, 142, 242];

const IDENTITY = ['username', 'email', 'idnumber', 'shortname', 'name'];

/** Each item concerns a record of its own: of a shared one nobody would notice whose outcome is whose. */
function ofRecord(operation: Operation, values: Values, index: number): Values {
	const own = 'userId' in values ? 'userId' : `${operation.resource}Id`;
	const renamed = (name: string, value: unknown): unknown => {
		if (name === own && (value as Values).value === '42')
			return { ...(value as Values), value: String(IDS[index]) };
		return index > 0 && IDENTITY.includes(name) && typeof value === 'string' && value !== ''
			? value.replace(/^\w+/, `$&${index}`)
			: value;
	};
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => [name, renamed(name, value)]),
	);
}

const goodItems = (operation: Operation): Item[] =>
	[0, 1].map((index) => ({ values: ofRecord(operation, workable(operation), index) }));

/** Where all records are there; for what is made, where nothing of that name is there yet. */
function siteOf(operation: Operation): FakeOptions {
	const { keys, replies, elsewhere } = specialOf(operation);
	const ids = /^(?:create|upsert)$/.test(operation.value) ? undefined : IDS;
	return {
		version: '5.1',
		mood: operation.value === 'upsert' && !elsewhere ? 'none' : 'found',
		ids,
		refuses: true,
		keys,
		replies: { ...replies, ...elsewhere },
		there: named(workable(operation)),
	};
}

/** A number of which Moodle refuses every request that holds it, with all that travels in it. */
const REFUSED = '666666';

const refusing =
	(send: Send): Send =>
	async (body) => {
		if (!body.includes(REFUSED)) return await send(body);
		return {
			status: 200,
			headers: {},
			text: JSON.stringify({
				exception: 'invalid_parameter_exception',
				errorcode: 'invalidparameter',
				message: 'Invalid parameter value detected',
			}),
		};
	};

const run = async (operation: Operation, items: Item[], stop = false): Promise<RanMany> =>
	await runMany({ operation, items, stop, between: refusing, ...siteOf(operation) });

/** Values that are good on one site and not on another: no client can know, only Moodle refuses them. */
const OF_SITE = /expecting "(?:theme|lang|auth|plugin|permission)" type/;

/** What an expression gives, and what it is called in a failure. */
type Spoilt = [string, unknown];

function nested(depth: number): unknown {
	let value: unknown = 'inside';
	for (let level = 0; level < depth; level++) value = { inner: value };
	return value;
}

const THROWN: Spoilt = [
	'an expression that throws',
	new Error('Cannot read properties of undefined'),
];
const NUL: Spoilt = ['a text with NUL', 'a\0b'];
const HUGE: Spoilt = ['1.2 million characters', 'x'.repeat(1_200_000)];
const DEEP: Spoilt = ['an object 6,000 deep', nested(6000)];
const INFINITE: Spoilt = ['Infinity', Infinity];
const POISON: Spoilt = ['what Moodle refuses', REFUSED];
const BEYOND: Spoilt = ['9e99', 9e99];

/** A locator in each of its ways. */
function locators({ modes = [] }: INodeProperties): Spoilt[] {
	const ways = modes
		.filter(({ name }) => name !== 'list')
		.flatMap(({ name }) =>
			[POISON, NUL, DEEP, INFINITE, BEYOND].map(
				([what, value]): Spoilt => [`${what} as ${name}`, { __rl: true, mode: name, value }],
			),
		);
	return [
		...ways,
		['a locator of unknown mode', { __rl: true, mode: 'nonsense', value: '42' }],
		['a locator without mode', { __rl: true, value: DEEP[1] }],
		DEEP,
	];
}

/** What a field may be spoilt with. */
function spoilt(field: INodeProperties): Spoilt[] {
	switch (field.type) {
		case 'resourceLocator':
			return locators(field);
		case 'number':
			return [NUL, DEEP, INFINITE, BEYOND];
		case 'dateTime':
			return [NUL, HUGE, DEEP, INFINITE, BEYOND];
		case 'string':
		case 'json':
			return [POISON, NUL, HUGE, DEEP, INFINITE];
		default:
			return [DEEP];
	}
}

/** A third item in which one field is spoilt. Where the expression throws, the whole parameter has no value. */
function badItems({
	operation,
	parameter,
	field,
	conditions,
	holding,
}: Place): Array<[string, Item]> {
	const values = ofRecord(operation, { ...workable(operation), ...conditions }, 2);
	return [...spoilt(field), THROWN].map(([what, value]) => [
		what,
		{ values, evaluated: value === THROWN[1] ? { [parameter]: value } : holding(value) },
	]);
}

/** The records sent to be written, each with what its request says for all. */
function sentIn(operation: Operation, { calls }: RanMany): string[] {
	return calls
		.filter(({ write }) => write)
		.flatMap(({ function: name, params }) => {
			const list = operation.calls.find((facts) => facts.function === name)?.list;
			const records = list === undefined ? undefined : params[list];
			if (list === undefined || !Array.isArray(records)) return [JSON.stringify([name, params])];
			return records.map((record: unknown) =>
				JSON.stringify([name, { ...params, [list]: record }]),
			);
		});
}

/** What is in a list and not (or not so often) in another. */
function beyond(list: string[], other: string[]): string[] {
	const left = [...other];
	return list.filter((entry) => {
		const at = left.indexOf(entry);
		if (at >= 0) left.splice(at, 1);
		return at < 0;
	});
}

const short = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
const toldIn = ({ items }: RanMany, index: number) =>
	JSON.stringify([items[index].outputs, items[index].problems.map(({ whole }) => whole)]);

/** Codes of problems with a record that was written, but for a field that Moodle left out. */
const WRITTEN = ['leftout', 'unseen'];
const isWritten = ({ problems }: RanMany['items'][number]) =>
	problems.length === 0 || problems.every(({ code }) => WRITTEN.includes(code));

/** What is told in no case. */
function untrue({ items, violations }: RanMany): string[] {
	const problems = items.flatMap((item) => item.problems);
	const odd = problems.filter(
		({ code, whole }) => code === 'unexpected' || whole.includes('may have been carried out'),
	);
	return [
		...odd.map(({ whole }) => `told: ${short(whole)}`),
		...violations
			.filter((violation) => !OF_SITE.test(violation))
			.map((violation) => `Moodle refuses: ${short(violation)}`),
	];
}

/** What is wrong with a run that goes on after failures, with the bad item at a position. */
function flawsOf(operation: Operation, alone: RanMany, ran: RanMany, at: number): string[] {
	const { problems, outputs } = ran.items[at];
	const flaws = untrue(ran);
	const [before, after] = [sentIn(operation, alone), sentIn(operation, ran)];
	if (operation.whole)
		return problems.length > 0 &&
			after.some((record) => /delete|remove|unassign|unenrol/.test(record))
			? [...flaws, 'somebody was removed']
			: flaws;
	[0, 1, 2]
		.filter((index) => index !== at)
		.forEach((index, good) => {
			if (toldIn(ran, index) !== toldIn(alone, good))
				flaws.push(
					`item ${index} was told ${short(toldIn(ran, index))}, alone ${short(toldIn(alone, good))}`,
				);
		});
	if (problems.length + outputs.length === 0 && operation.writes)
		flaws.push('the bad item was told nothing');
	flaws.push(...beyond(before, after).map((record) => `not sent: ${short(record)}`));
	if (!isWritten(ran.items[at]))
		flaws.push(...beyond(after, before).map((record) => `sent beside: ${short(record)}`));
	return flaws;
}

/** What is wrong with a run that stops at the bad item in the middle: the one before it counts, the one after it does not. */
function flawsOfStop(operation: Operation, first: RanMany, ran: RanMany): string[] {
	if (ran.items[1].problems.length === 0) return untrue(ran);
	const [wanted, sent] = [operation.whole ? [] : sentIn(operation, first), sentIn(operation, ran)];
	const most = isWritten(ran.items[1]) ? 1 : 0;
	const unwanted = beyond(sent, wanted);
	return [
		...untrue(ran),
		...beyond(wanted, sent).map((record) => `not sent: ${short(record)}`),
		...unwanted.slice(most).map((record) => `sent all the same: ${short(record)}`),
	];
}

/** Items that may have nothing to say: a whole is told once. */
const isGood = (operation: Operation, ran: RanMany) =>
	ran.violations.length === 0 &&
	ran.items.every(
		({ problems, outputs }) =>
			problems.length === 0 && (outputs.length > 0 || operation.whole === true),
	);

const cases = operations.map((operation) => ({ name: nameOf(operation), operation }));

test('there are fields of every kind', () => {
	const types = new Set(operations.flatMap(placesOf).map(({ field }) => field.type));
	expect([...types].sort()).toEqual(
		expect.arrayContaining(['dateTime', 'json', 'number', 'options', 'resourceLocator', 'string']),
	);
});

test.each(cases)(
	'$name: a good item stays good whatever its neighbours hold',
	async ({ operation }) => {
		const file = `nodes/Moodle/actions/${nameOf(operation)}.ts`;
		const good = goodItems(operation);
		const [alone, first] = [
			await run(operation, good),
			await run(operation, good.slice(0, 1), true),
		];
		if (
			!isGood(operation, alone) ||
			(operation.writes && operation.batched && sentIn(operation, alone).length === 0)
		)
			throw new Error(
				`${file}: two good items do not do well on the fake Moodle: ${short(toldIn(alone, 0))}, ${short(toldIn(alone, 1))}, ${alone.violations.join()}. Write into test/contract/support/special.ts, under '${nameOf(operation)}', what the site answers (replies, keys) for the IDs ${IDS.join(', ')}.`,
			);
		const flaws: string[] = [];
		const once = new Set<string>();
		const isFirst = (what: string) => !once.has(what) && once.add(what).size > 0;
		for (const place of placesOf(operation)) {
			for (const [turn, [what, bad]] of badItems(place).entries()) {
				// A long text takes long: once for each parameter.
				if (what === HUGE[0] && !isFirst(`${place.parameter} ${what}`)) continue;
				const at = turn % 3;
				const note = (where: string) => (flaw: string) =>
					`${file}, ${place.name} holds ${what}, ${where}: ${flaw}`;
				const ran = await run(operation, [...good.slice(0, at), bad, ...good.slice(at)]);
				flaws.push(...flawsOf(operation, alone, ran, at).map(note(`item ${at}`)));
				if (what === THROWN[0] && ran.items[at].problems.length === 0)
					flaws.push(note(`item ${at}`)('the bad item has no problem'));
				// How a run stops hangs on what was found wrong where, not on the value.
				const isNew =
					what !== HUGE[0] &&
					ran.items[at].problems.some(({ code }) => isFirst(`${place.parameter} ${code}`));
				if (isNew)
					flaws.push(
						...flawsOfStop(
							operation,
							first,
							await run(operation, [good[0], bad, good[1]], true),
						).map(note('run that stops')),
					);
			}
		}
		expect(flaws).toEqual([]);
	},
);
