/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** docs/guarantees.md names tests that exist. Its rows on operations are generated; test/contract/lost.test.ts holds the code to them. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'guarantees.md'), 'utf8');

/** Each test that is named, as file and name. */
const named = [...text.matchAll(/`((?:test|tools)\/[\w./-]+)`: ((?:“[^”]+”(?:, )?)+)/g)].flatMap(
	([, file, names]) => [...names.matchAll(/“([^”]+)”/g)].map(([, name]) => [file, name] as const),
);

/** A test file and what it imports from beside it: there the names of parametrised tests stand. */
function sourceOf(file: string): string {
	const own = readFileSync(join(root, file), 'utf8');
	const near = [...own.matchAll(/from '(\.[./]+(?:[\w-]+\/)*[\w-]+)'/g)].map(([, path]) =>
		join(root, dirname(file), `${path}.ts`),
	);
	return [
		own,
		...near
			.filter((path) => path.includes('/test/') && existsSync(path))
			.map((path) => readFileSync(path, 'utf8')),
	].join('\n');
}

/** Whether a name stands in a source as a text, at its beginning at least, or as the key of a case. */
function stands(source: string, name: string): boolean {
	const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(
		`['"\`](?:[^'"\`\\n]*\\W)?${literal}(?:\\W[^'"\`\\n]*)?['"\`]|^\\s*'?${literal}'?: |\`${literal}|// ${literal}`,
		'm',
	).test(source);
}

test('many tests are named', () => expect(named.length).toBeGreaterThan(50));

test.each(named)('%s: %s', (file, name) => {
	expect([file, existsSync(join(root, file))]).toEqual([file, true]);
	expect([name, stands(sourceOf(file), name)]).toEqual([name, true]);
});

test('every row of a table names its test', () => {
	const rows = text
		.split('\n')
		.filter(
			(line) =>
				line.startsWith('| ') &&
				!/^\| (?:---|When an|Good records beside|Fault|Setting|Promise|What)/.test(line),
		);
	expect(rows.length).toBeGreaterThan(30);
	expect(
		rows.filter(
			(row) =>
				!/`(?:test|tools)\/[^`]+`: “/.test(row) &&
				!row.startsWith('| Fault') &&
				!row.startsWith('| Messages'),
		),
	).toEqual([]);
});
