import type { Params } from '../../nodes/Moodle/moodle/values';
import { bareCall, type BenchSite, type Call } from './site';

/** One step of the node: parameters, the items' data is in `$json`. */
export interface NodeStep {
	parameters: Params;
}

/** Sends one call. */
export type Send = (call: Call) => Promise<unknown>;

/** How a client that knows the server divides its work. */
export interface Plan {
	/** Most records in a request. */
	size: number;
	/** Sends calls that do not depend on each other. */
	all: (calls: Call[]) => Promise<unknown[]>;
}

/** A prepared round: every contestant gets one of its own, on fresh records. */
export interface Round {
	/** What the node's items carry. */
	items: Array<Record<string, string | number>>;
	/** The node's steps, each fed with the same items. */
	steps: NodeStep[];
	/** What one item costs when each is sent by itself. */
	single: (index: number, send: Send) => Promise<unknown>;
	/** The best plan for all items, for the bare client. */
	batches: (send: Send, plan: Plan) => Promise<void>;
}

/** A case of the benchmark. */
export interface Case {
	name: string;
	/** Records per round, with that many cores: few where they take long. */
	records: (cores: number) => number;
	/** Of how many of them the one-by-one contestant sends. */
	sample: number;
	prepare: (site: BenchSite, count: number, tag: string) => Promise<Round>;
}

const STUDENT = 5;

/** Records that cost the server little. */
const quick = (cores: number) => (cores > 1 ? 1000 : 500);

const pieces = <T>(list: T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
		list.slice(at * size, (at + 1) * size),
	);

const person = (tag: string, index: number) => ({
	username: `${tag}u${index}`,
	firstname: `First ${index}`,
	lastname: `Last ${tag}`,
	email: `${tag}u${index}@example.org`,
	createpassword: true,
});

const idsOf = (reply: unknown) => (reply as Array<{ id: number }>).map((row) => row.id);

async function makeUsers(site: BenchSite, count: number, tag: string): Promise<number[]> {
	const ids: number[] = [];
	for (const users of pieces(
		Array.from({ length: count }, (_, index) => person(tag, index)),
		100,
	))
		ids.push(...idsOf(await bareCall(site, ['core_user_create_users', { users }])));
	return ids;
}

async function makeCourse(site: BenchSite, tag: string): Promise<number> {
	return idsOf(
		await bareCall(site, [
			'core_course_create_courses',
			{ courses: [{ fullname: `Course ${tag}`, shortname: `${tag}c`, categoryid: 1 }] },
		]),
	)[0];
}

async function makeCohort(site: BenchSite, tag: string): Promise<number> {
	const cohorts = [
		{ categorytype: { type: 'system', value: '' }, name: `Cohort ${tag}`, idnumber: `${tag}h` },
	];
	return idsOf(await bareCall(site, ['core_cohort_create_cohorts', { cohorts }]))[0];
}

async function makeGroup(site: BenchSite, courseid: number, tag: string): Promise<number> {
	return idsOf(
		await bareCall(site, [
			'core_group_create_groups',
			{ groups: [{ courseid, name: `Group ${tag}`, description: '' }] },
		]),
	)[0];
}

const byId = (value: string | number) => ({ __rl: true, mode: 'id', value: String(value) });
const enrolment = (courseid: number) => (userid: number) => ({ roleid: STUDENT, userid, courseid });
const cohortMember = (cohortid: number) => (userid: number) => ({
	cohorttype: { type: 'id', value: String(cohortid) },
	usertype: { type: 'id', value: String(userid) },
});

const enrolledUsers = (courseid: number): Call => [
	'core_enrol_get_enrolled_users',
	{
		courseid,
		options: [
			{ name: 'userfields', value: 'id,roles' },
			{ name: 'limitfrom', value: '0' },
			{ name: 'limitnumber', value: '1000' },
		],
	},
];

/** New people, none of whom the site knows. */
function newUsersRound(count: number, tag: string): Round {
	const users = Array.from({ length: count }, (_, index) => person(tag, index));
	return {
		items: users.map(({ username, firstname, lastname, email }) => ({
			username,
			firstname,
			lastname,
			email,
		})),
		steps: [
			{
				parameters: {
					resource: 'user',
					operation: 'create',
					username: '={{ $json.username }}',
					firstname: '={{ $json.firstname }}',
					lastname: '={{ $json.lastname }}',
					email: '={{ $json.email }}',
					additionalFields: {},
				},
			},
		],
		single: async (index, send) =>
			await send(['core_user_create_users', { users: [users[index]] }]),
		batches: async (_send, { size, all }) => {
			await all(
				pieces(users, size).map((part): Call => ['core_user_create_users', { users: part }]),
			);
		},
	};
}

const usersCase: Case = {
	name: 'user.create',
	records: (cores) => (cores > 1 ? 1000 : 300),
	sample: 20,
	prepare: async (_site, count, tag) => await Promise.resolve(newUsersRound(count, tag)),
};

const enrolCase: Case = {
	name: 'enrolment.enrol',
	records: quick,
	sample: 20,
	prepare: async (site, count, tag) => {
		const [ids, courseid] = [await makeUsers(site, count, tag), await makeCourse(site, tag)];
		const records = ids.map(enrolment(courseid));
		return {
			items: ids.map((id) => ({ id })),
			steps: [
				{
					parameters: {
						resource: 'enrolment',
						operation: 'enrol',
						courseId: byId(courseid),
						userId: byId('={{ $json.id }}'),
						roleId: { __rl: true, mode: 'shortname', value: 'student' },
						additionalFields: {},
					},
				},
			],
			single: async (index, send) =>
				await send(['enrol_manual_enrol_users', { enrolments: [records[index]] }]),
			batches: async (send, { size, all }) => {
				await send(enrolledUsers(courseid));
				await all(
					pieces(records, size).map(
						(part): Call => ['enrol_manual_enrol_users', { enrolments: part }],
					),
				);
			},
		};
	},
};

const cohortCase: Case = {
	name: 'cohort.addMember',
	records: quick,
	sample: 20,
	prepare: async (site, count, tag) => {
		const [ids, cohortid] = [await makeUsers(site, count, tag), await makeCohort(site, tag)];
		const records = ids.map(cohortMember(cohortid));
		return {
			items: ids.map((id) => ({ id })),
			steps: [
				{
					parameters: {
						resource: 'cohort',
						operation: 'addMember',
						cohortId: byId(cohortid),
						userId: byId('={{ $json.id }}'),
					},
				},
			],
			single: async (index, send) =>
				await send(['core_cohort_add_cohort_members', { members: [records[index]] }]),
			batches: async (_send, { size, all }) => {
				await all(
					pieces(records, size).map(
						(part): Call => ['core_cohort_add_cohort_members', { members: part }],
					),
				);
			},
		};
	},
};

const groupCase: Case = {
	name: 'group.create',
	records: quick,
	sample: 20,
	prepare: async (site, count, tag) => {
		const courseid = await makeCourse(site, tag);
		const records = Array.from({ length: count }, (_, index) => ({
			courseid,
			name: `Group ${tag} ${index}`,
			description: '',
		}));
		return {
			items: records.map(({ name }) => ({ name })),
			steps: [
				{
					parameters: {
						resource: 'group',
						operation: 'create',
						courseId: byId(courseid),
						name: '={{ $json.name }}',
						additionalFields: {},
					},
				},
			],
			single: async (index, send) =>
				await send(['core_group_create_groups', { groups: [records[index]] }]),
			batches: async (_send, { size, all }) => {
				await all(
					pieces(records, size).map((part): Call => ['core_group_create_groups', { groups: part }]),
				);
			},
		};
	},
};

const getCase: Case = {
	name: 'user.get',
	records: quick,
	sample: 20,
	prepare: async (site, count, tag) => {
		await makeUsers(site, count, tag);
		const emails = Array.from({ length: count }, (_, index) => person(tag, index).email);
		const lookup = (values: string[]): Call => [
			'core_user_get_users_by_field',
			{ field: 'email', values },
		];
		return {
			items: emails.map((email) => ({ email })),
			steps: [
				{
					parameters: {
						resource: 'user',
						operation: 'get',
						userId: { __rl: true, mode: 'email', value: '={{ $json.email }}' },
						simplify: true,
					},
				},
			],
			single: async (index, send) => await send(lookup([emails[index]])),
			batches: async (_send, { size, all }) => {
				await all(pieces(emails, size).map(lookup));
			},
		};
	},
};

/** Find or create, enrol, group, cohort: what an integrator does with a list of contacts. */
const onboardingCase: Case = {
	name: 'onboarding',
	records: (cores) => (cores > 1 ? 1000 : 200),
	sample: 10,
	prepare: async (site, count, tag) => {
		const courseid = await makeCourse(site, tag);
		const [cohortid, groupid] = [await makeCohort(site, tag), await makeGroup(site, courseid, tag)];
		const users = Array.from({ length: count }, (_, index) => person(tag, index));
		const userId = { __rl: true, mode: 'email', value: '={{ $json.email }}' };
		const find = (values: string[]): Call => [
			'core_user_get_users_by_field',
			{ field: 'email', values },
		];
		return {
			items: users.map(({ username, firstname, lastname, email }) => ({
				username,
				firstname,
				lastname,
				email,
			})),
			steps: [
				{ parameters: { ...usersCaseParameters, operation: 'upsert', matchBy: 'email' } },
				{
					parameters: {
						resource: 'enrolment',
						operation: 'enrol',
						courseId: byId(courseid),
						userId,
						roleId: { __rl: true, mode: 'shortname', value: 'student' },
						additionalFields: {},
					},
				},
				{
					parameters: {
						resource: 'group',
						operation: 'addMember',
						courseId: byId(courseid),
						groupId: byId(groupid),
						userId,
					},
				},
				{
					parameters: {
						resource: 'cohort',
						operation: 'addMember',
						cohortId: byId(cohortid),
						userId,
					},
				},
			],
			single: async (index, send) => {
				await send(find([users[index].email]));
				const [userid] = idsOf(await send(['core_user_create_users', { users: [users[index]] }]));
				await send(['enrol_manual_enrol_users', { enrolments: [enrolment(courseid)(userid)] }]);
				await send(['core_group_add_group_members', { members: [{ groupid, userid }] }]);
				return await send([
					'core_cohort_add_cohort_members',
					{ members: [cohortMember(cohortid)(userid)] },
				]);
			},
			batches: async (send, { size, all }) => {
				const emails = users.map(({ email }) => email);
				await all(pieces(emails, size).map(find));
				const ids: number[] = [];
				const created = await all(
					pieces(users, size).map((part): Call => ['core_user_create_users', { users: part }]),
				);
				ids.push(...created.flatMap(idsOf));
				await all(pieces(emails, size).map(find));
				await send(enrolledUsers(courseid));
				await all(
					pieces(ids.map(enrolment(courseid)), size).map(
						(part): Call => ['enrol_manual_enrol_users', { enrolments: part }],
					),
				);
				await all(pieces(emails, size).map(find));
				await send(['core_group_get_group_members', { groupids: [groupid] }]);
				await all(
					pieces(
						ids.map((userid) => ({ groupid, userid })),
						size,
					).map((part): Call => ['core_group_add_group_members', { members: part }]),
				);
				await all(pieces(emails, size).map(find));
				await all(
					pieces(ids.map(cohortMember(cohortid)), size).map(
						(part): Call => ['core_cohort_add_cohort_members', { members: part }],
					),
				);
			},
		};
	},
};

const usersCaseParameters = {
	resource: 'user',
	username: '={{ $json.username }}',
	firstname: '={{ $json.firstname }}',
	lastname: '={{ $json.lastname }}',
	email: '={{ $json.email }}',
	additionalFields: {},
};

export const cases: Case[] = [usersCase, enrolCase, cohortCase, groupCase, getCase, onboardingCase];
