/** Three nights of every Create or Update on one site, with the texts that CRMs hold: from the second night on nothing is sent. */
import type { Operation } from '../../nodes/Moodle/actions/types';
import {
	entriesFor,
	fieldsOf,
	itemsOf,
	waysOf,
	type Night,
	type Told,
} from '../contract/support/nights';
import { nameOf, nodeParameters, operations } from '../contract/support/runOne';
import type { Values } from '../contract/support/samples';
import type { MoodleVersion } from '../sandbox/types';
import { runEngine } from '../support/engineRun';
import { functionOf } from '../support/inProcess';
import { openSite, tag, type LiveSite } from './site';

const upserts = operations.filter(({ value }) => value === 'upsert');
const cases = upserts.flatMap((operation) =>
	waysOf(operation).map((matchBy) => ({ name: nameOf(operation), operation, matchBy })),
);

/** Entries that are not the same on every site, or that Moodle does not tell (see the contract test of nights). */
const LEFT_OUT: Record<string, string[]> = {
	'category/upsert': ['theme'],
	'cohort/upsert': ['theme', 'customfields'],
	'course/upsert': ['forcetheme', 'customfields'],
	'group/upsert': ['customfields'],
	'grouping/upsert': ['customfields'],
	'user/upsert': [
		...['customfields', 'preferences', 'address', 'description', 'phone1', 'phone2'],
		...['alternatename', 'calendartype', 'firstnamephonetic', 'lastnamephonetic'],
		...['maildisplay', 'middlename'],
	],
};

let site: LiveSite;
let version: MoodleVersion;
let courseid: number;
let turn = 0;

const send = async (body: string) => {
	const reply = await fetch(`${site.url.replace(/\/$/, '')}/webservice/rest/server.php`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		body: `${body}&wstoken=${site.token}`,
	});
	return {
		status: reply.status,
		headers: Object.fromEntries(reply.headers),
		text: await reply.text(),
	};
};

async function night(operation: Operation, items: Values[]): Promise<Night> {
	const writing = new Set(operation.calls.map((call) => call.function));
	const sent: string[] = [];
	const { units } = await runEngine({
		operation,
		items: items.map((values) => nodeParameters(operation, values)),
		send: async (body) => {
			if (writing.has(functionOf(body))) sent.push(body);
			return await send(body);
		},
	});
	const told = units.map(({ outcome }): Told => {
		if (outcome === undefined) return { refused: 'nothing was told' };
		if ('problem' in outcome) return { refused: outcome.problem.whole };
		const { id, created, updated } = outcome.outputs[0].json as Told;
		return { id, created, updated };
	});
	return { told, sent };
}

const operationOf = (name: string) => upserts.find((operation) => nameOf(operation) === name)!;

beforeAll(async () => {
	site = await openSite();
	const info = await send('wsfunction=core_webservice_get_site_info&moodlewsrestformat=json');
	const { release } = JSON.parse(info.text) as { release: string };
	version = /^\d+\.\d+/.exec(release)![0] as MoodleVersion;
	const { told } = await night(operationOf('course/upsert'), [
		{
			matchBy: 'shortname',
			shortname: `${tag}home`,
			fullname: 'Home',
			categoryId: { __rl: true, mode: 'id', value: '1' },
			additionalFields: {},
		},
	]);
	courseid = Number(told[0].id);
});
afterAll(async () => await site.close());

/** The same item under names of its own, because names stay on a real site. Outer spaces stay where they are. */
function own(item: Values, at: number): Values {
	const named = (text: unknown) =>
		typeof text === 'string' ? text.replace(/^\s*/, (space) => `${space}${tag}${turn}`) : text;
	const { idnumber, interests, ...fields } = item.additionalFields as Values;
	const kept = { ...fields, ...(idnumber === undefined ? {} : { idnumber: named(idnumber) }) };
	return {
		...item,
		...Object.fromEntries(
			['name', 'shortname', 'idnumber']
				.filter((name) => typeof item[name] === 'string')
				.map((name) => [name, named(item[name])]),
		),
		...(item.username === undefined ? {} : { username: `${tag}.${turn}.Name${at}` }),
		...(item.email === undefined ? {} : { email: `${tag}.${turn}.Mail${at}@Example.org` }),
		additionalFields:
			interests === undefined ? kept : { ...kept, interests: `${tag}${String(interests).trim()}` },
	};
}

/** The next nights know the IDs. */
const knowing = (items: Values[], matchBy: string | undefined, { told }: Night) =>
	matchBy === 'id' ? items.map((item, at) => ({ ...item, id: String(told[at].id) })) : items;

test.each(cases)(
	'$name by $matchBy: three nights, nothing sent after the first',
	async ({ name, operation, matchBy }) => {
		turn++;
		// A single zero counts as empty in users, and is not told.
		const items = itemsOf(
			operation,
			matchBy,
			version,
			courseid,
			(entry, value) =>
				LEFT_OUT[name].includes(entry.name) || (value === '0' && operation.resource === 'user'),
		).map(own);
		const first = await night(operation, items);
		expect(first.told).toEqual(
			items.map(() => ({ id: expect.any(Number), created: true, updated: false })),
		);
		for (const next of [2, 3]) {
			const { told, sent } = await night(operation, knowing(items, matchBy, first));
			expect([next, told, sent.flatMap(fieldsOf)]).toEqual([
				next,
				first.told.map(({ id }) => ({ id, created: false, updated: false })),
				[],
			]);
		}
	},
	300_000,
);

test('what is left out is there, and nothing else', () => {
	for (const operation of upserts) {
		const entries = waysOf(operation).flatMap((matchBy) => entriesFor(operation, matchBy, '5.1'));
		expect(entries.map(({ name }) => name)).toEqual(
			expect.arrayContaining(LEFT_OUT[nameOf(operation)]),
		);
	}
});

test.each(['category/upsert', 'cohort/upsert', 'course/upsert'])(
	'%s: a theme that the site leaves out is told every night, one that it takes never again',
	async (name) => {
		turn++;
		const operation = operationOf(name);
		const [matchBy] = name === 'course/upsert' ? ['shortname'] : waysOf(operation);
		const [item] = itemsOf(
			operation,
			matchBy,
			version,
			courseid,
			(entry) => !/theme/.test(entry.name),
		).map(own);
		const nights = [await night(operation, [item]), await night(operation, [item])];
		const told = nights.map((each) => each.told[0]);
		if (told[0].refused === undefined)
			expect(told[1]).toEqual({ ...told[0], created: false, updated: false });
		else
			expect(told.map(({ refused }) => refused)).toEqual([
				expect.stringMatching(/ was created \(ID \d+\), but Moodle left out '.*Theme' 'boost'/),
				expect.stringMatching(/ was changed, but Moodle left out '.*Theme' 'boost'/),
			]);
	},
);
