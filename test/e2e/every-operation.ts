/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * Runs every operation once against a real Moodle, inside n8n's engine:
 *
 *   MOODLE_URL=… MOODLE_TOKEN=… node scripts/run-ts.mjs test/e2e/every-operation.ts
 *
 * Makes records of its own and deletes them again, but for a private file of the token's account. Activities cannot be made through web services: for the operations on
 * them give the number of a graded assignment in a course of a test site as MOODLE_ACTIVITY.
 * MOODLE_USE and MOODLE_USE_TOKEN: what belongs to this use is done with this token instead, which may be allowed that only.
 * Ends with 1 when an operation is refused. Those that a site has no records for are listed as not tried.
 */
import { runNode } from '../support/harness';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { operations } from '../../nodes/Moodle/actions/registry';
import { USES } from '../../nodes/Moodle/actions/uses';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { parametersOf, remember, steps, type Memory, type Step } from './steps';

const { MOODLE_URL: url, MOODLE_TOKEN: token, MOODLE_ACTIVITY: activity } = process.env;

const { MOODLE_USE: useName, MOODLE_USE_TOKEN: useToken } = process.env;
const use = USES.find(({ value }) => value === useName);

/** The token for an operation: that of its use where there is one. */
const tokenFor = (name: string) =>
	operations.some((entry) => `${entry.resource}/${entry.value}` === name && use?.covers(entry))
		? useToken
		: token;

const accessFor = (operation: string) => ({
	credentialTypes: { moodleApi: new MoodleApi() },
	credentials: { moodleApi: { siteUrl: url ?? '', token: tokenFor(operation) ?? '' } },
});
const file = {
	data: Buffer.from('Hello').toString('base64'),
	mimeType: 'text/plain',
	fileName: 'hello.txt',
};

/** Runs a step; why it was refused, undefined when it was not. */
async function run(step: Step, memory: Memory): Promise<string | undefined> {
	const parameters = parametersOf(step, memory);
	const result = await runNode(new Moodle(), {
		...accessFor(step.operation),
		parameters,
		onError: 'continueErrorOutput',
		input: [{ json: {}, binary: { data: file } }],
	});
	if ([token, useToken].some((secret) => secret && result.everything.includes(secret)))
		return 'the token is in the run data';
	const refused = result.failed[0]?.json.error ?? result.error?.message;
	if (refused !== undefined) return String(refused);
	const [item] = result.success;
	remember(step, item?.json, memory);
	if (step.operation === 'site/checkSetup' && !use) return lacking(item?.json ?? {});
	return undefined;
}

function lacking({ functionsToAdd }: { functionsToAdd?: unknown }): string | undefined {
	return functionsToAdd ? `the service lacks ${String(functionsToAdd)}` : undefined;
}

async function main(): Promise<number> {
	if (!url || !token) {
		console.error('MOODLE_URL and MOODLE_TOKEN must be set');
		return 2;
	}
	const memory: Memory = { url, ...(activity ? { activity } : {}) };
	const tag = `e2e${Date.now().toString(36)}`;
	const tried = new Set<string>();
	let refusals = 0;
	for (const step of steps(tag)) {
		if (step.needs && memory[step.needs] === undefined) continue;
		const refused = await run(step, memory);
		const isFine = refused === undefined || step.mayRefuse?.test(refused) === true;
		if (!isFine) refusals++;
		tried.add(step.operation);
		console.log(
			`${isFine ? 'ok     ' : 'REFUSED'} ${step.operation}${refused === undefined ? '' : `: ${refused}`}`,
		);
	}
	const left = operations
		.map(({ resource, value }) => `${resource}/${value}`)
		.filter((name) => !tried.has(name));
	console.log(
		`${tried.size} operations tried, ${refusals} refused${left.length > 0 ? `, not tried: ${left.join(', ')}` : ''}`,
	);
	return refusals > 0 ? 1 : 0;
}

main().then(
	(code) => process.exit(code),
	(caught: unknown) => {
		console.error(caught instanceof Error ? `${caught.name}: ${caught.message}` : 'failed');
		process.exit(1);
	},
);
