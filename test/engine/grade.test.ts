import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, type MoodleVersion, type Sandbox } from '../sandbox';
import { addManualGrade, addModule, addUser, enrol } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import { by, nodeOn, onStandIn, sentTo, split, waysTo } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const sent = sentTo(() => sandbox);

const grade = nodeOn('grade', () => sandbox);

let users: number[];
let course: number;
let empty: number;
let essay: { id: number; instance: number };

function prepare(at = sandbox) {
	users = ['ada', 'bob', 'cyd', 'dot', 'eve'].map(
		(name) =>
			addUser(at.site, { username: name, firstname: name, lastname: 'X', idnumber: `N-${name}` })
				.id,
	);
	course = addCourse(at.site, {
		fullname: 'Course One',
		shortname: 'one',
		idnumber: 'C-1',
		category: 1,
	}).id;
	empty = addCourse(at.site, { fullname: 'Course Two', shortname: 'two', category: 1 }).id;
	enrol(at.site, course, users.slice(0, 4));
	enrol(at.site, empty, [users[0]]);
	essay = addModule(at.site, course, 'assign', 'Essay', { grade: 100 });
	at.requests.length = 0;
}

beforeEach(() => prepare());

const stored = (userid: number, cmid = essay.id) => {
	const item = sandbox.site.gradeItems.find('course', course).find((row) => row.cmid === cmid)!;
	return sandbox.site.gradeGrades.first('place', `${item.id}:${userid}`);
};
const setGrade = async (user: string, value: number) =>
	await grade('update', {
		activityId: by('id', essay.id),
		userId: by('username', user),
		grade: value,
	});
function change(userid: number, values: object) {
	sandbox.site.gradeGrades.update(stored(userid)!.id, values);
}

describe('getCourseGrades', () => {
	const asked = { userId: by('username', '={{ $json.user }}') };

	test('one item per course, for users named in every way; no grade is null', async () => {
		await setGrade('ada', 82.5);
		for (const userId of waysTo(sandbox, users[0])) {
			const { json, success } = await grade('getCourseGrades', { userId });
			expect(json).toEqual([
				{ userid: users[0], courseid: course, grade: '82.50', rawgrade: 82.5 },
				{ userid: users[0], courseid: empty, grade: null, rawgrade: null },
			]);
			expect(success.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 0 }]);
		}
	});

	test('each user is asked for once, names of courses in one request', async () => {
		const { json } = await grade('getCourseGrades', { ...asked, options: { courseNames: true } }, [
			{ user: 'ada' },
			{ user: 'bob' },
			{ user: 'ada' },
		]);
		expect(json).toHaveLength(5);
		expect(json[2]).toEqual({
			userid: users[1],
			courseid: course,
			grade: null,
			rawgrade: null,
			courseshortname: 'one',
			coursefullname: 'Course One',
		});
		expect(sent('gradereport_overview_get_course_grades')).toBe(2);
		expect(sent('core_course_get_courses')).toBe(1);
	});

	test('of one course, which the user must have', async () => {
		const { json, errors } = await grade(
			'getCourseGrades',
			{ ...asked, courseId: by('shortname', 'two') },
			[{ user: 'ada' }, { user: 'bob' }, { user: 'nobody' }],
			split,
		);
		expect(json).toEqual([{ userid: users[0], courseid: empty, grade: null, rawgrade: null }]);
		expect(errors).toEqual([
			expect.stringMatching(/shows no grade of the user.*enrolled/),
			expect.stringMatching(/no user has the user name 'nobody'/),
		]);
	});

	test("raw as Moodle's, and without the right nothing but words", async () => {
		const raw = await grade('getCourseGrades', { ...asked, simplify: false }, [{ user: 'bob' }]);
		expect(raw.json).toEqual([{ courseid: course, grade: '-', rawgrade: null }]);
		const token = sandbox.tokenWith(['moodle/user:viewdetails', 'moodle/user:viewalldetails']);
		const { errors } = await grade('getCourseGrades', { userId: by('id', users[0]) }, [{}], {
			...split,
			token,
		});
		expect(errors).toEqual([expect.stringMatching(/lacks a permission/)]);
	});
});

describe('getUserGradeItems', () => {
	beforeEach(async () => {
		await setGrade('ada', 82.5);
		addManualGrade(sandbox.site, {
			courseid: course,
			name: 'Oral',
			idnumber: 'ORAL',
			userid: users[0],
			grade: 77,
			feedback: 'Well done',
		});
		sandbox.requests.length = 0;
	});

	test('of one user', async () => {
		const { json } = await grade('getUserGradeItems', {
			courseId: by('idnumber', 'C-1'),
			userId: by('email', 'ada@example.org'),
		});
		expect(json).toHaveLength(3);
		expect(json[0]).toEqual({
			userid: users[0],
			userfullname: 'ada X',
			itemname: 'Essay',
			itemtype: 'mod',
			cmid: essay.id,
			grade: 82.5,
			gradeformatted: '82.50',
			grademax: 100,
			feedback: null,
			dategraded: expect.stringMatching(/^\d{4}-/),
		});
		expect(json[1]).toMatchObject({
			itemname: 'Oral',
			cmid: null,
			grade: 77,
			feedback: 'Well done',
		});
		expect(json[2]).toMatchObject({ itemtype: 'course', grade: 159.5, grademax: 200 });
	});

	test('of the whole course, limited and raw', async () => {
		const all = await grade('getUserGradeItems', {
			courseId: by('shortname', 'one'),
			returnAll: true,
		});
		expect(all.json).toHaveLength(12);
		expect(sent('gradereport_user_get_grade_items')).toBe(1);
		const few = await grade('getUserGradeItems', { courseId: by('shortname', 'one'), limit: 5 });
		expect(few.json).toEqual(all.json.slice(0, 5));
		const raw = await grade('getUserGradeItems', {
			courseId: by('shortname', 'one'),
			returnAll: true,
			simplify: false,
		});
		expect(raw.json.map((row) => row.userid)).toEqual(users.slice(0, 4));
		expect(raw.json[0].gradeitems).toHaveLength(3);
	});

	test('a large course is read user by user, only as far as needed, without teachers', async () => {
		const teacher = addUser(sandbox.site, { username: 'teacher' }).id;
		enrol(sandbox.site, empty, [teacher], 3);
		const many = Array.from(
			{ length: 620 },
			(_, at) => addUser(sandbox.site, { username: `many${at}` }).id,
		);
		enrol(sandbox.site, empty, many);
		sandbox.requests.length = 0;
		const { json } = await grade('getUserGradeItems', { courseId: by('id', empty), limit: 6 });
		expect(json).toHaveLength(6);
		expect(json.some((row) => row.userid === teacher)).toBe(false);
		expect(sent('gradereport_user_get_grade_items')).toBeLessThanOrEqual(8);
	});

	test('somebody who is not in the course is not "without grades"', async () => {
		const { json, errors } = await grade(
			'getUserGradeItems',
			{ courseId: by('id', course), userId: by('id', '={{ $json.u }}') },
			[{ u: users[1] }, { u: users[4] }, { u: 999999 }],
			split,
		);
		expect(json).toHaveLength(3);
		expect(errors).toEqual([
			expect.stringMatching(/takes no part in the course/),
			expect.stringMatching(/takes no part in the course/),
		]);
	});

	test('many users of a course cost one request', async () => {
		const more = Array.from(
			{ length: 20 },
			(_, at) => addUser(sandbox.site, { username: `more${at}` }).id,
		);
		enrol(sandbox.site, course, more);
		sandbox.requests.length = 0;
		const { json } = await grade(
			'getUserGradeItems',
			{ courseId: by('id', course), userId: by('id', '={{ $json.u }}') },
			more.map((u) => ({ u })),
		);
		expect(json).toHaveLength(60);
		expect(sent('gradereport_user_get_grade_items')).toBe(1);
	});
});

describe('getItems', () => {
	test('what is graded in a course', async () => {
		const { json, errors } = await grade(
			'getItems',
			{ courseId: by('id', '={{ $json.c }}') },
			[{ c: course }, { c: empty }, { c: 999 }],
			split,
		);
		expect(json).toEqual([
			{ courseid: course, id: expect.any(Number), itemname: 'Essay', category: 'Course One' },
		]);
		expect(errors).toEqual([expect.stringMatching(/does not exist/)]);
	});

	test('4.1 says which version it needs', async () => {
		const old = await startSandbox({ version: '4.1' as MoodleVersion });
		try {
			prepare(old);
			const { errors } = await grade('getItems', { courseId: by('id', course) }, [{}], {
				...split,
				at: old,
			});
			expect(errors).toEqual([expect.stringMatching(/Moodle 4\.2.*Get User Grade Items/)]);
		} finally {
			await old.close();
		}
	});
});

describe('update', () => {
	const graded: INodeParameters = {
		activityId: by('id', '={{ $json.a }}'),
		userId: by('username', '={{ $json.u }}'),
		grade: '={{ $json.g }}',
		additionalFields: { feedback: '={{ $json.f }}' },
	};
	const a = () => essay.id;

	test('many grades of an activity: one request to write them, one to check', async () => {
		const activity = by('url', `${sandbox.url}/mod/assign/view.php?id=${essay.id}&action=grading`);
		const { json, hints } = await grade(
			'update',
			{ ...graded, activityId: activity },
			[
				{ u: 'ada', g: 82.5 },
				{ u: 'bob', g: '45' },
				{ u: 'cyd', g: 0 },
			],
			split,
		);
		expect(json).toEqual([
			{ userid: users[0], activityid: essay.id, courseid: course, grade: 82.5, updated: true },
			{ userid: users[1], activityid: essay.id, courseid: course, grade: 45, updated: true },
			{ userid: users[2], activityid: essay.id, courseid: course, grade: 0, updated: true },
		]);
		expect(sent('core_grades_update_grades')).toBe(1);
		expect(stored(users[0])).toMatchObject({ finalgrade: 82.5 });
		expect(hints[0].message).toMatch(/3 records written/);
		const form = new Map(
			sandbox.requests.find((request) => request.function === 'core_grades_update_grades')!.form,
		);
		expect(form.get('component')).toBe('mod_assign');
		expect(form.get('courseid')).toBe(String(course));
	});

	test('every bad item has its own cause, the others are graded', async () => {
		await setGrade('cyd', 10);
		await setGrade('dot', 10);
		change(users[2], { locked: 1 });
		change(users[3], { overridden: 1 });
		const items = [
			{ a: a(), u: 'ada', g: 50 },
			{ a: a(), u: 'eve', g: 50 },
			{ a: a(), u: 'bob', g: 150 },
			{ a: a(), u: 'bob', g: -3 },
			{ a: a(), u: 'cyd', g: 20 },
			{ a: a(), u: 'dot', g: 20 },
			{ a: 9999, u: 'ada', g: 1 },
			{ a: a(), u: 'bob', g: 'good' },
			{ a: a(), u: 'bob', g: 51 },
		];
		const { json, errors, success } = await grade('update', graded, items, split);
		expect(json.map((row) => row.grade)).toEqual([50, 51]);
		expect(success.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 8 }]);
		expect(errors).toEqual([
			expect.stringMatching(/takes no part in the course of 'Essay'/),
			expect.stringMatching(/150 is outside 0 to 100/),
			expect.stringMatching(/-3 is outside/),
			expect.stringMatching(/locked/),
			expect.stringMatching(/overridden/),
			expect.stringMatching(/no activity with the number 9999/),
			expect.stringMatching(/'Grade' must be a number/),
		]);
		expect(stored(users[2])).toMatchObject({ finalgrade: 10 });
	});

	test("a grade that is locked at the last moment is that user's failure, although the answer names nobody", async () => {
		await setGrade('bob', 10);
		sandbox.switches.fault = ({ function: name }) => {
			if (name === 'core_grades_update_grades') change(users[1], { locked: 1 });
			return null;
		};
		const { json, errors } = await grade(
			'update',
			graded,
			[
				{ a: a(), u: 'ada', g: 60 },
				{ a: a(), u: 'bob', g: 60 },
				{ a: a(), u: 'cyd', g: 60 },
			],
			split,
		);
		expect(json.map((row) => row.userid)).toEqual([users[0], users[2]]);
		expect(errors).toEqual([expect.stringMatching(/locked in the gradebook/)]);
	});

	test.each([true, false])(
		'Call Function does not tell it as done (collected: %s)',
		async (collectItems) => {
			for (const user of ['ada', 'bob']) await setGrade(user, 10);
			change(users[1], { locked: 1 });
			const { json, errors } = await nodeOn('webService', () => sandbox)(
				'callFunction',
				{
					functionName: by('name', 'core_grades_update_grades'),
					specifyParameters: 'json',
					parameters: `={{ JSON.stringify({ source: 'n8n', courseid: ${course}, component: 'mod_assign', activityid: ${essay.id}, itemnumber: 0, grades: [{ studentid: $json.id, grade: 77 }] }) }}`,
					options: collectItems ? { collectItems } : {},
				},
				[{ id: users[0] }, { id: users[1] }],
				split,
			);
			expect(stored(users[0])).toMatchObject({ finalgrade: 77 });
			expect(stored(users[1])).toMatchObject({ finalgrade: 10 });
			// One answer for both of a collected call: it does not say which.
			expect(json).toEqual(collectItems ? [] : [{ result: 0 }]);
			expect(errors).toHaveLength(collectItems ? 2 : 1);
			for (const error of errors) expect(error).toMatch(/refused some grades.*does not say which/);
		},
	);

	test('in a run that stops, nothing after the locked one is written', async () => {
		await setGrade('bob', 10);
		sandbox.switches.fault = ({ function: name }) => {
			if (name === 'core_grades_update_grades') change(users[1], { locked: 1 });
			return null;
		};
		const items = ['ada', 'bob', 'cyd', 'dot'].map((u) => ({ a: a(), u, g: 60 }));
		const { error } = await grade(
			'update',
			{ ...graded, options: { recordsPerRequest: 2 } },
			items,
		);
		expect(error?.message).toMatch(/locked in the gradebook \[Item 1\]/);
		expect(stored(users[0])).toMatchObject({ finalgrade: 60 });
		expect(stored(users[2])).toBeUndefined();
	});

	test('what cannot be read back after a refusal is never told as done', async () => {
		await setGrade('bob', 10);
		sandbox.requests.length = 0;
		let written = false;
		sandbox.switches.fault = ({ function: name }) => {
			if (name === 'core_grades_update_grades') {
				change(users[1], { locked: 1 });
				written = true;
			}
			const error = {
				exception: 'core\\exception\\moodle_exception',
				errorcode: 'notingroup',
				message: 'x',
			};
			return written && name === 'gradereport_user_get_grade_items'
				? { execute: false, status: 200, body: JSON.stringify(error) }
				: null;
		};
		const { json, errors } = await grade(
			'update',
			graded,
			[
				{ a: a(), u: 'ada', g: 60 },
				{ a: a(), u: 'bob', g: 60 },
			],
			split,
		);
		expect(json).toEqual([]);
		expect(errors).toEqual([
			expect.stringMatching(/could not be read back/),
			expect.stringMatching(/could not be read back/),
		]);
	});

	test('the same user twice: the last grade counts', async () => {
		const { json } = await grade('update', graded, [
			{ a: a(), u: 'ada', g: 10 },
			{ a: a(), u: 'ada', g: 20 },
		]);
		expect(json).toHaveLength(2);
		expect(stored(users[0])).toMatchObject({ finalgrade: 20 });
	});

	test('feedback goes into the assignment, in one request; elsewhere it is refused', async () => {
		const mute = addModule(sandbox.site, course, 'assign', 'Mute', {
			grade: 100,
			assignfeedback_comments_enabled: 0,
		});
		const forum = addModule(sandbox.site, course, 'forum', 'Talk');
		const items = [
			{ a: a(), u: 'ada', g: 70, f: '<p>Good</p>' },
			{ a: a(), u: 'bob', g: 71, f: 'Well' },
			{ a: a(), u: 'cyd', g: 72 },
			{ a: mute.id, u: 'ada', g: 1, f: 'x' },
			{ a: forum.id, u: 'ada', g: 1, f: 'x' },
		];
		const { json, errors } = await grade('update', graded, items, split);
		expect(json.map((row) => row.grade)).toEqual([70, 71, 72]);
		expect(errors).toEqual([
			expect.stringMatching(/'Mute' takes no feedback/),
			expect.stringMatching(/'Talk' is not an assignment/),
		]);
		expect(sent('mod_assign_save_grades')).toBe(1);
		expect(stored(users[0])).toMatchObject({ finalgrade: 70, feedback: '<p>Good</p>' });
		expect(sandbox.site.assignGrades.first('place', `${essay.instance}:${users[0]}`)).toMatchObject(
			{ grade: 70 },
		);
		expect(
			sandbox.site.assignGrades.first('place', `${essay.instance}:${users[2]}`),
		).toBeUndefined();
		const inside = await grade(
			'update',
			{ ...graded, additionalFields: { storeIn: 'assignment' } },
			[{ a: a(), u: 'cyd', g: 73 }],
		);
		expect(inside.json).toMatchObject([{ grade: 73 }]);
		expect(sandbox.site.assignGrades.first('place', `${essay.instance}:${users[2]}`)).toMatchObject(
			{ grade: 73 },
		);
	});

	test('an assignment that keeps its old grade is a failure, although the answer is null', async () => {
		const storeIn = { ...graded, additionalFields: { storeIn: 'assignment' } };
		sandbox.switches.fault = ({ function: name }) => {
			if (name === 'mod_assign_save_grades' && !stored(users[1]))
				sandbox.site.gradeGrades.insert({ ...blank(), userid: users[1], locked: 1 });
			return null;
		};
		const { json, errors } = await grade(
			'update',
			storeIn,
			[
				{ a: a(), u: 'ada', g: 60 },
				{ a: a(), u: 'bob', g: 60 },
			],
			split,
		);
		expect(json.map((row) => row.userid)).toEqual([users[0]]);
		expect(errors).toEqual([expect.stringMatching(/did not take the grade/)]);
	});

	test('a second grade of an activity must exist: Moodle would make a new item', async () => {
		const { errors } = await grade(
			'update',
			{ ...graded, additionalFields: { itemnumber: 1 } },
			[{ a: a(), u: 'ada', g: 1 }],
			split,
		);
		expect(errors).toEqual([expect.stringMatching(/no grade item with the number 1/)]);
		expect(
			sandbox.site.gradeItems.find('course', course).filter((row) => row.cmid === essay.id),
		).toHaveLength(1);
	});

	test('dry run: checked, not written', async () => {
		const { json, errors } = await grade(
			'update',
			{ ...graded, options: { dryRun: true } },
			[
				{ a: a(), u: 'ada', g: 60 },
				{ a: a(), u: 'bob', g: 160 },
			],
			split,
		);
		expect(json).toEqual([
			{
				dryRun: true,
				action: 'update',
				function: 'core_grades_update_grades',
				userid: users[0],
				activityid: essay.id,
				courseid: course,
				grade: 60,
			},
		]);
		expect(errors).toHaveLength(1);
		expect(sent('core_grades_update_grades')).toBe(0);
	});

	test('a lost answer is sent again: the end state is the same', async () => {
		let cut = 0;
		sandbox.switches.fault = ({ function: name }) =>
			name === 'core_grades_update_grades' && cut++ === 0 ? { execute: true, cut: 'before' } : null;
		const { json } = await grade('update', graded, [{ a: a(), u: 'ada', g: 60 }]);
		expect(json).toMatchObject([{ grade: 60 }]);
		expect(sent('core_grades_update_grades')).toBe(2);
	});
});

function blank() {
	const item = sandbox.site.gradeItems.find('course', course).find((row) => row.cmid === essay.id)!;
	return {
		itemid: item.id,
		rawgrade: null,
		finalgrade: null,
		feedback: '',
		feedbackformat: 0,
		overridden: 0,
		usermodified: 2,
		timecreated: 0,
		timemodified: 0,
	};
}
