/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/**
 * What a site takes for the same text: the cases of test/data/collation-cases.jsonl asked of Moodle by its look-ups of users,
 * courses, cohorts and groups. Runs against the stand-in with either database, and with MOODLE_URL and MOODLE_TOKEN against
 * a real Moodle, which must also say the same as the stand-in. One record of each kind is made, and given one text after
 * the other.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox } from '../sandbox';
import { dataDir } from '../sandbox/catalogue';
import type { Database, MoodleVersion } from '../sandbox/types';
import { by, fine, openSite, tag, type LiveSite } from './site';

const opened: LiveSite[] = [];
afterEach(async () => {
	for (const site of opened.splice(0)) await site.close();
});

type Case = { a: string; b: string } & Record<Database, string[]>;

const cases = readFileSync(join(dataDir(), 'collation-cases.jsonl'), 'utf8')
	.trim()
	.split('\n')
	.map((line) => JSON.parse(line) as Case);

/** Moodle takes outer spaces away from some values, so these say nothing of the database. */
const isKept = ({ a, b }: Case) => [a, b].every((text) => !/^\s|\s$/.test(text));

/** User names may hold these only, e-mail addresses more. */
const isUserName = ({ a }: Case) => /^[a-z0-9._-]+$/.test(a);

/** @returns Moodle's answer, or its refusal */
async function ask(site: LiveSite, wsfunction: string, params: object): Promise<unknown> {
	const body = new URLSearchParams({ moodlewsrestformat: 'json', wsfunction, ...params });
	body.append('wstoken', site.token);
	const reply = await fetch(`${site.url.replace(/\/$/, '')}/webservice/rest/server.php`, {
		method: 'POST',
		body,
	});
	return await reply.json();
}

const isRefused = (reply: unknown) => JSON.stringify(reply ?? null).includes('"exception"');

/** A value by which records are found: how one record gets it, and whether that record is found by another text. */
interface Key {
	name: string;
	of: (entry: Case) => boolean;
	give: (text: string) => Promise<unknown>;
	isFound: (text: string) => Promise<boolean>;
}

/** The keys of a site's own records, which are taken away in the end. */
async function keysOf(site: LiveSite): Promise<{ keys: Key[]; close: () => Promise<void> }> {
	const person = {
		username: tag,
		firstname: 'Texts',
		lastname: tag,
		email: `${tag}@example.org`,
		additionalFields: {},
	};
	const place = { fullname: tag, categoryId: by('id', 1), additionalFields: {} };
	const [user] = await fine(site, 'user.create', person);
	const [course] = await fine(site, 'course.create', { ...place, shortname: tag });
	const cohortFields = { name: tag, idnumber: tag, additionalFields: {} };
	const [cohort] = await fine(site, 'cohort.create', cohortFields);
	const group = { courseId: by('id', course.id), name: '={{ $json.name }}', additionalFields: {} };
	const [one, other] = await fine(site, 'group.create', group, [{ name: 'One' }, { name: 'Two' }]);

	const userKey = (field: string, of: Key['of'], whole = (text: string) => text): Key => ({
		name: `user ${field}`,
		of,
		give: async (text) =>
			await ask(site, 'core_user_update_users', {
				'users[0][id]': user.id,
				[`users[0][${field}]`]: whole(text),
			}),
		isFound: async (text) =>
			JSON.stringify(
				await ask(site, 'core_user_get_users_by_field', { field, 'values[0]': whole(text) }),
			).includes(`"id":${String(user.id)},`),
	});
	const giveGroup = async (id: unknown, text: string) =>
		await ask(site, 'core_group_update_groups', {
			'groups[0][id]': id,
			'groups[0][name]': `Group ${String(id)}`,
			'groups[0][idnumber]': text,
		});
	return {
		keys: [
			userKey('idnumber', () => true),
			// Moodle refuses to look for what is no user name.
			userKey('username', (entry) => isUserName(entry) && isUserName({ ...entry, a: entry.b })),
			userKey(
				'email',
				(entry) => isUserName(entry) && /^[ -~]+$/.test(entry.b) && !/[ "]/.test(entry.b),
				(text) => `${text}@example.org`,
			),
			{
				name: 'course shortname',
				of: () => true,
				give: async (text) =>
					await ask(site, 'core_course_update_courses', {
						'courses[0][id]': course.id,
						'courses[0][shortname]': text,
					}),
				isFound: async (value) =>
					JSON.stringify(
						await ask(site, 'core_course_get_courses_by_field', { field: 'shortname', value }),
					).includes(`"id":${String(course.id)},`),
			},
			{
				name: 'cohort idnumber',
				of: () => true,
				give: async (text) =>
					await ask(site, 'core_cohort_update_cohorts', {
						'cohorts[0][id]': cohort.id,
						'cohorts[0][name]': tag,
						'cohorts[0][idnumber]': text,
						'cohorts[0][categorytype][type]': 'system',
						'cohorts[0][categorytype][value]': 'ignored',
					}),
				isFound: async (text) => {
					// Moodle warns of who is a member already as of a cohort that is not there.
					await ask(site, 'core_cohort_delete_cohort_members', {
						'members[0][cohortid]': cohort.id,
						'members[0][userid]': user.id,
					});
					return !JSON.stringify(
						await ask(site, 'core_cohort_add_cohort_members', {
							'members[0][cohorttype][type]': 'idnumber',
							'members[0][cohorttype][value]': text,
							'members[0][usertype][type]': 'id',
							'members[0][usertype][value]': user.id,
						}),
					).includes('"warningcode"');
				},
			},
			{
				name: 'group idnumber',
				of: () => true,
				give: async (text) => {
					await giveGroup(other.id, '');
					return await giveGroup(one.id, text);
				},
				isFound: async (text) => isRefused(await giveGroup(other.id, text)),
			},
		],
		close: async () => {
			await fine(site, 'course.delete', { courseId: by('id', course.id) });
			await fine(site, 'cohort.delete', { cohortId: by('id', cohort.id) });
			await fine(site, 'user.delete', { userId: by('id', user.id) });
		},
	};
}

/** Which cases a key takes for the same, as `a = b`; those that the site does not store are not among them. */
async function sameBy(key: Key): Promise<Map<Case, boolean>> {
	const said = new Map<Case, boolean>();
	let given: string | undefined;
	for (const entry of cases.filter(key.of)) {
		// The end of the mark is no digit or letter, which could make one sign with what comes after it.
		const [a, b] = [`${tag}.${entry.a}`, `${tag}.${entry.b}`];
		if (given !== a || key.name.startsWith('group')) {
			const reply = await key.give(a);
			if (isRefused(reply)) throw new Error(`${key.name} ${a}: ${JSON.stringify(reply)}`);
			if (!(await key.isFound(a))) throw new Error(`${key.name} ${a}: not found by itself`);
		}
		given = a;
		said.set(entry, await key.isFound(b));
	}
	return said;
}

const shown = (said: Map<Case, boolean>) =>
	[...said].map(([{ a, b }, isSame]) => `${a} ${isSame ? '=' : '≠'} ${b}`);

async function verdictsOf(site: LiveSite): Promise<Record<string, Map<Case, boolean>>> {
	const { keys, close } = await keysOf(site);
	const verdicts: Record<string, Map<Case, boolean>> = {};
	for (const key of keys) verdicts[key.name] = await sameBy(key);
	await close();
	return verdicts;
}

async function standIn(version: MoodleVersion, database: Database): Promise<LiveSite> {
	const { url, token, close } = await startSandbox({ version, path: '/moodle', database });
	const site = { url, token, isReal: false, close };
	opened.push(site);
	return site;
}

/**
 * Holds a site to what databases said when they were asked themselves. ID numbers of groups are compared by PHP
 * (groups_get_group_by_idnumber, 4.1 to 5.1): capitals and accents count on every database.
 */
function expectRecorded(verdicts: Record<string, Map<Case, boolean>>, database: Database): void {
	for (const [name, said] of Object.entries(verdicts)) {
		const kept = new Map([...said].filter(([entry]) => isKept(entry)));
		expect(kept.size).toBeGreaterThan(/username|email/.test(name) ? 3 : 80);
		const recorded = new Map(
			[...kept.keys()].map(
				(entry) =>
					[
						entry,
						name.startsWith('group') ? entry.a === entry.b : entry[database].includes('key'),
					] as const,
			),
		);
		expect({ [name]: shown(kept) }).toEqual({ [name]: shown(recorded) });
	}
}

const { MOODLE_URL } = process.env;

(MOODLE_URL ? test : test.skip)(
	'the site compares as its database was recorded, and as the stand-in does',
	async () => {
		const site = await openSite();
		const info = (await ask(site, 'core_webservice_get_site_info', {})) as { release: string };
		const version = /^\d+\.\d+/.exec(info.release)![0] as MoodleVersion;
		const verdicts = await verdictsOf(site);
		const capitals = [...verdicts['course shortname']].find(
			([{ a, b }]) => a === 'abc' && b === 'ABC',
		);
		const database = capitals?.[1] ? 'mariadb' : 'postgres';
		expectRecorded(verdicts, database);
		const twin = await standIn(version, database);
		const expected = await verdictsOf(twin);
		for (const name of Object.keys(expected))
			expect({ [name]: shown(verdicts[name]) }).toEqual({ [name]: shown(expected[name]) });
	},
	300_000,
);

(MOODLE_URL ? test.skip : test).each(['mariadb', 'postgres'] as const)(
	'the stand-in with %s compares as that was recorded',
	async (database) => {
		const site = await standIn('5.1', database);
		expectRecorded(await verdictsOf(site), database);
	},
	120_000,
);
