import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { addModule, addUser, completeCourse, enrol, setCriteria } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import { by, nodeOn, onStandIn, sentTo, split, waysTo } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const completion = nodeOn('completion', () => sandbox);
const sent = sentTo(() => sandbox);

let users: number[];
let course: number;
let plain: number;
let byHand: number;
let automatic: number;
let untracked: number;

beforeEach(async () => {
	users = ['ada', 'bob', 'cyd'].map(
		(username) => addUser(sandbox.site, { username, idnumber: `N-${username}` }).id,
	);
	course = addCourse(sandbox.site, {
		fullname: 'One',
		shortname: 'one',
		category: 1,
		enablecompletion: 1,
	}).id;
	plain = addCourse(sandbox.site, {
		fullname: 'Plain',
		shortname: 'plain',
		category: 1,
		enablecompletion: 1,
	}).id;
	enrol(sandbox.site, course, users.slice(0, 2));
	enrol(sandbox.site, plain, [users[0]]);
	byHand = addModule(sandbox.site, course, 'assign', 'Essay', { completion: 1 }).id;
	automatic = addModule(sandbox.site, course, 'page', 'Reading', {
		completion: 2,
		completionview: 1,
	}).id;
	untracked = addModule(sandbox.site, course, 'page', 'Free').id;
	sandbox.requests.length = 0;
});

const marked: INodeParameters = {
	activityId: by('id', '={{ $json.a }}'),
	userId: by('username', '={{ $json.u }}'),
	completed: '={{ $json.c ?? true }}',
};

describe('markActivity', () => {
	test('for users, by hand and automatic, there and back', async () => {
		const { json } = await completion('markActivity', marked, [
			{ a: byHand, u: 'ada' },
			{ a: automatic, u: 'bob' },
		]);
		expect(json).toEqual([
			{
				activityid: byHand,
				userid: users[0],
				completed: true,
				updated: true,
				timecompleted: expect.stringMatching(/^\d{4}-/),
			},
			{
				activityid: automatic,
				userid: users[1],
				completed: true,
				updated: true,
				timecompleted: expect.stringMatching(/^\d{4}-/),
			},
		]);
		const back = await completion(
			'markActivity',
			{ ...marked, activityId: by('url', `${sandbox.url}/mod/assign/view.php?id=${byHand}`) },
			[{ u: 'ada', c: false }],
		);
		expect(back.json).toEqual([
			{
				activityid: byHand,
				userid: users[0],
				completed: false,
				updated: true,
				timecompleted: null,
			},
		]);
	});

	test('users in all ways', async () => {
		for (const userId of waysTo(sandbox, users[0]))
			expect(
				(await completion('markActivity', { ...marked, userId }, [{ a: byHand }])).json,
			).toMatchObject([{ userid: users[0] }]);
	});

	test('who is not in the course, what is not tracked, what is not there', async () => {
		const items = [
			{ a: byHand, u: 'ada' },
			{ a: byHand, u: 'cyd' },
			{ a: untracked, u: 'ada' },
			{ a: 9999, u: 'ada' },
			{ a: byHand, u: 'nobody' },
			{ a: byHand, u: '' },
			{ a: 'x', u: 'ada' },
			{ a: byHand, u: 'bob' },
		];
		const { json, errors, success } = await completion('markActivity', marked, items, split);
		expect(json).toHaveLength(2);
		expect(success.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 7 }]);
		expect(errors).toEqual([
			expect.stringMatching(/takes no part in the course/),
			expect.stringMatching(/no completion tracking, so nothing was changed/),
			expect.stringMatching(/no activity with the number 9999/),
			expect.stringMatching(/no user has the user name 'nobody'/),
			expect.stringMatching(/'User' is empty/),
			expect.stringMatching(/'Activity' is not an ID/),
		]);
		expect(
			sandbox.site.completions
				.all()
				.map((row) => row.userid)
				.sort(),
		).toEqual([users[0], users[1]].sort());
		expect(sent('core_user_get_course_user_profiles')).toBe(1);
	});

	test('for the own account', async () => {
		const own: INodeParameters = { activityId: by('id', '={{ $json.a }}'), whose: 'own' };
		const { json, errors } = await completion(
			'markActivity',
			own,
			[{ a: byHand }, { a: automatic }, { a: 9999 }],
			split,
		);
		expect(json).toEqual([{ activityid: byHand, userid: null, completed: true, updated: true }]);
		expect(errors).toEqual([
			expect.stringMatching(/not completed by hand/),
			expect.stringMatching(/no activity with the number 9999/),
		]);
		expect(sandbox.site.completions.all()).toMatchObject([
			{ cmid: byHand, userid: sandbox.account.userid, state: 1 },
		]);
		const off = await completion('markActivity', { ...own, completed: false }, [{ a: byHand }]);
		expect(off.json).toMatchObject([{ completed: false }]);
	});

	test('a state that stays is a failure', async () => {
		sandbox.switches.fault = ({ function: name }) =>
			name === 'core_completion_override_activity_completion_status'
				? {
						execute: false,
						status: 200,
						body: JSON.stringify({
							cmid: byHand,
							userid: users[0],
							state: 0,
							timecompleted: 0,
							overrideby: null,
							tracking: 1,
						}),
					}
				: null;
		const { errors } = await completion('markActivity', marked, [{ a: byHand, u: 'ada' }], split);
		expect(errors).toEqual([expect.stringMatching(/kept the activity not completed/)]);
	});

	test('dry run', async () => {
		const { json } = await completion('markActivity', { ...marked, options: { dryRun: true } }, [
			{ a: byHand, u: 'ada' },
		]);
		expect(json).toEqual([
			{
				dryRun: true,
				action: 'mark',
				function: 'core_completion_override_activity_completion_status',
				userid: users[0],
				cmid: byHand,
				newstate: 1,
			},
		]);
		expect(sandbox.site.completions.all()).toEqual([]);
	});
});

describe('getActivities', () => {
	const asked: INodeParameters = {
		courseId: by('shortname', '={{ $json.c ?? "one" }}'),
		userId: by('username', '={{ $json.u }}'),
	};

	test('one item per tracked activity, with names, filtered, raw', async () => {
		await completion('markActivity', marked, [{ a: byHand, u: 'ada' }]);
		const { json } = await completion(
			'getActivities',
			{ ...asked, options: { activityNames: true } },
			[{ u: 'ada' }],
		);
		expect(json).toEqual([
			{
				courseid: course,
				userid: users[0],
				cmid: byHand,
				modname: 'assign',
				completed: true,
				state: 'complete',
				timecompleted: expect.stringMatching(/^\d{4}-/),
				tracking: 'manual',
				overrideby: sandbox.account.userid,
				name: 'Essay',
			},
			{
				courseid: course,
				userid: users[0],
				cmid: automatic,
				modname: 'page',
				completed: false,
				state: 'incomplete',
				timecompleted: null,
				tracking: 'automatic',
				overrideby: null,
				name: 'Reading',
			},
		]);
		const filtered = async (state: string) =>
			(
				await completion('getActivities', { ...asked, filters: { state } }, [{ u: 'ada' }])
			).json.map((row) => row.cmid);
		expect(await filtered('completed')).toEqual([byHand]);
		expect(await filtered('open')).toEqual([automatic]);
		const raw = await completion('getActivities', { ...asked, simplify: false }, [{ u: 'ada' }]);
		expect(raw.json[0]).toMatchObject({ cmid: byHand, state: 1, hascompletion: true });
	});

	test('names once per course; somebody outside of the course is told', async () => {
		sandbox.requests.length = 0;
		const { json, errors } = await completion(
			'getActivities',
			{ ...asked, options: { activityNames: true } },
			[{ u: 'ada' }, { u: 'bob' }, { u: 'cyd' }, { u: 'ada', c: 'none' }],
			split,
		);
		expect(json).toHaveLength(4);
		expect(errors).toEqual([
			expect.stringMatching(/does not track the completion/),
			expect.stringMatching(/no course has the short name 'none'/),
		]);
		expect(sent('core_course_get_contents')).toBe(1);
	});
});

describe('getCourse', () => {
	const asked: INodeParameters = {
		courseId: by('shortname', '={{ $json.c ?? "one" }}'),
		userId: by('username', '={{ $json.u }}'),
	};

	test('how far somebody is; why it cannot be told', async () => {
		setCriteria(sandbox.site, course, [byHand]);
		completeCourse(sandbox.site, course, users[1]);
		const { json, errors } = await completion(
			'getCourse',
			asked,
			[{ u: 'ada' }, { u: 'bob' }, { u: 'cyd' }, { u: 'ada', c: 'plain' }],
			split,
		);
		expect(json[0]).toEqual({
			courseid: course,
			userid: users[0],
			completed: false,
			aggregation: 'all',
			criteria: 2,
			criteriacompleted: 0,
			lastcompleted: null,
		});
		expect(json[1]).toMatchObject({ userid: users[1], completed: true });
		expect(errors).toEqual([
			expect.stringMatching(/not enrolled/),
			expect.stringMatching(/no completion criteria/),
		]);
		const raw = await completion('getCourse', { ...asked, simplify: false }, [{ u: 'ada' }]);
		expect(raw.json[0]).toMatchObject({
			courseid: course,
			userid: users[0],
			completed: false,
			completions: [{}, {}],
		});
	});
});
