/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/**
 * A fact that an operation states obliges it to others (the table in CONTRIBUTING.md). What was forgotten is told with the
 * file, the operation and what to write. Whether `atomic` and `repeat` are so: played.test.ts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from '../../nodes/Moodle/actions/types';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import type { ReadFacts } from '../../nodes/Moodle/moodle/reads';
import { nothing } from '../../nodes/Moodle/moodle/replies';
import { settleNull, settleWhole } from '../../nodes/Moodle/moodle/settle';
import { signatures } from '../../nodes/Moodle/moodle/signatures';
import { catalogue, factsDir } from '../sandbox/catalogue';
import { steps } from '../e2e/steps';
import { handlers } from '../sandbox/functions';
import type { Description } from '../sandbox/types';
import { goodAnswer } from './support/fakeMoodle';
import { nameOf, operations } from './support/runOne';
import { missingSchema } from './support/schemas';

const { capabilities: known } = JSON.parse(
	readFileSync(join(factsDir(), 'capabilities.json'), 'utf8'),
) as {
	capabilities: Record<string, unknown>;
};

const unknownCapabilities = (names: string[]) =>
	names
		.filter((name) => !(name in known))
		.map((name) => `the capability '${name}' is none of facts/capabilities.json: correct its name`);

/** Functions that anybody may call. */
const NEED_NONE = ['core_auth_request_password_reset'];

/** Operations that read no function, or any. */
const READ_NOTHING = ['file/download', 'webService/callFunction'];

const flawsOfCapabilities = ({ function: name, capabilities }: CallFacts | ReadFacts) =>
	capabilities.length === 0 && !NEED_NONE.includes(name)
		? [
				`capabilities is empty: name what the account needs (npm run function -- ${name} shows what Moodle says of it, a try with a role that lacks it shows what is true), or the role preset is too small`,
			]
		: unknownCapabilities(capabilities);

/** The functions by which operations write that have a step in test/e2e/steps.ts. */
const STEPS = new Set(
	steps('walk').flatMap(({ operation }) =>
		(operations.find((entry) => nameOf(entry) === operation)?.calls ?? []).map(
			(call) => call.function,
		),
	),
);

/** What is missing where several records travel in one request. */
function flawsOfList(call: CallFacts): string[] {
	const { function: name, list = '', atomic, perRequest, settle, confirm } = call;
	const flaws: string[] = [];
	if ((atomic === 'all' || atomic === 'each') && !(name in handlers && STEPS.has(name)))
		flaws.push(
			`atomic: '${atomic}' is nowhere shown: what becomes of good records beside a refused one was not tried. Say atomic: 'unknown', or 'none' with perRequest: 1; or let the stand-in serve it (test/sandbox/functions) and give its operation a step in test/e2e/steps.ts: then it is tried`,
		);
	if (!Array.isArray(signatures[name]?.params[list]))
		flaws.push(
			`list: '${list}' is no list among the parameters of ${name} (facts/functions/5.1.json): name the one that takes the records`,
		);
	if (settle === settleWhole && perRequest !== 1)
		flaws.push(
			'settleWhole gives the reply to one record, and a request carries several: take one that gives each record its part, such as settleInOrder, or say perRequest: 1',
		);
	if (atomic === 'none' && perRequest !== 1)
		flaws.push("atomic: 'none' needs perRequest: 1, or good records are done unseen");
	if (atomic === 'each' && !confirm && (settle === settleNull || settle === settleWhole))
		flaws.push(
			"atomic: 'each' needs a settle of its own that finds the refused records in the reply, such as settleWarnings, or confirm",
		);
	return flaws;
}

/** The keys of all whole numbers in a description, but for warnings. */
function numbersIn(description: Description | null | undefined): string[] {
	if (!description) return [];
	if ('items' in description) return numbersIn(description.items);
	if (!('keys' in description) || 'warningcode' in description.keys) return [];
	return Object.entries(description.keys).flatMap(([key, inner]) =>
		'type' in inner && inner.type === 'int' ? [key] : numbersIn(inner),
	);
}

/** The keys of ids in an answer that were not sent: those of what the function has made. */
function newIds(wsfunction: string): string[] {
	const { params, returns } = catalogue('5.1').functions[wsfunction] ?? {};
	const sent = new Set(numbersIn(params));
	return numbersIn(returns).filter((key) => /id$/.test(key) && !sent.has(key));
}

/** Functions that may be called again: what played.test.ts cannot show. */
const SHOWN_ELSEWHERE = [
	// The files of a draft area become private files under the same names.
	'core_user_add_user_private_files',
];

/** What speaks against `repeat: 'safe'` without a Moodle at hand. Where the stand-in serves the function, played.test.ts tries it. */
function flawsOfSafe({ function: name }: CallFacts): string[] {
	const [made] = newIds(name);
	const remedy = "Say repeat: 'lookup' and write find, or say 'never'";
	if (made !== undefined)
		return [
			`repeat: 'safe', and its answer has '${made}', which nobody sent: it makes something new each time. ${remedy}`,
		];
	return !(name in handlers && STEPS.has(name)) && !SHOWN_ELSEWHERE.includes(name)
		? [
				`repeat: 'safe' is nowhere shown: what a second request changes was not tried. ${remedy}; or let the stand-in serve it (test/sandbox/functions) and give it a step in test/e2e/steps.ts: then it is tried`,
			]
		: [];
}

/** Replies that a description does not tell: a text of Moodle's own, a text with a list in it. */
const IN_OWN_WORDS = ['core_courseformat_update_course'];

const takesGood = ({ function: name }: CallFacts | ReadFacts, reply: ReadFacts['reply']) =>
	IN_OWN_WORDS.includes(name) || reply.safeParse(goodAnswer(name)).success;

const oddShape = (name: string) =>
	`reply does not take what the function answers by its declaration (npm run function -- ${name} shows it): every answer would count as none`;

function flawsOfCall(call: CallFacts): string[] {
	const { function: name, list, repeat, find, knownBy, reply } = call;
	const flaws = flawsOfCapabilities(call);
	if (signatures[name]?.write !== true)
		flaws.push(`'${name}' is no function that writes: put reading functions into reads`);
	if (reply && !takesGood(call, reply)) flaws.push(oddShape(name));
	if (!reply)
		flaws.push(
			'reply is missing: say the shape of a good answer, such as createdRows, nothing or warningsOnly (moodle/replies.ts). Without it a broken answer counts as success',
		);
	if (repeat === 'lookup' && !find)
		flaws.push(
			"repeat: 'lookup' needs find: how to see which of the records are there by now. Where nobody can see it, say repeat: 'never'",
		);
	if (repeat === 'lookup' && !knownBy)
		flaws.push(
			"repeat: 'lookup' needs knownBy: by what find recognises a record, for docs/guarantees.md, such as 'short name'",
		);
	if (repeat !== 'lookup' && (find ?? knownBy))
		flaws.push(`repeat: '${repeat}' never uses find and knownBy: take them out, or say 'lookup'`);
	if (repeat === 'safe') flaws.push(...flawsOfSafe(call));
	return [...flaws, ...(list === undefined ? [] : flawsOfList(call))];
}

/** Everything that an operation has to say and does not, each as what to write. */
function flawsOf(operation: Operation): string[] {
	const name = nameOf(operation);
	const flaws = [
		...operation.calls.flatMap((call) =>
			flawsOfCall(call).map((flaw) => `${call.function}: ${flaw}`),
		),
		...operation.reads.flatMap((facts) =>
			[
				...flawsOfCapabilities(facts),
				...(takesGood(facts, facts.reply) ? [] : [oddShape(facts.function)]),
			].map((flaw) => `${facts.function}: ${flaw}`),
		),
	];
	if (!operation.writes && operation.reads.length === 0 && !READ_NOTHING.includes(name))
		flaws.push('reads is empty: name the records of the functions that it reads with');
	const missing = missingSchema(name);
	if (missing) flaws.push(missing);
	const folder = `nodes/Moodle/actions/${operation.resource}`;
	return flaws.map((flaw) => `${name} (${folder}/${operation.value}.ts or its calls.ts): ${flaw}`);
}

test.each(operations.map((operation) => ({ name: nameOf(operation), operation })))(
	'$name: says all that its facts oblige it to',
	({ operation }) => expect(flawsOf(operation)).toEqual([]),
);

describe('what was forgotten is told with its remedy', () => {
	const create = operations.find((operation) => nameOf(operation) === 'group/create')!;
	const [call] = create.calls;
	const forgetting = (part: Partial<CallFacts>) =>
		flawsOf({ ...create, calls: [{ ...call, ...part }] }).join('\n');

	test.each([
		[{ find: undefined }, 'needs find'],
		[{ knownBy: undefined }, 'needs knownBy'],
		[{ reply: undefined }, 'reply is missing'],
		[{ reply: nothing }, 'reply does not take what the function answers'],
		[{ atomic: 'each' as const, settle: settleNull }, 'needs a settle of its own'],
		[{ atomic: 'none' as const }, 'needs perRequest: 1'],
		[{ list: 'records' }, "list: 'records' is no list"],
		[{ settle: settleWhole }, 'settleWhole gives the reply to one record'],
		[{ capabilities: [] }, 'capabilities is empty'],
		[{ capabilities: ['moodle/course:managegrups'] }, "'moodle/course:managegrups' is none of"],
		[{ function: 'core_group_get_groups' }, 'no function that writes'],
		[{ repeat: 'safe' as const }, 'never uses find'],
		[{ repeat: 'safe' as const }, "its answer has 'id', which nobody sent"],
		[
			{ repeat: 'safe' as const, function: 'core_blog_delete_entry' },
			"repeat: 'safe' is nowhere shown",
		],
		[
			{ repeat: 'safe' as const, function: 'core_course_set_favourite_courses' },
			"repeat: 'safe' is nowhere shown",
		],
		[{ function: 'core_blog_delete_entry' }, "atomic: 'all' is nowhere shown"],
		[
			{ function: 'core_blog_delete_entry', atomic: 'each' as const },
			"atomic: 'each' is nowhere shown",
		],
	])('%j', (part, remedy) => {
		const told = forgetting(part);
		expect(told).toContain(remedy);
		expect(told).toContain('group/create (nodes/Moodle/actions/group/create.ts or its calls.ts)');
	});

	test('a schema', () =>
		expect(flawsOf({ ...create, value: 'new' }).join('\n')).toContain(
			'nodes/Moodle/__schema__/v1.0.0/group/new.json is missing',
		));
});
