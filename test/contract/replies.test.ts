/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** What the operations hold to be a readable reply fits what real Moodle sites answered. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { isReadable } from '../../nodes/Moodle/moodle/replies';
import { isObject } from '../../nodes/Moodle/moodle/values';
import { dataDir } from '../sandbox/catalogue';
import type { Exchange } from '../sandbox/replay-types';
import { operations } from './support/runOne';

const VERSIONS = ['4.1', '4.5', '5.1'];

/** A successful answer of the web-service address: neither an exception nor a page of the web server. */
function isReply(exchange: Exchange): boolean {
	const { body, http, transport, contentType } = exchange;
	if (http !== 200 || transport?.path || (isObject(body) && ('exception' in body || 'error' in body))) return false;
	return contentType.includes('json') && typeof body !== 'string';
}

const recorded = new Map<string, Array<{ version: string; exchange: Exchange }>>();
for (const version of VERSIONS) {
	for (const line of readFileSync(join(dataDir(), 'exchanges', `${version}.jsonl`), 'utf8').split('\n').filter((text) => text.trim() !== '')) {
		const exchange = JSON.parse(line) as Exchange;
		if (exchange.function === null || !isReply(exchange)) continue;
		recorded.set(exchange.function, [...(recorded.get(exchange.function) ?? []), { version, exchange }]);
	}
}

const calls = new Map<string, CallFacts>();
for (const call of operations.flatMap((operation) => operation.calls)) if (call.reply) calls.set(call.function, call);
const named = [...calls.values()].map((call) => ({ name: call.function, call }));

test('the recordings are there', () => expect(recorded.size).toBeGreaterThan(80));

test.each(named)('$name: every recorded reply is readable', ({ name, call }) => {
	// a call that carries one record is never answered for several
	const seen = (recorded.get(name) ?? []).filter(({ exchange }) => call.perRequest !== 1 || !Array.isArray(exchange.body) || exchange.body.length <= 1);
	const refused = seen.filter(({ exchange }) => !call.reply?.safeParse(exchange.body).success);
	expect(refused.map(({ version, exchange }) => `${version} ${exchange.scenario}/${exchange.step}: ${JSON.stringify(exchange.body).slice(0, 200)}`)).toEqual([]);
});

test.each(named)('$name: what is no reply is not taken for one', ({ call }) => {
	for (const odd of ['', 'text', undefined, { html: true }.html, 17.5]) expect(call.reply?.safeParse(odd).success).toBe(false);
});

test('every recorded reply of a reading function is readable too', () => {
	const all = [...recorded].flatMap(([name, seen]) => seen.map(({ version, exchange }) => ({ name, version, exchange })));
	const refused = all.filter(({ name, exchange }) => !isReadable(name, exchange.body));
	expect(refused.map(({ name, version, exchange }) => `${version} ${name} ${exchange.scenario}/${exchange.step}`)).toEqual([]);
});
