import type { INodeParameters } from 'n8n-workflow';
import { blindSpots, participantsOf } from '../../nodes/Moodle/actions/enrolment/participants';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';
import type { Sandbox } from '../sandbox';
import { addGroup, joinGroup } from '../sandbox/builders-groups';
import { answering } from '../support/answering';
import { by, entries, nodeOn, onStandIn, runOn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const functions = () => sandbox.requests.map((request) => request.function);
const sent = sentTo(() => sandbox);

const run = runOn(() => sandbox);
const enrolment = nodeOn('enrolment', () => sandbox);

let users: number[];
let course: number;
let other: number;

beforeEach(async () => {
	const people = ['ada', 'bob', 'cyd', 'dot'].map((name) => ({ name }));
	const made = await run(
		'user',
		'create',
		{
			username: '={{ $json.name }}',
			firstname: '={{ $json.name }}',
			lastname: 'X',
			email: '={{ $json.name }}@example.org',
		},
		people,
	);
	users = made.json.map((row) => Number(row.id));
	const courses = await run(
		'course',
		'create',
		{ fullname: '={{ $json.s }}', shortname: '={{ $json.s }}', categoryId: by('id', 1) },
		[{ s: 'one' }, { s: 'two' }],
	);
	[course, other] = courses.json.map((row) => Number(row.id));
	sandbox.requests.length = 0;
});

const enrolling: INodeParameters = {
	userId: by('username', '={{ $json.user }}'),
	courseId: by('shortname', '={{ $json.course ?? "one" }}'),
	roleId: by('shortname', '={{ $json.role ?? "student" }}'),
	additionalFields: entries('more', 'timestart', 'timeend', 'suspend'),
};
const overwriting = { ...enrolling, options: { ifEnrolled: 'overwrite' } };

const row = (user: number, courseid = course) =>
	sandbox.site.userEnrolments.find('courseUser', `${courseid}:${user}`)[0];
const roles = (user: number, courseid = course) => {
	const context = sandbox.site.contexts.first('instance', `50:${courseid}`)!;
	return sandbox.site.roleAssignments
		.find('place', `${context.id}:${user}`)
		.map((assignment) => assignment.roleid)
		.sort();
};

/** Students and teachers. */
const mayAssign = [5, 4];

describe('enrol', () => {
	test('many users of a course: its list; one of another: a question; one request', async () => {
		const items = [
			{ user: 'ada' },
			{ user: 'bob', more: { timestart: '2026-09-01T00:00:00Z', timeend: '2026-12-01T00:00:00Z' } },
			{ user: 'ada', course: 'two', role: 'teacher' },
			{ user: 'cyd', more: { suspend: true } },
		];
		const { json, error } = await enrolment('enrol', enrolling, items);
		expect(error).toBeUndefined();
		expect(json[0]).toEqual({ userid: users[0], courseid: course, roleid: 5, enrolled: true });
		expect(json[1]).toEqual({
			userid: users[1],
			courseid: course,
			roleid: 5,
			enrolled: true,
			timestart: '2026-09-01T00:00:00.000Z',
			timeend: '2026-12-01T00:00:00.000Z',
		});
		expect(json[2]).toMatchObject({ courseid: other, roleid: 4 });
		expect(json[3]).toMatchObject({ suspended: true });
		expect(sent('core_enrol_get_enrolled_users')).toBe(1);
		expect(sent('core_group_get_course_user_groups')).toBe(1);
		expect(sent('enrol_manual_enrol_users')).toBe(1);
		expect(row(users[2])).toMatchObject({ status: 1 });
	});

	test('who is enrolled keeps dates and status; a missing role is added beside', async () => {
		await enrolment('enrol', enrolling, [
			{ user: 'ada', more: { timestart: 1000000000, timeend: 2000000000 } },
			{ user: 'bob', more: { suspend: true } },
		]);
		sandbox.requests.length = 0;
		const { json } = await enrolment('enrol', enrolling, [
			{ user: 'ada' },
			{ user: 'bob', role: 'teacher' },
			{ user: 'cyd' },
		]);
		expect(json).toEqual([
			{ userid: users[0], courseid: course, roleid: 5, enrolled: true, already: true },
			{
				userid: users[1],
				courseid: course,
				roleid: 4,
				enrolled: true,
				already: true,
				roleAdded: true,
			},
			{ userid: users[2], courseid: course, roleid: 5, enrolled: true },
		]);
		expect(row(users[0])).toMatchObject({ timestart: 1000000000, timeend: 2000000000, status: 0 });
		expect(row(users[1])).toMatchObject({ status: 1 });
		expect(roles(users[1])).toEqual([4, 5]);
		const dated = await enrolment('enrol', enrolling, [
			{ user: 'ada', more: { timeend: 2100000000 } },
		]);
		expect(dated.json[0]).toMatchObject({ overwritten: true });
		expect(row(users[0])).toMatchObject({ timestart: 0, timeend: 2100000000 });
	});

	test('who is enrolled without a role, or suspended, is no stranger', async () => {
		await enrolment('enrol', enrolling, [
			{ user: 'ada', more: { timeend: 2000000000 } },
			{ user: 'bob', more: { suspend: true, timeend: 2000000000 } },
		]);
		const context = sandbox.site.contexts.first('instance', `50:${course}`)!;
		for (const user of [users[0], users[1]])
			for (const { id } of sandbox.site.roleAssignments.find('place', `${context.id}:${user}`))
				sandbox.site.roleAssignments.remove(id);
		for (const people of [['ada'], ['bob'], ['ada', 'bob', 'cyd']]) {
			const { json } = await enrolment(
				'enrol',
				{ ...enrolling, options: { dryRun: true } },
				people.map((user) => ({ user })),
			);
			expect(json.map((entry) => entry.action)).toEqual(
				people.map((user) => (user === 'cyd' ? 'enrol' : 'addRole')),
			);
		}
		await enrolment('enrol', enrolling, [{ user: 'ada' }, { user: 'bob' }]);
		expect(row(users[0])).toMatchObject({ timeend: 2000000000 });
		expect(row(users[1])).toMatchObject({ timeend: 2000000000, status: 1 });
		expect([roles(users[0]), roles(users[1])]).toEqual([[5], [5]]);
	});

	test('an account that sees nobody, but may manage groups, is told who is enrolled', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada', more: { timeend: 2000000000 } }]);
		const token = sandbox.tokenWith(
			[
				'enrol/manual:enrol',
				'moodle/course:view',
				'moodle/role:assign',
				'moodle/course:managegroups',
			],
			{ mayAssign },
		);
		const ids = {
			userId: by('id', '={{ $json.id }}'),
			courseId: by('id', course),
			roleId: by('id', 5),
			additionalFields: entries('more', 'suspend'),
		};
		const { json, errors } = await enrolment(
			'enrol',
			ids,
			[{ id: users[0] }, { id: users[1] }, { id: users[0], more: { suspend: true } }],
			{ ...split, token },
		);
		// The roles of those who are enrolled are not shown.
		expect(errors).toHaveLength(1);
		expect(json.map((entry) => [entry.userid, entry.overwritten])).toEqual([
			[users[1], undefined],
			[users[0], true],
		]);
		const gone = await enrolment('unenrol', ids, [{ id: users[2] }], { token });
		expect(gone.json).toEqual([expect.objectContaining({ nothingToDo: true })]);
	});

	test('overwriting reads nothing but names', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada', more: { timeend: 2000000000 } }]);
		sandbox.requests.length = 0;
		const { json } = await enrolment('enrol', overwriting, [{ user: 'ada' }]);
		expect(json).toEqual([{ userid: users[0], courseid: course, roleid: 5, enrolled: true }]);
		expect(
			functions().filter(
				(name) => !name?.startsWith('core_user') && !name?.startsWith('core_course'),
			),
		).toEqual(['enrol_manual_enrol_users']);
		expect(row(users[0])).toMatchObject({ timeend: 0 });
	});

	test('the same user twice in one run, named in the same way or not', async () => {
		const items = [
			{ user: 'ada', more: { timeend: 2000000000 } },
			{ user: 'ada', role: 'teacher' },
		];
		const { json } = await enrolment('enrol', enrolling, items);
		expect(json.map((entry) => entry.roleid)).toEqual([5, 4]);
		expect(row(users[0])).toMatchObject({ timeend: 2000000000 });
		expect(roles(users[0])).toEqual([4, 5]);
		const mixed = { ...enrolling, userId: by('={{ $json.mode }}', '={{ $json.user }}') };
		await enrolment('enrol', mixed, [
			{ mode: 'id', user: users[1], more: { timeend: 2000000000 } },
			{ mode: 'email', user: 'bob@example.org', role: 'teacher' },
		]);
		expect(row(users[1])).toMatchObject({ timeend: 2000000000 });
		expect(roles(users[1])).toEqual([4, 5]);
	});

	test('bad items among good ones: each with its own cause', async () => {
		const byId = {
			...enrolling,
			userId: by('id', '={{ $json.user }}'),
			courseId: by('id', '={{ $json.course }}'),
			roleId: by('id', '={{ $json.role ?? 5 }}'),
		};
		sandbox.site.enrols
			.find('course', other)
			.forEach((enrol) => sandbox.site.enrols.remove(enrol.id));
		const items = [
			{ user: users[0], course },
			{ user: 9999, course },
			{ user: users[1], course: 888 },
			{ user: users[2], course, role: 77 },
			{ user: users[3], course: other },
			{ user: users[1], course, more: { timestart: '2026-09-02', timeend: '2026-09-01' } },
			{ user: users[1], course },
		];
		for (const parameters of [byId, { ...byId, options: { ifEnrolled: 'overwrite' } }]) {
			const { json, errors } = await enrolment('enrol', parameters, items, split);
			expect(json.map((entry) => entry.userid)).toEqual([users[0], users[1]]);
			expect(errors).toEqual([
				expect.stringMatching(/no user with the ID '9999'/),
				expect.stringMatching(/no course with the ID '888'/),
				expect.stringMatching(/may not give this role, or there is no such role/),
				expect.stringMatching(/no enabled manual enrolment/),
				expect.stringMatching(/would end before it starts/),
			]);
		}
	});

	test('dry run says the same and enrols nobody', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada' }]);
		const { json, errors } = await enrolment(
			'enrol',
			{ ...enrolling, options: { dryRun: true } },
			[{ user: 'ada' }, { user: 'ada', role: 'teacher' }, { user: 'bob' }, { user: 'nobody' }],
			split,
		);
		expect(json).toEqual([
			expect.objectContaining({ already: true }),
			expect.objectContaining({ dryRun: true, action: 'addRole' }),
			expect.objectContaining({ dryRun: true, action: 'enrol', userid: users[1] }),
		]);
		expect(errors[0]).toMatch(/no user has the user name 'nobody'/);
		expect(row(users[1])).toBeUndefined();
	});

	test('a dry run asks for all courses together', async () => {
		const { json, errors } = await enrolment(
			'enrol',
			{
				...enrolling,
				userId: by('id', users[0]),
				courseId: by('id', '={{ $json.course }}'),
				options: { dryRun: true, ifEnrolled: 'overwrite' },
			},
			[{ course }, { course: other }],
			split,
		);
		expect([json.length, errors.length]).toEqual([2, 0]);
		expect(sent('core_course_get_courses_by_field')).toBe(1);
	});

	test('nothing is sent where nobody can tell who is enrolled', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada', more: { timeend: 2000000000 } }]);
		const rights = [
			'enrol/manual:enrol',
			'moodle/course:view',
			'moodle/role:assign',
			'moodle/course:viewparticipants',
		];
		const ids = { ...enrolling, userId: by('id', users[0]), courseId: by('id', course) };
		const blind = await enrolment('enrol', ids, [{}], {
			...split,
			token: sandbox.tokenWith(rights, { mayAssign }),
		});
		expect(blind.errors[0]).toMatch(
			/does not see all participants of the course.*moodle\/user:viewdetails.*'Overwrite'/,
		);
		sandbox.requests.length = 0;
		const names = [
			'core_webservice_get_site_info',
			'enrol_manual_enrol_users',
			'core_user_get_users_by_field',
		];
		const lacking = await enrolment('enrol', ids, [{}], {
			...split,
			token: sandbox.tokenWith(rights, { functions: names, mayAssign }),
		});
		expect(lacking.errors[0]).toMatch(
			/cannot be told whether the user is enrolled already.*core_enrol_get_enrolled_users.*'Overwrite'/,
		);
		expect(sent('enrol_manual_enrol_users')).toBe(0);
		expect(row(users[0])).toMatchObject({ timeend: 2000000000 });
		const forced = await enrolment(
			'enrol',
			{ ...ids, options: { ifEnrolled: 'overwrite' } },
			[{}],
			{ ...split, token: sandbox.tokenWith(rights, { functions: names, mayAssign }) },
		);
		expect(forced.json).toHaveLength(1);
	});

	test('people whom everybody sees prove nothing: they teach elsewhere', async () => {
		await enrolment('enrol', enrolling, [
			{ user: 'ada', more: { timeend: 2000000000 } },
			{ user: 'cyd' },
			{ user: 'cyd', course: 'two', role: 'editingteacher' },
		]);
		const token = sandbox.tokenWith(
			[
				'enrol/manual:enrol',
				'moodle/course:view',
				'moodle/role:assign',
				'moodle/course:viewparticipants',
			],
			{ mayAssign },
		);
		const { errors } = await enrolment(
			'enrol',
			{ ...enrolling, userId: by('id', users[0]), courseId: by('id', course), roleId: by('id', 5) },
			[{}],
			{ ...split, token },
		);
		expect(errors[0]).toMatch(/does not see all participants of the course/);
		expect(row(users[0])).toMatchObject({ timeend: 2000000000 });
	});

	test('an enrolled account that Moodle cannot read out is not enrolled anew, and is unenrolled', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada', more: { timeend: 2000000000 } }]);
		sandbox.site.users.update(users[0], { lastname: 'a<b>' });
		const ids = { userId: by('id', '={{ $json.id }}'), courseId: by('id', course) };
		const { json, errors } = await enrolment(
			'enrol',
			{ ...ids, roleId: by('shortname', 'student') },
			[{ id: users[0] }, { id: users[1] }],
			split,
		);
		expect(errors).toEqual([
			expect.stringMatching(/Moodle cannot read the account out.*'Overwrite'/),
		]);
		expect(json).toHaveLength(1);
		expect(row(users[0])).toMatchObject({ timeend: 2000000000 });
		expect((await enrolment('unenrol', ids, [{ id: users[0] }])).json).toEqual([
			{ success: true, userid: users[0], courseid: course },
		]);
		expect(row(users[0])).toBeUndefined();
	});

	describe('what a list lacks', () => {
		interface Made {
			courses: object[];
			/** Users of every course by id; hidden ones are taken out of a page after it is cut. */
			enrolled: Array<{ id: number; hidden?: boolean }>;
			guest?: boolean;
		}
		const blindness = async ({ courses, enrolled, guest }: Made) => {
			const read = answering(async (name, params) => {
				await Promise.resolve();
				if (name === 'core_course_get_courses') return courses;
				if (name === 'core_user_get_users_by_field') return guest ? [{ id: 1 }] : [];
				const options = Object.fromEntries(
					(params.options as Array<{ name: string; value: string }>).map(({ name: key, value }) => [
						key,
						value,
					]),
				);
				if (options.groupid !== undefined && params.courseid === 5)
					throw new MoodleFailure(name, { reach: 'context', code: 'nopermissions' });
				const from = Number(options.limitfrom);
				const sorted = options.sortdirection === 'DESC' ? [...enrolled].reverse() : enrolled;
				return sorted
					.slice(from, from + Number(options.limitnumber))
					.filter(({ hidden }) => !hidden)
					.map(({ id }) => ({ id, roles: [{ roleid: 5 }] }));
			});
			const lists = new Map(
				await Promise.all([5, 6].map(async (id) => [id, await participantsOf(read, id)] as const)),
			);
			const told = await blindSpots(lists, new Map([5, 6].map((id) => [id, [91]])), {
				read,
			} as never);
			return [told(5, 91), told(6, 91)];
		};
		const open = [
			{ id: 5, groupmode: 0 },
			{ id: 6, groupmode: 0 },
		];

		test.each([
			['nobody, where everybody is seen', [{ id: 80 }, { id: 90 }], undefined],
			['the last one', [{ id: 80 }, { id: 90, hidden: true }], 'users'],
			['the first one', [{ id: 80, hidden: true }, { id: 90 }], 'users'],
			['one in the middle', [{ id: 80 }, { id: 85, hidden: true }, { id: 90 }], 'users'],
			['perhaps everybody, where nobody is seen', [], 'users'],
		])('%s', async (_name, enrolled, expected) => {
			expect(await blindness({ courses: open, enrolled })).toEqual([expected, expected]);
		});

		test('nobody for an account that sees the guest', async () => {
			expect(await blindness({ courses: open, enrolled: [], guest: true })).toEqual([
				undefined,
				undefined,
			]);
		});

		test.each([
			[
				'groups that are separate',
				[
					{ id: 5, groupmode: 1 },
					{ id: 6, groupmode: 1 },
				],
			],
			['groups of a course that does not show its mode', [{ id: 5 }, { id: 6 }]],
			['groups of a course that is not shown', []],
		])('%s', async (_name, courses) => {
			expect(await blindness({ courses, enrolled: [{ id: 80 }], guest: true })).toEqual([
				'groups',
				undefined,
			]);
		});
	});

	test('an odd account in the course spoils nothing', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada' }, { user: 'bob' }, { user: 'cyd' }]);
		sandbox.site.users.update(users[1], { lastname: 'a<b>' });
		const { json } = await enrolment(
			'enrol',
			{ ...enrolling, userId: by('id', '={{ $json.id }}') },
			[{ id: users[0] }, { id: users[3] }],
		);
		expect(json[0]).toMatchObject({ already: true });
		expect(json[1]).not.toHaveProperty('already');
	});
});

describe('unenrol', () => {
	const leaving: INodeParameters = {
		userId: by('email', '={{ $json.user }}@example.org'),
		courseId: by('shortname', 'one'),
	};

	test('says where there was nothing to do', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada' }, { user: 'bob' }]);
		sandbox.requests.length = 0;
		const { json } = await enrolment('unenrol', leaving, [{ user: 'ada' }, { user: 'cyd' }]);
		expect(json).toEqual([
			{ success: true, userid: users[0], courseid: course },
			{ success: true, userid: users[2], courseid: course, nothingToDo: true },
		]);
		expect(row(users[0])).toBeUndefined();
		const again = await enrolment('unenrol', leaving, [{ user: 'ada' }]);
		expect(again.json[0]).toMatchObject({ nothingToDo: true });
		const unchecked = await enrolment('unenrol', { ...leaving, options: { checkFirst: false } }, [
			{ user: 'ada' },
		]);
		expect(unchecked.json).toEqual([{ success: true, userid: users[0], courseid: course }]);
	});

	test('bad ones stand alone; without a list the call is made', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada' }, { user: 'bob' }]);
		const byId = {
			userId: by('id', '={{ $json.user }}'),
			courseId: by('id', '={{ $json.course }}'),
		};
		const { json, errors } = await enrolment(
			'unenrol',
			byId,
			[
				{ user: users[0], course: 888 },
				{ user: users[0], course },
			],
			split,
		);
		expect(json).toEqual([{ success: true, userid: users[0], courseid: course }]);
		expect(errors[0]).toMatch(/no course with the ID '888'/);
		const token = sandbox.tokenWith(['enrol/manual:unenrol', 'moodle/course:view'], {
			functions: ['enrol_manual_unenrol_users', 'core_webservice_get_site_info'],
		});
		const blind = await enrolment('unenrol', byId, [{ user: users[1], course }], { token });
		expect(blind.json).toEqual([{ success: true, userid: users[1], courseid: course }]);
		expect(row(users[1])).toBeUndefined();
		const unknown = await enrolment(
			'unenrol',
			{ ...byId, options: { checkFirst: false } },
			[
				{ user: 9999, course },
				{ user: users[2], course },
			],
			split,
		);
		expect(unknown.errors[0]).toMatch(/no user with the ID '9999'/);
		expect(unknown.json).toHaveLength(1);
	});
});

describe('getAll', () => {
	test('pages by ID, filters, leaves an odd account out', async () => {
		await enrolment('enrol', enrolling, [
			{ user: 'ada' },
			{ user: 'bob', role: 'teacher' },
			{ user: 'cyd', more: { suspend: true } },
			{ user: 'dot' },
		]);
		const { json } = await enrolment('getAll', {
			courseId: by('shortname', 'one'),
			returnAll: true,
		});
		expect(json[1]).toMatchObject({
			id: users[1],
			username: 'bob',
			email: 'bob@example.org',
			roles: ['teacher'],
			groups: [],
			lastcourseaccess: null,
		});
		expect(Object.keys(json[1]).length).toBeLessThanOrEqual(10);
		const ids = async (parameters: INodeParameters) =>
			(await enrolment('getAll', { courseId: by('id', course), ...parameters })).json.map(
				(entry) => entry.id,
			);
		expect(await ids({ limit: 2 })).toEqual(users.slice(0, 2));
		expect(await ids({ filters: { status: 'suspended' } })).toEqual([users[2]]);
		expect(await ids({ filters: { status: 'active' } })).toEqual([users[0], users[1], users[3]]);
		sandbox.site.users.update(users[1], { lastname: 'a<b>' });
		expect(await ids({ returnAll: true })).toEqual([users[0], users[2], users[3], undefined]);
		expect(
			(await enrolment('getAll', { courseId: by('id', course), returnAll: true })).json.at(-1),
		).toEqual({ skippedUser: true });
		expect(
			(await enrolment('getAll', { courseId: by('id', course), simplify: false })).json[0],
		).toHaveProperty('profileimageurl');
	});

	test('only a group, and an unknown course among good ones', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada' }, { user: 'bob' }]);
		const group = addGroup(sandbox.site, course, 'G', { idnumber: 'G' });
		joinGroup(sandbox.site, group.id, users[1]);
		const { json, errors } = await enrolment(
			'getAll',
			{ courseId: by('id', '={{ $json.course }}'), groupId: by('name', '={{ $json.group }}') },
			[
				{ course, group: 'g' },
				{ course: 888, group: '' },
			],
			split,
		);
		expect(json.map((entry) => entry.id)).toEqual([users[1]]);
		expect(errors[0]).toMatch(/no course with the ID '888'/);
	});

	test('an account that sees nobody does not say that nobody is there', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada' }]);
		const token = sandbox.tokenWith(['moodle/course:view', 'moodle/course:viewparticipants']);
		const { errors } = await enrolment('getAll', { courseId: by('id', course) }, [{}], {
			...split,
			token,
		});
		expect(errors[0]).toMatch(/sees no other user/);
		const empty = await enrolment('getAll', { courseId: by('id', other) });
		expect(empty.json).toEqual([]);
	});
});

describe('getUserCourses and getMethods', () => {
	test('courses of a user; an unknown user is not an empty list', async () => {
		await enrolment('enrol', enrolling, [{ user: 'ada' }, { user: 'ada', course: 'two' }]);
		const { json, errors } = await enrolment(
			'getUserCourses',
			{ userId: by('id', '={{ $json.id }}'), returnAll: true },
			[{ id: users[0] }, { id: users[1] }, { id: 9999 }],
			split,
		);
		expect(json.map((entry) => entry.id)).toEqual([other, course].sort());
		expect(json[0]).toMatchObject({ shortname: 'one', visible: true });
		expect(errors[0]).toMatch(/no user has the ID '9999'/);
		const raw = await enrolment('getUserCourses', {
			userId: by('username', 'ada'),
			simplify: false,
			limit: 1,
			options: { returnusercount: true },
		});
		expect(raw.json).toEqual([expect.objectContaining({ enrolledusercount: 1 })]);
	});

	test('the methods of many courses: the courses are asked for together', async () => {
		const { json, errors } = await enrolment(
			'getMethods',
			{ courseId: by('id', '={{ $json.course }}') },
			[{ course }, { course: other }, { course: 888 }, { course }],
			split,
		);
		expect(json.map((entry) => entry.courseid)).toEqual([course, other, course]);
		expect(errors).toEqual([expect.stringMatching(/no course with the ID '888'/)]);
		expect(sent('core_enrol_get_course_enrolment_methods')).toBe(2);
		// Three at once are refused for the one that is unknown, so it is found by halves.
		expect(sent('core_course_get_courses_by_field')).toBeLessThanOrEqual(5);
	});

	test('manual enrolment is among the methods', async () => {
		const { json, errors } = await enrolment(
			'getMethods',
			{ courseId: by('id', '={{ $json.id }}') },
			[{ id: course }, { id: 888 }],
			split,
		);
		expect(json).toEqual(
			expect.arrayContaining([
				{ courseid: course, type: 'manual', name: 'Manual enrolments', enabled: true },
			]),
		);
		expect(errors[0]).toMatch(/no course with the ID '888'/);
	});
});
