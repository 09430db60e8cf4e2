import type { Sandbox } from '../sandbox';
import { addModule, addSubmission } from '../sandbox/builders';
import type { CourseModule } from '../sandbox/rows';
import { addBiology } from '../support/biology';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

const DUE = 1_900_000_000;
const LATER = new Date((DUE + 86400) * 1000).toISOString();

let sandbox: Sandbox;
let ada: number;
let bob: number;
let stranger: number;
let course: number;
let essay: CourseModule;
let page: CourseModule;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { site } = sandbox;
	({ course, ada, bob, eve: stranger } = addBiology(site));
	essay = addModule(site, course, 'assign', 'Essay', { grade: 100, duedate: DUE });
	page = addModule(site, course, 'page', 'Page');
});

const assignment = nodeOn('assignment', () => sandbox);
const sent = sentTo(() => sandbox);
const at = () => ({ activityId: by('id', essay.id) });
const forUser = { userId: by('id', '={{ $json.user }}') };

describe('getAll', () => {
	test('assignments of a course; many items of one course share the request', async () => {
		const { json } = await assignment(
			'getAll',
			{ courseId: by('shortname', 'BIO'), returnAll: true },
			[{}, {}],
		);
		expect(json).toHaveLength(2);
		expect(json[0]).toEqual({
			activityid: essay.id,
			id: essay.instance,
			courseid: course,
			name: 'Essay',
			allowsubmissionsfromdate: null,
			duedate: new Date(DUE * 1000).toISOString(),
			cutoffdate: null,
			gradingduedate: null,
			grade: 100,
			teamsubmission: false,
		});
		expect(sent('mod_assign_get_assignments')).toBe(1);
	});

	test('an account that may see none of them is told so, and not that there are none', async () => {
		const token = sandbox.tokenWith(['moodle/course:view']);
		const asked = { courseId: by('id', course) };
		const { json, errors } = await assignment('getAll', asked, [{}], { ...split, token });
		expect(json).toEqual([]);
		expect(errors).toEqual([expect.stringMatching(/may not see the assignments.*assign:view/s)]);
	});

	test('an unknown course is an error, and not an empty list', async () => {
		const { json, errors } = await assignment(
			'getAll',
			{ courseId: by('id', '={{ $json.id }}') },
			[{ id: course }, { id: 9999 }],
			split,
		);
		expect(json).toHaveLength(1);
		expect(errors).toEqual([expect.stringMatching(/shows nothing of the course with the ID 9999/)]);
	});
});

describe('getSubmissions', () => {
	test('text and state of what was handed in; filtered by state', async () => {
		addSubmission(sandbox.site, essay, ada, { text: '<p>Mine</p>' });
		addSubmission(sandbox.site, essay, bob, { status: 'draft' });
		const { json } = await assignment('getSubmissions', at());
		expect(json).toMatchObject([
			{
				activityid: essay.id,
				userid: ada,
				status: 'submitted',
				text: '<p>Mine</p>',
			},
			{ userid: bob, status: 'draft', text: null, files: [] },
		]);
		const drafts = await assignment('getSubmissions', { ...at(), filters: { status: 'draft' } });
		expect(drafts.json.map(({ userid }) => userid)).toEqual([bob]);
	});

	test('none is an empty list; another activity and an account without the right are errors', async () => {
		expect((await assignment('getSubmissions', at())).error).toBeUndefined();
		const other = await assignment(
			'getSubmissions',
			{ activityId: by('id', page.id) },
			[{}],
			split,
		);
		expect(other.errors).toEqual([expect.stringMatching(/'Page', is not an assignment/)]);
		addSubmission(sandbox.site, essay, ada);
		const token = sandbox.tokenWith(['moodle/course:view', 'mod/assign:view']);
		const poor = await assignment('getSubmissions', at(), [{}], { ...split, token });
		expect(poor.errors).toEqual([expect.stringMatching(/may not see the grades and submissions/)]);
	});
});

test('getGrades: what gradeSubmission has stored', async () => {
	const { json, errors } = await assignment(
		'gradeSubmission',
		{ ...at(), ...forUser, grade: '={{ $json.grade }}', additionalFields: { feedback: 'Good' } },
		[
			{ user: ada, grade: 70 },
			{ user: bob, grade: 170 },
			{ user: stranger, grade: 50 },
			{ user: bob, grade: 0 },
		],
		split,
	);
	expect(json.map(({ userid, grade }) => [userid, grade])).toEqual([
		[ada, 70],
		[bob, 0],
	]);
	expect(errors).toEqual([
		expect.stringMatching(/170 is outside 0 to 100/),
		expect.stringMatching(/takes no part/),
	]);
	expect(sent('mod_assign_save_grades')).toBe(1);
	const stored = await assignment('getGrades', at());
	expect(stored.json).toMatchObject([
		{ activityid: essay.id, userid: ada, grade: 70, attemptnumber: 0 },
		{ userid: bob, grade: 0 },
	]);
});

describe('grantExtension', () => {
	const granting = () => ({ ...at(), ...forUser, extensionduedate: '={{ $json.until ?? "" }}' });
	const stored = (userid: number) =>
		sandbox.site.extensions.first('place', `${essay.instance}:${userid}`)?.extensionduedate;

	test('one bad user costs its item only; the same again is fine', async () => {
		const items = [ada, stranger, bob].map((user) => ({ user, until: LATER }));
		const { json, errors } = await assignment('grantExtension', granting(), items, split);
		expect(json).toEqual(
			[ada, bob].map((userid) => ({
				activityid: essay.id,
				courseid: course,
				userid,
				extensionduedate: LATER,
				updated: true,
			})),
		);
		expect(errors).toEqual([expect.stringMatching(/did not extend the due date for the user/)]);
		expect([ada, stranger, bob].map(stored)).toEqual([DUE + 86400, undefined, DUE + 86400]);
		expect((await assignment('grantExtension', granting(), [items[0]])).json).toHaveLength(1);
	});

	test('neither an earlier date nor a forgotten one changes anything', async () => {
		const { errors } = await assignment(
			'grantExtension',
			granting(),
			[{ user: ada, until: '2001-01-01' }, { user: ada }],
			split,
		);
		expect(errors).toEqual([
			expect.stringMatching(/must not lie before the due date/),
			expect.stringMatching(/'Extended Due Date' is empty/),
		]);
		expect(stored(ada)).toBeUndefined();
	});
});
