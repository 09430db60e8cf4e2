import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { by, entries, nodeOn, onStandIn, seeding, sentTo, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const functions = () => sandbox.requests.map((request) => request.function);
const sent = sentTo(() => sandbox);
const categories = () => sandbox.site.categories.all().filter((category) => category.id !== 1);

const category = nodeOn('category', () => sandbox);

const parent = by('list', '={{ $json.parent }}');
const creating: INodeParameters = {
	name: '={{ $json.name }}',
	parentId: parent,
	additionalFields: entries('more', 'idnumber', 'description', 'descriptionformat'),
};

const seed = seeding('category', creating, () => sandbox);

describe('create', () => {
	test('with and without a parent; those without an ID number travel apart', async () => {
		const [top] = await seed({ name: 'Top', more: { idnumber: 'T' } });
		const { json } = await category(
			'create',
			creating,
			[
				{ name: 'A', parent: top, more: { idnumber: 'A' } },
				{ name: 'B' },
				{ name: 'C', more: { idnumber: 'C' } },
				{ name: 'B' },
			],
			split,
		);
		expect(json[0]).toEqual({ id: expect.any(Number), name: 'A', idnumber: 'A', parent: top });
		expect(json[1]).toEqual({ id: expect.any(Number), name: 'B', parent: 0 });
		expect(sent('core_course_create_categories')).toBe(2);
		expect(new Set(json.map((row) => row.id)).size).toBe(4);
	});

	test('an item that names as its parent what an earlier item makes is refused, and the next run does it', async () => {
		const tree = [
			{ name: 'Top', number: 'T' },
			{ name: 'Inside', number: 'I', parent: 'T' },
		];
		const run = async () =>
			await category(
				'upsert',
				{
					matchBy: 'idnumber',
					idnumber: '={{ $json.number }}',
					name: '={{ $json.name }}',
					parentId: by('idnumber', '={{ $json.parent }}'),
					additionalFields: {},
				},
				tree,
				split,
			);
		const first = await run();
		expect(first.json).toMatchObject([{ created: true, name: 'Top' }]);
		expect(first.failed[0].json.error).toMatch(
			/^'Parent Category': no category has the ID number 'T'/,
		);
		expect(categories().map(({ name }) => name)).toEqual(['Top']);
		expect((await run()).json).toMatchObject([
			{ created: false, name: 'Top' },
			{ created: true, name: 'Inside' },
		]);
	});

	test('bad ones stand alone', async () => {
		await seed({ name: 'Old', more: { idnumber: 'N' } });
		const { json, errors } = await category(
			'create',
			creating,
			[
				{ name: 'A' },
				{ name: 'B', more: { idnumber: 'n' } },
				{ name: 'C', parent: 999 },
				{ name: '' },
				{ name: 'E', more: { idnumber: 'E' } },
			],
			split,
		);
		expect(json.map((row) => row.name)).toEqual(['A', 'E']);
		expect(errors).toEqual([
			expect.stringMatching(/ID number 'n' is taken by another category/),
			expect.stringMatching(/no category has the ID '999'/),
			expect.stringMatching(/'Name' is empty/),
		]);
	});
});

describe('upsert', () => {
	const byNumber: INodeParameters = {
		matchBy: 'idnumber',
		idnumber: '={{ $json.idnumber }}',
		name: '={{ $json.name }}',
		parentId: parent,
		additionalFields: entries('more', 'description'),
	};
	const byName: INodeParameters = {
		matchBy: 'name',
		name: '={{ $json.name }}',
		parentId: parent,
		additionalFields: entries('more', 'description'),
	};

	test('by ID number, again and again', async () => {
		const [old] = await seed({
			name: 'Old',
			more: { idnumber: 'O', description: '*x*', descriptionformat: 4 },
		});
		const items = [
			{ idnumber: 'o', name: 'New' },
			{ idnumber: 'P', name: 'Other', more: { description: 'D' } },
		];
		const first = await category('upsert', byNumber, items);
		expect(first.json).toEqual([
			{ id: old, created: false, updated: true, name: 'New', idnumber: 'o' },
			{ id: expect.any(Number), created: true, updated: false, name: 'Other', idnumber: 'P' },
		]);
		expect(sandbox.site.categories.get(old)).toMatchObject({
			name: 'New',
			description: '*x*',
			descriptionformat: 4,
		});
		sandbox.requests.length = 0;
		const again = await category('upsert', byNumber, items);
		expect(again.json.map((row) => [row.created, row.updated])).toEqual([
			[false, false],
			[false, false],
		]);
		expect(functions()).toEqual(['core_course_get_categories']);
	});

	test('by name among the categories of a parent', async () => {
		const [top] = await seed({ name: 'Top' });
		const items = [{ name: 'Top' }, { name: 'Top', parent: top }, { name: 'Other' }];
		const first = await category('upsert', byName, items);
		expect(first.json.map((row) => [row.created, row.id === top])).toEqual([
			[false, true],
			[true, false],
			[true, false],
		]);
		const again = await category('upsert', byName, items);
		expect(again.json.map((row) => row.created)).toEqual([false, false, false]);
		await seed({ name: 'Other' });
		const { errors } = await category('upsert', byName, [{ name: 'other ' }], split);
		expect(errors[0]).toMatch(/2 categories of this parent have the name 'other'/);
	});

	test('nothing is created by name where hidden categories cannot be seen', async () => {
		const token = sandbox.tokenWith(['moodle/category:manage']);
		const { errors } = await category('upsert', byName, [{ name: 'Secret' }], { ...split, token });
		expect(errors[0]).toMatch(/does not see hidden categories/);
		expect(categories()).toHaveLength(0);
		const number = await category('upsert', byNumber, [{ name: 'Open', idnumber: 'X' }], { token });
		expect(number.json[0]).toMatchObject({ created: true });
	});
});

describe('update', () => {
	test('keeps the description format, moves, and names bad ones', async () => {
		const [top, a, b] = await seed(
			{ name: 'Top', more: { idnumber: 'T' } },
			{ name: 'A', more: { idnumber: 'A', description: '*x*', descriptionformat: 4 } },
			{ name: 'B' },
		);
		for (const locator of [
			by('id', a),
			by('idnumber', 'a'),
			by('url', `${sandbox.url}/course/index.php?categoryid=${a}`),
		])
			expect(
				(
					await category('update', {
						categoryId: locator,
						updateFields: { name: 'A2', parentId: by('idnumber', 'T') },
					})
				).json,
			).toEqual([{ id: a, updated: true }]);
		expect(sandbox.site.categories.get(a)).toMatchObject({
			name: 'A2',
			parent: top,
			descriptionformat: 4,
		});
		await category('update', { categoryId: by('id', a), updateFields: { toTop: true } });
		expect(sandbox.site.categories.get(a)!.parent).toBe(0);
		const items = [
			{ id: a, number: 'T' },
			{ id: b, number: 'B' },
			{ id: 999, number: 'X' },
		];
		const { json, errors } = await category(
			'update',
			{
				categoryId: by('id', '={{ $json.id }}'),
				updateFields: { idnumber: '={{ $json.number }}' },
			},
			items,
			split,
		);
		expect(json).toEqual([{ id: b, updated: true }]);
		expect(errors).toEqual([
			expect.stringMatching(/ID number 'T' is taken/),
			expect.stringMatching(/no category with the ID '999'/),
		]);
		const self = await category(
			'update',
			{ categoryId: by('id', a), updateFields: { parentId: by('id', a) } },
			[{}],
			split,
		);
		expect(self.errors[0]).toMatch(/into itself/);
	});
});

describe('delete', () => {
	const withContent: INodeParameters = {
		categoryId: by('id', '={{ $json.id }}'),
		content: 'deleteAll',
	};

	test('categories inside others, whatever the order of the items', async () => {
		const [top] = await seed({ name: 'Top' });
		const [middle] = await seed({ name: 'Middle', parent: top });
		const [low] = await seed({ name: 'Low', parent: middle });
		const { json } = await category('delete', withContent, [
			{ id: top },
			{ id: low },
			{ id: middle },
		]);
		expect(json).toEqual([
			{ success: true, id: top },
			{ success: true, id: low },
			{ success: true, id: middle },
		]);
		expect(categories()).toHaveLength(0);
	});

	test('a run that stops deletes what comes before the bad item, inside first, and nothing after it', async () => {
		const [top] = await seed({ name: 'Top' });
		const [inner] = await seed({ name: 'Inner', parent: top });
		const [other] = await seed({ name: 'Other' });
		const [under] = await seed({ name: 'Under', parent: other });
		const { error } = await category('delete', withContent, [
			{ id: top },
			{ id: inner },
			{ id: 999 },
			{ id: under },
			{ id: other },
		]);
		expect(error?.message).toMatch(/no category with the ID '999'/);
		expect(categories().map((row) => row.id)).toEqual([other, under]);
	});

	test('unknown ones and impossible places for the content stand alone', async () => {
		const [a, b, c] = await seed({ name: 'A' }, { name: 'B' }, { name: 'C' });
		const moving: INodeParameters = {
			categoryId: by('id', '={{ $json.id }}'),
			content: 'move',
			newParentId: by('id', '={{ $json.to }}'),
		};
		const { json, errors } = await category(
			'delete',
			moving,
			[
				{ id: a, to: a },
				{ id: b, to: 1 },
				{ id: 999, to: 1 },
				{ id: c, to: b },
				{ id: c, to: 888 },
			],
			split,
		);
		expect(json).toEqual([{ success: true, id: b }]);
		expect(errors).toEqual([
			expect.stringMatching(/'New Parent' is the category that is to be deleted/),
			expect.stringMatching(/no category with the ID '999'/),
			expect.stringMatching(/to be deleted in this run as well/),
			expect.stringMatching(/'New Parent': no category has the ID '888'/),
		]);
		expect(categories().map((row) => row.id)).toEqual([a, c]);
	});
});

describe('get and getAll', () => {
	test('get in all ways, together', async () => {
		const [a, b] = await seed({ name: 'A', more: { idnumber: 'A' } }, { name: 'B' });
		const { json } = await category('get', { categoryId: by('id', '={{ $json.id }}') }, [
			{ id: b },
			{ id: a },
		]);
		expect(json.map((row) => row.id)).toEqual([b, a]);
		expect(json[1]).toEqual({
			id: a,
			name: 'A',
			idnumber: 'A',
			parent: 0,
			path: `/${a}`,
			depth: 1,
			coursecount: 0,
			visible: true,
			timemodified: expect.any(String),
		});
		expect(functions()).toEqual(['core_course_get_categories']);
		expect((await category('get', { categoryId: by('idnumber', 'a') })).json[0].id).toBe(a);
		expect(
			(
				await category('get', {
					categoryId: by('url', `${sandbox.url}/course/index.php?categoryid=${a}`),
					simplify: false,
				})
			).json[0],
		).toHaveProperty('descriptionformat');
		const { errors } = await category(
			'get',
			{ categoryId: by('id', '={{ $json.id }}') },
			[{ id: a }, { id: 999 }],
			split,
		);
		expect(errors).toEqual([expect.stringMatching(/no category has the ID '999'/)]);
	});

	test('getAll with parent, levels, filters and limit', async () => {
		const [top] = await seed({ name: 'Top' });
		const [middle] = await seed({ name: 'Middle', parent: top });
		await seed({ name: 'Low', parent: middle });
		const names = async (parameters: INodeParameters) =>
			(await category('getAll', parameters)).json.map((row) => row.name);
		expect(await names({ returnAll: true })).toHaveLength(4);
		expect(await names({ limit: 2 })).toHaveLength(2);
		expect(await names({ returnAll: true, includeSubcategories: false })).toEqual([
			expect.any(String),
			'Top',
		]);
		expect(await names({ parentId: by('id', top) })).toEqual(['Middle', 'Low']);
		expect(await names({ parentId: by('id', top), includeSubcategories: false })).toEqual([
			'Middle',
		]);
		expect(await names({ filters: { name: 'Low' } })).toEqual(['Low']);
		const { errors } = await category(
			'getAll',
			{ parentId: by('id', '={{ $json.id }}') },
			[{ id: 999 }, { id: top }],
			split,
		);
		expect(errors).toEqual([expect.stringMatching(/no category has the ID '999'/)]);
	});
});
