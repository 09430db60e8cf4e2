// Makes nodes/Moodle/moodle/signatures.ts from facts/functions: the parameters of every function that a file under nodes/
// uses, over Moodle 4.1, 4.5 and 5.1; and nodes/Moodle/moodle/otherSignatures.ts for all others.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const RELEASES = ['4.1', '4.5', '5.1'];
// What the next recorded version has may have come with any version in between: then the site itself decides.
const EARLIEST = { 4.1: '4.1', 4.5: '4.2', 5.1: '5.0' };
// Versions between the recorded ones, from the source of Moodle.
const EXACT = {
	'core_group_create_groups visibility': '4.2',
	'core_group_create_groups participation': '4.2',
	'core_group_update_groups visibility': '4.2',
	'core_group_update_groups participation': '4.2',
	'core_group_create_groups customfields': '4.3',
	'core_group_update_groups customfields': '4.3',
	'core_group_create_groupings customfields': '4.3',
	'core_group_update_groupings customfields': '4.3',
	'core_cohort_create_cohorts customfields': '4.2',
	'core_cohort_update_cohorts customfields': '4.2',
	core_grades_get_gradeitems: '4.2',
	core_grades_get_enrolled_users_for_selector: '4.2',
	core_group_get_groups_for_selector: '4.3',
	// not in 4.5.1, where most of 4.5 was recorded, but in 4.5.5
	core_courseformat_new_module: '4.2',
	mod_feedback_questions_reorder: '4.2',
};

// Functions that Moodle declares as reading although they change, send or log something (read in the source of 4.1 to 5.1).
const WRITES = new Set([
	'core_backup_submit_copy_form', // copies a course
	'core_blog_view_entries',
	'core_competency_competency_framework_viewed',
	'core_competency_competency_viewed',
	'core_competency_create_user_evidence_competency',
	'core_competency_template_viewed',
	'core_competency_user_competency_plan_viewed',
	'core_competency_user_competency_viewed',
	'core_competency_user_competency_viewed_in_course',
	'core_competency_user_competency_viewed_in_plan',
	'core_course_set_favourite_courses',
	'core_moodlenet_send_activity',
	'core_moodlenet_send_course',
	'core_session_touch',
	'mod_glossary_prepare_entry_for_edition', // copies files into a draft area
	'mod_lti_view_lti', // completes the activity
	'quizaccess_seb_validate_quiz_keys', // lets the session into the quiz
	'tool_mobile_get_tokens_for_qr_login', // uses up a key, makes tokens
	'tool_usertours_fetch_and_start_tour',
]);

/** Functions as each release declares them, by name, in the order of RELEASES. */
export const recorded = RELEASES.map(
	(release) => JSON.parse(readFileSync(`facts/functions/${release}.json`, 'utf8')).functions,
);

const files = (dir) =>
	readdirSync(dir).flatMap((name) => {
		const path = join(dir, name);
		return statSync(path).isDirectory() ? files(path) : [path];
	});

/** All functions of core, by name. */
export const functionNames = [...new Set(recorded.flatMap(Object.keys))].sort();

/** The files of the node that are written by hand. */
export const sourceFiles = () =>
	files('nodes').filter((file) => file.endsWith('.ts') && !/signatures\.ts$/i.test(file));

/** Functions that the sources of the node use: literals of their own and keys of READS, but not what is only shown as an example. */
function usedFunctions() {
	const known = new Set(functionNames);
	const sources = sourceFiles();
	const literals = sources.flatMap((file) => [
		...readFileSync(file, 'utf8').matchAll(
			/(?:(\w+): *)?'([a-z]+_[a-z0-9_]+)'|^\t*([a-z]+_[a-z0-9_]+): /gm,
		),
	]);
	const names = literals.flatMap(([, key, word, name]) =>
		key === 'placeholder' ? [] : [word ?? name],
	);
	return [...new Set(names)].filter((name) => known.has(name)).sort();
}

const isRequired = (node) => node.required === undefined || node.required === 1;

const flag = (required, since) => `${required ? '' : '?'}${since ? `@${since}` : ''}`;

/** What Moodle takes where nothing is sent, when that says something: `=50`. Times of the recording are none. */
function presetOf({ type, default: preset }) {
	if (preset === undefined || preset === null || preset === '' || typeof preset === 'object')
		return '';
	if (type === 'bool') return `=${Number(Boolean(Number(preset)))}`;
	return Number(preset) > 1e9 ? '' : `=${preset}`;
}

const firstOf = (versions) => versions.findIndex((node) => node !== undefined);

/** First release whose version of `node` exists, when that is not the first release of its parent. */
function sinceOf(versions, parents, name, key) {
	const first = firstOf(versions);
	if (first === firstOf(parents)) return undefined;
	return EXACT[`${name} ${key}`] ?? EARLIEST[RELEASES[first]];
}

/** @param versions a description in each release, `parents` that of what it is part of; undefined where a release lacks it */
function notation(versions, parents, name, key) {
	const newest = versions.filter(Boolean).at(-1);
	// What one version demands is demanded: nobody is told by the site of an older version what the editor left out.
	const required = versions.some((node) => node && isRequired(node));
	const flags = flag(required, sinceOf(versions, parents, name, key));
	const items = versions.map((node) => node?.items);
	if (newest.items) return [notation(items, items, name, key), ...(flags ? [flags] : [])];
	if (newest.keys) return { ...(flags ? { '~': flags } : {}), ...keysOf(versions, name) };
	return `${newest.type}${flags}${required ? '' : presetOf(newest)}`;
}

function keysOf(versions, name) {
	const all = [...new Set(versions.flatMap((node) => Object.keys(node?.keys ?? {})))];
	const of = (key) => versions.map((node) => node?.keys?.[key]);
	return Object.fromEntries(all.map((key) => [key, notation(of(key), versions, name, key)]));
}

/** A function over all versions, in the notation of nodes/Moodle/moodle/notation.ts. */
export function signature(name) {
	const versions = recorded.map((functions) => functions[name]);
	const first = versions.findIndex(Boolean);
	const last = versions.findLastIndex(Boolean);
	return {
		write: WRITES.has(name) || versions.filter(Boolean).at(-1).write === true,
		...(first > 0 ? { since: EXACT[name] ?? EARLIEST[RELEASES[first]] } : {}),
		...(last < RELEASES.length - 1 ? { gone: EARLIEST[RELEASES[last + 1]] } : {}),
		params: keysOf(
			versions.map((fn) => fn?.params),
			name,
		),
	};
}

/** What a function answers over all versions, in the same notation; null for nothing. */
export function replyOf(name) {
	const versions = recorded.map((functions) => functions[name]?.returns ?? undefined);
	return versions.some(Boolean) ? notation(versions, versions, name) : null;
}

export function generateSignatures() {
	const rows = usedFunctions().map((name) => `\t${name}: ${JSON.stringify(signature(name))},`);
	return [
		'// Generated by `npm run generate` from facts/functions. Do not edit.',
		"import type { Signature } from './notation';",
		'',
		'/** Parameters of the web-service functions this package calls, over Moodle 4.1 to 5.1. */',
		'export const signatures: Record<string, Signature> = {',
		...rows,
		'};',
		'',
	].join('\n');
}

/** All other functions of core, as one text that is parsed when the first of them is called. */
export function generateCatalogue() {
	const used = new Set(usedFunctions());
	const others = functionNames
		.filter((name) => !used.has(name))
		.map((name) => `${JSON.stringify(name)}:${JSON.stringify(signature(name))}`);
	const pieces = others.map((entry, index) => `\t\`${index === 0 ? '{' : ','}${entry}\``);
	return [
		'// Generated by `npm run generate` from facts/functions. Do not edit.',
		'/** Signatures of the functions of Moodle 4.1 to 5.1 that no operation of this package calls, as JSON. */',
		'export const OTHER_SIGNATURES = [',
		...pieces.map((piece) => `${piece},`),
		"\t'}',",
		"].join('');",
		'',
	].join('\n');
}

export const SIGNATURES_FILE = 'nodes/Moodle/moodle/signatures.ts';
export const CATALOGUE_FILE = 'nodes/Moodle/moodle/otherSignatures.ts';
