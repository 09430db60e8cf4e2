/**
 * A warning inside a successful reply is Moodle's way to say that a record was not taken. Each writing operation gets one for
 * its record, from every function that Moodle declares to have warnings: the item is told, nothing of it is lost.
 */
import type { Operation } from '../../nodes/Moodle/actions/types';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import { isObject } from '../../nodes/Moodle/moodle/values';
import { catalogue } from '../sandbox/catalogue';
import type { Description } from '../sandbox/types';
import { functionOf } from '../support/inProcess';
import { nameOf, operations, runOne, type Ran, type Send } from './support/runOne';
import { everyScenario } from './support/scenarios';
import { sitesOf } from './support/special';

const isWarning = (description: Description) =>
	'keys' in description && 'warningcode' in description.keys;
const isWarnings = (description: Description | undefined | null) =>
	description && 'items' in description && isWarning(description.items);

/** Where a function says its warnings: beside its answer, or instead of one. */
function warningsIn(wsfunction: string): 'beside' | 'instead' | undefined {
	const returns = catalogue('5.1').functions[wsfunction]?.returns;
	if (!returns) return undefined;
	if (isWarnings(returns)) return 'instead';
	return 'keys' in returns && isWarnings(returns.keys.warnings) ? 'beside' : undefined;
}

const WARNING = { item: 'record', itemid: 42, warningcode: 'refused', message: 'Not this one' };

/** Puts a warning into the answers of a function. */
const warning =
	(call: CallFacts, sent: string[]) =>
	(send: Send): Send =>
	async (body) => {
		const reply = await send(body);
		if (functionOf(body) !== call.function) return reply;
		sent.push(body);
		const value = JSON.parse(reply.text) as unknown;
		const warned = isObject(value) ? { ...value, warnings: [WARNING] } : [WARNING];
		return { ...reply, text: JSON.stringify(warned) };
	};

/** The first run in which the operation calls the function. */
async function ranWith(operation: Operation, call: CallFacts): Promise<Ran | undefined> {
	for (const site of sitesOf(operation)) {
		for (const { values } of everyScenario(operation, '5.1')) {
			const sent: string[] = [];
			const between = warning(call, sent);
			const ran = await runOne({ operation, values, version: '5.1', ...site, between });
			if (sent.length > 0) return ran;
		}
	}
	return undefined;
}

const cases = operations.flatMap((operation) =>
	operation.calls
		.filter((call) => warningsIn(call.function) !== undefined)
		.map((call) => ({ name: `${nameOf(operation)} ${call.function}`, operation, call })),
);

/** What is wrong with an operation that passes over the warning; undefined where it tells its item. */
async function flawOf({ operation, call }: { operation: Operation; call: CallFacts }) {
	const ran = await ranWith(operation, call);
	if (ran && ran.problems.length > 0) return undefined;
	const where = `${nameOf(operation)} (nodes/Moodle/actions/${operation.resource}/${operation.value}.ts or its calls.ts)`;
	return ran
		? `${where}: ${call.function}: settle passes over a warning. Give the records that it can mean a problem, or take heedsWarnings out.`
		: `${where}: ${call.function}: no field makes it be called`;
}

test('there are functions with warnings, beside their answers and instead of one', () =>
	expect(new Set(cases.map(({ call }) => warningsIn(call.function))).size).toBe(2));

test.each(cases)('$name: tells its item of a warning', async (entry) =>
	expect(await flawOf(entry)).toBeUndefined(),
);

test('a settle that passes over warnings is told, with its file and its remedy', async () => {
	const { operation, call } = cases.find(({ name }) => name.startsWith('forum/reply'))!;
	const before = call.heedsWarnings;
	call.heedsWarnings = true;
	const told = await flawOf({ operation, call });
	call.heedsWarnings = before;
	expect(told).toBe(
		'forum/reply (nodes/Moodle/actions/forum/reply.ts or its calls.ts): mod_forum_add_discussion_post: settle passes over a warning. Give the records that it can mean a problem, or take heedsWarnings out.',
	);
});
