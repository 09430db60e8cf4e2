import { GUEST, readPage } from '../lookup/everybody';
import { usersByField } from '../lookup/users';
import { usersByFieldFacts, everybodyFacts } from '../actions/user/calls';
import { simpleUser } from '../actions/user/userFields';
import type { Read } from '../moodle/calls';
import type { Json } from '../moodle/values';
import { needSight } from './people';
import { event, type Row, type Sight } from './types';

/** Newest users of one request. */
const PAGE = 500;

/** Users that two neighbouring pages share, so that one who comes while they are read leaves no gap between them. */
const SHARED = 50;

/** The administrator who installed the site: nobody but the guest comes before. */
const FIRST = 2;

/** A page of users, newest first. Those whom Moodle cannot serialise have no id now and then; they cannot be told. */
async function page(read: Read, from: number): Promise<number[]> {
	const rows = await readPage(read, { from, size: PAGE, fields: 'id', direction: 'DESC' });
	return rows.map(({ id }) => Number(id ?? GUEST)).filter((id) => id !== GUEST);
}

/** Whether a page, newest first, goes down to the floor, or lies after the end of the list. */
const reaches = (ids: number[], floor: number) =>
	ids.length === 0 || ids[ids.length - 1] <= Math.max(floor, FIRST);

/** The first page that goes down to the floor, by doubling the way and then halving it: a burst of any size takes few requests. */
async function pageAt(read: Read, floor: number): Promise<{ from: number; ids: number[] }> {
	let [above, below] = [0, PAGE - SHARED];
	for (;;) {
		const ids = await page(read, below);
		if (reaches(ids, floor)) break;
		[above, below] = [below, below * 2];
	}
	while (below - above > PAGE - SHARED) {
		const middle = Math.floor((above + below) / 2);
		if (reaches(await page(read, middle), floor)) below = middle;
		else above = middle;
	}
	return { from: below, ids: await page(read, below) };
}

/** The oldest users above the floor, at least as many as a poll may tell, and some below it. */
async function idsAbove(read: Read, floor: number): Promise<number[]> {
	const newest = await page(read, 0);
	if (reaches(newest, floor)) return newest;
	const { from, ids } = await pageAt(read, floor);
	const younger = await page(read, Math.max(0, from - (PAGE - SHARED)));
	// After the end of the list. Otherwise only what joins without a gap: others would be told before those in the gap.
	if (ids.length === 0) return younger;
	return younger.includes(ids[0]) ? [...new Set([...younger, ...ids])] : ids;
}

async function look(_: object, { read, site, purpose, floor }: Sight) {
	if (purpose === 'base') await needSight({ read, site });
	const ids = purpose === 'news' ? await idsAbove(read, floor) : await page(read, 0);
	return { rows: ids.map((id): Row => ({ key: id, version: id, at: id, data: { id } })) };
}

export const polled = event({
	value: 'userCreated',
	name: 'User Created',
	description: 'An account was created, by whatever way',
	reads: [everybodyFacts, usersByFieldFacts],
	fields: [],
	about: {
		asks: 'The 500 newest users by ID',
		knows:
			'A higher ID than before; the 200 IDs below the newest one are looked at again, because a slow transaction shows late',
		misses:
			'Accounts that are deleted before the poll, and accounts hidden from the account behind the token',
		cost: '1, and 1 for the details of up to 500 new users; a burst of more than 300 takes about 2 for each doubling',
	},
	tells: 'rows',
	overlap: 200,
	most: 1000,
	input: () => ({}),
	look,
	items: async (_, rows, read, { simple }) => {
		const users = new Map<number, Json>();
		for (const user of await usersByField(
			read,
			'id',
			rows.map(({ key }) => String(key)),
		))
			users.set(Number(user.id), user);
		return rows.map(({ key }) => {
			const user = users.get(key);
			if (!user || user.unreadable === true) return { id: key, skippedUser: true };
			return simple ? simpleUser(user) : user;
		});
	},
});
