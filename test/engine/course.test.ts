import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { addModule } from '../sandbox/builders';
import { by, entries, nodeOn, onStandIn, runOn, seeding, sentTo, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const sent = sentTo(() => sandbox);
const functions = () => sandbox.requests.map((request) => request.function);
const courses = () => sandbox.site.courses.all().filter((course) => course.id !== 1);

const run = runOn(() => sandbox);
const course = nodeOn('course', () => sandbox);

const additional = entries(
	'more',
	'idnumber',
	'startdate',
	'enddate',
	'format',
	'visible',
	'summary',
	'lang',
	'numsections',
);
const creating: INodeParameters = {
	fullname: '={{ $json.fullname }}',
	shortname: '={{ $json.shortname }}',
	categoryId: by('id', '={{ $json.category ?? 1 }}'),
	additionalFields: additional,
};
const named = (shortname: string, more: object = {}, rest: object = {}) => ({
	shortname,
	fullname: `Course ${shortname}`,
	more,
	...rest,
});

const seed = seeding('course', creating, () => sandbox);

function customField(shortname: string, type: string) {
	const { id } = sandbox.site.customFields.insert({
		area: 'course',
		shortname,
		name: shortname,
		type,
		options: ['Red', 'Green'],
	} as never);
	// Moodle lists every field at every course, the front page too (4.1, 4.5 and 5.1 measured); the stand-in those with a value.
	const front = sandbox.site.courses.get(1)!;
	sandbox.site.courses.update(1, { customfields: { ...front.customfields, [id]: '' } });
}

describe('create', () => {
	test('many in one request; the category is looked up once by ID number or ID', async () => {
		const { json } = await course('create', creating, [
			named('a', {
				idnumber: 'A-1',
				startdate: '2026-09-01',
				enddate: '2026-12-24T12:00:00Z',
				visible: false,
			}),
			named('b'),
			named('c'),
		]);
		expect(json[0]).toEqual({
			id: expect.any(Number),
			shortname: 'a',
			fullname: 'Course a',
			idnumber: 'A-1',
			categoryid: 1,
		});
		expect(json.map((row) => row.shortname)).toEqual(['a', 'b', 'c']);
		// The last one looks whether somebody else has created the same at the same moment.
		expect(functions()).toEqual([
			'core_course_get_categories',
			'core_course_create_courses',
			'core_course_get_courses',
		]);
		expect(courses()[0]).toMatchObject({
			idnumber: 'A-1',
			visible: 0,
			startdate: Date.parse('2026-09-01T04:00:00Z') / 1000,
			enddate: Date.parse('2026-12-24T12:00:00Z') / 1000,
		});
	});

	test('bad items among good ones: each has its own cause', async () => {
		await seed(named('old', { idnumber: 'N-1' }));
		const items = [
			named('x'),
			named('OLD'),
			named('y', { idnumber: 'n-1' }),
			named('z', {}, { category: 999 }),
			named('w', { startdate: '2026-09-02', enddate: '2026-09-01' }),
			named('v', { lang: 'xx' }),
			named('ok'),
			named('x'),
		];
		const { json, errors } = await course('create', creating, items, split);
		expect(json.map((row) => row.shortname)).toEqual(['x', 'ok']);
		expect(errors[0]).toMatch(/short name 'OLD' is taken by another course \(ID \d+\)/);
		expect(errors[1]).toMatch(/ID number 'n-1' is taken/);
		expect(errors[2]).toMatch(/no category has the ID '999'/);
		expect(errors[3]).toMatch(/ends? date of the course lies before its start date/);
		expect(errors[4]).toMatch(/does not accept a value/);
		expect(errors[5]).toMatch(/short name 'x' is taken/);
		expect(courses()).toHaveLength(3);
	});

	test('options that do not belong to the format are refused', async () => {
		const withOption = (name: string) => ({
			...creating,
			additionalFields: {
				format: 'topics',
				courseformatoptions: { values: [{ name, value: '1' }] },
			},
		});
		const bad = await course('create', withOption('fullname'), [named('a')], split);
		expect(bad.errors[0]).toMatch(/'fullname' is not an option of the course format 'topics'/);
		const id = await course(
			'create',
			{
				...creating,
				additionalFields: { courseformatoptions: { values: [{ name: 'id', value: '1' }] } },
			},
			[named('a')],
			split,
		);
		expect(id.errors[0]).toMatch(/'id' is not an option of the course format/);
		const good = await course('create', withOption('coursedisplay'), [named('a')]);
		expect(good.json).toHaveLength(1);
		expect(courses()[0].options.coursedisplay).toBe(1);
	});

	test('an end date holds in the weekly format too', async () => {
		await seed(named('w', { format: 'weeks', startdate: '2026-09-01', enddate: '2027-09-01' }));
		expect(courses()[0].options.automaticenddate).toBe(0);
	});

	test('custom fields come in the form their kind wants; unknown ones are named', async () => {
		customField('level', 'select');
		customField('due', 'date');
		customField('paid', 'checkbox');
		const fields = {
			values: ['level', 'due', 'paid'].map((name) => ({ name, value: `={{ $json.${name} }}` })),
		};
		const parameters = { ...creating, additionalFields: { customfields: fields } };
		const items = [
			named('a', {}, { level: 2, due: '2026-09-01T00:00:00Z', paid: true }),
			named('b', {}, { level: 'Green', due: '', paid: '' }),
		];
		const { json, errors } = await course('create', parameters as never, items, split);
		expect(json).toHaveLength(1);
		expect(errors[0]).toMatch(/'level' takes the number of a choice, starting at 1, not 'Green'/);
		expect(
			sandbox.requests.find((request) => request.function === 'core_course_create_courses')!.form,
		).toEqual(
			expect.arrayContaining([
				['courses[0][customfields][1][value]', String(Date.parse('2026-09-01') / 1000)],
			]),
		);
		const unknown = await course(
			'create',
			{
				...creating,
				additionalFields: { customfields: { values: [{ name: 'nope', value: '1' }] } },
			},
			[named('c')],
			split,
		);
		expect(unknown.errors[0]).toMatch(/no custom field of courses has the short name 'nope'/);
	});

	test('dry run tells what would happen and writes nothing', async () => {
		await seed(named('old'));
		const { json, errors } = await course(
			'create',
			{ ...creating, options: { dryRun: true } },
			[named('a'), named('old')],
			split,
		);
		expect(json).toEqual([
			expect.objectContaining({ dryRun: true, action: 'create', shortname: 'a', categoryid: 1 }),
		]);
		expect(errors[0]).toMatch(/short name 'old' is taken/);
		expect(courses()).toHaveLength(1);
	});
});

describe('upsert', () => {
	const upserting = (matchBy: string, extra: INodeParameters = {}): INodeParameters => ({
		...creating,
		matchBy,
		...extra,
	});

	test('by short name: creates, updates what differs, sends nothing for what is there', async () => {
		await seed(named('same', { summary: 'S' }), named('old'));
		const items = [
			named('same', { summary: 'S' }),
			named('old', { summary: 'New', startdate: '2026-09-01' }),
			named('new'),
		];
		const first = await course('upsert', upserting('shortname'), items);
		expect(first.json).toEqual([
			{
				id: courses()[0].id,
				created: false,
				updated: false,
				shortname: 'same',
				fullname: 'Course same',
			},
			{
				id: courses()[1].id,
				created: false,
				updated: true,
				shortname: 'old',
				fullname: 'Course old',
			},
			{
				id: expect.any(Number),
				created: true,
				updated: false,
				shortname: 'new',
				fullname: 'Course new',
			},
		]);
		expect(sent('core_course_create_courses')).toBe(1);
		expect(sent('core_course_update_courses')).toBe(1);
		sandbox.requests.length = 0;
		const again = await course('upsert', upserting('shortname'), items);
		expect(again.json.map((row) => [row.created, row.updated])).toEqual([
			[false, false],
			[false, false],
			[false, false],
		]);
		expect(sent('core_course_update_courses') + sent('core_course_create_courses')).toBe(0);
	});

	test('by ID number and by ID; an unknown ID is not created', async () => {
		const [id] = await seed(named('a', { idnumber: 'A-1' }));
		const number = await course(
			'upsert',
			upserting('idnumber', { idnumber: '={{ $json.idnumber }}' }),
			[named('renamed', {}, { idnumber: 'a-1' }), named('b', {}, { idnumber: 'B-1' })],
		);
		expect(number.json.map((row) => [row.created, row.updated])).toEqual([
			[false, true],
			[true, false],
		]);
		expect(courses()[0]).toMatchObject({ id, shortname: 'renamed' });
		const ids = await course(
			'upsert',
			upserting('id', { id: '={{ $json.id }}' }),
			[named('again', {}, { id }), named('c', {}, { id: '' }), named('d', {}, { id: 9999 })],
			split,
		);
		expect(ids.json.map((row) => [row.created, row.updated])).toEqual([
			[false, true],
			[true, false],
		]);
		expect(ids.errors[0]).toMatch(/no course with the ID '9999'/);
	});

	test('a short name of another course is a failure, and an unknown category is never sent', async () => {
		await seed(named('a', { idnumber: 'A-1' }), named('taken'));
		const { errors } = await course(
			'upsert',
			upserting('idnumber', { idnumber: '={{ $json.idnumber }}' }),
			[named('taken', {}, { idnumber: 'A-1' }), named('b', {}, { idnumber: 'A-1', category: 999 })],
			split,
		);
		expect(errors[0]).toMatch(/short name/i);
		expect(errors[1]).toMatch(/no category has the ID '999'/);
		expect(courses().every((entry) => entry.category === 1)).toBe(true);
	});

	test('without a category a course that is there stays where it is, and a new one is refused', async () => {
		const category = (await run('category', 'create', { name: 'C' })).json[0].id;
		await seed(named('a', {}, { category }));
		const { json, errors } = await course(
			'upsert',
			{ ...upserting('shortname'), categoryId: by('list', '') },
			[named('a', { summary: 'x' }), named('b')],
			split,
		);
		expect(json).toEqual([expect.objectContaining({ updated: true })]);
		expect(courses()[0].category).toBe(category);
		expect(errors[0]).toMatch(/'Category' is empty/);
	});

	test('a new end date takes the start date along', async () => {
		await seed(named('a', { startdate: '2026-09-01' }));
		await course('upsert', upserting('shortname'), [named('a', { enddate: '2026-12-01' })]);
		expect(sandbox.requests.at(-1)!.form.map(([name]) => name)).toEqual(
			expect.arrayContaining(['courses[0][startdate]', 'courses[0][enddate]']),
		);
		const bad = await course(
			'upsert',
			upserting('shortname'),
			[named('a', { enddate: '2026-01-01' })],
			split,
		);
		expect(bad.errors[0]).toMatch(/lies before its start date/);
	});
});

describe('update', () => {
	const updating = (updateFields: object): INodeParameters => ({
		courseId: by('id', '={{ $json.id }}'),
		updateFields: updateFields as never,
	});

	test('in all ways to name a course', async () => {
		const [id] = await seed(named('a', { idnumber: 'A-1' }));
		for (const locator of [
			by('id', id),
			by('shortname', 'A'),
			by('idnumber', 'a-1'),
			by('list', id),
			by('url', `${sandbox.url}/course/view.php?id=${id}`),
		]) {
			const { json } = await course('update', {
				courseId: locator,
				updateFields: { summary: 'x' },
			});
			expect(json).toEqual([{ id, updated: true }]);
		}
	});

	test('refused ones stand alone', async () => {
		const [a, b] = await seed(named('a'), named('b'), named('c'));
		const items = [
			{ id: a, short: 'x' },
			{ id: b, short: 'c' },
			{ id: 9999, short: 'y' },
			{ id: 1, short: 'z' },
		];
		const { json, errors } = await course(
			'update',
			updating({ shortname: '={{ $json.short }}' }),
			items,
			split,
		);
		expect(json).toEqual([{ id: a, updated: true }]);
		expect(errors[0]).toMatch(/short name/);
		expect(errors[1]).toMatch(/no course with the ID '9999'/);
		expect(errors[2]).toMatch(/front page/);
	});

	test('moves to a category that exists only', async () => {
		const [a] = await seed(named('a'));
		const { json } = await run('category', 'create', {
			name: 'C',
			additionalFields: { idnumber: 'C-1' },
		});
		await course('update', {
			courseId: by('id', a),
			updateFields: { categoryId: by('idnumber', 'C-1') },
		});
		expect(courses()[0].category).toBe(json[0].id);
		const bad = await course(
			'update',
			{ courseId: by('id', a), updateFields: { categoryId: by('id', 999), summary: 'x' } },
			[{}],
			split,
		);
		expect(bad.errors[0]).toMatch(/no category has the ID '999'/);
		expect(courses()[0]).toMatchObject({ category: json[0].id, summary: '' });
	});

	test('dates are judged with those of the course', async () => {
		const [a] = await seed(named('a', { startdate: '2026-09-01', enddate: '2026-12-01' }));
		const bad = await course(
			'update',
			{ courseId: by('id', a), updateFields: { startdate: '2027-01-01' } },
			[{}],
			split,
		);
		expect(bad.errors[0]).toMatch(/lies before its start date/);
		await course('update', { courseId: by('id', a), updateFields: { enddate: '2027-01-01' } });
		expect(sandbox.requests.at(-1)!.form).toEqual(
			expect.arrayContaining([['courses[0][startdate]', String(courses()[0].startdate)]]),
		);
		const nothing = await course(
			'update',
			{ courseId: by('id', a), updateFields: {} },
			[{}],
			split,
		);
		expect(nothing.errors[0]).toMatch(/nothing to change/);
	});
});

describe('delete', () => {
	test('one course a request, the front page never', async () => {
		const [a, b] = await seed(named('a'), named('b'), named('c'));
		const { json, errors } = await course(
			'delete',
			{ courseId: by('id', '={{ $json.id }}') },
			[{ id: a }, { id: 1 }, { id: 9999 }, { id: b }],
			split,
		);
		expect(json).toEqual([
			{ success: true, id: a },
			{ success: true, id: b },
		]);
		expect(errors[0]).toMatch(/front page/);
		expect(errors[1]).toMatch(/no course with the ID '9999'/);
		expect(sent('core_course_delete_courses')).toBe(3);
		expect(courses().map((entry) => entry.shortname)).toEqual(['c']);
	});

	test('a run that stops deletes nothing after the first refused one', async () => {
		const [a, b] = await seed(named('a'), named('b'));
		const { error } = await course('delete', { courseId: by('id', '={{ $json.id }}') }, [
			{ id: a },
			{ id: 9999 },
			{ id: b },
		]);
		expect(error?.message).toMatch(/9999.*\[Item 1\]/);
		expect(courses().map((entry) => entry.id)).toEqual([b]);
	});
});

describe('duplicate', () => {
	const copying: INodeParameters = {
		courseId: by('shortname', '={{ $json.from }}'),
		fullname: 'Copy',
		shortname: '={{ $json.to }}',
		categoryId: by('id', 1),
		additionalFields: { users: false, activities: true, visible: false },
	};

	test('copies, and says when the short name is there', async () => {
		const [a] = await seed(named('a'));
		const { json, errors } = await course(
			'duplicate',
			copying,
			[
				{ from: 'a', to: 'copy' },
				{ from: 'a', to: 'a' },
				{ from: 'none', to: 'n' },
			],
			split,
		);
		expect(json).toEqual([
			{ id: expect.any(Number), shortname: 'copy', fullname: 'Copy', categoryid: 1, copiedfrom: a },
		]);
		expect(errors[0]).toMatch(/short name 'a' is taken/);
		expect(errors[1]).toMatch(/no course has the short name 'none'/);
		expect(courses().at(-1)).toMatchObject({ shortname: 'copy', visible: 0 });
		const again = await course('duplicate', copying, [{ from: 'a', to: 'copy' }], split);
		expect(again.errors[0]).toMatch(/with this short name and full name already/);
	});
});

describe('get', () => {
	test('in all ways, each way in one request', async () => {
		const [a, b] = await seed(
			named('a', { idnumber: 'A-1', startdate: '2026-09-01T00:00:00Z', enddate: '0' }),
			named('b', { visible: false }),
		);
		const { json } = await course('get', { courseId: by('id', '={{ $json.id }}') }, [
			{ id: b },
			{ id: a },
			{ id: b },
		]);
		expect(json.map((row) => row.id)).toEqual([b, a, b]);
		expect(json[1]).toEqual({
			id: a,
			shortname: 'a',
			fullname: 'Course a',
			idnumber: 'A-1',
			categoryid: 1,
			format: 'topics',
			visible: true,
			startdate: '2026-09-01T00:00:00.000Z',
			enddate: null,
			timemodified: expect.any(String),
		});
		expect(functions()).toEqual(['core_course_get_courses']);
		for (const locator of [
			by('shortname', 'A'),
			by('idnumber', 'a-1'),
			by('list', a),
			by('url', `${sandbox.url}/course/view.php?id=${a}`),
		])
			expect((await course('get', { courseId: locator })).json[0].id).toBe(a);
		const { errors } = await course(
			'get',
			{ courseId: by('shortname', '={{ $json.s }}') },
			[{ s: 'a' }, { s: 'zz' }],
			split,
		);
		expect(errors).toEqual([expect.stringMatching(/no course has the short name 'zz'/)]);
	});

	test('raw, and with an account that may not enter every course', async () => {
		const [a, b] = await seed(named('a'), named('b', { visible: false }));
		const raw = await course('get', { courseId: by('id', a), simplify: false });
		expect(raw.json[0]).toHaveProperty('summaryformat');
		const token = sandbox.tokenWith([]);
		const { json, errors } = await course(
			'get',
			{ courseId: by('id', '={{ $json.id }}') },
			[{ id: a }, { id: b }, { id: 777 }],
			{ ...split, token },
		);
		expect(json).toEqual([{ id: a, shortname: 'a', fullname: 'Course a', categoryid: 1 }]);
		expect(errors).toHaveLength(2);
	});

	test('by ID number with an account that does not see ID numbers', async () => {
		const [a] = await seed(named('a', { idnumber: 'A-1' }));
		const token = sandbox.tokenWith(['moodle/course:view']);
		const { json } = await course('get', { courseId: by('idnumber', 'A-1') }, [{}], { token });
		expect(json[0]).toMatchObject({ id: a, idnumber: 'A-1' });
	});
});

describe('getAll', () => {
	test('all, with and without limit, without the front page', async () => {
		await seed(...Array.from({ length: 120 }, (_, index) => named(`c${index}`)));
		const all = await course('getAll', { returnAll: true });
		expect(all.json).toHaveLength(120);
		expect(functions()).toEqual(['core_course_get_courses']);
		sandbox.requests.length = 0;
		const some = await course('getAll', { limit: 110 });
		expect(some.json).toHaveLength(110);
		expect(some.json[0]).toHaveProperty('startdate');
		expect(functions()).toEqual([
			'core_course_search_courses',
			'core_course_get_courses_by_field',
			'core_course_search_courses',
			'core_course_get_courses_by_field',
		]);
		sandbox.requests.length = 0;
		const limited = await course('getAll', { returnAll: true }, [{}], {
			token: sandbox.tokenWith([]),
		});
		expect(limited.json).toHaveLength(120);
		expect(limited.json[0]).toEqual({
			id: expect.any(Number),
			shortname: expect.any(String),
			fullname: expect.any(String),
			categoryid: 1,
		});
	});

	test('by IDs, by category, by text', async () => {
		const category = (await run('category', 'create', { name: 'C' })).json[0].id;
		const [a, b] = await seed(named('alpha'), named('beta', {}, { category }));
		expect(
			(await course('getAll', { by: 'ids', ids: `${b}, ${a}` })).json.map((row) => row.id),
		).toEqual([b, a]);
		expect(
			(
				await course('getAll', { by: 'category', categoryId: by('id', category as number) })
			).json.map((row) => row.id),
		).toEqual([b]);
		expect(
			(await course('getAll', { by: 'search', search: 'alph' })).json.map((row) => row.id),
		).toEqual([a]);
		const bad = await course(
			'getAll',
			{ by: 'ids', ids: '={{ $json.ids }}' },
			[{ ids: '9999' }, { ids: 'x' }, { ids: [a] }],
			split,
		);
		expect(bad.errors).toEqual([
			expect.stringMatching(/9999/),
			expect.stringMatching(/not an ID: 'x'/),
		]);
		expect(bad.json).toHaveLength(1);
	});
});

describe('getContents', () => {
	test('one item an activity, or a section', async () => {
		const [a] = await seed(named('a'));
		const cm = addModule(sandbox.site, a, 'assign', 'Essay', { section: 1 });
		addModule(sandbox.site, a, 'page', 'Read me');
		const modules = await course('getContents', { courseId: by('id', a) });
		expect(modules.json.map((row) => row.name)).toEqual(['Announcements', 'Read me', 'Essay']);
		expect(modules.json[2]).toMatchObject({
			id: cm.id,
			name: 'Essay',
			modname: 'assign',
			visible: true,
			section: 1,
		});
		const sections = await course('getContents', { courseId: by('id', a), output: 'sections' });
		expect(sections.json.map((row) => row.modulecount)).toEqual([2, 1]);
		const filtered = await course('getContents', {
			courseId: by('id', a),
			filters: { modname: 'assign' },
			simplify: false,
		});
		expect(filtered.json).toEqual([
			expect.objectContaining({ id: cm.id, sectionid: expect.any(Number) }),
		]);
		const bad = await course(
			'getContents',
			{ courseId: by('id', '={{ $json.id }}') },
			[{ id: a }, { id: 9999 }],
			split,
		);
		expect(bad.errors).toEqual([expect.stringMatching(/no course with the ID '9999'/)]);
	});
});
