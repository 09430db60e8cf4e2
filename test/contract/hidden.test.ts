/**
 * A site decides what the account behind the token sees. Whatever it hides: what was done is never told as refused, nothing
 * is done twice, and nothing is told as done that was not.
 */
import type { Operation } from '../../nodes/Moodle/actions/types';
import {
	EVERYTHING,
	KEYS,
	optionalKeys,
	runHidden,
	type Hidden,
	type Loss,
} from './support/hiding';
import { nameOf, operations } from './support/runOne';

const OPEN = /may have been carried out all the same/;

/** Done, but for a field of which the account does not see whether Moodle took it. */
const DONE = /^The \w+ was (?:created \(ID \d+\)|changed), but /;

/** How a run is told: done, refused, or open. */
function told({ outputs, problems }: Hidden): string {
	if (DONE.test(problems[0]?.message)) return 'done';
	if (problems.length === 0) return outputs.length > 0 ? 'done' : 'nothing';
	return OPEN.test(problems[0].whole) ? 'open' : `refused: ${problems[0].whole}`;
}

/** What may be told: done only what Moodle carried out, refused only what never went out. */
function truth({ sent, accepted }: Hidden): RegExp {
	if (sent === 0) return /^refused: /;
	return accepted.length === 1 ? /^(done|open)$/ : /^open$/;
}

/** The fields of the changes that were sent, by the last part of their names. */
const changedBy = ({ accepted }: Hidden) =>
	new Set(
		accepted
			.flatMap((body) => [...new URLSearchParams(body).keys()])
			.map((name) => /([^[\]]+)\]?$/.exec(name)?.[1] ?? name),
	);

/**
 * What a site may hide in this situation: each field alone that is written or by which records are recognised, all others
 * together, and all users.
 */
async function hideable(operation: Operation, loss?: Loss): Promise<string[][]> {
	const ran = await runHidden({ operation, loss });
	const reads = new Set(
		ran.calls
			.filter((call) => !call.write && call.function !== 'core_webservice_get_site_info')
			.map((call) => call.function),
	);
	const fields = [...new Set([...reads].flatMap(optionalKeys))];
	const isOwn = (field: string) => KEYS.includes(field) || changedBy(ran).has(field);
	return [
		...fields.filter(isOwn).map((field) => [field]),
		fields.filter((field) => !isOwn(field)),
		[EVERYTHING],
	];
}

const recoverable = operations.filter(({ calls }) =>
	calls.some((call) => call.repeat === 'lookup'),
);
const named = recoverable.map((operation) => ({ name: nameOf(operation), operation }));

test('all that is looked up after a lost answer is here', () =>
	expect(named.length).toBeGreaterThan(15));

const remedyOf = (operation: Operation) =>
	`${nameOf(operation)} (nodes/Moodle/actions/${operation.resource}/${operation.value}.ts or its calls.ts): find tells what is there by now; of a deletion null for what is gone, undefined for what is still there. This site answers by what functions declare, with the ids that it is asked for while they are there and with empty lists afterwards. Where Moodle answers otherwise, say so in test/contract/support/hiding.ts (Rows, replies)`;

describe.each(named)('$name, answer lost', ({ operation }) => {
	test('all is seen: done, once', async () => {
		for (const loss of ['done', 'notDone'] as const) {
			const ran = await runHidden({ operation, loss });
			expect({
				loss,
				told: told(ran),
				times: ran.accepted.length,
				violations: ran.violations,
				// shown where any of these is wrong
				remedy: remedyOf(operation),
			}).toEqual({ loss, told: 'done', times: 1, violations: [], remedy: remedyOf(operation) });
		}
	});

	test('fields are hidden: never told as refused, and done only where it is', async () => {
		for (const loss of ['done', 'notDone'] as const) {
			for (const hidden of await hideable(operation, loss)) {
				const ran = await runHidden({ operation, loss, hidden });
				expect([hidden, loss, told(ran)]).toEqual([
					hidden,
					loss,
					expect.stringMatching(truth(ran)),
				]);
			}
		}
	});
});

/** How Moodle refuses a question: for what is asked about, for its place, and for an answer that it cannot give. */
const REFUSALS = [
	{
		exception: 'invalid_parameter_exception',
		errorcode: 'invalidparameter',
		message: 'Invalid parameter value detected',
	},
	{
		exception: 'required_capability_exception',
		errorcode: 'nopermissions',
		message: 'Sorry, but you do not currently have permissions to do that.',
	},
	{
		exception: 'invalid_response_exception',
		errorcode: 'invalidresponse',
		message: 'Invalid response value detected',
	},
];

test.each(named)(
	'$name, answer lost, and Moodle refuses to say what is there: open, and nothing is sent again',
	async ({ operation }) => {
		for (const refusal of REFUSALS) {
			for (const loss of ['done', 'notDone'] as const) {
				const ran = await runHidden({ operation, loss, refusal });
				expect([refusal.errorcode, loss, told(ran), ran.sent]).toEqual([
					refusal.errorcode,
					loss,
					'open',
					1,
				]);
			}
		}
	},
);

const upserts = named.filter(({ operation }) => operation.value === 'upsert');

test.each(upserts)(
	'$name compares: what is hidden is not taken for equal, and nobody is made twice',
	async ({ operation }) => {
		const seen = await runHidden({ operation, begins: 'found' });
		const all = changedBy(seen);
		expect(all.size).toBeGreaterThan(4);
		const creating = operation.calls[0].function;
		for (const hidden of await hideable(operation)) {
			const ran = await runHidden({ operation, begins: 'found', hidden });
			expect([hidden, ran.accepted.filter((body) => body.includes(creating))]).toEqual([
				hidden,
				[],
			]);
			if (ran.accepted.length > 0)
				expect([hidden, [...all].filter((field) => !changedBy(ran).has(field))]).toEqual([
					hidden,
					[],
				]);
			else expect([hidden, told(ran)]).toEqual([hidden, expect.stringMatching(/^refused: /)]);
		}
	},
);
