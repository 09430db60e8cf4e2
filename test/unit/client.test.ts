import { Client, NetworkFailure, type ClientOptions } from '../../nodes/Moodle/moodle/client';
import { Cancelled, type Clock } from '../../nodes/Moodle/moodle/clock';
import type { RawReply } from '../../nodes/Moodle/moodle/decode';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';
import { Problem } from '../../nodes/Moodle/moodle/problem';
import { READS, unknownRead } from '../../nodes/Moodle/moodle/reads';
import type { Params } from '../../nodes/Moodle/moodle/values';

const INFO = 'core_webservice_get_site_info';
const LOOKUP = 'core_user_get_users_by_field';
const CREATE = 'core_user_create_users';

const reply = (value: unknown, status = 200): RawReply => ({
	status,
	headers: {},
	text: JSON.stringify(value),
});
const page = (status = 200): RawReply => ({ status, headers: {}, text: '<html>no</html>' });
const refusal = (errorcode: string, exception = 'moodle_exception') =>
	reply({ exception, errorcode, message: 'Text' });
const info = (functions: string[], release = '5.1+ (Build: 20251017)') =>
	reply({
		userid: 2,
		username: 'ada',
		release,
		siteurl: 'x',
		functions: functions.map((name) => ({ name })),
	});

type Answer = RawReply | Error;

/** A client against answers by function (the last one stays), with a clock that only counts. */
function clientOf(
	answers: Record<string, Answer[] | ((form: URLSearchParams) => Answer)>,
	more: Partial<ClientOptions> = {},
) {
	const sent: URLSearchParams[] = [];
	const waits: number[] = [];
	let now = 0;
	const sleep = async (ms: number) => {
		waits.push(ms);
		now += ms;
	};
	const clock: Clock = { now: () => now, random: () => 1, cancelled: () => false, sleep };
	const send = async (body: string) => {
		const form = new URLSearchParams(body);
		sent.push(form);
		const answer = answers[form.get('wsfunction') ?? ''] ?? [info([])];
		const next =
			typeof answer === 'function' ? answer(form) : answer.length > 1 ? answer.shift() : answer[0];
		if (next instanceof Error) throw next;
		return next as RawReply;
	};
	const functions = () => sent.map((form) => form.get('wsfunction'));
	return { client: new Client({ send, clock, ...more }), sent, functions, waits, clock };
}

async function failureOf(work: Promise<unknown>): Promise<MoodleFailure> {
	try {
		await work;
	} catch (caught) {
		if (caught instanceof MoodleFailure) return caught;
		throw caught as Error;
	}
	throw new Error('nothing was thrown');
}

const values = (count: number): Params => ({
	field: 'id',
	values: Array.from({ length: count }, (_, index) => index + 1),
});

describe('call', () => {
	it('gives what Moodle answers, and counts requests', async () => {
		const { client, sent } = clientOf({ [LOOKUP]: [reply([{ id: 5 }])] });
		expect(await client.call(LOOKUP, values(1))).toEqual([{ id: 5 }]);
		expect(client.requests).toBe(1);
		expect([...sent[0].keys()]).toEqual([
			'moodlewsrestformat',
			'wsfunction',
			'moodlewssettingraw',
			'field',
			'values[0]',
		]);
	});

	it('turns a broken connection into a failure with its reach', async () => {
		for (const [code, reach] of [
			['ECONNRESET', 'lost'],
			['ENOTFOUND', 'unsent'],
			['CERT_HAS_EXPIRED', 'unsent'],
		])
			expect(
				await failureOf(clientOf({ [LOOKUP]: [new NetworkFailure(code)] }).client.call(LOOKUP, {})),
			).toMatchObject({ code, reach });
	});

	it('sends nothing once the run is cancelled', async () => {
		const { client, sent, clock } = clientOf({ [LOOKUP]: [reply([])] });
		clock.cancelled = () => true;
		await expect(client.call(LOOKUP, {})).rejects.toBeInstanceOf(Cancelled);
		expect(sent).toHaveLength(0);
	});
});

describe('Read Only', () => {
	it.each([CREATE, 'core_user_delete_users', 'local_plugin_anything', 'constructor'])(
		'refuses %s before anything is sent',
		async (name) => {
			const { client, sent } = clientOf({}, { readOnly: true });
			await expect(client.call(name, {})).rejects.toMatchObject({ code: 'readonly' });
			expect(sent).toHaveLength(0);
		},
	);

	it('lets functions that read pass', async () => {
		const { client } = clientOf({ [LOOKUP]: [reply([])] }, { readOnly: true });
		expect(await client.call(LOOKUP, {})).toEqual([]);
	});
});

describe('a sign-in that has run out', () => {
	it('is renewed, and the call is repeated', async () => {
		const renew = jest.fn(async () => true);
		const { client, functions } = clientOf(
			{ [LOOKUP]: [refusal('invalidtoken'), reply([1])] },
			{ renew },
		);
		expect(await client.call(LOOKUP, values(1))).toEqual([1]);
		expect(renew).toHaveBeenCalledTimes(1);
		expect(functions()).toEqual([LOOKUP, LOOKUP]);
	});

	it('is a failure when there is nothing to renew', async () => {
		for (const renew of [undefined, async () => false])
			expect(
				await failureOf(
					clientOf({ [LOOKUP]: [refusal('invalidtoken')] }, { renew }).client.call(LOOKUP, {}),
				),
			).toMatchObject({ code: 'invalidtoken', reach: 'everybody' });
	});

	it('is renewed for a big request too, which is not taken for a cut one', async () => {
		const answers = {
			[LOOKUP]: [reply([]), refusal('invalidtoken'), reply([1])],
			[INFO]: [refusal('invalidtoken')],
		};
		const { client, functions } = clientOf(answers, { renew: async () => true });
		await client.call(LOOKUP, values(500));
		expect(await client.call(LOOKUP, values(500))).toEqual([1]);
		expect(functions()).toEqual([LOOKUP, LOOKUP, INFO, LOOKUP]);
		expect(client.variableLimit).toBe(900);
	});

	it('understands what comes back after the renewal', async () => {
		const cases: Array<[Answer, object]> = [
			[new NetworkFailure('ECONNRESET'), { code: 'ECONNRESET', reach: 'lost' }],
			[refusal('invalidtoken'), { code: 'invalidtoken', reach: 'everybody' }],
			[refusal('invalidparameter'), { code: 'invalidparameter', reach: 'record' }],
		];
		for (const [second, expected] of cases) {
			const { client } = clientOf(
				{ [LOOKUP]: [refusal('invalidtoken'), second] },
				{ renew: async () => true },
			);
			expect(await failureOf(client.call(LOOKUP, {}))).toMatchObject(expected);
		}
	});
});

describe('a sign-in that has run out under many calls', () => {
	it('is renewed once for all of them', async () => {
		let token = 'old';
		const renew = jest.fn(async () => {
			await Promise.resolve();
			token = 'new';
			return true;
		});
		const { client } = clientOf(
			{ [LOOKUP]: () => (token === 'new' ? reply([1]) : refusal('invalidtoken')) },
			{ renew },
		);
		const calls = await Promise.all(
			[1, 2, 3, 4].map(async (count) => await client.call(LOOKUP, values(count))),
		);
		expect(calls).toEqual([[1], [1], [1], [1]]);
		expect(renew).toHaveBeenCalledTimes(1);
	});

	it('helps a call that learns of it when it is renewed already', async () => {
		const renew: jest.Mock<Promise<boolean>> = jest.fn(async () => renew.mock.calls.length === 1);
		const late = { release: () => {} };
		const slow = new Promise<void>((resolve) => (late.release = resolve));
		let first = true;
		const send = async (body: string) => {
			const field = new URLSearchParams(body).get('field');
			if (field === 'before') return reply([1]);
			const isSlow = field === 'slow' && first;
			if (isSlow) {
				first = false;
				await slow;
				return refusal('invalidtoken');
			}
			return renew.mock.calls.length === 0 ? refusal('invalidtoken') : reply([1]);
		};
		const clock: Clock = {
			now: () => 0,
			random: () => 1,
			cancelled: () => false,
			sleep: async () => {},
		};
		const client = new Client({ send, clock, renew });
		// Until a sign-in has proved good, requests go one by one.
		await client.call(LOOKUP, { field: 'before' });
		const call = client.call(LOOKUP, { field: 'slow' });
		await client.call(LOOKUP, { field: 'quick' });
		late.release();
		expect(await call).toEqual([1]);
		expect(renew).toHaveBeenCalledTimes(1);
	});

	it('is renewed too when Moodle has just deleted the token, which it says in other words', async () => {
		const renew = jest.fn(async () => true);
		const denied = refusal('accessexception', 'webservice_access_exception');
		const { client, functions } = clientOf(
			{ [CREATE]: [denied, reply([1])], [INFO]: [refusal('invalidtoken')] },
			{ renew },
		);
		expect(await client.call(CREATE, {})).toEqual([1]);
		expect(functions()).toEqual([CREATE, INFO, CREATE]);
	});

	it('ends the run when the sign-in itself cannot be reached', async () => {
		const renew = async () => await Promise.reject(new NetworkFailure('ECONNRESET'));
		const { client } = clientOf({ [CREATE]: [refusal('invalidtoken')] }, { renew });
		expect(await failureOf(client.call(CREATE, {}))).toMatchObject({
			reach: 'unsent',
			code: 'ECONNRESET',
		});
	});

	it('tells why Moodle refuses the sign-in', async () => {
		const renew = async () =>
			await Promise.reject(new Problem({ message: 'Moodle refuses the username or the password' }));
		const { client } = clientOf({ [CREATE]: [refusal('invalidtoken')] }, { renew });
		await expect(client.call(CREATE, {})).rejects.toThrow(
			'Moodle refuses the username or the password',
		);
	});
});

describe('a token past its date', () => {
	const denied = refusal('accessexception', 'webservice_access_exception');

	it('is told from a function that is not in the service', async () => {
		const { client } = clientOf({ [CREATE]: [denied], [INFO]: [refusal('invalidtoken')] });
		expect(await failureOf(client.call(CREATE, {}))).toMatchObject({
			reach: 'everybody',
			code: 'invalidtoken',
		});
	});

	it('is noticed in the middle of a run', async () => {
		const { client } = clientOf({
			[CREATE]: [reply([]), denied],
			[INFO]: [refusal('invalidtoken')],
		});
		await client.call(CREATE, {});
		expect(await failureOf(client.call(CREATE, {}))).toMatchObject({
			reach: 'everybody',
			code: 'invalidtoken',
		});
	});
});

describe('a request that was cut', () => {
	it('is too big when the token works for a small one', async () => {
		const { client, functions } = clientOf({
			[LOOKUP]: [refusal('invalidtoken')],
			[INFO]: [info([LOOKUP])],
		});
		expect((await failureOf(client.call(LOOKUP, values(500)))).reach).toBe('tooBig');
		expect(functions()).toEqual([LOOKUP, INFO]);
		expect(client.variableLimit).toBeLessThanOrEqual(253);
	});

	it('is too big also when the service has no site info', async () => {
		const { client } = clientOf({
			[LOOKUP]: [refusal('invalidtoken')],
			[INFO]: [refusal('accessexception', 'webservice_access_exception')],
		});
		expect((await failureOf(client.call(LOOKUP, values(500)))).reach).toBe('tooBig');
	});

	it('is a wrong token when a small one is refused as well', async () => {
		const { client } = clientOf({
			[LOOKUP]: [refusal('invalidtoken')],
			[INFO]: [refusal('invalidtoken')],
		});
		expect(await failureOf(client.call(LOOKUP, values(500)))).toMatchObject({
			code: 'invalidtoken',
			reach: 'everybody',
		});
		expect(client.variableLimit).toBe(900);
	});

	it('is never a small one', async () => {
		const { client, functions } = clientOf({
			[LOOKUP]: [reply([]), refusal('invalidtoken')],
			[INFO]: [info([])],
		});
		await client.call(LOOKUP, values(3));
		expect((await failureOf(client.call(LOOKUP, values(3)))).reach).toBe('everybody');
		expect(functions()).not.toContain(INFO);
	});

	it('is too big with status 413, and the limit sinks with each try of many variables', async () => {
		const { client } = clientOf({ [LOOKUP]: [page(413)] });
		const limits: number[] = [];
		for (const size of [500, 240, 100, 10, 2, 1]) {
			expect((await failureOf(client.call(LOOKUP, values(size)))).reach).toBe('tooBig');
			limits.push(client.variableLimit);
		}
		expect([...limits].sort((a, b) => b - a)).toEqual(limits);
		expect(limits[2]).toBeLessThan(60);
		expect(limits.slice(3)).toEqual([limits[2], limits[2], limits[2]]);
	});
});

describe('pages in place of answers', () => {
	it('mean a wrong address when nothing has worked and the plainest call gets one too', async () => {
		const { client, functions, waits } = clientOf({ [LOOKUP]: [page()], [INFO]: [page()] });
		expect(
			await failureOf(client.read(READS.core_user_get_users_by_field, values(1))),
		).toMatchObject({
			code: 'html',
			reach: 'everybody',
		});
		expect(functions()).toEqual([LOOKUP, INFO]);
		expect(waits).toEqual([]);
	});

	it('are one lost answer when site info works', async () => {
		const { client } = clientOf({ [CREATE]: [page()], [INFO]: [info([])] });
		expect(await failureOf(client.call(CREATE, {}))).toMatchObject({ code: 'html', reach: 'lost' });
	});

	it('are one lost answer when something has worked before', async () => {
		const { client, functions } = clientOf({ [CREATE]: [reply([]), page()], [INFO]: [page()] });
		await client.call(CREATE, {});
		expect((await failureOf(client.call(CREATE, {}))).reach).toBe('lost');
		expect(functions()).toEqual([CREATE, CREATE]);
	});

	it('make site info itself fail at once', async () => {
		const { client, functions } = clientOf({ [INFO]: [page()] });
		expect(await client.site()).toBeUndefined();
		expect(functions()).toEqual([INFO]);
	});
});

describe('a function that is not there', () => {
	const missing = refusal('invalidrecordunknown', 'dml_missing_record_exception');
	const denied = refusal('accessexception', 'webservice_access_exception');

	it.each([
		['missing', missing],
		['denied', denied],
	])('is not in the service: %s', async (_how, answer) => {
		const { client } = clientOf({ [CREATE]: [answer], [INFO]: [info([LOOKUP])] });
		expect(await failureOf(client.call(CREATE, {}))).toMatchObject({
			code: 'functionmissing',
			reach: 'function',
		});
	});

	it('is not known to this version, or belongs to a plugin', async () => {
		const { client } = clientOf({
			core_grades_get_gradeitems: [missing],
			local_x_y: [missing],
			[INFO]: [info([LOOKUP], '4.1.2')],
		});
		expect((await failureOf(client.call('core_grades_get_gradeitems', {}))).code).toBe(
			'functionunknown',
		);
		expect((await failureOf(client.call('local_x_y', {}))).code).toBe('functionunknown');
	});

	it('is there when the list has it: then a record is missing', async () => {
		const { client } = clientOf({ [CREATE]: [missing], [INFO]: [info([CREATE])] });
		expect(await failureOf(client.call(CREATE, {}))).toMatchObject({
			code: 'invalidrecordunknown',
			reach: 'record',
		});
	});

	it('is not asked about again once it has worked, and the list is asked for once', async () => {
		const { client, functions } = clientOf({
			[CREATE]: [reply([]), missing],
			[LOOKUP]: [denied],
			[INFO]: [info([LOOKUP])],
		});
		await client.call(CREATE, {});
		expect((await failureOf(client.call(CREATE, {}))).reach).toBe('record');
		for (let time = 0; time < 3; time++)
			expect(await failureOf(client.call(LOOKUP, {}))).toMatchObject({
				code: 'accessexception',
				reach: 'function',
			});
		expect(functions().filter((name) => name === INFO)).toHaveLength(1);
	});

	it('stays what Moodle says when site info is refused', async () => {
		const { client } = clientOf({ [CREATE]: [denied], [INFO]: [denied] });
		expect((await failureOf(client.call(CREATE, {}))).code).toBe('accessexception');
	});
});

describe('a site that stops answering', () => {
	const silent: Answer[] = [
		new NetworkFailure('ECONNRESET'),
		new NetworkFailure('EPROTO'),
		page(502),
		page(503),
		page(),
	];

	it.each(
		silent.map(
			(answer) =>
				[answer instanceof Error ? answer.message : String(answer.status), answer] as const,
		),
	)(
		'%s: is asked for as long as the recovery time, then nothing is sent',
		async (_what, answer) => {
			const { client, functions, clock } = clientOf(
				{ [CREATE]: [reply([]), answer], [INFO]: [answer] },
				{ recovery: 20_000 },
			);
			await client.call(CREATE, {});
			for (let time = 0; time < 2; time++)
				expect((await failureOf(client.call(CREATE, {}))).reach).not.toBe('everybody');
			expect(await failureOf(client.call(CREATE, {}))).toMatchObject({
				code: 'gone',
				reach: 'everybody',
			});
			expect(clock.now()).toBe(20_000);
			expect(functions().filter((name) => name === CREATE)).toHaveLength(3);
			const sent = client.requests;
			expect(await failureOf(client.call(LOOKUP, {}))).toMatchObject({
				code: 'gone',
				reach: 'everybody',
			});
			expect(client.requests).toBe(sent);
		},
	);

	it('is asked one question when it hangs, after the recovery time', async () => {
		const { client, functions, waits } = clientOf(
			{ [CREATE]: [new NetworkFailure('ETIMEDOUT')], [INFO]: [new NetworkFailure('ETIMEDOUT')] },
			{ recovery: 20_000 },
		);
		for (let time = 0; time < 5; time++) await failureOf(client.call(CREATE, {}));
		expect(functions()).toEqual([CREATE, CREATE, INFO]);
		expect(waits).toEqual([20_000]);
	});

	it.each<[string, Answer]>([
		['an answer', info([])],
		['a refusal', refusal('accessexception', 'webservice_access_exception')],
	])('goes on after %s to the question', async (_what, answer) => {
		const { client, functions } = clientOf({
			[CREATE]: [new NetworkFailure('ECONNRESET'), new NetworkFailure('ECONNRESET'), reply([])],
			[INFO]: [answer],
		});
		for (let time = 0; time < 2; time++) await failureOf(client.call(CREATE, {}));
		expect(await client.call(CREATE, {})).toEqual([]);
		expect(functions()).toEqual([CREATE, CREATE, INFO, CREATE]);
	});

	it('is asked once for all that wait', async () => {
		const { client, functions } = clientOf({
			[CREATE]: [new NetworkFailure('ECONNRESET'), new NetworkFailure('ECONNRESET'), reply([])],
		});
		for (let time = 0; time < 2; time++) await failureOf(client.call(CREATE, {}));
		await Promise.all([client.call(CREATE, {}), client.call(CREATE, {}), client.call(CREATE, {})]);
		expect(functions().filter((name) => name === INFO)).toHaveLength(1);
	});
});

describe('a firewall', () => {
	const blocked = (status: number): Answer => ({
		status,
		headers: {},
		text: '<html>Not acceptable</html>',
	});

	it.each([403, 406])(
		'that answers %d to one request refuses the record, as long as the site answers',
		async (status) => {
			const { client } = clientOf({ [CREATE]: [blocked(status)] });
			expect(await failureOf(client.call(CREATE, {}))).toMatchObject({
				code: `http${status}`,
				reach: 'record',
			});
		},
	);

	it.each([403, 406])('that answers %d to everything ends the run', async (status) => {
		const { client } = clientOf({ [CREATE]: [blocked(status)], [INFO]: [blocked(status)] });
		expect(await failureOf(client.call(CREATE, {}))).toMatchObject({
			code: `http${status}`,
			reach: 'everybody',
		});
	});
});

describe('read', () => {
	it.each<[string, Answer]>([
		['a cut connection', new NetworkFailure('ECONNRESET')],
		['a refused connection', new NetworkFailure('ECONNREFUSED')],
		['502', page(502)],
		['an empty answer', { status: 200, headers: {}, text: '' }],
		['a deadlock', refusal('dmlwriteexception', 'dml_write_exception')],
	])('is sent again after %s, with growing waits', async (_what, answer) => {
		const { client, waits } = clientOf({ [LOOKUP]: [answer, answer, answer, reply([{ id: 7 }])] });
		expect(await client.read(READS.core_user_get_users_by_field, values(1))).toEqual([{ id: 7 }]);
		expect(waits).toEqual([1000, 2000, 4000]);
	});

	it('gives up after four tries', async () => {
		const { client, functions } = clientOf({ [LOOKUP]: [new NetworkFailure('ECONNRESET')] });
		await expect(client.read(READS.core_user_get_users_by_field, values(1))).rejects.toBeInstanceOf(
			MoodleFailure,
		);
		// Before the third and the fourth the site is asked whether it is there.
		expect(functions()).toEqual([LOOKUP, LOOKUP, INFO, LOOKUP, LOOKUP]);
	});

	it('waits as long as the server asks, at most 30 seconds', async () => {
		const later = (seconds: string): RawReply => ({
			status: 503,
			headers: { 'retry-after': seconds },
			text: '',
		});
		const { client, waits } = clientOf({
			[LOOKUP]: [later('7'), later('0'), later('3600'), reply([])],
		});
		await client.read(READS.core_user_get_users_by_field, values(1));
		expect(waits).toEqual([7000, 0, 30_000]);
	});

	it.each<[string, Answer]>([
		['a refusal', refusal('invalidparameter')],
		['a wrong token', refusal('invalidtoken')],
		['an unknown host', new NetworkFailure('ENOTFOUND')],
		[
			'an answer that Moodle cannot put into words',
			refusal('invalidresponse', 'invalid_response_exception'),
		],
	])('is not sent again after %s', async (_what, answer) => {
		const { client } = clientOf({ [LOOKUP]: [answer] });
		await expect(client.read(READS.core_user_get_users_by_field, values(1))).rejects.toBeInstanceOf(
			MoodleFailure,
		);
		expect(client.requests).toBe(1);
	});

	it('takes an answer that Moodle cannot put into words for the fault of a record', async () => {
		const { client } = clientOf({
			[LOOKUP]: [refusal('invalidresponse', 'core\\exception\\invalid_response_exception')],
		});
		expect(
			(await failureOf(client.read(READS.core_user_get_users_by_field, values(1)))).reach,
		).toBe('record');
	});

	it('checks the parameters before it sends', async () => {
		const { client } = clientOf({});
		await expect(
			client.read(READS.core_user_get_users_by_field, { field: 'id', value: 'x' }),
		).rejects.toBeInstanceOf(Problem);
		expect(client.requests).toBe(0);
	});

	it('asks for the version only when a field depends on it', async () => {
		const { client, functions } = clientOf({
			core_group_create_groups: [reply([])],
			[INFO]: [info([], '4.1.18')],
		});
		const group = (more: Params) =>
			client.check('core_group_create_groups', {
				groups: [{ courseid: 1, name: 'x', description: '', ...more }],
			});
		await group({});
		expect(functions()).toEqual([]);
		await expect(group({ visibility: 1 })).rejects.toThrow('needs Moodle 4.2');
		expect(functions()).toEqual([INFO]);
	});
});

describe('site', () => {
	it('is asked once, and keeps no key', async () => {
		const keyed = {
			...(JSON.parse(info([CREATE]).text) as object),
			userprivateaccesskey: 'a-private-key',
		};
		const { client } = clientOf({ [INFO]: [reply(keyed)] });
		const site = await client.site();
		expect(site).toMatchObject({ release: '5.1', userid: 2 });
		expect(JSON.stringify(site)).not.toContain('a-private-key');
		await Promise.all([client.site(), client.site()]);
		expect(client.requests).toBe(1);
	});

	it('is unknown when the token may not ask', async () => {
		expect(await clientOf({ [INFO]: [refusal('accessexception')] }).client.site()).toBeUndefined();
	});
});

describe('functions that make a gradebook', () => {
	it('go one by one, whoever calls them, and a failure holds nobody up', async () => {
		let underWay = 0;
		let most = 0;
		const clock: Clock = {
			now: () => 0,
			random: () => 1,
			cancelled: () => false,
			sleep: async () => {},
		};
		const send = async (body: string) => {
			most = Math.max(most, ++underWay);
			for (let turn = 0; turn < 20; turn++) await Promise.resolve();
			underWay--;
			if (body.includes('mod_forum')) return reply({ discussions: [] });
			return body.includes('userid=3') ? refusal('invaliduser') : reply({ grades: [] });
		};
		const client = new Client({ send, clock });
		const read = async (userid: number) =>
			await client.read(unknownRead('gradereport_overview_get_course_grades'), { userid });
		const ended = await Promise.allSettled([1, 2, 3, 4, 5].map(read));
		expect(most).toBe(1);
		expect(ended.map((one) => one.status)).toEqual([
			'fulfilled',
			'fulfilled',
			'rejected',
			'fulfilled',
			'fulfilled',
		]);
		await Promise.all(
			[1, 2, 4].map(
				async (id) => await client.read(READS.mod_forum_get_forum_discussions, { forumid: id }),
			),
		);
		expect(most).toBeGreaterThan(1);
	});
});

it.each([null, {}, [7], 'x', { users: [] }])(
	'an answer of another shape, such as %j, is not read as an empty list',
	async (answer) => {
		const { client } = clientOf({ [LOOKUP]: [reply(answer)] });
		expect((await failureOf(client.read(READS.core_user_get_users_by_field, values(1)))).code).toBe(
			'notjson',
		);
		expect(client.requests).toBe(4);
	},
);

test('what a look-up has read of the site is not asked for a second time', async () => {
	const { client, functions } = clientOf({ [INFO]: [info([LOOKUP])] });
	await client.read(READS.core_webservice_get_site_info, {});
	expect((await client.site())?.functions.has(LOOKUP)).toBe(true);
	expect(functions()).toEqual([INFO]);
});
