/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** What the operations hold to be a readable reply fits what real Moodle sites answered. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { factsOf, isReadable, READS } from '../../nodes/Moodle/moodle/reads';
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

test('every recorded reply of a reading function is readable too', () => {
	const all = [...recorded].flatMap(([name, seen]) =>
		seen.map(({ version, exchange }) => ({ name, version, exchange })),
	);
	const refused = all.filter(({ name, exchange }) => !isReadable(name, exchange.body));
	expect(
		refused.map(
			({ name, version, exchange }) => `${version} ${name} ${exchange.scenario}/${exchange.step}`,
		),
	).toEqual([]);
});

const facts = [
	...operations.flatMap((operation) => operation.reads),
	...Object.values(NAME_READS).flat(),
	...Object.values(LIST_READS).flat(),
];
const reads = [...new Set(facts.map((entry) => entry.function))].map((name) => ({ name }));

test('every function that can be read is read, and stands once', () =>
	expect(Object.keys(READS).sort()).toEqual(reads.map(({ name }) => name).sort()));

test.each(facts.map((entry) => ({ name: entry.function, entry })))(
	'$name: what a use needs is what moodle/reads.ts says, and more where it says so by needing()',
	({ name, entry }) => {
		expect(entry.reply).toBe(READS[name].reply);
		expect(entry.capabilities).toEqual(expect.arrayContaining(READS[name].capabilities));
	},
);

test('there are read functions', () => expect(reads.length).toBeGreaterThan(30));

test.each(reads)(
	'$name: what it answers is known, and nothing else is taken for it',
	({ name }) => {
		expect(factsOf(name)).toBeDefined();
		for (const odd of [
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
		])
			expect({ odd, readable: isReadable(name, odd) }).toEqual({ odd, readable: false });
	},
);

test('a function with the name of a part of every object has no known answer', () =>
	expect(factsOf('constructor')).toBeUndefined());

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
