/**
 * Expressions give a yes or no, and a date, in many spellings. All operations read them alike: what can be understood does
 * the same as the plain value, and everything else is refused with the name of the field before anything is written.
 */
import { DateTime } from 'luxon';
import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { placesOf as everyPlace, type Place } from './support/places';
import { operations, runOne, type Ran } from './support/runOne';
import { workable } from './support/scenarios';
import { specialOf } from './support/special';

const placesOf = (operation: Operation, type: INodeProperties['type']): Place[] =>
	everyPlace(operation).filter(({ field }) => field.type === type);

async function run({ operation, conditions, holding }: Place, value: unknown): Promise<Ran> {
	const { keys, replies } = specialOf(operation);
	const values = { ...workable(operation), ...conditions };
	return await runOne({
		operation,
		values,
		evaluated: holding(value),
		version: '5.1',
		mood: 'found',
		keys,
		replies,
	});
}

const seen = (ran: Ran) =>
	JSON.stringify([ran.calls, ran.outputs, ran.problems.map(({ message }) => message)]);
const writes = (ran: Ran) => ran.calls.filter(({ write }) => write);

/** What is wrong with a value that nobody can understand. */
async function accepted(place: Place, value: unknown): Promise<string[]> {
	const ran = await run(place, value);
	const isNamed = ran.problems.some(({ message }) =>
		message.startsWith(`'${place.field.displayName}'`),
	);
	return isNamed && writes(ran).length === 0
		? []
		: [`${JSON.stringify(value)}: ${ran.problems.map(({ message }) => message).join() || 'taken'}`];
}

async function different(place: Place, plain: unknown, spellings: unknown[]): Promise<string[]> {
	const expected = seen(await run(place, plain));
	const found: string[] = [];
	for (const value of spellings)
		if (seen(await run(place, value)) !== expected)
			found.push(`${JSON.stringify(value)} is not ${JSON.stringify(plain)}`);
	return found;
}

const YES = ['true', 'TRUE', 'True', ' true ', 'yes', 'Yes', 'on', '1', 1];
const NO = ['false', 'FALSE', 'False', 'no', 'off', '0', 0];

const booleans = operations.flatMap((operation) => placesOf(operation, 'boolean'));
const dates = operations.flatMap((operation) => placesOf(operation, 'dateTime'));

test('there are fields of both kinds, in parameters and in collections', () => {
	expect(booleans.length).toBeGreaterThan(60);
	expect(booleans.some(({ name }) => name === 'completion/markActivity completed')).toBe(true);
	expect(booleans.some(({ name }) => name.includes('.'))).toBe(true);
	expect(dates.length).toBeGreaterThan(5);
});

test.each(booleans)('$name: yes and no in every spelling', async (place) => {
	const flaws = [...(await different(place, true, YES)), ...(await different(place, false, NO))];
	for (const odd of ['nonsense', 2, -1, 'y e s', {}, ['true']])
		flaws.push(...(await accepted(place, odd)));
	expect(flaws).toEqual([]);
});

const MOMENT = '2027-06-30T18:00:00Z';
const SECONDS = Date.parse(MOMENT) / 1000;

test.each(dates)('$name: dates in every spelling', async (place) => {
	const spellings = [
		'2027-06-30T20:00:00+02:00',
		'2027-06-30 20:00:00+02',
		'2027-06-30 20:00',
		new Date(MOMENT),
		DateTime.fromISO(MOMENT),
		SECONDS,
		String(SECONDS),
		SECONDS * 1000,
	];
	const flaws = [
		...(await different(place, MOMENT, spellings)),
		...(await different(place, '2027-06-30', ['20270630', 20_270_630])),
	];
	for (const odd of [
		'tomorrow',
		'2027',
		2027,
		'46266',
		46_266,
		'20271332',
		'30.06.2027',
		true,
		{},
		['2027-06-30'],
	])
		flaws.push(...(await accepted(place, odd)));
	expect(flaws).toEqual([]);
});
