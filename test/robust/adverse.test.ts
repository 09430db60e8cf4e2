/** Promises that a cold reader once broke: each stays kept. */
import { operation as deleteCourse } from '../../nodes/Moodle/actions/course/delete';
import { operation as syncMembers } from '../../nodes/Moodle/actions/cohort/syncMembers';
import { operation as getUserCourses } from '../../nodes/Moodle/actions/enrolment/getUserCourses';
import { operation as callFunction } from '../../nodes/Moodle/actions/webService/callFunction';
import { operation as upload } from '../../nodes/Moodle/actions/file/upload';
import { Parameters } from '../../nodes/Moodle/actions/parameters';
import type { FileServices } from '../../nodes/Moodle/actions/types';
import { NetworkFailure, type SendRequest } from '../../nodes/Moodle/moodle/client';
import { formBody } from '../../nodes/Moodle/moodle/encode';
import { Problem } from '../../nodes/Moodle/moodle/problem';
import type { Params } from '../../nodes/Moodle/moodle/values';
import { fileServices } from '../../nodes/Moodle/run/files';
import { failed } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { functionOf, InProcessMoodle } from '../support/inProcess';
import { VirtualClock } from '../support/virtualClock';
import { scenarios } from './scenarios';
import { problemOf } from './strike';

const OPEN = /may have been carried out/;
const named = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
const call = (moodle: InProcessMoodle, wsfunction: string, params: Params) =>
	JSON.parse(moodle.answer(formBody(wsfunction, params), moodle.adminToken).text) as Array<{
		id: number;
	}>;
const page = (status: number) => ({ status, headers: {}, text: '<html>No</html>' });

describe('a firewall', () => {
	const next: Array<[string, () => ReturnType<SendRequest>]> = [
		['breaks', async () => await Promise.reject(new NetworkFailure('ECONNRESET'))],
		['is answered 503', async () => await Promise.resolve(page(503))],
		['is answered 403', async () => await Promise.resolve(page(403))],
	];
	test.each(
		['message', 'create', 'enrol', 'group', 'update'].flatMap((name) =>
			next.map(([how, answer]) => ({ name, how, answer })),
		),
	)(
		'$name: refuses the answer, and the question after it $how: nobody is told that it was not done',
		async ({ name, answer }) => {
			const scenario = named(name);
			const moodle = new InProcessMoodle();
			scenario.prepare(moodle, 3);
			const items = [0, 1, 2].map((index) => scenario.item(index, moodle));
			let since = -1;
			const send: SendRequest = async (body) => {
				if (since < 0 && functionOf(body) !== scenario.operation.calls[0].function)
					return moodle.answer(body);
				since++;
				if (since === 0) moodle.answer(body);
				return since === 0 ? page(403) : since === 1 ? await answer() : moodle.answer(body);
			};
			const { units } = await runEngine({ operation: scenario.operation, items, send });
			for (const [index, unit] of units.entries())
				if (failed(unit) && scenario.done(moodle, index) > 0) expect(problemOf(unit)).toMatch(OPEN);
		},
	);

	test('that refuses a whole function is not asked a thousand times', async () => {
		const moodle = new InProcessMoodle();
		const items = Array.from({ length: 1000 }, (_, index) => named('create').item(index, moodle));
		let sent = 0;
		const send: SendRequest = async (body) =>
			await Promise.resolve(
				sent++ >= 0 && functionOf(body) === 'core_user_create_users'
					? page(403)
					: moodle.answer(body),
			);
		const { units } = await runEngine({ operation: named('create').operation, items, send });
		expect(sent).toBeLessThan(120);
		expect(units.filter(failed)).toHaveLength(1000);
	});

	test('that dislikes nine of a thousand look-ups costs nine items', async () => {
		const moodle = new InProcessMoodle();
		named('read').prepare(moodle, 1000);
		const odd = new Set([3, 120, 250, 333, 480, 600, 720, 850, 990]);
		const items = Array.from({ length: 1000 }, (_, index) =>
			odd.has(index)
				? {
						...named('read').item(index, moodle),
						userId: { mode: 'email', value: `x${index}-evil@example.org` },
					}
				: named('read').item(index, moodle),
		);
		const send: SendRequest = async (body) =>
			await Promise.resolve(body.includes('-evil') ? page(403) : moodle.answer(body));
		const { units } = await runEngine({ operation: named('read').operation, items, send });
		expect(units.flatMap((unit, index) => (failed(unit) ? [index] : []))).toEqual([...odd]);
	});
});

test.each([
	[
		'cannot be read out',
		{
			status: 200,
			headers: {},
			text: '{"exception":"invalid_response_exception","errorcode":"invalidresponse","message":"x"}',
		},
	],
	['is hidden by a firewall', page(403)],
])('a course whose deletion was lost and which %s is not told as deleted', async (_how, answer) => {
	const moodle = new InProcessMoodle();
	const [{ id }] = call(moodle, 'core_course_create_courses', {
		courses: [{ fullname: 'X', shortname: 'X', categoryid: 1 }],
	});
	let deletions = 0;
	const send: SendRequest = async (body) => {
		if (functionOf(body) === 'core_course_delete_courses' && deletions++ === 0)
			throw new NetworkFailure('ECONNRESET');
		return /core_course_get_courses/.test(functionOf(body)) ? answer : moodle.answer(body);
	};
	const { units } = await runEngine({
		operation: deleteCourse,
		items: [{ courseId: { mode: 'id', value: String(id) } }],
		send,
	});
	if (moodle.site.courses.get(id)) expect(problemOf(units[0])).toMatch(OPEN);
	else expect(problemOf(units[0])).toBe('');
});

test('stopped with two requests in flight: what is under way is told as open', async () => {
	const scenario = named('enrol');
	const moodle = new InProcessMoodle();
	const clock = new VirtualClock();
	scenario.prepare(moodle, 12);
	const items = Array.from({ length: 12 }, (_, index) => scenario.item(index, moodle));
	let writes = 0;
	const send: SendRequest = async (body) => {
		if (functionOf(body) !== scenario.operation.calls[0].function) return moodle.answer(body);
		const answer = moodle.answer(body);
		// Moodle has done the first one, and its answer never comes.
		if (writes++ === 0) await new Promise(() => undefined);
		clock.cancel();
		return answer;
	};
	const { units, cancelled } = await runEngine({
		operation: scenario.operation,
		items,
		clock,
		send,
		options: { width: 2, recordsPerRequest: 4 },
	});
	expect(cancelled).toBe(true);
	for (const [index, unit] of units.entries())
		if (failed(unit) && scenario.done(moodle, index) > 0)
			expect([index, problemOf(unit)]).toEqual([index, expect.stringMatching(OPEN)]);
});

test('Sync Members in a run that stops removes nobody after an addition without an answer', async () => {
	const moodle = new InProcessMoodle();
	named('member').prepare(moodle, 6);
	const ids = [0, 1, 2, 3, 4, 5].map(
		(index) => moodle.site.users.all().find(({ username }) => username === `fire${index}`)!.id,
	);
	const [cohort] = moodle.site.cohorts.all();
	call(moodle, 'core_cohort_add_cohort_members', {
		members: [
			{
				cohorttype: { type: 'id', value: String(cohort.id) },
				usertype: { type: 'id', value: String(ids[5]) },
			},
		],
	});
	const send: SendRequest = async (body) => {
		if (functionOf(body) === 'core_cohort_add_cohort_members')
			throw new NetworkFailure('ECONNRESET');
		return moodle.answer(body);
	};
	const items = [0, 1, 2, 3].map((index) => ({
		cohortId: { mode: 'id', value: String(cohort.id) },
		userId: { mode: 'id', value: String(ids[index]) },
		options: {},
	}));
	await runEngine({ operation: syncMembers, items, send, options: { stop: true } });
	expect(moodle.site.cohortMembers.find('cohort', cohort.id).map(({ userid }) => userid)).toEqual([
		ids[5],
	]);
});

test('a reading function that hangs while the site answers is given up', async () => {
	const moodle = new InProcessMoodle();
	const clock = new VirtualClock();
	named('read').prepare(moodle, 100);
	let hung = 0;
	const send: SendRequest = async (body) => {
		if (functionOf(body) !== 'core_enrol_get_users_courses') return moodle.answer(body);
		hung++;
		await clock.sleep(120_000);
		throw new NetworkFailure('ETIMEDOUT');
	};
	const items = Array.from({ length: 100 }, (_, index) => ({
		userId: { mode: 'id', value: String(3 + index) },
		returnAll: true,
		simplify: true,
		filters: {},
		options: {},
	}));
	const { units } = await runEngine({ operation: getUserCourses, items, clock, send });
	expect(hung).toBeLessThanOrEqual(20);
	expect(units.every(failed)).toBe(true);
	expect(problemOf(units[99])).toMatch(/^Not asked for any more/);
});

describe('uploads', () => {
	const input = (index: number) =>
		new Parameters(
			index,
			(name) => ({ useAs: 'draft', options: {} })[name] ?? 'data',
			'UTC',
			() => ({
				name: `f${index}.txt`,
				mimeType: 'text/plain',
				content: async () => Buffer.from('x'),
			}),
		);
	const nothing: SendRequest = async () => await Promise.reject(new NetworkFailure('ECONNREFUSED'));

	test('in a run that stops nothing is uploaded after the refused file', async () => {
		const stored: string[] = [];
		const files: FileServices = {
			upload: async ({ name }) => {
				if (name === 'f1.txt') throw new Problem({ message: 'Refused' });
				stored.push(name);
				return await Promise.resolve({ itemid: 1, filename: name, filepath: '/', contextid: 5 });
			},
			download: async () => await Promise.reject(new Error('not here')),
		};
		const { units } = await runEngine({
			operation: upload,
			items: Array.from({ length: 6 }, () => ({})),
			send: nothing,
			options: { stop: true, files, parameters: input, count: 6 },
		});
		expect(units.find(failed)?.items).toEqual([1]);
		expect(stored).toEqual(['f0.txt']);
	});

	test('whose answers are lost are told as open', async () => {
		const clock = new VirtualClock();
		const helpers = {
			httpRequestWithAuthentication: async () =>
				await Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' })),
		};
		const files = fileServices(
			{ helpers } as never,
			{ siteUrl: 'https://moodle.example.org', ignoreSsl: false, timeout: 1000 },
			{ token: () => undefined, clock, sent: () => undefined } as never,
		);
		const { units } = await runEngine({
			operation: upload,
			items: [{}],
			clock,
			send: nothing,
			options: { files, parameters: input, count: 1 },
		});
		expect(problemOf(units[0])).toMatch(OPEN);
	});
});

describe('a function called by name that the database breaks off in its middle', () => {
	const EVENTS = 'core_calendar_delete_calendar_events';
	const item = (ids: number[], collectItems?: boolean) => ({
		functionName: { mode: 'name', value: EVENTS },
		specifyParameters: 'json',
		parameters: { events: ids.map((eventid) => ({ eventid, repeat: false })) },
		options: collectItems ? { collectItems } : {},
	});

	test.each([
		['collected from items', [item([1], true), item([2], true)]],
		['of one item', [item([1, 2])]],
	])('%s: is not sent again, and told as open', async (_what, items) => {
		const moodle = new InProcessMoodle({ account: 'admin' });
		let sent = 0;
		const send: SendRequest = async (body) => {
			if (functionOf(body) !== EVENTS) return await Promise.resolve(moodle.answer(body));
			sent++;
			const exception = { exception: 'dml_write_exception', errorcode: 'dmlwriteexception' };
			return { status: 200, headers: {}, text: JSON.stringify({ ...exception, message: '' }) };
		};
		const { units } = await runEngine({ operation: callFunction, items, send });
		expect(sent).toBe(1);
		expect(units.map(problemOf)).toEqual(items.map(() => expect.stringMatching(OPEN) as string));
	});
});
