/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** What the operations hold to be a readable reply fits what real Moodle sites answered. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { READS, type ReadFacts } from '../../nodes/Moodle/moodle/reads';
import { events } from '../../nodes/Moodle/events/registry';
import { isObject } from '../../nodes/Moodle/moodle/values';
import { dataDir } from '../sandbox/catalogue';
import type { Exchange } from '../sandbox/replay-types';
import { LIST_READS, NAME_READS } from '../../nodes/Moodle/lookup/facts';
import { nameOf, operations, runOne } from './support/runOne';
import { workable } from './support/scenarios';
import { specialOf } from './support/special';

const VERSIONS = ['4.1', '4.5', '5.1'];

/** A successful answer of the web-service address: neither an exception nor a page of the web server. */
function isReply(exchange: Exchange): boolean {
	const { body, http, transport, contentType } = exchange;
	if (
		http !== 200 ||
		transport?.path ||
		(isObject(body) && ('exception' in body || 'error' in body))
	)
		return false;
	return contentType.includes('json') && typeof body !== 'string';
}

const recorded = new Map<string, Array<{ version: string; exchange: Exchange }>>();
for (const version of VERSIONS) {
	for (const line of readFileSync(join(dataDir(), 'exchanges', `${version}.jsonl`), 'utf8')
		.split('\n')
		.filter((text) => text.trim() !== '')) {
		const exchange = JSON.parse(line) as Exchange;
		if (exchange.function === null || !isReply(exchange)) continue;
		recorded.set(exchange.function, [
			...(recorded.get(exchange.function) ?? []),
			{ version, exchange },
		]);
	}
}

const calls = new Map<string, CallFacts>();
for (const call of operations.flatMap((operation) => operation.calls))
	if (call.reply) calls.set(call.function, call);
const named = [...calls.values()].map((call) => ({ name: call.function, call }));

test('the recordings are there', () => expect(recorded.size).toBeGreaterThan(80));

test.each(named)('$name: every recorded reply is readable', ({ name, call }) => {
	// a call that carries one record is never answered for several
	const seen = (recorded.get(name) ?? []).filter(
		({ exchange }) =>
			call.perRequest !== 1 || !Array.isArray(exchange.body) || exchange.body.length <= 1,
	);
	const refused = seen.filter(({ exchange }) => !call.reply?.safeParse(exchange.body).success);
	expect(
		refused.map(
			({ version, exchange }) =>
				`${version} ${exchange.scenario}/${exchange.step}: ${JSON.stringify(exchange.body).slice(0, 200)}`,
		),
	).toEqual([]);
});

test.each(named)('$name: what is no reply is not taken for one', ({ call }) => {
	for (const odd of ['', 'text', undefined, { html: true }.html, 17.5])
		expect(call.reply?.safeParse(odd).success).toBe(false);
});

const shared: Record<string, ReadFacts | undefined> = READS;
const uses = [
	...[...operations, ...events].flatMap(({ reads }) => reads),
	...Object.values(NAME_READS).flat(),
	...Object.values(LIST_READS).flat(),
];
/** The record of each function that is read: in moodle/reads.ts, or beside the one that reads it. */
const records = [
	...new Map(uses.map((use) => [use.function, shared[use.function] ?? use])).values(),
].map((facts) => ({ name: facts.function, facts }));

test('there are read functions', () => expect(records.length).toBeGreaterThan(30));

test.each(records)('$name: every recorded reply is readable', ({ name, facts }) => {
	const refused = (recorded.get(name) ?? []).filter(
		({ exchange }) => !facts.reply.safeParse(exchange.body).success,
	);
	expect(
		refused.map(({ version, exchange }) => `${version} ${exchange.scenario}/${exchange.step}`),
	).toEqual([]);
});

test.each(uses.map((use) => ({ name: use.function, use })))(
	'$name: has one record, and what a use needs beyond it is said by needing()',
	({ name, use }) => {
		const { facts } = records.find((record) => record.name === name)!;
		if (use.reply !== facts.reply)
			throw new Error(
				`${name} has two records. Keep one in nodes/Moodle/moodle/reads.ts (READS.${name}), and add capabilities by needing(READS.${name}, …).`,
			);
		expect(use.capabilities).toEqual(expect.arrayContaining(facts.capabilities));
	},
);

test.each(records)(
	'$name: what it answers is known, and nothing else is taken for it',
	({ name, facts }) => {
		const taken = [
			'',
			'text',
			null,
			undefined,
			17,
			true,
			{},
			{ odd: 1 },
			[1],
			['text'],
			[null],
		].filter((odd) => facts.reply.safeParse(odd).success);
		if (taken.length > 0)
			throw new Error(
				`The record of ${name} takes ${JSON.stringify(taken)} for its answer. Say in reply what a good answer has, such as rows or holding('users') (nodes/Moodle/moodle/replies.ts).`,
			);
	},
);

test.each(
	operations
		.filter(
			(operation) =>
				!operation.writes && operation.resource !== 'site' && operation.reads.length > 0,
		)
		.map((operation) => ({ name: nameOf(operation), operation })),
)(
	'$name: an odd answer of its functions is a failure, not an empty list',
	async ({ operation }) => {
		const { keys, replies } = specialOf(operation);
		for (const odd of [{ odd: 1 }, { warnings: [] }, 'text', 17]) {
			const ran = await runOne({
				operation,
				values: workable(operation),
				version: '5.1',
				mood: 'found',
				keys,
				replies: {
					...replies,
					...Object.fromEntries(operation.reads.map((entry) => [entry.function, () => odd])),
				},
			});
			expect({
				odd,
				outputs: ran.outputs.map(({ json }) => json),
				problems: ran.problems.length,
			}).toEqual({ odd, outputs: [], problems: 1 });
		}
	},
);
