// `npm run function -- core_badges_get_user_badges`: what is known of a web-service function, and the record to begin with.
// `npm run function -- badge` lists the functions with this word in their names.
import { readFileSync } from 'node:fs';
import {
	functionNames,
	recorded,
	replyOf,
	signature,
	sourceFiles,
} from './generate-signatures.mjs';

const { capabilities: titles } = JSON.parse(readFileSync('facts/capabilities.json', 'utf8'));

const isStructure = (node) => typeof node === 'object' && node !== null;

/** A notation (nodes/Moodle/moodle/notation.ts) as lines. */
function lines(key, node, indent) {
	const space = '  '.repeat(indent);
	if (!isStructure(node)) return [`${space}${key}: ${node}`];
	const [inner, flags = ''] = Array.isArray(node) ? node : [node, node['~']];
	const what = Array.isArray(node) ? 'list of' : '';
	const head = `${space}${key}${flags ? ` ${flags}` : ''}:`;
	if (!isStructure(inner)) return [`${head} ${what} ${inner}`];
	const keys = Object.entries(inner).filter(([name]) => name !== '~');
	return [
		`${head} ${what}`.trimEnd(),
		...keys.flatMap(([name, below]) => lines(name, below, indent + 1)),
	];
}

/** What the function's own plugin says that it needs, in any version. */
const capabilitiesOf = (name) => [
	...new Set(recorded.flatMap((functions) => functions[name]?.capabilities ?? [])),
];

/** Files of the node in which the function has its record, or is mentioned. */
const filesNaming = (name) =>
	sourceFiles().filter((file) => new RegExp(`\\b${name}\\b`).test(readFileSync(file, 'utf8')));

/** The list among the parameters that carries the records, if that is clear. */
function listOf(params) {
	const lists = Object.keys(params).filter(
		(key) => Array.isArray(params[key]) && params[key].length === 1,
	);
	return lists.length === 1 ? lists[0] : undefined;
}

const ZOD = { int: 'number', float: 'number', bool: 'boolean' };
const zodOf = (node) =>
	isStructure(node) ? 'shaped({})' : `z.${ZOD[/^\w+/.exec(node)[0]] ?? 'string'}()`;

/** The reply in the words of moodle/replies.ts. */
function shapeOf(reply) {
	if (reply === null) return 'nothing';
	if (Array.isArray(reply)) return 'warningcode' in Object(reply[0]) ? 'warningRows' : 'rows';
	if (!isStructure(reply)) return zodOf(reply);
	const keys = Object.keys(reply).filter((key) => key !== 'warnings' && key !== '~');
	const list = keys.find((key) => Array.isArray(reply[key]));
	if (list) return `holding('${list}')`;
	return keys.length > 0 ? `shaped({ ${keys[0]}: ${zodOf(reply[keys[0]])} })` : 'warningsOnly';
}

const SETTLES = {
	nothing: 'settleNull',
	warningsOnly: 'settleWarnings((record) => record.id)',
	warningRows: 'settleWarnings((record) => record.id)',
	rows: 'settleInOrder()',
};

const quoted = (names) => `[${names.map((name) => `'${name}'`).join(', ')}]`;

/** The record of a function that nothing names yet, as far as it follows from what Moodle declares. */
function recordFor(name) {
	const { write, params } = signature(name);
	const shape = shapeOf(replyOf(name));
	const capabilities = `capabilities: ${quoted(capabilitiesOf(name))},`;
	if (!write)
		return [
			'const facts = readFacts({',
			`  function: '${name}',`,
			`  ${capabilities}`,
			`  reply: ${shape},`,
			'});',
		];
	const list = listOf(params);
	return [
		'export const write: CallFacts = {',
		`  function: '${name}',`,
		...(list ? [`  list: '${list}',`, "  atomic: 'unknown', // measure it"] : ["  atomic: 'all',"]),
		"  repeat: 'never', // measure it",
		`  ${capabilities}`,
		`  reply: ${shape},`,
		`  settle: ${SETTLES[shape] ?? 'settleWhole'},`,
		'};',
	];
}

function about(name) {
	const { write, since = '4.1', gone, params } = signature(name);
	const capabilities = capabilitiesOf(name).map(
		(capability) => `  ${capability}: ${titles[capability]?.[0] ?? 'unknown'}`,
	);
	const [reply, naming] = [replyOf(name), filesNaming(name)];
	return [
		`${name} ${write ? 'writes' : 'reads'}, Moodle ${since} or later${gone ? `, until before ${gone}` : ''}`,
		'',
		"Parameters ('?' may be left out, '=50' is taken then, '@4.3' came with that version)",
		...Object.entries(params).flatMap(([key, node]) => lines(key, node, 1)),
		'',
		'Reply',
		...(reply === null ? ['  null'] : lines('it', reply, 0)),
		'',
		"Capabilities, as the function's own plugin names them (what it checks can be more, and less: try it)",
		...(capabilities.length > 0 ? capabilities : ['  none']),
		'',
		...(naming.length > 0
			? ['Known in', ...naming.map((file) => `  ${file}`)]
			: ['To begin with', ...recordFor(name).map((line) => `  ${line}`)]),
	].join('\n');
}

const [word = ''] = process.argv.slice(2);
if (functionNames.includes(word)) console.log(about(word));
else {
	const found = functionNames.filter((name) => name.includes(word));
	const rows = found.map((name) => `${name} ${signature(name).write ? 'writes' : 'reads'}`);
	console.log(rows.join('\n') || `No function has '${word}' in its name.`);
	process.exitCode = found.length > 0 ? 0 : 1;
}
