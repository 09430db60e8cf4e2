import fc from '../support/randomly';
import { inOrder, inRounds, type Keyed } from '../../nodes/Moodle/run/segments';

interface Entry extends Keyed {
	item: number;
}

const entries = fc
	.array(
		fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', '__proto__'), { maxLength: 3 }),
		{ maxLength: 40 },
	)
	.map((list): Entry[] => list.map((keys, item) => ({ item, keys })));

const items = (list: Entry[]) => list.map(({ item }) => item);
const share = (a: Keyed, b: Keyed) => a.keys.some((key) => b.keys.includes(key));

/** Whether no two entries of one segment have a key in common. */
const apart = (segment: Entry[]) =>
	segment.every((entry, at) => segment.slice(at + 1).every((other) => !share(entry, other)));

describe.each([
	['inOrder', inOrder],
	['inRounds', inRounds],
])('%s', (_name, cut) => {
	it('loses nothing, doubles nothing and makes no empty segment', () => {
		fc.assert(
			fc.property(entries, (list) => {
				const segments = cut(list);
				expect(items(segments.flat()).sort((a, b) => a - b)).toEqual(items(list));
				expect(segments.every((segment) => segment.length > 0)).toBe(true);
			}),
		);
	});

	it('never puts two with the same key into one segment', () => {
		fc.assert(
			fc.property(entries, (list) => {
				expect(cut(list).every(apart)).toBe(true);
			}),
		);
	});

	it('keeps the order of those that share a key, and inside a segment', () => {
		fc.assert(
			fc.property(entries, (list) => {
				const segments = cut(list);
				for (const segment of segments)
					expect(items(segment)).toEqual(items(segment).sort((a, b) => a - b));
				const sent = segments.flat();
				for (const entry of sent)
					for (const other of sent)
						if (share(entry, other) && entry.item < other.item)
							expect(sent.indexOf(entry)).toBeLessThan(sent.indexOf(other));
			}),
		);
	});

	it('is one segment when nothing is shared', () => {
		expect(cut([{ keys: ['a'] }, { keys: ['b'] }, { keys: [] }])).toHaveLength(1);
		expect(cut([])).toEqual([]);
	});
});

describe('inOrder', () => {
	it('keeps the order of all, so that a run that stops has written a beginning of the items', () => {
		fc.assert(
			fc.property(entries, (list) => {
				expect(inOrder(list).flat()).toEqual(list);
			}),
		);
	});

	it('cuts only where it must', () => {
		fc.assert(
			fc.property(entries, (list) => {
				const segments = inOrder(list);
				for (let at = 1; at < segments.length; at++)
					expect(segments[at - 1].some((entry) => share(entry, segments[at][0]))).toBe(true);
			}),
		);
	});
});

describe('inRounds', () => {
	it('makes as few rounds as the longest chain of shared keys asks for', () => {
		fc.assert(
			fc.property(entries, (list) => {
				const depth: number[] = [];
				list.forEach((entry, at) => {
					const before = list
						.slice(0, at)
						.map((other, index) => (share(entry, other) ? depth[index] : 0));
					depth.push(1 + Math.max(0, ...before));
				});
				expect(inRounds(list)).toHaveLength(Math.max(0, ...depth));
			}),
		);
	});

	it('cuts 100,000 entries within seconds', () => {
		const list = Array.from({ length: 100_000 }, (_, item) => ({
			item,
			keys: [`user:${item % 50_000}`, `mail:${item % 50_000}`],
		}));
		const start = Date.now();
		expect(inRounds(list)).toHaveLength(2);
		expect(inOrder(list)).toHaveLength(2);
		expect(Date.now() - start).toBeLessThan(5000);
	});
});
