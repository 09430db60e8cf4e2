/** Servers between n8n and Moodle: what they answer does not tell whether Moodle has carried the request out. */
import { NetworkFailure, type SendRequest } from '../../nodes/Moodle/moodle/client';
import { operation as createUser } from '../../nodes/Moodle/actions/user/create';
import { operation as updateUser } from '../../nodes/Moodle/actions/user/update';
import { failed } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { functionOf, InProcessMoodle } from '../support/inProcess';
import { VirtualClock } from '../support/virtualClock';
import { scenarios, type Scenario } from './scenarios';
import { problemOf } from './strike';

const COUNT = 12;
const OPEN = /may have been carried out/;

const named = (name: string) => scenarios.find((scenario) => scenario.name === name)!;

/** Runs a scenario; the first request of the writing function is carried out, and then `fate` befalls its answer. */
async function runWith(scenario: Scenario, fate: () => ReturnType<SendRequest>) {
	const moodle = new InProcessMoodle();
	const clock = new VirtualClock();
	scenario.prepare(moodle, COUNT);
	const items = Array.from({ length: COUNT }, (_, index) => scenario.item(index, moodle));
	let struck = false;
	const send: SendRequest = async (body) => {
		const answer = moodle.answer(body);
		if (struck || functionOf(body) !== scenario.operation.calls[0].function) return answer;
		struck = true;
		return await fate();
	};
	const result = await runEngine({ operation: scenario.operation, items, clock, send });
	clock.finish();
	expect(struck).toBe(true);
	const open = result.units.filter((unit) => OPEN.test(problemOf(unit))).length;
	const times = items.map((_, index) => scenario.done(moodle, index));
	return { result, open, times, bad: result.units.filter(failed).length };
}

const broken = (code: string) => async () => await Promise.reject(new NetworkFailure(code));
const status = (code: number) => async () =>
	await Promise.resolve({ status: code, headers: {}, text: '<html>No</html>' });

const fates: Array<[string, () => ReturnType<SendRequest>]> = [
	['TLS that breaks (EPROTO)', broken('EPROTO')],
	['TLS that breaks (bad record)', broken('ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC')],
	['TLS that breaks (wrong version)', broken('ERR_SSL_WRONG_VERSION_NUMBER')],
	['a route that breaks', broken('EHOSTUNREACH')],
	['a network that breaks', broken('ENETUNREACH')],
	['503', status(503)],
	['408', status(408)],
	['403 of a firewall that reads answers', status(403)],
	['406 of a firewall that reads answers', status(406)],
];

describe.each(fates)('%s after Moodle has done it', (_name, fate) => {
	test.each(['create', 'enrol', 'member', 'group'])(
		'%s: comes through, nothing is doubled',
		async (name) => {
			const { times, bad, open } = await runWith(named(name), fate);
			expect(times).toEqual(Array(COUNT).fill(1));
			// A firewall's refusal of what may be repeated stands; nobody is told that it was not done.
			expect(open).toBe(bad);
		},
	);

	test('message: sent once, told as open', async () => {
		const { times, bad, open } = await runWith(named('message'), fate);
		expect(times).toEqual(Array(COUNT).fill(1));
		expect([bad, open]).toEqual([1, 1]);
	});
});

describe('a firewall that refuses what one record holds', () => {
	const person = (index: number, description: string) => ({
		username: `wall${index}`,
		firstname: 'Wall',
		lastname: `Person ${index}`,
		email: `wall${index}@example.org`,
		additionalFields: { description },
	});
	const walled =
		(moodle: InProcessMoodle, code: number): SendRequest =>
		async (body) =>
			await Promise.resolve(
				body.includes('%3Cscript')
					? { status: code, headers: {}, text: '<html>Blocked</html>' }
					: moodle.answer(body),
			);

	test.each([403, 406])('%d costs that item only', async (code) => {
		const moodle = new InProcessMoodle();
		const items = Array.from({ length: 120 }, (_, index) =>
			person(index, index === 70 ? 'How to write <script>' : 'Plain'),
		);
		const { units } = await runEngine({ operation: createUser, items, send: walled(moodle, code) });
		expect(
			units.map((unit, index) => (failed(unit) ? index : -1)).filter((index) => index >= 0),
		).toEqual([70]);
		expect(problemOf(units[70])).toMatch(/server in front of Moodle refuses/);
		expect(problemOf(units[70])).not.toMatch(OPEN);
		expect(
			moodle.site.users.all().filter(({ username }) => username.startsWith('wall')),
		).toHaveLength(119);
	});

	test('a change that may be repeated is told as open', async () => {
		const moodle = new InProcessMoodle();
		const made = await runEngine({
			operation: createUser,
			items: [person(0, 'Plain')],
			send: async (body) => await Promise.resolve(moodle.answer(body)),
		});
		const id =
			made.units[0].outcome && 'outputs' in made.units[0].outcome
				? made.units[0].outcome.outputs[0].json.id
				: 0;
		const items = [
			{ userId: { mode: 'id', value: String(id) }, updateFields: { description: '<script>' } },
		];
		const { units } = await runEngine({ operation: updateUser, items, send: walled(moodle, 403) });
		expect(problemOf(units[0])).toMatch(OPEN);
	});
});
