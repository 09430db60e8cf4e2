import type { CallFacts, RecordResult } from '../../nodes/Moodle/moodle/calls';
import { Client } from '../../nodes/Moodle/moodle/client';
import { Cancelled, type Clock } from '../../nodes/Moodle/moodle/clock';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';
import { Problem } from '../../nodes/Moodle/moodle/problem';
import type { Params, Value } from '../../nodes/Moodle/moodle/values';
import { Dispatcher } from '../../nodes/Moodle/run/dispatch';
import type { Job } from '../../nodes/Moodle/run/outcome';
import { readerOf } from '../../nodes/Moodle/moodle/memory';

type Confirm = NonNullable<CallFacts['confirm']>;

const clock: Clock = {
	now: () => 0,
	random: () => 1,
	cancelled: () => false,
	sleep: async () => undefined,
};

/** A run over calls that answer with a number for the whole request, and what was asked afterwards. */
function runOf(options: {
	stop?: boolean;
	size?: number;
	reply?: (requests: number) => unknown;
	confirm: Confirm;
}) {
	let requests = 0;
	const asked: Array<{ records: Value[]; replies: unknown[]; shared: Params }> = [];
	const send = async () => {
		requests++;
		return { status: 200, headers: {}, text: JSON.stringify(options.reply?.(requests) ?? 0) };
	};
	const client = new Client({ clock, send, inFlight: 1 });
	const call: CallFacts = {
		function: 'core_grades_update_grades',
		list: 'grades',
		atomic: 'each',
		repeat: 'safe',
		capabilities: [],
		settle: (reply, records) =>
			records.map(() =>
				reply === 4 ? { problem: new Problem({ message: 'refused' }) } : { reply },
			),
		confirm: async (records, replies, shared, read) => {
			asked.push({ records, replies, shared });
			return await options.confirm(records, replies, shared, read);
		},
	};
	const jobs = (count: number): Job[] =>
		Array.from({ length: count }, (_, item) => ({
			items: [item],
			call,
			record: { studentid: item },
			shared: { courseid: 5 },
			action: 'update',
			output: (reply) => ({ reply }),
		}));
	const dispatcher = new Dispatcher(client, clock, readerOf(client), {
		stop: options.stop ?? false,
		recordsPerRequest: options.size ?? 2,
		patience: 0,
	});
	return { dispatcher, jobs, asked, sent: () => requests };
}

const outcomes = (jobs: Job[]) =>
	jobs.map(({ outcome }) =>
		outcome && 'problem' in outcome ? outcome.problem.message : outcome?.outputs[0].json.reply,
	);
const bad = (message: string): RecordResult => ({ problem: new Problem({ message }) });

describe('confirm', () => {
	test('is asked once for all requests of a lane, with each reply, and has the last word', async () => {
		const run = runOf({
			reply: (request) => (request === 2 ? 1 : 0),
			confirm: async (records) =>
				records.map((_, at) => (at === 2 ? bad('locked') : { reply: `read ${at}` })),
		});
		const jobs = run.jobs(5);
		await run.dispatcher.send(jobs);
		expect(run.sent()).toBe(3);
		expect(run.asked).toEqual([
			{ records: jobs.map((job) => job.record), replies: [0, 0, 1, 1, 0], shared: { courseid: 5 } },
		]);
		expect(outcomes(jobs)).toEqual(['read 0', 'read 1', 'locked', 'read 3', 'read 4']);
		expect(jobs.every((job) => job.unconfirmed === undefined)).toBe(true);
	});

	test('is not asked about records whose reply refuses them', async () => {
		const run = runOf({
			reply: (request) => (request === 1 ? 4 : 0),
			confirm: async (records) => records.map(() => ({ reply: 'read' })),
		});
		const jobs = run.jobs(3);
		await run.dispatcher.send(jobs);
		expect(run.asked.map(({ records }) => records)).toEqual([[{ studentid: 2 }]]);
		expect(outcomes(jobs)).toEqual(['refused', 'refused', 'read']);
	});

	test('in a run that stops it is asked after each request, and nothing is sent after a failure', async () => {
		const run = runOf({
			stop: true,
			confirm: async (records) =>
				records.map((record) =>
					(record as { studentid: number }).studentid === 1 ? bad('locked') : { reply: 'read' },
				),
		});
		const jobs = run.jobs(6);
		await run.dispatcher.send(jobs);
		// One record each: this function goes on after a refused one.
		expect(run.sent()).toBe(2);
		expect(run.asked).toHaveLength(2);
		expect(outcomes(jobs)).toEqual(['read', 'locked', undefined, undefined, undefined, undefined]);
	});

	test('what cannot be asked counts as uncertain, never as done', async () => {
		const run = runOf({
			confirm: async () => {
				throw new MoodleFailure('x', { reach: 'lost', code: 'http502', status: 502 });
			},
		});
		const jobs = run.jobs(2);
		await run.dispatcher.send(jobs);
		expect(
			jobs.map(({ outcome }) => outcome && 'problem' in outcome && outcome.problem.whole),
		).toEqual(Array(2).fill(expect.stringMatching(/may have been carried out/)));
	});

	test('a cancellation passes through', async () => {
		const run = runOf({
			confirm: async () => {
				throw new Cancelled();
			},
		});
		await expect(run.dispatcher.send(run.jobs(1))).rejects.toBeInstanceOf(Cancelled);
	});
});
