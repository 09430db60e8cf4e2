/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * `MOODLE_URL=... MOODLE_TOKEN=... node scripts/run-ts.mjs test/bench/real.ts [--users 200,2000] [--courses 200] [--rounds 3]`:
 * the node in n8n's engine on a real Moodle against the same work as n8n's HTTP Request node does it (one request per item,
 * all at once) and one by one, in turn. Creates users and courses named `real…`, and deletes them at the end.
 */
import { parseArgs } from 'node:util';
import { byItem, byNode } from './contestants';
import { enrolmentRound, idsOf, makeCourses, makeUsers, newUsersRound, type Round } from './cases';
import { bareCall, openSite, type BenchSite } from './site';

const { values } = parseArgs({
	options: {
		users: { type: 'string', default: '200,2000' },
		courses: { type: 'string', default: '200' },
		enrolments: { type: 'string', default: '1000' },
		rounds: { type: 'string', default: '3' },
	},
});

const median = (list: number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const inParts = <T>(list: T[], size: number) =>
	Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
		list.slice(at * size, (at + 1) * size),
	);

/** Milliseconds of each contestant for one round each, beginning with another one each time. */
async function compare(
	name: string,
	count: number,
	rounds: number,
	prepare: (tag: string) => Promise<Round>,
	site: BenchSite,
): Promise<void> {
	const found: Record<string, number[]> = { node: [], 'all at once': [], 'one by one': [] };
	const turns: Array<[string, (round: Round) => Promise<{ milliseconds: number }>]> = [
		['node', async (round) => await byNode(site, round)],
		['all at once', async (round) => await byItem(site, round, count, true)],
		['one by one', async (round) => await byItem(site, round, count)],
	];
	for (let round = 0; round < rounds; round++)
		for (let turn = 0; turn < turns.length; turn++) {
			const [who, work] = turns[(turn + round) % turns.length];
			const prepared = await prepare(`real${Date.now().toString(36)}`);
			found[who].push((await work(prepared)).milliseconds);
		}
	const [node, all, one] = Object.values(found).map(median);
	console.log(
		`${name}: node ${Math.round(node)} ms, all at once ${Math.round(all)} ms (${(all / node).toFixed(2)} times), one by one ${Math.round(one)} ms (${(one / node).toFixed(2)} times); rounds ${JSON.stringify(found, (_, value: unknown) => (typeof value === 'number' ? Math.round(value) : value))}`,
	);
}

/** Deletes what was made: all users and courses whose names begin so. */
async function cleanUp(site: BenchSite, made: { users: number[]; courses: number[] }) {
	for (const userids of inParts(made.users, 50))
		await bareCall(site, ['core_user_delete_users', { userids }]);
	for (const courseids of inParts(made.courses, 20))
		await bareCall(site, ['core_course_delete_courses', { courseids }]);
}

async function usersNamed(site: BenchSite): Promise<number[]> {
	const { users } = (await bareCall(site, [
		'core_user_get_users',
		{ criteria: [{ key: 'username', value: 'real%' }] },
	])) as { users: unknown[] };
	return idsOf(users);
}

async function main(): Promise<void> {
	if (!process.env.MOODLE_URL) throw new Error('Set MOODLE_URL and MOODLE_TOKEN');
	const site = await openSite({ cores: NaN, latencyMs: 0, costPerRecordMs: NaN });
	const rounds = Number(values.rounds);
	const courses: number[] = [];
	try {
		for (const count of values.users.split(',').map(Number))
			await compare(
				`${count} new users`,
				count,
				rounds,
				async (tag) => await Promise.resolve(newUsersRound(count, tag)),
				site,
			);
		const count = Number(values.enrolments);
		const users = await makeUsers(site, count, `real${Date.now().toString(36)}e`);
		await compare(
			`${count} enrolments in ${values.courses} courses`,
			count,
			rounds,
			async (tag) => {
				const made = await makeCourses(site, Number(values.courses), tag);
				courses.push(...made);
				return enrolmentRound(users, made);
			},
			site,
		);
	} finally {
		await cleanUp(site, { users: await usersNamed(site), courses });
		site.close();
	}
}

main().then(
	() => process.exit(0),
	(reason: unknown) => {
		console.error(reason instanceof Error ? reason.message : reason);
		process.exit(1);
	},
);
