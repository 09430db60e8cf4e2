import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { SYSTEM } from '../sandbox/access';
import { addModule, addUser, giveCapabilities } from '../sandbox/builders';
import { addCategory, addCourse } from '../sandbox/functions/course-tools';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

/** The stand-in, for a run whose requests are counted. */
const counting = () => {
	sandbox.requests.length = 0;
	return sandbox;
};
const role = nodeOn('role', counting);

const sent = sentTo(() => sandbox);
const person = (username: string) => addUser(sandbox.site, { username });
const rolesOf = (user: { id: number }) =>
	sandbox.site.roleAssignments
		.all()
		.filter((row) => row.userid === user.id)
		.map((row) => [row.roleid, row.contextid]);
const contextOf = (level: number, id: number) =>
	sandbox.site.contexts.first('instance', `${level}:${id}`)!.id;

function places() {
	const category = addCategory(sandbox.site, { name: 'Physics', idnumber: 'PHY' });
	const course = addCourse(sandbox.site, {
		fullname: 'Biology',
		shortname: 'BIO',
		category: category.id,
	});
	const { id: cmid } = addModule(sandbox.site, course.id, 'forum', 'F');
	return { category: category.id, course: course.id, cmid };
}

const everywhere: INodeParameters = {
	roleId: by('shortname', '={{ $json.role }}'),
	userId: by('username', '={{ $json.user }}'),
	context: '={{ $json.context }}',
	courseId: by('shortname', 'BIO'),
	categoryId: by('idnumber', 'PHY'),
	activityId: by('url', ''),
};

describe.each([
	['assign', 'core_role_assign_roles'],
	['unassign', 'core_role_unassign_roles'],
])('%s', (operation, wsfunction) => {
	test('in a course, a category, the system and an activity', async () => {
		const { category, course, cmid } = places();
		const ada = person('ada');
		// The preset allows to give the roles of courses only.
		giveCapabilities(sandbox.site, sandbox.account.userid, [], { mayAssign: [1] });
		const at = [
			[50, course, 4],
			[40, category, 1],
			[10, 0, 1],
			[70, cmid, 4],
		];
		const contexts = at.map(([level, id, roleid]) => [
			roleid,
			level === 10 ? SYSTEM : contextOf(level, id),
		]);
		if (operation === 'unassign')
			for (const [roleid, contextid] of contexts)
				sandbox.site.roleAssignments.insert({
					roleid,
					contextid,
					userid: ada.id,
					component: '',
					itemid: 0,
				} as never);
		const results = [];
		for (const [context, name] of [
			['course', 'teacher'],
			['category', 'manager'],
			['system', 'manager'],
			['activity', 'teacher'],
		])
			results.push(
				...(
					await role(operation, { ...everywhere, context, activityId: by('id', cmid) }, [
						{ role: name, user: 'ada' },
					])
				).json,
			);
		expect(results).toEqual([
			{ success: true, roleid: 4, userid: ada.id, context: 'course', courseid: course },
			{ success: true, roleid: 1, userid: ada.id, context: 'category', categoryid: category },
			{ success: true, roleid: 1, userid: ada.id, context: 'system' },
			{ success: true, roleid: 4, userid: ada.id, context: 'activity', activityid: cmid },
		]);
		expect(rolesOf(ada)).toEqual(operation === 'assign' ? contexts : []);
	});

	test('many in one request; what is refused says why', async () => {
		const { course } = places();
		const [ada, bob] = [person('ada'), person('bob')];
		const byId: INodeParameters = {
			roleId: by('id', '={{ $json.role }}'),
			userId: by('id', '={{ $json.user }}'),
			context: 'course',
			courseId: by('id', '={{ $json.course }}'),
		};
		const items = [
			{ role: 4, user: ada.id, course },
			{ role: 4, user: 99_999, course },
			{ role: 77_777, user: ada.id, course },
			{ role: 4, user: ada.id, course: 88_888 },
			{ role: 4, user: bob.id, course },
		];
		const { json, errors } = await role(operation, byId, items, split);
		expect(json.map((row) => row.userid)).toEqual([ada.id, bob.id]);
		expect(errors[0]).toMatch(/no user (with|has) the ID '99999'/);
		expect(errors[1]).toMatch(
			/may not give the role with the ID 77777 here.*Allow role assignments/,
		);
		expect(errors[2]).toMatch(/shows no course with the ID '88888'/);
		sandbox.requests.length = 0;
		await role(operation, byId, [items[0], items[4]]);
		expect(sent(wsfunction)).toBe(1);
	});

	test('a role that does not exist in this place', async () => {
		places();
		person('ada');
		const { errors } = await role(
			operation,
			{ ...everywhere, context: 'system' },
			[{ role: 'student', user: 'ada' }],
			split,
		);
		expect(errors[0]).toMatch(/may not give the role with the ID 5 here.*assigned in the system/);
	});

	test('dry run', async () => {
		places();
		const ada = person('ada');
		const { json } = await role(
			operation,
			{ ...everywhere, context: 'course', options: { dryRun: true } },
			[{ role: 'student', user: 'ada' }],
		);
		expect(json).toEqual([
			expect.objectContaining({ dryRun: true, action: operation, roleid: 5, userid: ada.id }),
		]);
		expect(sent(wsfunction)).toBe(0);
	});
});
