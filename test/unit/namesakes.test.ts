/** What is asked to find users that somebody else created at the same moment. */
import { userNamesakes } from '../../nodes/Moodle/lookup/namesakes';
import type { Params } from '../../nodes/Moodle/moodle/values';
import { answering } from '../support/answering';

/** A site with users of these ids; every call is noted. */
function site(users: Array<{ id: number; email: string }>) {
	const asked: Array<{ field: string; values: string[] }> = [];
	const read = answering(async (_name, params: Params) => {
		const { field, values } = params as { field: 'id' | 'email'; values: string[] };
		asked.push({ field, values });
		return await Promise.resolve(users.filter((user) => values.includes(String(user[field]))));
	});
	return { read, asked };
}

const person = (id: number, name = `p${id}`) => ({ id, email: `${name}@example.org` });
const range = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);

/** The run's own users: as many as there are ids. */
async function look(own: number[], others: Array<{ id: number; email: string }>) {
	const { read, asked } = site([...own.map((id) => person(id)), ...others]);
	const found = await userNamesakes(
		own.map((id) => person(id)),
		own,
		read,
	);
	return { found, asked, fields: asked.map(({ field }) => field) };
}

describe('users made at the same moment', () => {
	test('nobody else was at work: one look at the few ids around, none at the own ones', async () => {
		const own = range(5000, 300);
		const { found, asked } = await look(
			own,
			range(4000, 1000).map((id) => person(id)),
		);
		expect(found.flat()).toEqual([]);
		expect(asked.map(({ field }) => field)).toEqual(['id']);
		expect(asked[0].values.length).toBeLessThan(150);
		expect(asked[0].values.some((id) => own.includes(Number(id)))).toBe(false);
	});

	test('users that were there before are asked for by all requests alike: they cost the time', async () => {
		const own = range(5000, 300);
		const { asked } = await look(
			own,
			range(4000, 1000).map((id) => person(id)),
		);
		const ids = asked.flatMap(({ values }) => values.map(Number));
		const quarter = ids.slice(0, Math.ceil(ids.length / 4));
		const before = (some: number[]) => some.filter((id) => id < 5000).length;
		expect(before(quarter)).toBeLessThanOrEqual(Math.ceil(before(ids) / 4) + 1);
		expect(ids).toHaveLength(new Set(ids).size);
	});

	test('a twin just before the first one is found', async () => {
		const own = range(5000, 300);
		const { found, fields } = await look(own, [person(4999, 'p5007')]);
		expect(found[7]).toContain(4999);
		expect(fields).toEqual(['id']);
	});

	test.each([
		['between them', range(5000, 150).concat(range(5160, 150)), 5155],
		['after the last', range(5000, 300), 5301],
	])('somebody else created users %s: all addresses are asked for', async (_where, own, other) => {
		const { found, fields } = await look(own, [person(other), person(3, 'p5001')]);
		expect(fields).toContain('email');
		// Far away in ids, which the engine leaves aside; but it was seen.
		expect(found[1]).toContain(3);
	});

	test('few users: their addresses are asked for at once', async () => {
		const { found, fields } = await look([5000, 5001], [person(4990, 'p5001')]);
		expect(fields).toEqual(['email']);
		expect(found[1]).toContain(4990);
	});

	test('ids that are far apart, as in a cluster, are not asked for one by one', async () => {
		const { fields } = await look(
			range(0, 200).map((at) => 5000 + at * 40),
			[],
		);
		expect(fields.every((field) => field === 'email')).toBe(true);
	});
});
