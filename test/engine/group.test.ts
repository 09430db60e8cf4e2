import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, type Sandbox } from '../sandbox';
import { addModule, addUser, enrol, giveCapabilities } from '../sandbox/builders';
import { addGroup, addGrouping, joinGroup } from '../sandbox/builders-groups';
import { addCategory, addCourse } from '../sandbox/functions/course-tools';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let bio: { id: number };
let art: { id: number };
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { id } = addCategory(sandbox.site, { name: 'Faculty' });
	bio = addCourse(sandbox.site, { fullname: 'Biology', shortname: 'BIO', category: id });
	art = addCourse(sandbox.site, {
		fullname: 'Art',
		shortname: 'ART',
		category: id,
		idnumber: 'A-1',
	});
});

/** The stand-in, for a run whose requests are counted. */
const counting = () => {
	sandbox.requests.length = 0;
	return sandbox;
};
const group = nodeOn('group', counting);
const grouping = nodeOn('grouping', counting);

const sent = sentTo(() => sandbox);
const writes = () =>
	sandbox.requests.filter((request) =>
		/create|update|delete|add_|assign/.test(String(request.function)),
	).length;

const person = (username: string, ...courses: Array<{ id: number }>) => {
	const user = addUser(sandbox.site, { username });
	for (const course of courses) enrol(sandbox.site, course.id, [user.id]);
	return user;
};
const newGroup = (course: { id: number }, name: string, more: object = {}) =>
	addGroup(sandbox.site, course.id, name, more);
const newGrouping = (course: { id: number }, name: string, more: object = {}) =>
	addGrouping(sandbox.site, course.id, name, more);
const join = (group: { id: number }, user: { id: number }, component = '') =>
	joinGroup(sandbox.site, group.id, user.id, component);
const membersOf = ({ id }: { id: number }) =>
	sandbox.site.groupMembers.find('group', id).map((member) => member.userid);

const inCourse: INodeParameters = {
	courseId: by('shortname', '={{ $json.course }}'),
	name: '={{ $json.name }}',
};

describe('group: create', () => {
	test('many, in several courses, with all fields', async () => {
		const parameters = {
			...inCourse,
			additionalFields: {
				idnumber: '={{ $json.idnumber }}',
				visibility: '={{ $json.visibility }}',
				participation: '={{ $json.participation }}',
				enrolmentkey: '={{ $json.key }}',
			},
		};
		const { json } = await group('create', parameters, [
			{
				course: 'BIO',
				name: 'Red',
				idnumber: 'R',
				visibility: 1,
				participation: false,
				key: 'open sesame',
			},
			{ course: 'art', name: 'Red' },
		]);
		expect(json).toEqual([
			{ id: expect.any(Number), courseid: bio.id, name: 'Red', idnumber: 'R' },
			{ id: expect.any(Number), courseid: art.id, name: 'Red', idnumber: '' },
		]);
		expect(sandbox.site.groups.get(Number(json[0].id))).toMatchObject({
			visibility: 1,
			participation: 0,
			enrolmentkey: 'open sesame',
			description: '',
		});
		expect(sent('core_group_create_groups')).toBe(1);
	});

	test('taken names and ID numbers are explained, the others are made', async () => {
		const old = newGroup(bio, 'Red', { idnumber: 'R' });
		const parameters = { ...inCourse, additionalFields: { idnumber: '={{ $json.idnumber }}' } };
		const items = [
			{ course: 'BIO', name: 'RED' },
			{ course: 'BIO', name: 'Blue', idnumber: 'B' },
			{ course: 'BIO', name: 'Green', idnumber: 'R' },
			{ course: 'NONE', name: 'X' },
			{ course: 'BIO', name: 'blue' },
		];
		const { json, errors } = await group('create', parameters, items, split);
		expect(json.map((row) => row.name)).toEqual(['Blue']);
		expect(errors[0]).toContain(
			`The name 'RED' is taken by another group of the course (ID ${old.id})`,
		);
		expect(errors[1]).toMatch(/ID number 'R' is taken/);
		expect(errors[2]).toMatch(/no course has the short name 'NONE'/);
		expect(errors[3]).toMatch(/name 'blue' is taken/);
	});

	test('fields that the version lacks are named before anything is sent', async () => {
		const old = await startSandbox({ version: '4.1' });
		addCourse(old.site, { fullname: 'Old', shortname: 'OLD', category: 1 });
		const result = await group(
			'create',
			{ courseId: by('shortname', 'OLD'), name: 'Red', additionalFields: { visibility: 1 } },
			[{}],
			{ at: old },
		);
		await old.close();
		expect(result.error?.message).toMatch(
			/'Visibility' is not known to Moodle 4.1: it needs Moodle 4.2 or later/,
		);
	});
});

describe('group: create or update', () => {
	const byName: INodeParameters = {
		...inCourse,
		matchBy: 'name',
		additionalFields: {
			idnumber: '={{ $json.idnumber }}',
			description: '={{ $json.description }}',
		},
	};
	const byNumber: INodeParameters = {
		...inCourse,
		matchBy: 'idnumber',
		idnumber: '={{ $json.idnumber }}',
		additionalFields: {},
	};

	test('by name: creates, changes, leaves alone', async () => {
		const [red, blue] = [
			newGroup(bio, 'Red', { description: 'old', descriptionformat: 2 }),
			newGroup(bio, 'Blue', { idnumber: 'B' }),
		];
		const items = [
			{ course: 'BIO', name: 'Red', idnumber: 'R' },
			{ course: 'BIO', name: 'Blue', idnumber: 'B' },
			{ course: 'BIO', name: 'New', description: 'x' },
			{ course: 'ART', name: 'Red' },
		];
		const { json } = await group('upsert', byName, items);
		expect(json.map(({ id, created, updated }) => [id, created, updated])).toEqual([
			[red.id, false, true],
			[blue.id, false, false],
			[expect.any(Number), true, false],
			[expect.any(Number), true, false],
		]);
		expect(sandbox.site.groups.get(red.id)).toMatchObject({
			idnumber: 'R',
			description: 'old',
			descriptionformat: 2,
		});
		expect(writes()).toBe(2);
		await group('upsert', byName, items);
		expect(writes()).toBe(0);
	});

	test('by ID number: the name may change, but not to one that is taken', async () => {
		const [red] = [
			newGroup(bio, 'Red', { idnumber: 'R' }),
			newGroup(bio, 'Blue', { idnumber: 'B' }),
		];
		const { json, errors } = await group(
			'upsert',
			byNumber,
			[
				{ course: 'BIO', name: 'Crimson', idnumber: 'r' },
				{ course: 'BIO', name: 'Crimson', idnumber: 'B' },
				{ course: 'BIO', name: 'X', idnumber: '' },
			],
			split,
		);
		expect(json).toEqual([
			{ id: red.id, created: false, updated: true, courseid: bio.id, name: 'Crimson' },
		]);
		expect(errors[0]).toMatch(/name 'Crimson' is taken/);
		expect(errors[1]).toMatch(/'ID Number' is empty/);
	});
});

describe('group: update', () => {
	const parameters: INodeParameters = {
		courseId: by('shortname', '={{ $json.course ?? "" }}'),
		groupId: by('={{ $json.mode }}' as never, '={{ $json.group }}'),
		updateFields: {
			description: '={{ $json.description }}',
			visibility: '={{ $json.visibility }}',
			name: '={{ $json.name }}',
		},
	};
	const named: INodeParameters = { ...parameters, groupId: by('name', '={{ $json.group }}') };
	const byId: INodeParameters = { ...parameters, groupId: by('id', '={{ $json.group }}') };

	test('by name in its course, and by id without a course', async () => {
		const [red, far] = [newGroup(bio, 'Red', { idnumber: 'R' }), newGroup(art, 'Red')];
		const first = await group('update', named, [{ course: 'BIO', group: 'red', description: 'x' }]);
		expect(first.json).toEqual([{ id: red.id, updated: true, courseid: bio.id, name: 'Red' }]);
		expect(sandbox.site.groups.get(red.id)).toMatchObject({
			description: 'x',
			idnumber: 'R',
			name: 'Red',
		});
		const second = await group('update', byId, [{ group: far.id, name: 'Far' }]);
		expect(second.json).toEqual([{ id: far.id, updated: true, courseid: art.id, name: 'Far' }]);
	});

	test('what goes wrong is told for each item', async () => {
		const [red, blue, far] = [newGroup(bio, 'Red'), newGroup(bio, 'Blue'), newGroup(art, 'Far')];
		join(red, person('ada', bio));
		const items = [
			{ group: 99_999, name: 'X' },
			{ group: red.id, visibility: 2 },
			{ group: blue.id, name: 'RED' },
			{ course: 'BIO', group: far.id, name: 'X' },
			{ group: blue.id, visibility: 3 },
			{ group: blue.id },
		];
		const { json, errors } = await group('update', byId, items, split);
		expect(json.map((row) => row.id)).toEqual([blue.id]);
		expect(errors[0]).toMatch(/no group with the ID '99999'/);
		expect(errors[1]).toMatch(/cannot be changed while it has members/);
		expect(errors[2]).toMatch(/name 'RED' is taken/);
		expect(errors[3]).toMatch(/no group has the ID '\d+' in this course/);
		expect(errors[4]).toMatch(/holds nothing to change/);
		expect(sandbox.site.groups.get(blue.id)?.visibility).toBe(3);
	});

	test('a name without a course asks for the course', async () => {
		const { errors } = await group('update', named, [{ group: 'Red', name: 'X' }], split);
		expect(errors[0]).toMatch(/'Course' is empty.*choose the course, or give the group by its ID/);
	});
});

describe('group: get, get many, delete', () => {
	test('get by name, ID number and id; one unknown', async () => {
		const red = newGroup(bio, 'Red', { idnumber: 'R', enrolmentkey: 'secret key' });
		for (const mode of [
			by('name', 'RED'),
			by('idnumber', 'r'),
			by('id', red.id),
			by('list', red.id),
		]) {
			const { json, everything } = await group('get', {
				courseId: by('shortname', 'BIO'),
				groupId: mode,
				simplify: true,
			});
			expect(json).toEqual([
				{
					id: red.id,
					courseid: bio.id,
					name: 'Red',
					idnumber: 'R',
					description: '',
					visibility: 0,
					participation: true,
				},
			]);
			expect(everything).not.toContain('secret key');
		}
		const many = await group(
			'get',
			{ courseId: by('list', ''), groupId: by('id', '={{ $json.id }}'), simplify: true },
			[{ id: red.id }, { id: 99_999 }],
			split,
		);
		expect(many.json).toHaveLength(1);
		expect(many.errors).toEqual([expect.stringMatching(/no group with the ID '99999'/)]);
	});

	test('get many: one course that refuses does not spoil the others', async () => {
		newGroup(bio, 'Red');
		newGroup(bio, 'Blue');
		const { json, errors } = await group(
			'getAll',
			{ courseId: by('id', '={{ $json.id }}'), returnAll: true, simplify: true },
			[{ id: bio.id }, { id: 99_999 }],
			split,
		);
		expect(json.map((row) => row.name)).toEqual(['Blue', 'Red']);
		expect(errors).toHaveLength(1);
	});

	test('delete says when there is no such group', async () => {
		const red = newGroup(bio, 'Red');
		const { json, errors } = await group(
			'delete',
			{ courseId: by('list', ''), groupId: by('id', '={{ $json.id }}') },
			[{ id: red.id }, { id: 99_999 }],
			split,
		);
		expect(json).toEqual([{ success: true, id: red.id }]);
		expect(errors).toEqual([expect.stringMatching(/no group with the ID '99999'/)]);
		expect(sandbox.site.groups.get(red.id)).toBeUndefined();
	});
});

describe('group: members', () => {
	const pair: INodeParameters = {
		courseId: by('shortname', '={{ $json.course }}'),
		groupId: by('name', '={{ $json.group }}'),
		userId: by('email', '={{ $json.user }}@example.org'),
	};

	test('add: enrolled ones in one request, members say so, strangers are told to enrol', async () => {
		const [ada, bob] = [person('ada', bio), person('bob', bio)];
		const eve = person('eve');
		const red = newGroup(bio, 'Red');
		join(red, bob);
		const items = [
			{ course: 'BIO', group: 'Red', user: 'ada' },
			{ course: 'BIO', group: 'Red', user: 'bob' },
			{ course: 'BIO', group: 'Red', user: 'eve' },
			{ course: 'BIO', group: 'None', user: 'ada' },
			{ course: 'BIO', group: 'Red', user: 'ada' },
		];
		const { json, errors } = await group('addMember', pair, items, split);
		expect(json).toEqual([
			{ success: true, groupid: red.id, userid: ada.id, already: false },
			{ success: true, groupid: red.id, userid: bob.id, already: true },
			{ success: true, groupid: red.id, userid: ada.id, already: true },
		]);
		expect(errors[0]).toMatch(
			new RegExp(
				`eve Byron \\(ID ${eve.id}\\) is not enrolled in the course of the group \\(ID ${bio.id}\\).*enrol the user first`,
			),
		);
		expect(errors[1]).toMatch(/no group has the name 'None' in this course/);
		expect(membersOf(red)).toEqual([bob.id, ada.id]);
	});

	test('add: dry run finds the strangers too', async () => {
		const people = ['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => person(name, bio));
		person('eve');
		newGroup(bio, 'Red');
		const { json, errors } = await group(
			'addMember',
			{ ...pair, options: { dryRun: true } },
			[...people, { username: 'eve' }].map(({ username }) => ({
				course: 'BIO',
				group: 'Red',
				user: username,
			})),
			split,
		);
		expect(json).toHaveLength(5);
		expect(errors).toEqual([expect.stringMatching(/eve Byron/)]);
		expect(writes()).toBe(0);
		expect(sent('core_group_get_course_user_groups')).toBe(1);
	});

	test('add: a course that refuses is the problem of its own items', async () => {
		const ada = person('ada', bio, art);
		const [red, far] = [newGroup(bio, 'Red'), newGroup(art, 'Far')];
		const { id } = person('limited', bio);
		const token = sandbox.addToken('limited', { userid: id });
		giveCapabilities(sandbox.site, id, ['webservice/rest:use', 'moodle/user:viewdetails']);
		giveCapabilities(sandbox.site, id, ['moodle/course:managegroups', 'moodle/course:view'], {
			contextid: sandbox.site.contexts.first('instance', `50:${bio.id}`)!.id,
		});
		const byId: INodeParameters = {
			courseId: by('list', ''),
			groupId: by('id', '={{ $json.group }}'),
			userId: by('id', ada.id),
		};
		const { json, errors } = await group(
			'addMember',
			byId,
			[{ group: far.id }, { group: red.id }],
			{ ...split, token },
		);
		expect(json).toEqual([expect.objectContaining({ groupid: red.id })]);
		expect(errors).toEqual([expect.stringMatching(/cannot enter it|cannot enter the course/)]);
	});

	test('remove: members, those who are none, and those who belong to a plugin', async () => {
		const [ada, bob, cyd] = [person('ada', bio), person('bob', bio), person('cyd', bio)];
		const red = newGroup(bio, 'Red');
		join(red, ada);
		join(red, cyd, 'enrol_meta');
		const { json, errors } = await group(
			'removeMember',
			pair,
			['ada', 'bob', 'cyd'].map((user) => ({ course: 'BIO', group: 'Red', user })),
			split,
		);
		expect(json).toEqual([
			{ success: true, groupid: red.id, userid: ada.id, nothingToDo: false },
			{ success: true, groupid: red.id, userid: bob.id, nothingToDo: true },
		]);
		expect(errors).toEqual([expect.stringMatching(/made by a plugin/)]);
		expect(membersOf(red)).toEqual([cyd.id]);
	});

	test('get members, with their details', async () => {
		const ada = person('ada', bio);
		const red = newGroup(bio, 'Red');
		join(red, ada);
		const parameters: INodeParameters = {
			courseId: by('shortname', 'BIO'),
			groupId: by('name', 'Red'),
			returnAll: true,
			includeUsers: true,
		};
		expect((await group('getMembers', parameters)).json).toEqual([
			expect.objectContaining({
				groupid: red.id,
				userid: ada.id,
				username: 'ada',
				email: 'ada@example.org',
			}),
		]);
		expect((await group('getMembers', { ...parameters, includeUsers: false })).json).toEqual([
			{ groupid: red.id, userid: ada.id },
		]);
	});

	test('groups of a user: of one course, of all, and in a grouping', async () => {
		const [ada] = [person('ada', bio, art), person('eve')];
		const [red, far] = [newGroup(bio, 'Red'), newGroup(art, 'Far')];
		join(red, ada);
		join(far, ada);
		const [labs] = [newGrouping(bio, 'Labs'), newGrouping(bio, 'Tours')];
		sandbox.site.groupingGroups.insert({ groupingid: labs.id, groupid: red.id });
		const parameters: INodeParameters = {
			userId: by('username', '={{ $json.user ?? "ada" }}'),
			courseId: by('shortname', '={{ $json.course ?? "" }}'),
			groupingId: by('name', '={{ $json.grouping ?? "" }}'),
			returnAll: true,
			simplify: true,
		};
		const { json, errors } = await group(
			'getUserGroups',
			parameters,
			[
				{ course: 'BIO' },
				{},
				{ course: 'BIO', grouping: 'Labs' },
				{ course: 'BIO', grouping: 'Tours' },
				{ course: 'BIO', user: 'eve' },
			],
			split,
		);
		expect(json.map((row) => row.name)).toEqual(['Red', 'Red', 'Far', 'Red']);
		expect(json[0]).toEqual({
			id: red.id,
			courseid: bio.id,
			name: 'Red',
			idnumber: '',
			description: '',
		});
		expect(errors).toEqual([expect.stringMatching(/not enrolled in the course/)]);
	});
});

describe('group: activities', () => {
	test('group mode, in words too', async () => {
		const modes = [0, 1, 2].map(
			(groupmode) => addModule(sandbox.site, bio.id, 'forum', `F${groupmode}`, { groupmode }).id,
		);
		const { json, errors } = await group(
			'getActivityGroupMode',
			{ activityId: by('id', '={{ $json.id }}') },
			[...modes, 99_999].map((id) => ({ id })),
			split,
		);
		expect(json).toEqual([
			{ activityid: modes[0], groupmode: 0, name: 'No groups' },
			{ activityid: modes[1], groupmode: 1, name: 'Separate groups' },
			{ activityid: modes[2], groupmode: 2, name: 'Visible groups' },
		]);
		expect(errors).toHaveLength(1);
		const url = await group('getActivityGroupMode', {
			activityId: by('url', `${sandbox.url}/mod/forum/view.php?id=${modes[1]}`),
		});
		expect(url.json[0].groupmode).toBe(1);
	});

	test('allowed groups of a user, and of the token', async () => {
		const [ada] = [person('ada', bio), person('eve')];
		const [red] = [newGroup(bio, 'Red'), newGroup(bio, 'Blue')];
		join(red, ada);
		const { id } = addModule(sandbox.site, bio.id, 'forum', 'F', { groupmode: 1 });
		const parameters: INodeParameters = {
			activityId: by('id', id),
			userId: by('username', '={{ $json.user ?? "" }}'),
			returnAll: true,
			simplify: true,
		};
		const { json, errors } = await group(
			'getActivityAllowedGroups',
			parameters,
			[{ user: 'ada' }, {}, { user: 'eve' }],
			split,
		);
		expect(json.map((row) => [row.name, row.canaccessallgroups])).toEqual([
			['Red', false],
			['Blue', true],
			['Red', true],
		]);
		expect(errors).toEqual([expect.stringMatching(/no access to the course/)]);
	});
});

describe('grouping', () => {
	test('create always sends ID number and description, and explains taken names', async () => {
		newGrouping(bio, 'Labs');
		const { json, errors } = await grouping(
			'create',
			{ ...inCourse, additionalFields: {} },
			[
				{ course: 'BIO', name: 'Tours' },
				{ course: 'BIO', name: 'labs' },
				{ course: 'ART', name: 'Labs' },
			],
			split,
		);
		expect(json).toEqual([
			{ id: expect.any(Number), courseid: bio.id, name: 'Tours', idnumber: '' },
			{ id: expect.any(Number), courseid: art.id, name: 'Labs', idnumber: '' },
		]);
		expect(errors).toEqual([expect.stringMatching(/name 'labs' is taken by another grouping/)]);
	});

	test('upsert and update keep what is not named', async () => {
		const labs = newGrouping(bio, 'Labs', {
			description: '<img src="@@PLUGINFILE@@/a.png">',
			descriptionformat: 0,
			idnumber: 'L',
		});
		const upsert = await grouping(
			'upsert',
			{ ...inCourse, matchBy: 'idnumber', idnumber: '={{ $json.idnumber }}', additionalFields: {} },
			[{ course: 'BIO', name: 'Laboratories', idnumber: 'L' }],
		);
		expect(upsert.json).toEqual([
			{ id: labs.id, created: false, updated: true, courseid: bio.id, name: 'Laboratories' },
		]);
		const update = await grouping(
			'update',
			{
				courseId: by('list', ''),
				groupingId: by('id', '={{ $json.id }}'),
				updateFields: { idnumber: 'L2' },
			},
			[{ id: labs.id }, { id: 99_999 }],
			split,
		);
		expect(update.json).toEqual([
			{ id: labs.id, updated: true, courseid: bio.id, name: 'Laboratories' },
		]);
		expect(update.errors).toEqual([expect.stringMatching(/no grouping with the ID '99999'/)]);
		expect(sandbox.site.groupings.get(labs.id)).toMatchObject({
			name: 'Laboratories',
			idnumber: 'L2',
			description: '<img src="@@PLUGINFILE@@/a.png">',
			descriptionformat: 0,
		});
	});

	test('assign, get, unassign, delete', async () => {
		const [red, far, labs] = [newGroup(bio, 'Red'), newGroup(art, 'Far'), newGrouping(bio, 'Labs')];
		const byId: INodeParameters = {
			courseId: by('list', ''),
			groupingId: by('id', '={{ $json.grouping }}'),
			groupId: by('id', '={{ $json.group }}'),
		};
		const assigned = await grouping(
			'assignGroup',
			byId,
			[
				{ grouping: labs.id, group: red.id },
				{ grouping: labs.id, group: far.id },
				{ grouping: 99_999, group: red.id },
				{ grouping: labs.id, group: 99_999 },
			],
			split,
		);
		expect(assigned.json).toEqual([
			{ success: true, groupingid: labs.id, groupid: red.id, already: false },
		]);
		expect(assigned.errors[0]).toMatch(/group 'Far' belongs to another course/);
		expect(assigned.errors[1]).toMatch(/no grouping with the ID '99999'/);
		expect(assigned.errors[2]).toMatch(/no group with the ID '99999'/);

		const names: INodeParameters = {
			courseId: by('shortname', 'BIO'),
			groupingId: by('name', 'Labs'),
			groupId: by('name', '={{ $json.group }}'),
		};
		const again = await grouping('assignGroup', names, [{ group: 'Red' }, { group: 'Far' }], split);
		expect(again.json).toEqual([
			{ success: true, groupingid: labs.id, groupid: red.id, already: true },
		]);
		expect(again.errors).toEqual([
			expect.stringMatching(/no group has the name 'Far' in this course/),
		]);
		expect(writes()).toBe(0);

		const got = await grouping('get', {
			courseId: by('shortname', 'BIO'),
			groupingId: by('name', 'Labs'),
			simplify: true,
		});
		expect(got.json).toEqual([
			{
				id: labs.id,
				courseid: bio.id,
				name: 'Labs',
				idnumber: '',
				description: '',
				groupids: [red.id],
			},
		]);
		const list = await grouping('getAll', {
			courseId: by('shortname', 'BIO'),
			returnAll: true,
			simplify: true,
		});
		expect(list.json).toEqual([
			{ id: labs.id, courseid: bio.id, name: 'Labs', idnumber: '', description: '' },
		]);

		const gone = await grouping('unassignGroup', byId, [
			{ grouping: labs.id, group: red.id },
			{ grouping: labs.id, group: far.id },
			{ grouping: labs.id, group: red.id },
		]);
		expect(gone.json.map((row) => row.nothingToDo)).toEqual([false, true, true]);
		const deleted = await grouping(
			'delete',
			{ courseId: by('list', ''), groupingId: by('id', '={{ $json.id }}') },
			[{ id: labs.id }, { id: labs.id }],
			split,
		);
		expect(deleted.json).toEqual([{ success: true, id: labs.id }]);
		expect(deleted.errors).toEqual([expect.stringMatching(/no grouping with the ID/)]);
	});
});
