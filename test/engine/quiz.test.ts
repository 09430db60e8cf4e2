import type { Sandbox } from '../sandbox';
import { addAttempt, addModule } from '../sandbox/builders';
import type { CourseModule } from '../sandbox/rows';
import { addBiology } from '../support/biology';
import { by, nodeOn, onStandIn, split } from '../support/node';

let sandbox: Sandbox;
let ada: number;
let bob: number;
let course: number;
let exam: CourseModule;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { site } = sandbox;
	({ course, ada, bob } = addBiology(site));
	exam = addModule(site, course, 'quiz', 'Exam', { timelimit: 600, password: 'sesame' });
	addAttempt(site, exam, ada, { sumgrades: 1.5 });
	addAttempt(site, exam, ada, { state: 'inprogress', timefinish: 0 });
});

const quiz = nodeOn('quiz', () => sandbox);
const ofUser = () => ({ activityId: by('id', exam.id), userId: by('id', '={{ $json.user }}') });

test('getAll: quizzes of a course, without the password that lets students in', async () => {
	const asked = { courseId: by('id', '={{ $json.id }}') };
	const { json, errors } = await quiz('getAll', asked, [{ id: course }, { id: 9999 }], split);
	expect(json).toEqual([
		{
			activityid: exam.id,
			id: exam.instance,
			courseid: course,
			name: 'Exam',
			timeopen: null,
			timeclose: null,
			timelimit: 600,
			attempts: 0,
			grade: 10,
		},
	]);
	expect(errors).toEqual([expect.stringMatching(/shows nothing of the course/)]);
	const raw = await quiz('getAll', { ...asked, simplify: false }, [{ id: course }]);
	expect(raw.json).toMatchObject([{ coursemodule: exam.id }]);
	expect(raw.everything).not.toContain('sesame');
});

test('getAttempts: those of a user, by state; none is no error', async () => {
	const { json } = await quiz('getAttempts', ofUser(), [{ user: ada }, { user: bob }]);
	expect(json).toMatchObject([
		{
			activityid: exam.id,
			courseid: course,
			userid: ada,
			attempt: 1,
			state: 'finished',
			sumgrades: 1.5,
		},
		{ attempt: 2, state: 'inprogress', timefinish: null, sumgrades: null },
	]);
	const filters = { status: 'unfinished' };
	const open = await quiz('getAttempts', { ...ofUser(), filters }, [{ user: ada }]);
	expect(open.json.map(({ attempt }) => attempt)).toEqual([2]);
});

test('getBestGrade: a grade, none yet, and one bad user', async () => {
	const users = [ada, 9999, bob].map((user) => ({ user }));
	const { json, errors } = await quiz('getBestGrade', ofUser(), users, split);
	expect(json).toEqual([
		{
			activityid: exam.id,
			courseid: course,
			userid: ada,
			hasgrade: true,
			grade: 7.5,
			gradetopass: null,
		},
		{
			activityid: exam.id,
			courseid: course,
			userid: bob,
			hasgrade: false,
			grade: null,
			gradetopass: null,
		},
	]);
	expect(errors).toHaveLength(1);
});

test('what the account may not see is an error', async () => {
	const token = sandbox.tokenWith(['moodle/course:view', 'mod/quiz:view']);
	for (const operation of ['getAttempts', 'getBestGrade'])
		expect((await quiz(operation, ofUser(), [{ user: ada }], { ...split, token })).errors).toEqual([
			expect.stringMatching(/mod\/quiz:viewreports/),
		]);
});
