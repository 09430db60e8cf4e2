/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** How the databases under Moodle compare texts. Held to what real ones said by `text.test.ts`. */
import * as fs from 'node:fs';
import * as path from 'node:path';

import { dataDir } from './catalogue';
import type { Database } from './types';

/** The comparisons that Moodle asks a database for. */
export interface Texts {
	/** Two texts are equal (`=`, `IN`, unique keys) where their keys are. */
	key(text: string): string;
	/** Two texts are equal in `sql_equal` without regard to case where these are; accents count. */
	lower(text: string): string;
	/** `sql_like` without regard to case, accents counting: `%` and `_` are wildcards, `\` keeps them from being so. */
	like(pattern: string): (text: string) => boolean;
	/** `sql_like` without regard to case and accents, as far as the database can. */
	likeAccents(pattern: string): (text: string) => boolean;
}

/** What test/data/collation.json says of utf8mb4_unicode_ci. */
interface Collation {
	/** Ranges of characters that count for nothing. */
	ignored: Array<[number, number]>;
	/** Ranges whose capitals LOWER() leaves alone: newer than its table. */
	unlowered: Array<[number, number]>;
	/** Characters equal to the first of their text. */
	same: string[];
	/** Spellings: characters equal to several others. */
	spelt: Record<string, string>;
}

let collation: { weights: Map<string, string>; unlowered: Array<[number, number]> } | undefined;

function loadCollation(): NonNullable<typeof collation> {
	if (collation) return collation;
	const { ignored, unlowered, same, spelt } = JSON.parse(
		fs.readFileSync(path.join(dataDir(), 'collation.json'), 'utf8'),
	) as Collation;
	const weights = new Map<string, string>();
	for (const [from, to] of ignored)
		for (let code = from; code <= to; code++) weights.set(String.fromCodePoint(code), '');
	for (const [first, ...others] of same) for (const other of others) weights.set(other, first);
	for (const [text, characters] of Object.entries(spelt))
		for (const character of characters) weights.set(character, text);
	collation = { weights, unlowered };
	return collation;
}

/** Every character beyond the first plane weighs the same: 😀 is 🎉. */
const BEYOND = '\u{10000}';

function weightOf(character: string): string {
	return (character.codePointAt(0) ?? 0) > 0xffff
		? BEYOND
		: (loadCollation().weights.get(character) ?? character);
}

const ASCII = /^[ -~]*$/;

function mariaKey(text: string): string {
	const weighed = ASCII.test(text) ? text.toLowerCase() : [...text].map(weightOf).join('');
	return weighed.replace(/ +$/, '');
}

/** LOWER() of one character; İ is the one whose small letter JavaScript writes with two. */
const lowerOf = (character: string): string => (character === 'İ' ? 'i' : character.toLowerCase());

function mariaLower(text: string): string {
	if (ASCII.test(text)) return text.toLowerCase();
	const { unlowered } = loadCollation();
	const isNew = (code: number): boolean =>
		unlowered.some(([from, to]) => code >= from && code <= to);
	return [...text]
		.map((character) => (isNew(character.codePointAt(0) ?? 0) ? character : lowerOf(character)))
		.join('');
}

const postgresLower = (text: string): string => [...text].map(lowerOf).join('');

/** Compares character by character, each as `weigh` sees it: LIKE never takes two characters for one. */
function likeBy(weigh: (character: string) => string): Texts['like'] {
	return (pattern) => {
		const parts = [...pattern];
		let source = '';
		for (let i = 0; i < parts.length; i++) {
			if (parts[i] === '%') source += '.*';
			else if (parts[i] === '_') source += '.';
			else
				source += escapeRegExp(
					mark(weigh(parts[i] === '\\' && i + 1 < parts.length ? parts[++i] : parts[i])),
				);
		}
		const wanted = new RegExp(`^${source}$`, 'su');
		return (text) => wanted.test([...text].map((character) => mark(weigh(character))).join(''));
	};
}

/** One character for a weight, so that a wildcard for one stands for one: those that weigh nothing or several get a private one. */
function mark(weight: string): string {
	if ([...weight].length === 1) return weight;
	let there = MARKS.get(weight);
	if (there === undefined) MARKS.set(weight, (there = String.fromCodePoint(0xf0000 + MARKS.size)));
	return there;
}
const MARKS = new Map<string, string>();

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** In LIKE characters beyond the first plane differ. */
const likeWeight = (character: string): string =>
	(character.codePointAt(0) ?? 0) > 0xffff ? character : weightOf(character);

const MARIADB: Texts = {
	key: mariaKey,
	lower: (text) => mariaLower(text).replace(/ +$/, ''),
	like: likeBy(mariaLower),
	likeAccents: likeBy(likeWeight),
};

const POSTGRES: Texts = {
	key: (text) => text,
	lower: postgresLower,
	like: likeBy(postgresLower),
	likeAccents: likeBy(postgresLower),
};

/** How a database compares. */
export function textsOf(database: Database): Texts {
	return database === 'mariadb' ? MARIADB : POSTGRES;
}
