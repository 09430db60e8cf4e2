/** The command line of `npm start`, and the site that the environment names. */
import { standInSite, type Site } from '../../test/flows/support/site';
import { VERSIONS, type MoodleVersion } from '../../test/sandbox/types';

/** What the user asked for. */
export interface Options {
	/** Names of the flows to run, in the order of the list of flows. */
	flows: string[];
	contacts: number;
	twice: boolean;
	json: boolean;
	help: boolean;
	/** Of the stand-in. */
	version: MoodleVersion;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {}

/** @param byDefault names of the flows that run when none is named */
export function usage(flows: Array<{ name: string; title: string }>, byDefault: string[]): string {
	const width = Math.max(...flows.map(({ name }) => name.length));
	return [
		'Usage: npm start -- [flow ...] [options]',
		'',
		"Runs the example workflows of examples/ through n8n's own workflow engine,",
		'against the Moodle stand-in of this repository, or against a real site:',
		'',
		'  MOODLE_URL=https://moodle.example.org MOODLE_TOKEN=... npm start',
		'',
		'On a real site it makes test users, a cohort, categories and courses. Take a',
		'site that is there for trying things out. The cyclr flow asks about an',
		'activity there only when MOODLE_CMID holds the number of one.',
		'',
		`Flows (${byDefault.join(' and ')} when none is named)`,
		...flows.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`),
		`  ${'all'.padEnd(width)}  all of them`,
		'',
		'Options',
		'  --contacts N      how many contacts the DS Enroll list holds (300)',
		'  --twice           run every flow twice; the second run must create nothing',
		'  --moodle VERSION  version of the stand-in: 4.1, 4.5, 5.0, 5.1 (5.1)',
		'  --json            end with one line of JSON that holds all figures',
		'  --help            this text',
		'',
		'Exit code: 0 everything accounted for, 1 not, 2 the command line is wrong.',
	].join('\n');
}

function wholeNumber(text: string | undefined): number {
	const number = Number(text);
	if (text === undefined || !/^\d+$/.test(text) || number < 1 || number > 1_000_000) {
		throw new UsageError(
			`--contacts wants a whole number from 1 on, not ${text === undefined ? 'nothing' : `'${text}'`}`,
		);
	}
	return number;
}

function versionOf(text: string | undefined): MoodleVersion {
	const version = VERSIONS.find((one) => one === text);
	if (version) return version;
	throw new UsageError(
		`--moodle wants one of ${VERSIONS.join(', ')}, not ${text === undefined ? 'nothing' : `'${text}'`}`,
	);
}

/**
 * Reads the command line.
 * @param names of the flows that can be chosen
 * @param byDefault those that run when none is named
 * @throws UsageError for an option or a flow that is not known, and for a value that does not fit
 */
export function parseOptions(
	words: string[],
	names: string[],
	byDefault: string[] = names,
): Options {
	const options: Options = {
		flows: [],
		contacts: 300,
		twice: false,
		json: false,
		help: false,
		version: '5.1',
	};
	const chosen = new Set<string>();
	// `--contacts=5000` is the same as `--contacts 5000`
	const queue = words.flatMap((word) =>
		word.startsWith('--') && word.includes('=')
			? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]
			: [word],
	);
	for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
		if (word === '--contacts') options.contacts = wholeNumber(queue.shift());
		else if (word === '--moodle') options.version = versionOf(queue.shift());
		else if (word === '--twice') options.twice = true;
		else if (word === '--json') options.json = true;
		else if (word === '--help' || word === '-h') options.help = true;
		else if (word === 'all') names.forEach((name) => chosen.add(name));
		else if (names.includes(word)) chosen.add(word);
		else
			throw new UsageError(
				word.startsWith('-') ? `Unknown option ${word}` : `Unknown flow '${word}'`,
			);
	}
	return {
		...options,
		flows: names.filter((name) =>
			chosen.size === 0 ? byDefault.includes(name) : chosen.has(name),
		),
	};
}

/**
 * The site of MOODLE_URL and MOODLE_TOKEN, or else the stand-in.
 * @throws UsageError when only one of the two is set
 */
export async function openSite(
	environment: Record<string, string | undefined>,
	version: MoodleVersion,
): Promise<Site> {
	const url = environment.MOODLE_URL?.trim() ?? '';
	const token = environment.MOODLE_TOKEN?.trim() ?? '';
	if (url === '' && token === '') return await standInSite(version);
	if (url === '') throw new UsageError('MOODLE_TOKEN is set, but MOODLE_URL is not');
	if (token === '') throw new UsageError('MOODLE_URL is set, but MOODLE_TOKEN is not');
	return { url, token, label: 'real site', close: async () => {} };
}
