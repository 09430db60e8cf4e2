/* eslint-disable @n8n/community-nodes/no-restricted-globals -- waits until all that is planned has happened */
/** A list asked for in parts, several under way at once. */
import { inShares } from '../../nodes/Moodle/moodle/shares';

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('a list in shares', () => {
	const division = { limit: 3, share: (left: number) => Math.ceil(left / 3) };

	test('a short one in one request, an empty one in none', async () => {
		const parts: number[][] = [];
		const ask = async (part: number[]) => await Promise.resolve((parts.push(part), part));
		expect(await inShares(division, numbers(50), 500, ask)).toEqual(numbers(50));
		expect(await inShares(division, [], 500, ask)).toEqual([]);
		expect(parts).toEqual([numbers(50)]);
	});

	test('in the order of the list, no more at once than may be, none larger than allowed', async () => {
		let [open, most] = [0, 0];
		const sizes: number[] = [];
		const found = await inShares(division, numbers(1000), 100, async (part) => {
			sizes.push(part.length);
			most = Math.max(most, ++open);
			// The first ones take longest.
			for (let turn = 0; turn < 20 - sizes.length; turn++) await Promise.resolve();
			open--;
			return part.map((entry) => entry * 2);
		});
		expect(found).toEqual(numbers(1000).map((entry) => entry * 2));
		expect(most).toBe(3);
		expect(Math.max(...sizes)).toBe(100);
	});

	test('the first failure is thrown; nothing leaves after it, and nothing else fails unheard', async () => {
		let sent = 0;
		const asked = inShares(division, numbers(1000), 100, async (part) => {
			const index = sent++;
			for (let turn = 0; turn < 10; turn++) await Promise.resolve();
			if (index > 0) throw new Error('no');
			return part;
		});
		await expect(asked).rejects.toThrow('no');
		await new Promise((resolve) => setImmediate(resolve));
		expect(sent).toBeLessThan(6);
	});
});
