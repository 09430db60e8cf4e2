import { Portions } from '../../nodes/Moodle/moodle/portions';

/** Sizes of the requests that a list is divided into. */
function sizesOf(records: number, limit: number, worthwhile = 18, portions = new Portions()) {
	const sizes: number[] = [];
	for (let left = records; left > 0; left -= sizes[sizes.length - 1])
		sizes.push(Math.min(left, portions.next({ limit, left, most: 50 }, { worthwhile })));
	return sizes;
}

const times = (count: number, size: number) => new Array<number>(count).fill(size);

describe('a list in portions', () => {
	it('half of what is left in parts of one size, and so on; the last ones equal', () => {
		expect(sizesOf(1000, 16)).toEqual([
			...times(8, 50),
			...times(8, 38),
			...times(8, 19),
			...times(8, 18),
		]);
	});

	it.each([1, 2, 3, 8, 16])(
		'%i at once: no part is larger than the one before, nor than allowed',
		(limit) => {
			for (const records of [1, 7, 50, 51, 333, 1000, 4321]) {
				const sizes = sizesOf(records, limit);
				expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
				expect(sizes[0]).toBeLessThanOrEqual(50);
			}
		},
	);

	it('what fits in one request is divided at once, in parts that are worth a call', () => {
		expect(sizesOf(50, 2, 5)).toEqual([25, 25]);
		expect(sizesOf(50, 16)).toEqual([13, 13, 13, 11]);
		expect(sizesOf(8, 16)).toEqual([8]);
	});

	it('up to four at once are all in work, of more about half', () => {
		expect(sizesOf(200, 4).slice(0, 5)).toEqual([25, 25, 25, 25, 25]);
		expect(sizesOf(200, 8).slice(0, 5)).toEqual([25, 25, 25, 25, 25]);
		expect(sizesOf(200, 16, 5).slice(0, 9)).toEqual([...times(8, 13), 6]);
	});

	it('one at a time carries as much as it may', () => {
		expect(sizesOf(120, 1)).toEqual([50, 50, 20]);
	});

	it('another number of requests begins anew', () => {
		const portions = new Portions();
		portions.next({ limit: 16, left: 200, most: 50 }, { worthwhile: 5 });
		expect(portions.next({ limit: 2, left: 187, most: 50 }, { worthwhile: 5 })).toBe(47);
	});

	it('what is asked twice, because nothing may leave yet, is answered alike', () => {
		const portions = new Portions();
		const stock = { limit: 16, left: 1000, most: 50 };
		for (let time = 0; time < 20; time++) portions.next(stock, { worthwhile: 18 });
		portions.next({ ...stock, left: 950 }, { worthwhile: 18 });
		expect(sizesOf(900, 16, 18, portions).slice(0, 7)).toEqual([...times(6, 50), 38]);
	});

	it('another list begins anew', () => {
		const portions = new Portions();
		portions.next({ limit: 16, left: 100, most: 50 }, { worthwhile: 18 });
		expect(sizesOf(1000, 16, 18, portions)).toEqual(sizesOf(1000, 16));
	});
});
