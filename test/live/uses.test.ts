/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
/**
 * Each use alone: an account with nothing but the role preset of the use, and a service with nothing but the functions that
 * its list calls needed, do all that the use promises; everything else is refused with what to add.
 *
 * Against a real site: MOODLE_URL, MOODLE_TOKEN (of the use Everything), MOODLE_ACTIVITY (the number of an assignment on a
 * test site, with a quiz and a feedback in its course) and MOODLE_USE_TOKENS, `{ "onboarding": "…" }`: uses without a token
 * are left out.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { needsOf } from '../../nodes/Moodle/actions/needs';
import { operations } from '../../nodes/Moodle/actions/registry';
import { reportOf } from '../../nodes/Moodle/actions/site/setup';
import { USES, type Use } from '../../nodes/Moodle/actions/uses';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { parametersOf, remember, steps, type Memory, type Step } from '../e2e/steps';
import { startSandbox, type Sandbox } from '../sandbox';
import { rolePreset } from '../sandbox/accounts';
import { addModule, addReport, addUser, giveCapabilities } from '../sandbox/builders';
import { packageDir } from '../sandbox/catalogue';
import { addCourse } from '../sandbox/functions/course-tools';
import { runNode } from '../support/harness';

jest.setTimeout(600_000);

const { MOODLE_URL, MOODLE_TOKEN, MOODLE_ACTIVITY, MOODLE_USE_TOKENS } = process.env;
const given = JSON.parse(MOODLE_USE_TOKENS ?? '{}') as Record<string, string>;
const isReal = Boolean(MOODLE_URL && MOODLE_TOKEN);
// events are polled by the trigger, test/live/events has them
const cases = USES.filter(
	({ value, names }) => (names || value === 'reading') && (!isReal || value in given),
);

const docs = (name: string) => readFileSync(join(packageDir(), 'docs', 'setup', name), 'utf8');

/** The functions above the line `# Useful`. */
const neededOf = ({ value }: Use) =>
	docs(`${value}.txt`)
		.split(/^# Useful.*$/m)[0]
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'));

let sandbox: Sandbox | undefined;
let url = MOODLE_URL ?? '';
let everything = MOODLE_TOKEN ?? '';
let activity = MOODLE_ACTIVITY ?? '';
beforeAll(async () => {
	if (isReal) return;
	sandbox = await startSandbox({ version: '5.1', path: '/moodle' });
	({ url, token: everything } = sandbox);
	const { site } = sandbox;
	const { id } = addCourse(site, { fullname: 'There', shortname: 'THERE', category: 1 });
	activity = String(addModule(site, id, 'assign', 'Essay', { completion: 1 }).id);
	addModule(site, id, 'quiz', 'Quiz');
	addModule(site, id, 'feedback', 'Feedback');
	addReport(site, 'Users', ['Name'], () => [['Ada']]);
});
afterAll(async () => await sandbox?.close());

/** A token with the list and the preset of a use. */
function tokenOf(use: Use): string {
	if (!sandbox) return given[use.value];
	const username = `use${use.value}`;
	const user = addUser(sandbox.site, { username, auth: 'webservice' });
	const { capabilities, mayAssign } = rolePreset(docs(`${use.value}.xml`));
	const roles = sandbox.site.roles.all().filter(({ shortname }) => mayAssign.includes(shortname));
	giveCapabilities(sandbox.site, user.id, capabilities, { mayAssign: roles.map(({ id }) => id) });
	const token = sandbox.addToken(username, { userid: user.id, functions: neededOf(use) });
	const service = [...sandbox.site.services.values()].find(
		({ shortname }) => shortname === username,
	);
	const { settings } = needsOf(operations.filter(use.covers));
	if (service) {
		service.uploadfiles = settings.includes('uploadfiles');
		service.downloadfiles = settings.includes('downloadfiles');
	}
	return token;
}

const hello = { data: 'SGVsbG8=', mimeType: 'text/plain', fileName: 'hello.txt' };

/** Runs a step; why it was refused, undefined when it was not. */
async function run(step: Step, token: string, memory: Memory) {
	const result = await runNode(new Moodle(), {
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: url, token } },
		parameters: parametersOf(step, memory),
		onError: 'continueErrorOutput',
		input: [{ json: {}, binary: { data: hello } }],
	});
	expect(result.everything).not.toContain(token);
	remember(step, result.success[0]?.json, memory);
	const refused = result.failed[0]?.json.error ?? result.error?.message;
	return {
		json: result.success.map(({ json }) => json),
		refused: refused === undefined ? undefined : String(refused),
	};
}

/** The one file that the steps make is a private one of the other account. */
const ELSEWHERE: Record<string, RegExp> = { 'file/download': /There is no such file/ };

const nameOf = ({ resource, value }: { resource: string; value: string }) => `${resource}/${value}`;

describe.each(cases.map((use) => ({ name: use.name, use })))('$name alone', ({ use }) => {
	const promised = operations.filter(use.covers).map(nameOf);
	let token = '';
	beforeAll(() => (token = tokenOf(use)));

	test('does what it promises, and refuses all else with what to add', async () => {
		const seen = { site: { functions: new Set(neededOf(use)), release: '' } as never };
		const memory: Memory = { url, activity };
		const refusals: string[] = [];
		const silent: string[][] = [];
		const done = { promised: new Set<string>(), other: new Set<string>() };
		for (const step of steps(`use${use.value.slice(0, 3)}${Date.now().toString(36)}`)) {
			if (step.needs && memory[step.needs] === undefined) continue;
			const operation = operations.find((entry) => nameOf(entry) === step.operation)!;
			const isPromised = promised.includes(step.operation);
			const report = reportOf(operation, { ...seen, settings: new Set() });
			if (!isPromised && report.status === 'notInService' && report.missing.length > 0) {
				const { refused = 'was not refused' } = await run(step, token, memory);
				const isOff = report.off.length > 0 && /Can upload files/.test(refused);
				const isRight = isOff || step.mayRefuse?.test(refused) === true;
				if (isRight || report.missing.some((name) => refused.includes(name)))
					done.other.add(step.operation);
				else silent.push([step.operation, refused]);
			}
			const { refused } = await run(step, isPromised ? token : everything, memory);
			const mayRefuse = step.operation in ELSEWHERE ? ELSEWHERE[step.operation] : step.mayRefuse;
			if (refused !== undefined && !mayRefuse?.test(refused))
				refusals.push(`${step.operation}: ${refused}`);
			if (isPromised) done.promised.add(step.operation);
		}
		expect(refusals).toEqual([]);
		// the second step of an operation may fail for something else, as for an activity that the first one has hidden
		expect(silent.filter(([name]) => !done.other.has(name))).toEqual([]);
		expect(promised.filter((name) => !done.promised.has(name))).toEqual([]);
		expect(done.other.size).toBeGreaterThan(40);
	});

	test('Check Setup calls it ready, and says what the others lack', async () => {
		const step: Step = { operation: 'site/checkSetup', parameters: () => ({ output: 'uses' }) };
		const { json } = await run(step, token, { url });
		const ready = json.filter((item) => item.ready).map((item) => item.use);
		expect(ready).toContain(use.value);
		expect(ready).not.toContain('everything');
		const others = json.filter((item) => !item.ready);
		expect(others.map((item) => item.missingFunctions)).not.toContain('');
	});
});
