import { everybody } from '../../nodes/Moodle/lookup/everybody';
import { everybodyWhole } from '../../nodes/Moodle/lookup/everybodyWhole';
import { usersByField } from '../../nodes/Moodle/lookup/users';
import { canSee } from '../../nodes/Moodle/lookup/visibility';
import type { Read } from '../../nodes/Moodle/moodle/calls';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';
import { Client } from '../../nodes/Moodle/moodle/client';
import { readerOf } from '../../nodes/Moodle/moodle/memory';
import { answering } from '../support/answering';
import { ModelServer } from '../support/modelServer';
import { SimulatedTime } from '../support/simulatedTime';
import { unknownRead } from '../../nodes/Moodle/moodle/reads';

interface Row {
	id: number;
	username?: string;
	email?: string;
	hidden?: boolean;
	poisoned?: boolean;
}

/** A site as the two functions tell it: hidden users are left out after the page was cut, a poisoned one spoils the answer. */
function siteOf(rows: Row[]): { read: Read; requests: string[] } {
	const requests: string[] = [];
	const told = (some: Row[], wsfunction: string) => {
		const seen = some.filter((row) => !row.hidden);
		if (seen.some((row) => row.poisoned))
			throw new MoodleFailure(wsfunction, { reach: 'record', code: 'invalidresponse' });
		return seen.map(({ id, username, email }) => ({ id, username, email }));
	};
	const read = answering(async (wsfunction, params) => {
		if (wsfunction === 'core_user_get_users_by_field') {
			const values = (params.values as Array<string | number>).map(String);
			requests.push(`lookup ${values.length}`);
			const key = params.field as 'id';
			return told(
				rows.filter((row) => values.includes(String(row[key]))),
				wsfunction,
			);
		}
		const options = Object.fromEntries(
			(params.options as Array<{ name: string; value: string }>).map(({ name, value }) => [
				name,
				value,
			]),
		);
		const [from, size] = [Number(options.limitfrom), Number(options.limitnumber)];
		requests.push(`${options.sortdirection} ${from}+${size}`);
		const sorted = options.sortdirection === 'DESC' ? [...rows].reverse() : rows;
		return told(sorted.slice(from, from + size), wsfunction);
	});
	return { read, requests };
}

const people = (count: number, more: (id: number) => Partial<Row> = () => ({})): Row[] =>
	Array.from({ length: count }, (_, index) => ({
		id: index + 1,
		username: `u${index + 1}`,
		email: `u${index + 1}@example.org`,
		...more(index + 1),
	}));

/** A site with so many users and 2 cores that needs for a page what a real one does (5.1 with 24,000 users). */
function siteInTime(time: SimulatedTime, users: number): Client {
	const [withAddress, bare] = [0.56, 0.2].map(
		(perRecord) => new ModelServer(time, { cores: 2, perCall: 125, perRecord, latency: 0 }),
	);
	return new Client({
		clock: time,
		send: async (body) => {
			const form = new URLSearchParams(body);
			const option = (name: string) => {
				const at = [...form].find(([key, value]) => key.endsWith('[name]') && value === name)![0];
				return form.get(at.replace('[name]', '[value]'))!;
			};
			const [from, size] = [Number(option('limitfrom')), Number(option('limitnumber'))];
			const ids = Array.from({ length: Math.min(size, users - from) }, (_, at) => ({
				id: option('sortdirection') === 'DESC' ? users - from - at : from + at + 1,
			}));
			await (option('userfields') === 'id' ? bare : withAddress).work(ids.length);
			return { status: 200, headers: {}, text: JSON.stringify(ids) };
		},
	});
}

describe('everybody', () => {
	test('a page that takes four times as long because it has four times as many rows is no sign of a slow site', async () => {
		const time = new SimulatedTime();
		const read = readerOf(siteInTime(time, 24_000));
		expect(await time.through(everybody(read, Infinity, 'id,email'))).toHaveLength(23_999);
		const oneAfterTheOther = 14 * 125 + 24_000 * 0.56 + 500 * 0.2;
		expect(time.now()).toBeLessThan(oneAfterTheOther * 0.6);
	});

	test('a first page, the newest user, then pages as far as there can be users', async () => {
		const { read, requests } = siteOf(people(1200));
		const rows = await everybody(read, Infinity, 'id');
		expect(rows.map((row) => row.id)).toEqual(
			Array.from({ length: 1199 }, (_, index) => index + 2),
		);
		expect(requests).toEqual(['ASC 0+500', 'DESC 0+500', 'ASC 500+700']);
	});

	test('a small site takes two requests', async () => {
		const { read, requests } = siteOf(people(40));
		expect(await everybody(read, Infinity, 'id')).toHaveLength(39);
		expect(requests).toEqual(['ASC 0+500', 'DESC 0+500']);
	});

	test('24,000 users take 14 requests, four side by side, in the order of their ids', async () => {
		const { read, requests } = siteOf(people(24_000));
		let [open, most] = [0, 0];
		const counted = answering(async (wsfunction, params) => {
			most = Math.max(most, ++open);
			for (let turn = 0; turn < 20; turn++) await Promise.resolve();
			open--;
			return await read(unknownRead(wsfunction), params);
		});
		const rows = await everybody(counted, Infinity, 'id');
		expect(rows.map((row) => row.id)).toEqual(
			Array.from({ length: 23_999 }, (_, index) => index + 2),
		);
		expect(requests).toHaveLength(14);
		expect(most).toBe(4);
	});

	test('ids far above the number of users: no more than a few empty pages', async () => {
		const { read, requests } = siteOf([
			...people(3000),
			{ id: 900_000, username: 'last', email: 'last@example.org' },
		]);
		expect(await everybody(read, Infinity, 'id')).toHaveLength(3000);
		expect(requests).toHaveLength(6);
	});

	test('a limit asks for no more than it needs', async () => {
		const { read, requests } = siteOf(people(1200));
		expect(await everybody(read, 50, 'id')).toHaveLength(50);
		expect(requests).toEqual(['ASC 0+51']);
	});

	test('empty pages before the end are passed over', async () => {
		const { read } = siteOf(people(4000, (id) => ({ hidden: id > 100 && id < 3990 })));
		const rows = await everybody(read, Infinity, 'id');
		expect(rows).toHaveLength(99 + 11);
		expect(rows.at(-1)!.id).toBe(4000);
	});

	test('an account that sees nobody comes to an end', async () => {
		const { read, requests } = siteOf(people(9000, () => ({ hidden: true })));
		expect(await everybody(read, Infinity, 'id')).toEqual([]);
		expect(requests.length).toBeLessThan(10);
	});

	test('poisoned users cost themselves only', async () => {
		const { read } = siteOf(people(700, (id) => ({ poisoned: id === 3 || id === 600 })));
		const rows = await everybody(read, Infinity, 'id');
		expect(rows.filter((row) => row.unreadable !== true)).toHaveLength(697);
		expect(rows.filter((row) => row.unreadable === true)).toEqual([
			{ unreadable: true, position: 3 },
			{ unreadable: true, position: 600 },
		]);
	});

	test('whole records by their ids', async () => {
		const { read, requests } = siteOf(people(600));
		expect(await everybodyWhole(read, Infinity)).toHaveLength(599);
		expect(requests.filter((request) => request.startsWith('lookup'))).toEqual([
			'lookup 500',
			'lookup 99',
		]);
	});
});

describe('users by field', () => {
	test('one poisoned account is told, the others are found', async () => {
		const { read } = siteOf(people(40, (id) => ({ poisoned: id === 7 })));
		const found = await usersByField(
			read,
			'email',
			people(40).map((row) => row.email!),
		);
		expect(found).toHaveLength(40);
		expect(found.filter((user) => user.unreadable === true)).toEqual([
			{ email: 'u7@example.org', unreadable: true },
		]);
	});

	test('addresses are asked for in both spellings, and found once', async () => {
		const { read, requests } = siteOf(people(3));
		expect(await usersByField(read, 'email', ['U2@example.org', 'u3@example.org'])).toHaveLength(2);
		expect(requests).toEqual(['lookup 3']);
	});
});

describe('visibility', () => {
	const site =
		(userid: number, siteadmin = false) =>
		async () =>
			await Promise.resolve({
				userid,
				siteadmin,
				firstNameFirst: true,
				release: '5.1',
				releaseText: '',
				siteurl: '',
				username: '',
				functions: new Set<string>(),
			});

	test('seen when the guest is seen, asked once', async () => {
		const { read, requests } = siteOf(people(30));
		expect(await canSee(read, site(12), 'email')).toBe(true);
		expect(await canSee(read, site(12), 'email')).toBe(true);
		expect(requests).toHaveLength(1);
	});

	test('people of the same course prove nothing', async () => {
		const { read } = siteOf(people(30, (id) => ({ hidden: id < 5 })));
		expect(await canSee(read, site(12), 'email')).toMatchObject({ code: 'notvisible' });
	});

	test('addresses that only some show to all prove nothing', async () => {
		const { read } = siteOf(people(30, (id) => (id % 2 === 0 ? { email: undefined } : {})));
		expect(await canSee(read, site(12), 'email', 'Nothing was created.')).toMatchObject({
			mend: expect.stringMatching(/^Nothing was created\. .*viewuseridentity/),
		});
		expect(await canSee(read, site(12), 'username')).toBe(true);
	});

	test('the own account proves nothing', async () => {
		const { read } = siteOf(people(30, (id) => ({ hidden: id !== 12 })));
		expect(await canSee(read, site(12), 'id')).toMatchObject({ code: 'notvisible' });
	});

	test('administrators see all, but not addresses that the site hides', async () => {
		const { read, requests } = siteOf(people(3, () => ({ email: undefined })));
		expect(await canSee(read, site(2, true), 'username')).toBe(true);
		expect(requests).toHaveLength(0);
		expect(await canSee(read, site(2, true), 'email')).toMatchObject({ code: 'notvisible' });
	});

	test('a new site with nobody but guest and administrator', async () => {
		const { read } = siteOf(people(2));
		expect(await canSee(read, site(2, true), 'email')).toBe(true);
	});

	test('a poisoned neighbour does not hide the answer', async () => {
		const { read } = siteOf(people(30, (id) => ({ poisoned: id === 4 })));
		expect(await canSee(read, site(12), 'email')).toBe(true);
	});
});
