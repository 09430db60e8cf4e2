// The table of docs/compatibility.md. A cell is filled by the command that stands in it, and by nothing else:
//
//   node tools/compat/table.mjs "Moodle 5.0, PostgreSQL"     runs the command of that row and writes what it said
//   node tools/compat/table.mjs                              writes the page anew from what is recorded
//
// Rows of Moodle want MOODLE_URL and MOODLE_TOKEN, of an account that has nothing but the role preset, on a test site of
// that version; rows of n8n in itself want N8N_BIN, unless it is the version of tools/n8n. Results: results.json.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callMoodle } from '../n8n/moodle.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const file = join(here, 'results.json');

const EVERY = 'node scripts/run-ts.mjs test/e2e/every-operation.ts';
const site = (version, database) => ({
	row: `Moodle ${version}, ${database}`,
	command: EVERY,
	says: /\d+ operations tried, \d+ refused/,
	release: version,
});
const n8n = (version) => ({
	row: `n8n ${version}`,
	command: 'npm run e2e -- --no-browser',
	says: /\d+ passed, \d+ failed(, \d+ skipped)?/,
});
const workflow = (version, n8nVersion) => ({
	row: `n8n-workflow ${version} (n8n ${n8nVersion})`,
	command: 'npm run compat',
	says: new RegExp(`n8n-workflow ${version.replaceAll('.', '\\.')}: (?<said>.*?)(?= \\(|$)`, 'm'),
});

const MOODLE = [
	site('4.1', 'MariaDB'),
	site('4.1', 'PostgreSQL'),
	site('4.5', 'MariaDB'),
	site('4.5', 'PostgreSQL'),
	site('5.0', 'PostgreSQL'),
	site('5.1', 'MariaDB'),
	site('5.1', 'PostgreSQL'),
];
const WHOLE = ['1.88.0', '1.123.50', '2.41.1'].map(n8n);
const PARTS = [
	workflow('1.83.0', '1.85'),
	workflow('1.86.0', '1.88'),
	workflow('1.120.0', '1.123'),
	workflow('2.0.0', '2.0'),
	workflow('2.41.0', '2.41'),
];

const recorded = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
let results = recorded();

/** The version that the site itself tells. */
async function releaseOf({ MOODLE_URL: url = '', MOODLE_TOKEN: token = '' }) {
	return (await callMoodle({ url, token }, 'core_webservice_get_site_info')).release;
}

const outcomes = new Map();
/** Runs a command, once for all rows that it fills. */
function outcomeOf(command) {
	const options = { cwd: root, shell: true, encoding: 'utf8', maxBuffer: 1e8 };
	if (!outcomes.has(command)) outcomes.set(command, spawnSync(command, options));
	return outcomes.get(command);
}

/** Runs the command of a row; what it said is kept, whatever that is. */
async function fill({ row, command, says, release }) {
	if (release && !(await releaseOf(process.env)).startsWith(release))
		throw new Error(`MOODLE_URL is no Moodle ${release}`);
	const { status, stdout, stderr } = outcomeOf(command);
	const found = says.exec(`${stdout}\n${stderr}`);
	const said = found?.groups?.said ?? found?.[0];
	results = recorded(); // rows are filled side by side
	results[row] = {
		command,
		ok: status === 0,
		said: said || `exit code ${status}`,
		date: new Date().toISOString().slice(0, 10),
	};
	writeFileSync(file, `${JSON.stringify(results, null, '\t')}\n`);
	if (status !== 0) console.error(`${stdout}\n${stderr}`.slice(-6000));
	console.log(`${row}: ${results[row].said}`);
}

function table(rows) {
	const lines = rows.map(({ row, command }) => {
		const result = results[row];
		const cell = result ? `${result.ok ? '' : '**Not all:** '}${result.said}` : 'not run yet';
		return `| ${row} | ${cell} | ${result?.date ?? '–'} | \`${result?.command ?? command}\` |`;
	});
	return ['| | what came of it | on | filled by |', '| --- | --- | --- | --- |', ...lines].join(
		'\n',
	);
}

const page = () => `# Compatibility

Written by \`node tools/compat/table.mjs\`; each line holds what its command said when it was last run.

## Moodle

Every operation of the node once, on records that it makes and deletes again, with an account that has nothing but the role of
[the preset](role-preset.xml). "Refused" counts operations that this Moodle did not carry out.

${table(MOODLE)}

Behaviour that differs by version or database is recorded from these sites and held by the stand-in, against which the
tests run for all of them (\`npm test\`).

## n8n

The packed package in a whole n8n: loading, connection test, lists, failing items, every example twice with the state of the site
afterwards, trigger, tool of an AI agent, and a search for secrets in database and log. 2.41.1 is the n8n of \`tools/n8n\`; others
are named by \`N8N_BIN\`. Installed today without a lock, 1.123.50 gets a part of LangChain that does not fit it: it ran with
\`@langchain/langgraph-checkpoint\` 1.0.1, and both older ones with \`xlsx\` 0.18.5 from npm.

${table(WHOLE)}

The built package on n8n-workflow as older n8n bring it: every kind of failure in both modes, no secret in any of them.

${table(PARTS)}
`;

const [wanted] = process.argv.slice(2);
if (wanted) {
	const rows = [...MOODLE, ...WHOLE, ...PARTS].filter(({ row }) => row.startsWith(wanted));
	if (rows.length === 0) throw new Error(`No row is called ${wanted}`);
	for (const row of rows) await fill(row);
}
writeFileSync(join(root, 'docs', 'compatibility.md'), page());
