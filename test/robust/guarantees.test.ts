/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** docs/guarantees.md names tests that exist, and sorts every writing operation as the code treats it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { operations } from '../../nodes/Moodle/actions/registry';

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
			(line) => line.startsWith('| ') && !/^\| (?:---|Kind|Fault|Setting|Promise|What)/.test(line),
		);
	expect(rows.length).toBeGreaterThan(35);
	expect(
		rows.filter(
			(row) =>
				!/`(?:test|tools)\/[^`]+`: “/.test(row) &&
				!row.startsWith('| Fault') &&
				!row.startsWith('| Messages'),
		),
	).toEqual([]);
});

/** What a row says is done after a lost answer, as the code calls it. */
function treatmentOf(words: string): string {
	if (words.includes('Never sent again')) return 'never';
	return words.startsWith('Sent again') ? 'safe' : 'lookup';
}

test('every writing operation has its row, and is treated as the row says', () => {
	const kinds = new Map<string, string>();
	const table = text.slice(
		text.indexOf('| Kind |'),
		text.indexOf('## What happens under each fault'),
	);
	for (const row of table
		.split('\n')
		.filter((line) => line.startsWith('| ') && !/^\| (?:---|Kind)/.test(line))) {
		const [, , cell, lost] = row.split('|').map((part) => part.trim());
		for (const [, resource, names] of cell.matchAll(/([A-Z][A-Za-z ]+): ([^;]+)/g))
			for (const name of names.split(', '))
				kinds.set(
					`${resource.replace(/ /g, '').toLowerCase()} ${name.trim()}`,
					treatmentOf(lost.startsWith('New records') ? 'looks' : lost),
				);
	}
	const writing = operations.filter((operation) => operation.writes);
	for (const { resource, name, calls } of writing) {
		const key = `${resource.toLowerCase()} ${name}`;
		const told = kinds.get(key);
		expect([key, told]).toEqual([key, expect.any(String)]);
		const kind = calls.some((call) => call.repeat === 'lookup')
			? 'lookup'
			: calls.some((call) => call.repeat === 'never')
				? 'never'
				: 'safe';
		// Calls of functions chosen by name are made up when they are made.
		if (calls.length > 0) expect([key, told]).toEqual([key, kind]);
		kinds.delete(key);
	}
	expect([...kinds.keys()]).toEqual([]);
});
