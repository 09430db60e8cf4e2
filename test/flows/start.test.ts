/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openSite, parseOptions, usage, UsageError } from '../../scripts/start/options';
import { shownReport } from '../../scripts/start/report';
import { isAccounted, type FlowReport } from './support/report';
import { Refused } from './support/stage';
import { duration, table, widthOf, wrap } from '../../scripts/start/text';
import { dsEnroll } from './ds-enroll/flow';
import { byDefault, flows } from './index';
import { packageDir } from '../sandbox/catalogue';
import { openStage } from './support/openStage';

const names = ['ds-enroll', 'accessplanit'];

describe('command line', () => {
	it('takes flows in their own order and options in both spellings', () => {
		expect(parseOptions([], names)).toMatchObject({
			flows: names,
			contacts: 300,
			twice: false,
			json: false,
			version: '5.1',
		});
		expect(
			parseOptions(['accessplanit', 'ds-enroll', '--contacts=5000', '--twice'], names),
		).toMatchObject({ flows: names, contacts: 5000, twice: true });
		expect(parseOptions(['accessplanit', '--moodle', '4.1', '--json'], names)).toMatchObject({
			flows: ['accessplanit'],
			json: true,
			version: '4.1',
		});
	});

	it('runs some flows only when they are named', () => {
		expect(byDefault).toEqual(names);
		expect(parseOptions([], [...names, 'cyclr'], byDefault).flows).toEqual(names);
		expect(parseOptions(['cyclr'], [...names, 'cyclr'], byDefault).flows).toEqual(['cyclr']);
		expect(parseOptions(['all'], [...names, 'cyclr'], byDefault).flows).toEqual([
			...names,
			'cyclr',
		]);
	});

	it.each([
		['--nope'],
		['nope'],
		['--contacts'],
		['--contacts', '0'],
		['--contacts', '1e3'],
		['--contacts', '-5'],
		['--moodle', '3.9'],
	])('refuses %j %j', (...words) => {
		expect(() => parseOptions(words, names)).toThrow(UsageError);
	});

	it('explains itself in lines of 80 columns', () => {
		for (const line of usage(flows, byDefault).split('\n'))
			expect(line.length).toBeLessThanOrEqual(80);
	});

	it.each([
		['--help', 0],
		['--nope', 2],
	])('answers %s at once, without building', (word, code) => {
		const start = join(packageDir(), 'scripts', 'start', 'start.mjs');
		const { status, stdout, stderr } = spawnSync(process.execPath, [start, word], {
			encoding: 'utf8',
		});
		const text = `${usage(flows, byDefault)}\n`;
		expect([status, stdout, stderr]).toEqual(
			code === 0 ? [0, text, ''] : [2, '', `Unknown option --nope\n\n${text}`],
		);
	});

	it('wants both halves of a real site', async () => {
		await expect(openSite({ MOODLE_URL: 'https://moodle.example.org' }, '5.1')).rejects.toThrow(
			'MOODLE_TOKEN is not',
		);
		await expect(openSite({ MOODLE_TOKEN: 'secret' }, '5.1')).rejects.toThrow('MOODLE_URL is not');
		await expect(openSite({ MOODLE_TOKEN: 'secret' }, '5.1')).rejects.not.toThrow('secret');
		const site = await openSite(
			{ MOODLE_URL: 'https://moodle.example.org', MOODLE_TOKEN: 'secret' },
			'5.1',
		);
		expect([site.url, site.token, site.standIn]).toEqual([
			'https://moodle.example.org',
			'secret',
			undefined,
		]);
	});
});

describe('text', () => {
	it('counts columns', () => {
		expect(['abc', '佐藤', '🎓', 'é', 'e\u0301', '👩🏽'].map(widthOf)).toEqual([3, 4, 2, 1, 1, 2]);
	});

	it('aligns tables', () => {
		expect(
			table([
				['a', 'run 1'],
				['佐藤', '12,345'],
			]),
		).toEqual(['a      run 1', '佐藤  12,345']);
	});

	it('wraps, cuts long words, and keeps its indent', () => {
		expect(wrap('one two three', 9, '  ')).toEqual(['  one two', '  three']);
		expect(wrap('abcdefghij', 6, '- ', '  ')).toEqual(['- abcd', '  efgh', '  ij']);
		expect(wrap(' a\n\tb ', 20)).toEqual(['a b']);
		expect(wrap('', 20)).toEqual([]);
	});

	it('tells times', () => {
		expect([duration(812), duration(99_000), duration(125_400)]).toEqual([
			'0.8 s',
			'99.0 s',
			'2 min 5 s',
		]);
	});
});

describe('report', () => {
	const report: FlowReport = {
		flow: 'x',
		runs: [1, 2].map((run) => ({
			figures: [['in', 1000 * run]],
			failures: [{ who: 'C-1 a@b.example', reason: "'Last Name' is empty. Give a value for it." }],
			checks: [{ what: 'all is well', wrong: run === 2 ? ['it is not'] : [] }],
			requests: 5,
			writes: 2,
			milliseconds: 100,
			memory: { before: 0, peak: 2 ** 20 },
		})),
	};

	it('shows figures, failures and checks in narrow lines', () => {
		const lines = shownReport(report, 40);
		expect(lines).toContain('in              1,000  2,000');
		expect(lines).toContain('  that look up      3      3');
		expect(lines).toContain('Failed items of run 2: the same ones for the same reasons');
		expect(lines).toContain('  NOT  all is well');
		expect(lines).toContain('       - it is not');
		expect(lines.filter((line) => line.startsWith("    'Last Name'"))).toHaveLength(1);
	});

	it('is accounted for only when every check holds', () => {
		expect(isAccounted([report])).toBe(false);
		expect(isAccounted([{ ...report, runs: report.runs.slice(0, 1) }])).toBe(true);
	});
});

describe('a site that refuses', () => {
	it.each([
		[
			'does not know the token',
			(stage: Awaited<ReturnType<typeof openStage>>) => stage.site.standIn!.site.tokens.clear(),
		],
		[
			'web services or REST are off',
			(stage: Awaited<ReturnType<typeof openStage>>) =>
				void (stage.site.standIn!.switches.webservices = false),
		],
	])('says that it %s', async (words, spoil) => {
		const stage = await openStage('5.1');
		try {
			spoil(stage);
			const run = dsEnroll.run(stage, { contacts: 10, twice: false });
			await expect(run).rejects.toThrow(Refused);
			await expect(run).rejects.toThrow(new RegExp(words.split(' ').slice(0, 2).join(' '), 'i'));
			await expect(run).rejects.not.toThrow(stage.site.token);
		} finally {
			await stage.close();
		}
	});
});
