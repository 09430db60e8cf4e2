/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** Texts compare as MariaDB and PostgreSQL said when they were asked. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { dataDir } from './catalogue';
import { textsOf, type Texts } from './text';
import type { Database } from './types';

type Case = { a: string; b: string } & Record<Database, string[]>;

const cases = readFileSync(join(dataDir(), 'collation-cases.jsonl'), 'utf8')
	.trim()
	.split('\n')
	.map((line) => JSON.parse(line) as Case);

const verdicts = (texts: Texts, a: string, b: string): string[] => {
	const says: Record<keyof Texts, boolean> = {
		key: texts.key(a) === texts.key(b),
		lower: texts.lower(a) === texts.lower(b),
		like: texts.like(b)(a),
		likeAccents: texts.likeAccents(b)(a),
	};
	return Object.entries(says)
		.filter(([, yes]) => yes)
		.map(([name]) => name);
};

describe.each(['mariadb', 'postgres'] as const)('%s', (database) => {
	test.each(cases)('$a and $b', ({ a, b, ...said }) => {
		expect(verdicts(textsOf(database), a, b)).toEqual(said[database]);
	});
});

test('wildcards stand for anything and for one character, unless they are escaped', () => {
	for (const { like, likeAccents } of [textsOf('mariadb'), textsOf('postgres')]) {
		for (const matches of [like, likeAccents]) {
			expect([
				matches('%B_n%')('Abcbend'),
				matches('a_')('a'),
				matches('10\\%')('10%'),
				matches('10\\%')('100'),
				matches('a.c')('abc'),
			]).toEqual([true, false, true, false, false]);
		}
	}
});
