/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** Items that mean one record under two names: what the later one wants is decided when the earlier one is done. */
import { operation as markActivity } from '../../nodes/Moodle/actions/completion/markActivity';
import { operation as updateCohort } from '../../nodes/Moodle/actions/cohort/update';
import { operation as updateCourse } from '../../nodes/Moodle/actions/course/update';
import { operation as updateGroup } from '../../nodes/Moodle/actions/group/update';
import { operation as updateUser } from '../../nodes/Moodle/actions/user/update';
import { operation as upsertUser } from '../../nodes/Moodle/actions/user/upsert';
import { formBody } from '../../nodes/Moodle/moodle/encode';
import type { Params } from '../../nodes/Moodle/moodle/values';
import { addModule, addUser } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import { runEngine } from '../support/engineRun';
import { functionOf, InProcessMoodle } from '../support/inProcess';
import { problemOf } from './strike';

const by = (mode: string, value: unknown) => ({ mode, value: String(value) });
const call = (moodle: InProcessMoodle, wsfunction: string, params: Params) =>
	JSON.parse(moodle.answer(formBody(wsfunction, params), moodle.adminToken).text) as Array<{
		id: number;
	}>;
const send = (moodle: InProcessMoodle) => async (body: string) =>
	await Promise.resolve(moodle.answer(body));
const person = (moodle: InProcessMoodle, username: string) =>
	addUser(moodle.site, {
		username,
		email: `${username}@example.org`,
		firstname: username,
		lastname: 'Byron',
	});

const modes = [
	['continue', false],
	['stop', true],
] as const;

describe.each(['mariadb', 'postgres'] as const)('on %s', (database) => {
	test('a refused change does not count against another change of the same user', async () => {
		const moodle = new InProcessMoodle({ database });
		const [ada] = ['ada', 'bob'].map((name) => person(moodle, name));
		const items = [
			{ userId: by('id', ada.id), updateFields: { email: 'bob@example.org' } },
			{ userId: by('username', 'ada'), updateFields: { city: 'Berlin' } },
		];
		const { units } = await runEngine({ operation: updateUser, items, send: send(moodle) });
		expect(units.map(problemOf)).toEqual([expect.stringMatching(/bob@example\.org/), '']);
		expect(moodle.site.users.get(ada.id)).toMatchObject({
			email: 'ada@example.org',
			city: 'Berlin',
		});
	});

	test.each(modes)(
		'the last of several changes wins, whatever request it travels in (%s)',
		async (_mode, stop) => {
			const moodle = new InProcessMoodle({ database });
			const [ada, bob] = ['ada', 'bob'].map((name) => person(moodle, name));
			const items = [
				{ userId: by('id', ada.id), updateFields: { city: 'Rome' } },
				{ userId: by('id', bob.id), updateFields: { city: 'First', password: 'Secret-Word-1!' } },
				{ userId: by('username', 'bob'), updateFields: { city: 'Second' } },
			];
			const { units } = await runEngine({
				operation: updateUser,
				items,
				send: send(moodle),
				options: { stop },
			});
			expect(units.map(problemOf)).toEqual(['', '', '']);
			expect(moodle.site.users.get(bob.id)?.city).toBe('Second');
		},
	);
});

test.each(modes)(
	'a cohort keeps its new name when another item changes its description (%s)',
	async (_mode, stop) => {
		const moodle = new InProcessMoodle();
		const [{ id }] = call(moodle, 'core_cohort_create_cohorts', {
			cohorts: [{ categorytype: { type: 'system', value: '' }, name: 'Old', idnumber: 'K' }],
		});
		const items = [
			{ cohortId: by('id', id), location: 'keep', updateFields: { name: 'New' } },
			{ cohortId: by('idnumber', 'K'), location: 'keep', updateFields: { description: 'Text' } },
		];
		const { units } = await runEngine({
			operation: updateCohort,
			items,
			send: send(moodle),
			options: { stop },
		});
		expect(units.map(problemOf)).toEqual(['', '']);
		expect(moodle.site.cohorts.get(id)).toMatchObject({ name: 'New', description: 'Text' });
	},
);

test.each(modes)('so does a group (%s)', async (_mode, stop) => {
	const moodle = new InProcessMoodle();
	const { id: courseid } = addCourse(moodle.site, {
		fullname: 'One',
		shortname: 'one',
		category: 1,
	} as never);
	const [{ id }] = call(moodle, 'core_group_create_groups', {
		groups: [{ courseid, name: 'Old', description: '', idnumber: 'K' }],
	});
	const items = [
		{ groupId: by('id', id), courseId: by('id', courseid), updateFields: { name: 'New' } },
		{
			groupId: by('idnumber', 'K'),
			courseId: by('id', courseid),
			updateFields: { description: 'Text' },
		},
	];
	const { units } = await runEngine({
		operation: updateGroup,
		items,
		send: send(moodle),
		options: { stop },
	});
	expect(units.map(problemOf)).toEqual(['', '']);
	expect(moodle.site.groups.get(id)).toMatchObject({ name: 'New', description: 'Text' });
});

test('a course: the refused short name is the problem of its own item', async () => {
	const moodle = new InProcessMoodle();
	const [one] = ['one', 'two'].map((shortname) =>
		addCourse(moodle.site, { fullname: shortname, shortname, category: 1 } as never),
	);
	const items = [
		{ courseId: by('id', one.id), updateFields: { shortname: 'two' } },
		{ courseId: by('shortname', 'one'), updateFields: { fullname: 'New name' } },
	];
	const { units } = await runEngine({ operation: updateCourse, items, send: send(moodle) });
	expect(units.map(problemOf)).toEqual([expect.stringMatching(/short name/), '']);
	expect(moodle.site.courses.get(one.id)).toMatchObject({ shortname: 'one', fullname: 'New name' });
});

test('an address that one item takes from a user does not lead the next item to that user', async () => {
	const moodle = new InProcessMoodle();
	const ada = person(moodle, 'ada');
	const upsert = { firstname: 'ada', lastname: 'Byron', additionalFields: {} };
	const items = [
		{ ...upsert, matchBy: 'username', username: 'ada', email: 'moved@example.org' },
		{ ...upsert, matchBy: 'email', username: '', firstname: 'Somebody', email: 'ada@example.org' },
	];
	const { units } = await runEngine({ operation: upsertUser, items, send: send(moodle) });
	expect(moodle.site.users.get(ada.id)).toMatchObject({
		email: 'moved@example.org',
		firstname: 'ada',
	});
	const outputs = units.map(({ outcome }) =>
		outcome && 'outputs' in outcome ? outcome.outputs[0].json : {},
	);
	expect(outputs).toEqual([
		expect.objectContaining({ id: ada.id, updated: true }),
		expect.objectContaining({ created: true }),
	]);
});

test('two marks of one activity stay in their order with several requests in flight', async () => {
	const moodle = new InProcessMoodle();
	const { id: courseid } = addCourse(moodle.site, {
		fullname: 'One',
		shortname: 'one',
		category: 1,
		enablecompletion: 1,
	} as never);
	const { id: userid } = person(moodle, 'ada');
	call(moodle, 'enrol_manual_enrol_users', { enrolments: [{ roleid: 5, userid, courseid }] });
	const { id: cmid } = addModule(moodle.site, courseid, 'assign', 'Essay', {
		completion: 1,
	} as never);
	const states: unknown[] = [];
	let first = true;
	const slowly = async (body: string) => {
		const isMark = functionOf(body) === 'core_completion_override_activity_completion_status';
		if (isMark && first) {
			first = false;
			for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
		}
		const reply = moodle.answer(body);
		if (isMark) states.push((JSON.parse(reply.text) as { state: number }).state);
		return reply;
	};
	const items = [true, false].map((completed) => ({
		activityId: by('id', cmid),
		whose: 'user',
		userId: by('id', userid),
		completed,
	}));
	await runEngine({ operation: markActivity, items, send: slowly, options: { width: 2 } });
	expect(states).toEqual([1, 0]);
});
