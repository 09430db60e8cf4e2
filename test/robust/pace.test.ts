import { operation as createUser } from '../../nodes/Moodle/actions/user/create';
import { failed } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { InProcessMoodle } from '../support/inProcess';
import { VirtualClock } from '../support/virtualClock';

const contact = (index: number) => ({
	username: `slow${index}`,
	firstname: 'A',
	lastname: 'B',
	email: `slow${index}@example.org`,
	additionalFields: {},
});

test.each([true, false])(
	'slow requests make the next ones smaller, and nothing is sent twice (stop: %s)',
	async (stop) => {
		const moodle = new InProcessMoodle();
		const clock = new VirtualClock();
		const sizes: number[] = [];
		const { units } = await runEngine({
			operation: createUser,
			items: Array.from({ length: 120 }, (_, index) => contact(index)),
			clock,
			options: { stop, recordsPerRequest: 40, width: 1 },
			send: async (body) => {
				const size = body.match(/%5Busername%5D/g)?.length ?? 0;
				if (size > 0) sizes.push(size);
				await clock.sleep(size > 10 ? 20_000 : 1000);
				return moodle.answer(body);
			},
		});
		expect(units.filter(failed)).toEqual([]);
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(120);
		expect(sizes.slice(0, 3)).toEqual([40, 20, 10]);
		expect(
			[...moodle.site.users.all()].filter((user) => user.username.startsWith('slow')),
		).toHaveLength(120);
	},
);

test('a defect in the middle of a run does not change what is told of the items before it', async () => {
	const moodle = new InProcessMoodle();
	let calls = 0;
	const { units } = await runEngine({
		operation: createUser,
		items: Array.from({ length: 9 }, (_, index) => contact(index)),
		options: { recordsPerRequest: 3, width: 1 },
		send: async (body) => {
			calls++;
			if (calls === 3) throw new TypeError('holds something secret');
			return await Promise.resolve(moodle.answer(body));
		},
	});
	expect(units.map(failed)).toEqual([false, false, false, false, false, false, true, true, true]);
	expect(JSON.stringify(units)).not.toContain('something secret');
});

test('cancelled while a request is under way: it is told as open, what follows as not sent', async () => {
	const moodle = new InProcessMoodle();
	const clock = new VirtualClock();
	const { NetworkFailure } = await import('../../nodes/Moodle/moodle/client');
	const { units, cancelled } = await runEngine({
		operation: createUser,
		items: Array.from({ length: 9 }, (_, index) => contact(index)),
		clock,
		options: { recordsPerRequest: 3, width: 1 },
		send: async (body) => {
			const reply = moodle.answer(body);
			if (moodle.seen.length < 2) return await Promise.resolve(reply);
			clock.cancel();
			throw new NetworkFailure('ERR_CANCELED');
		},
	});
	const words = units.map((unit) =>
		unit.outcome && 'problem' in unit.outcome ? unit.outcome.problem.whole : 'done',
	);
	expect(cancelled).toBe(true);
	expect(words.slice(0, 3)).toEqual(['done', 'done', 'done']);
	for (const word of words.slice(3, 6)) expect(word).toContain('may have been');
	for (const word of words.slice(6)) expect(word).toContain('before this item was sent');
});
