/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
/** What sets a Moodle up, by use: docs/moodle-setup.php and docs/setup hold what the operations of each use need. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needsOf } from '../../nodes/Moodle/actions/needs';
import { USES } from '../../nodes/Moodle/actions/uses';
import { eventNeeds } from '../../nodes/Moodle/events/needs';
import { packageDir } from '../sandbox/catalogue';
import { nameOf, operations } from './support/runOne';

const file = (name: string) => join(packageDir(), 'docs', name);
const text = (name: string) => readFileSync(file(name), 'utf8').replace(/\r\n/g, '\n');
const words = (part: string) => part.split(/[\s,]+/).filter((word) => word !== '');

const script = text('moodle-setup.php');
const php = (...args: string[]) =>
	spawnSync('php', [file('moodle-setup.php'), ...args], { encoding: 'utf8' });
const hasPhp = spawnSync('php', ['--version']).status === 0;
const withPhp = hasPhp ? test : test.skip;

/** What the data of the script holds under a key of a use. */
function dataOf(use: string, key: string): string[] {
	const [, part] =
		new RegExp(`\n        '${use}' => \\[\n(.*?)\n        \\],\n`, 's').exec(script) ?? [];
	const [, list] = new RegExp(`'${key}' => '([^']*)'`).exec(part ?? '') ?? [];
	if (list === undefined) throw new Error(`moodle-setup.php holds no ${key} of ${use}`);
	return words(list);
}

const cases = USES.map((use) => ({
	use,
	name: use.value,
	needs: needsOf([...operations, ...eventNeeds].filter(use.covers)),
}));

test('every name of a use is an operation', () => {
	const known = operations.map(nameOf);
	const named = USES.flatMap(({ names }) => names ?? []);
	expect(named.length).toBeGreaterThan(10);
	expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('the shortest list to paste has six names', () => {
	expect(Math.min(...cases.map(({ needs }) => needs.functions.length))).toBe(6);
});

test.each(cases)('moodle-setup.php holds what $name needs', ({ name, needs }) => {
	expect(dataOf(name, 'functions').sort()).toEqual([...needs.functions, ...needs.comforts].sort());
	expect(dataOf(name, 'capabilities')).toEqual(needs.capabilities);
	expect(dataOf(name, 'settings')).toEqual(needs.settings);
	const gives = needs.capabilities.includes('moodle/role:assign');
	expect(dataOf(name, 'assign')).toEqual(gives ? ['editingteacher', 'teacher', 'student'] : []);
});

test.each(cases.filter(({ name }) => name !== 'everything'))(
	'docs/setup has the list and the preset of $name',
	({ name, needs }) => {
		const [needed, useful] = text(`setup/${name}.txt`)
			.replace(/^# Useful.*$/m, '|')
			.replace(/^#.*$/gm, '')
			.split('|');
		expect(words(needed)).toEqual(needs.functions);
		expect(words(useful)).toEqual(needs.comforts);
		const xml = text(`setup/${name}.xml`);
		expect([...xml.matchAll(/<allow>([^<]+)<\/allow>/g)].map(([, allowed]) => allowed)).toEqual(
			needs.capabilities,
		);
	},
);

test('reading only allows nothing that changes a record', () => {
	const { needs } = cases.find(({ name }) => name === 'reading')!;
	const changing = operations.filter(({ writes }) => writes).flatMap(({ calls }) => calls);
	expect(needs.functions.filter((name) => changing.some((call) => call.function === name))).toEqual(
		[],
	);
});

test('the token leaves the script at one place, for standard output', () => {
	expect(script.match(/STDOUT, \$token/g)).toHaveLength(1);
	expect(script).not.toMatch(
		/\b(echo|print|printf|var_dump|print_r|error_log|mtrace|cli_writeln)\b\s*\(?\s*\$/,
	);
	expect(script.match(/say\([^;]*\$token\b(?!s)/g)).toBeNull();
});

describe('moodle-setup.php on the command line', () => {
	withPhp('is PHP', () => {
		expect(spawnSync('php', ['-l', file('moodle-setup.php')]).status).toBe(0);
	});

	withPhp('--help names every use', () => {
		const { status, stdout } = php('--help');
		expect(status).toBe(0);
		for (const { value, description } of USES)
			expect(stdout).toMatch(new RegExp(`${value} +${description}`));
	});

	withPhp.each([
		['no use', [], /^error {4}Say what n8n is to do.*onboarding, enrolment/],
		['an unknown use', ['--use=onboarding,cooking'], /no use 'cooking'/],
		['an unknown option', ['--use=reading', '--force'], /no option '--force'/],
		['a value too many', ['--use=reading', '--dry-run=1'], /--dry-run takes no value/],
		['a value too few', ['--use'], /--use takes a value/],
		['an odd name', ['--use=reading', '--name=N 8'], /--name may hold/],
		['no address', ['--use=reading', '--ip=300.1.1.1'], /--ip: '300\.1\.1\.1' is not an address/],
		['no network', ['--use=reading', '--ip=192.0.2.7,10.0.0.0/40'], /--ip: '10\.0\.0\.0\/40'/],
		['no date', ['--use=reading', '--until=2030-02-30'], /--until: '2030-02-30' is not a date/],
		['a day that is over', ['--use=reading', '--until=2020-01-01'], /2020-01-01 is over/],
		['no Moodle there', ['--use=reading', `--moodle=${__dirname}`], /No Moodle in /],
	])('says what is wrong: %s', (_what, args, words) => {
		const { status, stdout, stderr } = php(...args);
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		expect(stderr).toMatch(words);
	});
});
