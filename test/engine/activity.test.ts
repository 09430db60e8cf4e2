import type { Sandbox } from '../sandbox';
import { addModule } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let course: number;
let essay: number;
let page: number;
let exam: number;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { site } = sandbox;
	course = addCourse(site, { fullname: 'Biology', shortname: 'BIO', category: 1 }).id;
	essay = addModule(site, course, 'assign', 'Essay').id;
	page = addModule(site, course, 'page', 'Page', { visible: 0 }).id;
	exam = addModule(site, course, 'quiz', 'Exam').id;
});

const activity = nodeOn('activity', () => sandbox);
const sent = sentTo(() => sandbox);
const each = { activityId: by('id', '={{ $json.id }}') };
const visible = (id: number) => sandbox.site.modules.get(id)?.visible;
const UPDATE = 'core_courseformat_update_course';
const DELETE = 'core_course_delete_modules';

test('getAll: activities of a course, of one type if wanted; items of one course share the request', async () => {
	const asked = { courseId: by('shortname', 'BIO') };
	const { json } = await activity(
		'getAll',
		{ ...asked, filters: { modname: '={{ $json.type }}' } },
		[{}, { type: 'page' }],
	);
	expect(json.map(({ name }) => name)).toEqual(['Announcements', 'Essay', 'Page', 'Exam', 'Page']);
	expect(json[2]).toMatchObject({
		courseid: course,
		name: 'Page',
		modname: 'page',
		visible: false,
	});
	expect(sent('core_course_get_contents')).toBe(1);
	const unknown = await activity('getAll', { courseId: by('id', 9999) }, [{}], split);
	expect(unknown.errors).toEqual([expect.stringMatching(/no course with the ID '9999'/)]);
});

describe('setVisibility', () => {
	const setting = { ...each, visibility: '={{ $json.to }}' };

	test('many activities of a course travel together; an unknown one costs its item only', async () => {
		const { json, errors } = await activity(
			'setVisibility',
			setting,
			[
				{ id: essay, to: 'hide' },
				{ id: 9999, to: 'hide' },
				{ id: exam, to: 'hide' },
				{ id: page, to: 'show' },
			],
			split,
		);
		expect(json).toEqual([
			{ activityid: essay, courseid: course, visible: false, updated: true },
			{ activityid: exam, courseid: course, visible: false, updated: true },
			{ activityid: page, courseid: course, visible: true, updated: true },
		]);
		expect(errors).toEqual([expect.stringMatching(/no activity with the number 9999/)]);
		expect([essay, exam, page].map(visible)).toEqual([0, 0, 1]);
		expect(sent(UPDATE)).toBe(2);
	});

	test('what an account has hidden from itself as well is told as hidden', async () => {
		const token = sandbox.tokenWith([
			'moodle/course:view',
			'mod/assign:view',
			'moodle/course:activityvisibility',
		]);
		const { json } = await activity('setVisibility', setting, [{ id: essay, to: 'hide' }], {
			...split,
			token,
		});
		expect(json).toMatchObject([{ activityid: essay, visible: false }]);
		expect(visible(essay)).toBe(0);
	});

	test('the last wish for an activity counts', async () => {
		await activity('setVisibility', setting, [
			{ id: essay, to: 'hide' },
			{ id: essay, to: 'show' },
		]);
		expect(visible(essay)).toBe(1);
	});
});

describe('delete', () => {
	test('one bad item among good ones', async () => {
		const items = [essay, 9999, page].map((id) => ({ id }));
		const { json, errors } = await activity('delete', each, items, split);
		expect(json).toEqual([
			{ success: true, id: essay },
			{ success: true, id: page },
		]);
		expect(errors).toEqual([expect.stringMatching(/no activity with the number 9999/)]);
		expect([essay, page, exam].map((id) => sandbox.site.modules.get(id)?.id)).toEqual([
			undefined,
			undefined,
			exam,
		]);
	});

	test('a run that stops deletes nothing after a refused one', async () => {
		const items = [essay, 9999, page].map((id) => ({ id }));
		const { error } = await activity('delete', each, items);
		expect(error?.message).toMatch(/no activity with the number 9999/);
		expect(sandbox.site.modules.get(page)).toBeDefined();
	});

	test('an account without the right deletes nothing', async () => {
		const token = sandbox.tokenWith(['moodle/course:view', 'mod/assign:view']);
		const { errors } = await activity('delete', each, [{ id: essay }], { ...split, token });
		expect(errors).toEqual([expect.stringMatching(/moodle\/course:manageactivities/)]);
		expect(sent(DELETE)).toBe(1);
		expect(sandbox.site.modules.get(essay)).toBeDefined();
	});
});
