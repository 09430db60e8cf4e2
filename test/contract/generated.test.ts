/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
/** The files that follow from the operations are up to date, and what they promise exists in Moodle. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIST_READS, NAME_READS } from '../../nodes/Moodle/lookup/facts';
import { signatures } from '../../nodes/Moodle/moodle/signatures';
import { catalogue, factsDir, packageDir } from '../sandbox/catalogue';
import type { MoodleVersion } from '../sandbox/types';
import { operations } from './support/runOne';

const VERSIONS: MoodleVersion[] = ['4.1', '4.5', '5.1'];

const { capabilities } = JSON.parse(
	readFileSync(join(factsDir(), 'capabilities.json'), 'utf8'),
) as {
	capabilities: Record<string, [title: string, level: number, versions?: string[]]>;
};

const text = (file: string) => readFileSync(join(packageDir(), file), 'utf8');

test('npm run generate has nothing to do', () => {
	const { status, stderr } = spawnSync(
		process.execPath,
		[join('scripts', 'generate.mjs'), '--check'],
		{ cwd: packageDir(), encoding: 'utf8' },
	);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('CHANGELOG.md counts the operations', () => {
	const [, count] = /with (\d+) operations on/.exec(text('CHANGELOG.md')) ?? [];
	const remedy = `CHANGELOG.md: write 'with ${operations.length} operations on'`;
	expect({ count: Number(count), remedy }).toEqual({ count: operations.length, remedy });
});

/** Runs the generator of public names over what was shipped. */
function names(shipped: object): { status: number | null; stdout: string; stderr: string } {
	const program = `
		import { generateNames } from './scripts/generate-names.mjs';
		const facts = {
			operations: [{ resource: 'a', value: 'get', fields: [{ name: 'id' }] }],
			optionsOf: () => [{ name: 'timeout' }],
		};
		try { console.log(generateNames(facts, ${JSON.stringify(JSON.stringify(shipped))})); }
		catch (caught) { console.error(caught.message); process.exitCode = 1; }`;
	return spawnSync(process.execPath, ['--input-type=module', '-e', program], {
		cwd: packageDir(),
		encoding: 'utf8',
	});
}

test('public names are added, and never lost', () => {
	const { status, stdout } = names({});
	expect([status, JSON.parse(stdout)]).toEqual([0, { 'a/get': ['id', 'options.timeout'] }]);
	expect(names({ 'a/get': ['id', 'name'], 'a/create': [] })).toMatchObject({
		status: 1,
		stderr: expect.stringContaining("the parameter 'name' of a/get, a/create. Workflows"),
	});
});

test('moodle/signatures.ts has the functions that operations and look-ups name, and no others', () => {
	const facts = [
		...operations.flatMap(({ calls, reads }) => [...calls, ...reads]),
		...Object.values(NAME_READS).flat(),
		...Object.values(LIST_READS).flat(),
	];
	const named = new Set(facts.map((fact) => fact.function));
	expect(Object.keys(signatures).filter((name) => !named.has(name))).toEqual([]);
	const known = catalogue('5.1').functions;
	expect([...named].filter((name) => name in known && !(name in signatures))).toEqual([]);
});

describe('docs/role-preset.xml', () => {
	const xml = text('docs/role-preset.xml');
	const allowed = [...xml.matchAll(/<allow>([^<]+)<\/allow>/g)].map(([, name]) => name);

	test('allows the protocol and every capability of an operation, each once', () => {
		const needed = operations
			.flatMap(({ calls, reads }) => [...calls, ...reads])
			.flatMap((facts) => facts.capabilities);
		expect(allowed).toEqual(expect.arrayContaining(['webservice/rest:use', ...needed]));
		expect(new Set(allowed).size).toBe(allowed.length);
	});

	test('allows only what Moodle knows; what an older version lacks is ignored there', () => {
		expect(allowed.filter((name) => !capabilities[name])).toEqual([]);
		const newer = allowed.filter((name) => !(capabilities[name][2] ?? VERSIONS).includes('4.1'));
		expect(newer).toEqual(['moodle/course:viewhiddengroups', 'moodle/reportbuilder:viewall']);
	});

	test('lets the account see activities of every kind that Moodle guards', () => {
		const guards = Object.entries(capabilities)
			.filter(
				([name, [, , versions = VERSIONS]]) => /^mod\/.*:view$/.test(name) && versions.length > 1,
			)
			.map(([name]) => name);
		expect(guards.length).toBeGreaterThan(15);
		expect(allowed).toEqual(expect.arrayContaining(guards));
	});

	test('does not let the account raise anybody to manager, nor change roles or the site', () => {
		const assignable = /<allowassign>(.*?)<\/allowassign>/s.exec(xml)?.[1] ?? '';
		expect([...assignable.matchAll(/<shortname>([^<]+)</g)].map(([, name]) => name)).toEqual([
			'editingteacher',
			'teacher',
			'student',
		]);
		expect(
			allowed.filter((name) =>
				/^moodle\/(role:(manage|override|safeoverride)|site:(config|doanything)|user:loginas|webservice:)/.test(
					name,
				),
			),
		).toEqual([]);
	});

	test('keeps to the order of elements that Moodle checks', () => {
		const order = [...xml.matchAll(/^ {2}<(\w+)/gm)].map(([, tag]) => tag);
		expect(order).toEqual([
			'shortname',
			'name',
			'description',
			'archetype',
			'contextlevels',
			'allowassign',
			'allowoverride',
			'allowswitch',
			'allowview',
			'permissions',
		]);
	});
});

test.each(VERSIONS)(
	'docs/functions.txt names only functions of Moodle %s, or newer ones',
	(version) => {
		const names = text('docs/functions.txt')
			.split(/[\s,]+/)
			.filter((name) => name !== '');
		const newest = catalogue('5.1').names;
		expect(names.filter((name) => !newest.includes(name))).toEqual([]);
		expect(names.filter((name) => !catalogue(version).names.includes(name)).length).toBeLessThan(
			names.length / 10,
		);
	},
);

test('docs/operations.md lists every operation', () => {
	const rows = text('docs/operations.md')
		.split('\n')
		.filter((line) => line.startsWith('| **'));
	expect(rows).toHaveLength(operations.length);
});
