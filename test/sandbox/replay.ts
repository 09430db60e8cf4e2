/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** Plays recorded exchanges against a sandbox and compares the replies. */
import * as fs from 'node:fs';
import * as path from 'node:path';

import { dataDir } from './catalogue';
import type { Sandbox } from './index';
import { compareReply } from './replay-compare';
import { prepare, send } from './replay-send';
import { applySetup, defineKnown, prepareSite } from './replay-setup';
import { Symbols, type Exchange, type RecordedVersion } from './replay-types';
import { makeToken } from './tokens';
import type { MoodleVersion } from './types';

/** How an exchange went. */
export interface ReplayResult {
	scenario: string;
	step: string;
	function: string | null;
	status: 'pass' | 'fail' | 'notimplemented';
	/** The first difference, where it failed. */
	problem?: string;
}

/** The recorded exchanges of a version, in order. */
export function readExchanges(version: RecordedVersion): Exchange[] {
	const text = fs.readFileSync(path.join(dataDir(), 'exchanges', `${version}.jsonl`), 'utf8');
	return text
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as Exchange);
}

/** A line of the recordings of several accounts: what is the same in all of them is left out. */
type AccountLine = Omit<Exchange, 'transport' | 'http' | 'contentType'> & {
	form: Array<[string, string]>;
	account?: string;
};

/** Recordings of several accounts: people and places, what is in courses. */
export type AccountRecording = 'roles' | 'activities' | 'notes';

/** What accounts with different rights were told: the recorded exchanges of a version, in order. */
export function readAccountExchanges(kind: AccountRecording, version: MoodleVersion): Exchange[] {
	const file = path.join(dataDir(), 'exchanges', `${kind}-${version}.jsonl`);
	return fs
		.readFileSync(file, 'utf8')
		.trim()
		.split('\n')
		.map((line) => {
			const { account, form, ...rest } = JSON.parse(line) as AccountLine;
			const head: Array<[string, string]> = [
				['wsfunction', String(rest.function)],
				['moodlewsrestformat', 'json'],
			];
			return {
				...rest,
				form: [...head, ...form],
				transport: account === undefined ? {} : { token: account },
				http: 200,
				contentType: 'application/json',
			};
		});
}

/** Reads an id out of a reply: `0.id`, `events.1.id`, `?name=rx Bare.id`. */
function readAt(body: unknown, at: string): number | undefined {
	let value: unknown = body;
	for (const key of at.split('.')) {
		if (typeof value !== 'object' || value === null) return undefined;
		const match = /^\?([^=]+)=(.*)$/.exec(key);
		value = match
			? (value as Array<Record<string, unknown>>).find((item) => item[match[1]] === match[2])
			: (value as Record<string, unknown>)[key];
	}
	return typeof value === 'number' ? value : undefined;
}

function tokenOf(exchange: Exchange, tokens: Map<string, string>): string | null {
	const name = exchange.transport?.token;
	if (name === null) return null;
	return tokens.get(name ?? 'main') ?? makeToken();
}

/** Plays one exchange. */
async function playOne(
	sandbox: Sandbox,
	exchange: Exchange,
	symbols: Symbols,
	tokens: Map<string, string>,
): Promise<ReplayResult> {
	const { scenario, step } = exchange;
	const named = { scenario, step, function: exchange.function };
	for (const setup of exchange.setup ?? []) applySetup(sandbox, setup, symbols, tokens);
	const got = await send(sandbox.url, prepare(exchange, tokenOf(exchange, tokens), symbols));
	if (got.status === 501) return { ...named, status: 'notimplemented' };
	const problem = defineFrom(exchange, got.text, symbols) ?? compareReply(exchange, got, symbols);
	return problem === null ? { ...named, status: 'pass' } : { ...named, status: 'fail', problem };
}

/** Takes over the ids that a reply makes known. */
function defineFrom(exchange: Exchange, text: string, symbols: Symbols): string | null {
	if (!exchange.defines) return null;
	let body: unknown;
	try {
		body = JSON.parse(text) as unknown;
	} catch {
		return `no JSON to read ids from: ${text.slice(0, 200)}`;
	}
	for (const [name, { id, at }] of Object.entries(exchange.defines)) {
		const here = readAt(body, at);
		if (here === undefined) return `no id at ${at} for ${name}: ${text.slice(0, 300)}`;
		symbols.define(name, here, id);
	}
	return null;
}

/**
 * Plays the recordings of a version against a new sandbox of that version.
 * @param sandbox a sandbox nothing has been done to
 */
export async function replay(sandbox: Sandbox, version: RecordedVersion): Promise<ReplayResult[]> {
	const symbols = new Symbols();
	prepareSite(sandbox, version, symbols);
	return await playAll(sandbox, readExchanges(version), symbols);
}

/**
 * Plays what accounts with different rights were told.
 * @param sandbox a sandbox of that version nothing has been done to
 */
export async function replayAccounts(
	sandbox: Sandbox,
	kind: AccountRecording,
	version: MoodleVersion,
): Promise<ReplayResult[]> {
	const symbols = new Symbols();
	defineKnown(symbols);
	return await playAll(sandbox, readAccountExchanges(kind, version), symbols);
}

async function playAll(
	sandbox: Sandbox,
	exchanges: Exchange[],
	symbols: Symbols,
): Promise<ReplayResult[]> {
	const tokens = new Map([
		['main', sandbox.adminToken],
		['short', 'abc'],
		['empty', ''],
	]);
	const results: ReplayResult[] = [];
	for (const exchange of exchanges) results.push(await playOne(sandbox, exchange, symbols, tokens));
	return results;
}
