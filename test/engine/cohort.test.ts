import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { addUser } from '../sandbox/builders';
import { addCohort } from '../sandbox/builders-groups';
import type { Cohort } from '../sandbox/rows';
import { categoryContext, SYSTEM } from '../sandbox/access';
import { addCategory } from '../sandbox/functions/course-tools';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

/** The stand-in, for a run whose requests are counted. */
const counting = () => {
	sandbox.requests.length = 0;
	return sandbox;
};
const cohort = nodeOn('cohort', counting);

const sent = sentTo(() => sandbox);
const writes = () =>
	sandbox.requests.filter((request) => /create|update|delete|add_/.test(String(request.function)))
		.length;

const person = (username: string, more: object = {}) =>
	addUser(sandbox.site, { username, ...more });

const group = (idnumber: string, userids?: number[], values?: Partial<Cohort>) =>
	addCohort(sandbox.site, idnumber, userids, values);

const membersOf = (id: number) =>
	sandbox.site.cohortMembers
		.find('cohort', id)
		.map((member) => member.userid)
		.sort((a, b) => a - b);

const pair: INodeParameters = {
	cohortId: by('idnumber', '={{ $json.cohort }}'),
	userId: by('email', '={{ $json.email }}'),
};
const pairById: INodeParameters = {
	cohortId: by('id', '={{ $json.cohort }}'),
	userId: by('id', '={{ $json.user }}'),
};

describe('add member', () => {
	test('by ID number and e-mail, many in one request; twice says so', async () => {
		const [ada, bob] = [person('ada'), person('bob')];
		const staff = group('STAFF', [bob.id]);
		const { json } = await cohort('addMember', pair, [
			{ cohort: 'staff', email: 'ADA@example.org' },
			{ cohort: 'STAFF', email: 'bob@example.org' },
		]);
		expect(json).toEqual([
			{ success: true, cohortid: staff.id, userid: ada.id, already: false },
			{ success: true, cohortid: staff.id, userid: bob.id, already: true },
		]);
		expect(sent('core_cohort_add_cohort_members')).toBe(1);
		// one for both people, and two to find out whether the site tells 'staff' from 'STAFF'
		expect(sent('core_user_get_users_by_field')).toBe(3);
		expect(membersOf(staff.id)).toEqual([ada.id, bob.id]);
	});

	test.each([
		['username', 'ada'],
		['idnumber', 'A-1'],
		['id', undefined],
		['list', undefined],
	])('user by %s', async (mode, value) => {
		const ada = person('ada', { idnumber: 'A-1' });
		const staff = group('STAFF');
		const { json } = await cohort('addMember', {
			cohortId: by('list', staff.id),
			userId: by(mode, value ?? ada.id),
		});
		expect(json[0]).toMatchObject({ cohortid: staff.id, userid: ada.id, already: false });
	});

	test('refused ones are told by the text of the warnings, the others are added', async () => {
		const [ada, bob] = [person('ada'), person('bob')];
		const staff = group('STAFF');
		const items = [
			{ cohort: staff.id, user: ada.id },
			{ cohort: staff.id, user: 99_999 },
			{ cohort: 88_888, user: ada.id },
			{ cohort: staff.id, user: bob.id },
			{ cohort: staff.id, user: ada.id },
			{ cohort: 88_888, user: 99_999 },
		];
		const { json, errors, failed } = await cohort('addMember', pairById, items, split);
		expect(json.map(({ userid, already }) => [userid, already])).toEqual([
			[ada.id, false],
			[bob.id, false],
			[ada.id, true],
		]);
		expect(failed.map((item) => item.pairedItem)).toEqual(
			[{ item: 1 }, { item: 2 }, { item: 5 }].map((entry) => expect.objectContaining(entry)),
		);
		expect(errors[0]).toMatch(/no user with the ID '99999'/);
		expect(errors[1]).toMatch(/no cohort with the ID '88888'/);
		expect(errors[2]).toMatch(/no cohort with the ID '88888'/);
		expect(sent('core_cohort_add_cohort_members')).toBe(2);
	});

	test('in a run that stops, nothing after the bad item is sent', async () => {
		const [ada, bob] = [person('ada'), person('bob')];
		const staff = group('STAFF');
		const { error } = await cohort('addMember', pairById, [
			{ cohort: staff.id, user: ada.id },
			{ cohort: staff.id, user: 99_999 },
			{ cohort: staff.id, user: bob.id },
		]);
		expect(error?.message).toMatch(/no user with the ID '99999'.*\[Item 1\]/);
		expect(membersOf(staff.id)).toEqual([ada.id]);
	});

	test('an account that sees no users is not told that they do not exist', async () => {
		const ada = person('ada');
		const staff = group('STAFF');
		const token = sandbox.tokenWith(['moodle/cohort:assign']);
		const { json, error } = await cohort(
			'addMember',
			pairById,
			[
				{ cohort: staff.id, user: ada.id },
				{ cohort: staff.id, user: 2 },
			],
			{ token },
		);
		expect(error).toBeUndefined();
		expect(json).toHaveLength(2);
	});

	test('a name that nobody has is a problem of its item', async () => {
		const ada = person('ada');
		const staff = group('STAFF');
		const { json, errors } = await cohort(
			'addMember',
			pair,
			[
				{ cohort: 'STAFF', email: 'nobody@example.org' },
				{ cohort: 'STAFF', email: 'ada@example.org' },
				{ cohort: 'NONE', email: 'ada@example.org' },
			],
			split,
		);
		expect(json).toEqual([{ success: true, cohortid: staff.id, userid: ada.id, already: false }]);
		expect(errors[0]).toMatch(/'User': no user has the e-mail address 'nobody@example.org'/);
		expect(errors[1]).toMatch(/'Cohort': no cohort has the ID number 'NONE'/);
	});
});

describe('get many', () => {
	const everything: INodeParameters = {
		location: 'everywhere',
		returnAll: true,
		simplify: true,
		filters: {},
	};

	test('pages through all of them', async () => {
		for (let at = 0; at < 300; at++) group(`N${String(at).padStart(3, '0')}`);
		const { json } = await cohort('getAll', everything);
		expect(json).toHaveLength(300);
		expect(new Set(json.map((row) => row.id)).size).toBe(300);
		expect(Object.keys(json[0])).toEqual([
			'id',
			'name',
			'idnumber',
			'description',
			'visible',
			'theme',
		]);
		expect(sent('core_cohort_search_cohorts')).toBe(3);
		const limited = await cohort('getAll', { ...everything, returnAll: false, limit: 130 });
		expect(limited.json).toHaveLength(130);
	});

	test('looks in one category, in the system, and for a text', async () => {
		const category = addCategory(sandbox.site, { name: 'Physics', idnumber: 'PHY' });
		group('A', [], { contextid: categoryContext(sandbox.site, category.id)!.id });
		group('B');
		const inCategory = await cohort('getAll', {
			...everything,
			location: 'category',
			categoryId: by('idnumber', 'PHY'),
		});
		expect(inCategory.json.map((row) => row.idnumber)).toEqual(['A']);
		const inSystem = await cohort('getAll', { ...everything, location: 'system' });
		expect(inSystem.json.map((row) => row.idnumber)).toEqual(['B']);
		const found = await cohort('getAll', {
			...everything,
			filters: { query: 'cohort a' },
			simplify: false,
		});
		expect(found.json.map((row) => row.idnumber)).toEqual(['A']);
		expect(found.json[0]).toHaveProperty('customfields');
	});
});

const making: INodeParameters = {
	name: '={{ $json.name }}',
	idnumber: '={{ $json.idnumber }}',
	categoryId: by('idnumber', '={{ $json.category ?? "" }}'),
	additionalFields: { description: '={{ $json.description }}' },
};

describe('create', () => {
	test('in the system and in a category', async () => {
		const category = addCategory(sandbox.site, { name: 'Physics', idnumber: 'PHY' });
		const { json } = await cohort('create', making, [
			{ name: 'All', idnumber: 'A' },
			{ name: 'Physicists', idnumber: 'P', category: 'PHY', description: 'x' },
		]);
		expect(json).toEqual([
			{ id: expect.any(Number), name: 'All', idnumber: 'A', categoryid: null },
			{ id: expect.any(Number), name: 'Physicists', idnumber: 'P', categoryid: category.id },
		]);
		expect(sent('core_cohort_create_cohorts')).toBe(1);
		expect(sandbox.site.cohorts.get(Number(json[1].id))).toMatchObject({
			contextid: categoryContext(sandbox.site, category.id)!.id,
			description: 'x',
		});
	});

	test('a taken ID number is explained, also between items of the run', async () => {
		const old = group('A');
		const { json, errors } = await cohort(
			'create',
			making,
			[
				{ name: 'One', idnumber: 'a' },
				{ name: 'Two', idnumber: 'B' },
				{ name: 'Three', idnumber: 'b' },
				{ name: 'Four', idnumber: '' },
			],
			split,
		);
		expect(json.map((row) => row.name)).toEqual(['Two']);
		expect(errors[0]).toContain(
			`The ID number 'a' is taken by the cohort 'Cohort A' (ID ${old.id})`,
		);
		expect(errors[1]).toMatch(/'b' is taken by the cohort 'Two'/);
		expect(errors[2]).toMatch(/'ID Number' is empty/);
	});

	test('custom fields that Moodle would lose are refused', async () => {
		const text = sandbox.site.customFields.insert({
			area: 'cohort',
			shortname: 'kind',
			name: 'Kind',
			type: 'text',
			options: [],
		});
		const long = sandbox.site.customFields.insert({
			area: 'cohort',
			shortname: 'story',
			name: 'Story',
			type: 'textarea',
			options: [],
		});
		const date = sandbox.site.customFields.insert({
			area: 'cohort',
			shortname: 'since',
			name: 'Since',
			type: 'date',
			options: [],
		});
		group('SAMPLE', [], {
			customfields: { [text.id]: 'x', [long.id]: '', [date.id]: '0' },
		});
		const parameters = {
			...making,
			additionalFields: {
				customfields: { values: [{ name: '={{ $json.field }}', value: '={{ $json.value }}' }] },
			},
		};
		const items = [
			['kind', 'b'],
			['story', 'long'],
			['nosuch', 'x'],
			['since', '2026-01-01'],
			['since', '1700000000'],
		].map(([field, value], at) => ({ name: `C${at}`, idnumber: `C${at}`, field, value }));
		const { json, errors } = await cohort('create', parameters, items, split);
		expect(json.map((row) => row.name)).toEqual(['C0', 'C4']);
		expect(sandbox.site.cohorts.get(Number(json[0].id))?.customfields).toEqual({ [text.id]: 'b' });
		expect(errors[0]).toMatch(/does not store the long text of 'story'/);
		expect(errors[1]).toMatch(/no such field with the short name 'nosuch'/);
		expect(errors[2]).toMatch(/'since' takes a date as Unix seconds, not '2026-01-01'/);
	});
});

describe('create or update', () => {
	const parameters: INodeParameters = {
		...making,
		additionalFields: { description: '={{ $json.description }}', visible: '={{ $json.visible }}' },
	};

	test('creates, changes what differs where it is, and sends nothing when nothing differs', async () => {
		const category = addCategory(sandbox.site, { name: 'Physics', idnumber: 'PHY' });
		addCategory(sandbox.site, { name: 'Empty', idnumber: 'EMP' });
		const place = categoryContext(sandbox.site, category.id)!.id;
		const old = group('P', [], { contextid: place, description: 'old', descriptionformat: 2 });
		const same = group('S');
		const items = [
			{ name: 'New', idnumber: 'N' },
			{ name: 'Physicists', idnumber: 'p' },
			{ name: 'Cohort S', idnumber: 'S', visible: true },
		];
		const { json } = await cohort('upsert', parameters, items);
		expect(json).toEqual([
			{ id: expect.any(Number), created: true, updated: false, name: 'New', idnumber: 'N' },
			{ id: old.id, created: false, updated: true, name: 'Physicists', idnumber: 'p' },
			{ id: same.id, created: false, updated: false, name: 'Cohort S', idnumber: 'S' },
		]);
		expect(sandbox.site.cohorts.get(old.id)).toMatchObject({
			contextid: place,
			name: 'Physicists',
			description: 'old',
			descriptionformat: 2,
			idnumber: 'P',
		});
		const again = await cohort('upsert', parameters, items);
		expect(again.json.map((row) => [row.created, row.updated])).toEqual([
			[false, false],
			[false, false],
			[false, false],
		]);
		expect(writes()).toBe(0);
	});

	test('a cohort whose place cannot be found is not touched', async () => {
		const category = addCategory(sandbox.site, { name: 'Hidden', idnumber: 'HID', visible: 0 });
		const old = group('P', [], { contextid: categoryContext(sandbox.site, category.id)!.id });
		const token = sandbox.tokenWith(['moodle/cohort:manage', 'moodle/cohort:view']);
		const { errors } = await cohort('upsert', parameters, [{ name: 'Changed', idnumber: 'P' }], {
			...split,
			token,
		});
		expect(errors[0]).toMatch(/does not tell to which category the cohort 'Cohort P' belongs/);
		expect(sandbox.site.cohorts.get(old.id)?.name).toBe('Cohort P');
	});
});

describe('update', () => {
	const parameters: INodeParameters = {
		cohortId: by('idnumber', '={{ $json.cohort }}'),
		location: 'keep',
		updateFields: { name: '={{ $json.name }}' },
	};

	test('keeps the place, the ID number and the format of the description', async () => {
		const category = addCategory(sandbox.site, { name: 'Physics' });
		const place = categoryContext(sandbox.site, category.id)!.id;
		const [here, there] = [
			group('A', [], { description: 'x', descriptionformat: 2 }),
			group('B', [], { contextid: place }),
		];
		const { json } = await cohort('update', parameters, [
			{ cohort: 'A', name: 'Anna' },
			{ cohort: 'B', name: 'Berta' },
		]);
		expect(json).toEqual([
			{ id: here.id, updated: true, name: 'Anna', idnumber: 'A' },
			{ id: there.id, updated: true, name: 'Berta', idnumber: 'B' },
		]);
		expect(sandbox.site.cohorts.get(here.id)).toMatchObject({
			contextid: SYSTEM,
			description: 'x',
			descriptionformat: 2,
		});
		expect(sandbox.site.cohorts.get(there.id)).toMatchObject({ contextid: place });
		expect(sent('core_cohort_update_cohorts')).toBe(1);
	});

	test('moves only when it is told to', async () => {
		const category = addCategory(sandbox.site, { name: 'Physics', idnumber: 'PHY' });
		const place = categoryContext(sandbox.site, category.id)!.id;
		const made = group('A');
		await cohort('update', {
			cohortId: by('id', made.id),
			location: 'category',
			categoryId: by('idnumber', 'PHY'),
			updateFields: {},
		});
		expect(sandbox.site.cohorts.get(made.id)?.contextid).toBe(place);
		await cohort('update', { cohortId: by('id', made.id), location: 'system', updateFields: {} });
		expect(sandbox.site.cohorts.get(made.id)?.contextid).toBe(SYSTEM);
	});

	test('unknown cohorts, taken ID numbers and empty changes are refused', async () => {
		const [first, second] = [group('A'), group('B')];
		const byId: INodeParameters = {
			cohortId: by('id', '={{ $json.id }}'),
			location: 'keep',
			updateFields: { idnumber: '={{ $json.idnumber }}' },
		};
		const { json, errors } = await cohort(
			'update',
			byId,
			[
				{ id: 77_777, idnumber: 'X' },
				{ id: first.id, idnumber: 'b' },
				{ id: second.id, idnumber: 'B2' },
				{ id: first.id },
			],
			split,
		);
		expect(json).toEqual([{ id: second.id, updated: true, name: 'Cohort B', idnumber: 'B2' }]);
		expect(errors[0]).toMatch(/no cohort with the ID '77777'/);
		expect(errors[1]).toMatch(/'b' is taken by the cohort 'Cohort B'/);
		expect(errors[2]).toMatch(/'Update Fields' holds nothing to change/);
	});

	test('two changes to one cohort in a run do not undo each other', async () => {
		const made = group('A');
		const changing: INodeParameters = {
			...parameters,
			updateFields: { name: '={{ $json.name }}', description: '={{ $json.description }}' },
		};
		await cohort('update', changing, [
			{ cohort: 'A', name: 'Anna' },
			{ cohort: 'A', description: 'text' },
		]);
		expect(sandbox.site.cohorts.get(made.id)).toMatchObject({ name: 'Anna', description: 'text' });
	});
});

describe('get, delete', () => {
	test('get: many in one request, unknown ones alone', async () => {
		const [first, second] = [group('A'), group('B')];
		const { json, errors } = await cohort(
			'get',
			{ cohortId: by('id', '={{ $json.id }}'), simplify: true },
			[{ id: second.id }, { id: 99_999 }, { id: first.id }],
			split,
		);
		expect(json.map((row) => row.idnumber)).toEqual(['B', 'A']);
		expect(errors).toEqual([expect.stringMatching(/no cohort with the ID '99999'/)]);
		expect(sent('core_cohort_get_cohorts')).toBe(1);
	});

	test('delete: one unknown among good ones', async () => {
		const [first, second] = [group('A'), group('B')];
		const { json, errors } = await cohort(
			'delete',
			{ cohortId: by('id', '={{ $json.id }}') },
			[{ id: first.id }, { id: 99_999 }, { id: second.id }],
			split,
		);
		expect(json).toEqual([
			{ success: true, id: first.id },
			{ success: true, id: second.id },
		]);
		expect(errors).toEqual([expect.stringMatching(/no cohort with the ID '99999'/)]);
		expect(sandbox.site.cohorts.all()).toHaveLength(0);
	});
});

describe('members', () => {
	test('get members: ids, and details of all of them in one request', async () => {
		const [ada, bob] = [person('ada'), person('bob')];
		const [first, second] = [group('A', [ada.id, bob.id]), group('B', [bob.id])];
		const parameters: INodeParameters = {
			cohortId: by('id', '={{ $json.id }}'),
			returnAll: true,
			includeUsers: false,
		};
		const plain = await cohort(
			'getMembers',
			parameters,
			[{ id: first.id }, { id: 99_999 }, { id: second.id }],
			split,
		);
		expect(plain.json).toEqual([
			{ cohortid: first.id, userid: ada.id },
			{ cohortid: first.id, userid: bob.id },
			{ cohortid: second.id, userid: bob.id },
		]);
		expect(plain.errors).toEqual([expect.stringMatching(/no cohort with the ID '99999'/)]);
		const full = await cohort(
			'getMembers',
			{ ...parameters, includeUsers: true, returnAll: false, limit: 1 },
			[{ id: first.id }, { id: second.id }],
		);
		expect(full.json.map((row) => row.username)).toEqual(['ada', 'bob']);
		expect(full.json[0]).toMatchObject({
			cohortid: first.id,
			userid: ada.id,
			email: 'ada@example.org',
		});
		expect(sent('core_user_get_users_by_field')).toBe(1);
	});

	test('remove member: who is no member is left alone', async () => {
		const [ada, bob] = [person('ada'), person('bob')];
		const staff = group('STAFF', [ada.id]);
		const { json, errors } = await cohort(
			'removeMember',
			pairById,
			[
				{ cohort: staff.id, user: ada.id },
				{ cohort: staff.id, user: bob.id },
				{ cohort: 99_999, user: ada.id },
			],
			split,
		);
		expect(json).toEqual([
			{ success: true, cohortid: staff.id, userid: ada.id, nothingToDo: false },
			{ success: true, cohortid: staff.id, userid: bob.id, nothingToDo: true },
		]);
		expect(errors).toEqual([expect.stringMatching(/no cohort with the ID '99999'/)]);
		expect(membersOf(staff.id)).toEqual([]);
	});
});

describe('sync members', () => {
	const syncing: INodeParameters = {
		cohortId: by('idnumber', '={{ $json.cohort }}'),
		userId: by('email', '={{ $json.email }}'),
		options: {},
	};

	function three() {
		const people = ['ada', 'bob', 'cyd', 'dot'].map((name) => person(name));
		return { people, ids: people.map((user) => user.id) };
	}

	test('adds who is missing, removes the others, and sends no more than that', async () => {
		const {
			ids: [ada, bob, cyd, dot],
		} = three();
		const [staff, guests] = [group('STAFF', [bob, cyd]), group('GUESTS', [dot])];
		const items = [
			{ cohort: 'STAFF', email: 'ada@example.org' },
			{ cohort: 'STAFF', email: 'bob@example.org' },
			{ cohort: 'GUESTS', email: 'dot@example.org' },
		];
		const { json, success } = await cohort('syncMembers', syncing, items);
		expect(json).toEqual([
			{ cohortid: staff.id, userid: ada, change: 'added' },
			{ cohortid: staff.id, userid: cyd, change: 'removed' },
			{ cohortid: guests.id, added: 0, removed: 0, unchanged: 1 },
		]);
		expect(success[0].pairedItem).toEqual({ item: 0 });
		expect(success[1].pairedItem).toEqual([{ item: 0 }, { item: 1 }]);
		expect(membersOf(staff.id)).toEqual([ada, bob]);
		expect(writes()).toBe(2);
		const again = await cohort('syncMembers', syncing, items);
		expect(again.json).toEqual([
			{ cohortid: staff.id, added: 0, removed: 0, unchanged: 2 },
			{ cohortid: guests.id, added: 0, removed: 0, unchanged: 1 },
		]);
		expect(writes()).toBe(0);
	});

	test('dry run tells the changes and makes none', async () => {
		const {
			ids: [ada, bob],
		} = three();
		const staff = group('STAFF', [bob]);
		const { json } = await cohort('syncMembers', { ...syncing, options: { dryRun: true } }, [
			{ cohort: 'STAFF', email: 'ada@example.org' },
		]);
		expect(json).toEqual([
			expect.objectContaining({ dryRun: true, action: 'add', cohortid: staff.id, userid: ada }),
			expect.objectContaining({ dryRun: true, action: 'remove', cohortid: staff.id, userid: bob }),
		]);
		expect(writes()).toBe(0);
	});

	test('an unknown user keeps everybody in that cohort, and in that one only', async () => {
		const {
			ids: [ada, bob, cyd],
		} = three();
		const [staff, guests] = [group('STAFF', [bob]), group('GUESTS', [cyd])];
		const items = [
			{ cohort: 'STAFF', email: 'ada@example.org' },
			{ cohort: 'STAFF', email: 'bbo@example.org' },
			{ cohort: 'GUESTS', email: 'ada@example.org' },
		];
		const { json, errors } = await cohort('syncMembers', syncing, items, split);
		expect(json).toEqual([
			{ cohortid: staff.id, userid: ada, change: 'added' },
			{ cohortid: guests.id, userid: ada, change: 'added' },
			{ cohortid: guests.id, userid: cyd, change: 'removed' },
		]);
		expect(errors).toEqual([
			expect.stringMatching(
				/no user has the e-mail address 'bbo@example.org'.*nobody is removed from this cohort/,
			),
		]);
		expect(membersOf(staff.id)).toEqual([ada, bob]);
	});

	test('an unknown cohort keeps everybody everywhere', async () => {
		const {
			ids: [, bob],
		} = three();
		const staff = group('STAFF', [bob]);
		const { json, errors } = await cohort(
			'syncMembers',
			syncing,
			[
				{ cohort: 'STAF', email: 'bob@example.org' },
				{ cohort: 'STAFF', email: 'ada@example.org' },
			],
			split,
		);
		expect(json.map((row) => row.change)).toEqual(['added']);
		expect(errors[0]).toMatch(
			/no cohort has the ID number 'STAF'.*nobody is removed from any cohort/,
		);
		expect(membersOf(staff.id)).toContain(bob);
	});

	test('in a run that stops, a bad item stops all of it', async () => {
		const {
			ids: [, bob],
		} = three();
		const staff = group('STAFF', [bob]);
		const { error } = await cohort('syncMembers', syncing, [
			{ cohort: 'STAFF', email: 'ada@example.org' },
			{ cohort: 'STAFF', email: 'nobody@example.org' },
		]);
		expect(error?.message).toMatch(/nobody@example.org/);
		expect(membersOf(staff.id)).toEqual([bob]);
		expect(writes()).toBe(0);
	});

	test('an item without a user empties a cohort only when that is allowed', async () => {
		const {
			ids: [, bob, cyd],
		} = three();
		const staff = group('STAFF', [bob, cyd]);
		const refused = await cohort('syncMembers', syncing, [{ cohort: 'STAFF', email: '' }], split);
		expect(refused.errors).toEqual([expect.stringMatching(/'User' is empty.*Allow Empty/)]);
		expect(membersOf(staff.id)).toEqual([bob, cyd]);
		const allowed = await cohort('syncMembers', { ...syncing, options: { allowEmpty: true } }, [
			{ cohort: 'STAFF', email: '' },
		]);
		expect(allowed.json.map((row) => [row.userid, row.change])).toEqual([
			[bob, 'removed'],
			[cyd, 'removed'],
		]);
		expect(membersOf(staff.id)).toEqual([]);
	});

	test('wrong ids are slips, too, and the same person twice is one', async () => {
		const {
			ids: [ada, bob],
		} = three();
		const staff = group('STAFF', [bob]);
		const byId: INodeParameters = {
			cohortId: by('id', '={{ $json.cohort }}'),
			userId: by('id', '={{ $json.user }}'),
			options: {},
		};
		const { json, errors, success } = await cohort(
			'syncMembers',
			byId,
			[
				{ cohort: staff.id, user: ada },
				{ cohort: staff.id, user: 99_999 },
				{ cohort: staff.id, user: 'x1' },
				{ cohort: staff.id, user: ada },
			],
			split,
		);
		expect(json).toEqual([{ cohortid: staff.id, userid: ada, change: 'added' }]);
		expect(success[0].pairedItem).toEqual([{ item: 0 }, { item: 3 }]);
		expect(errors[0]).toMatch(/no user has the ID '99999'/);
		expect(errors[1]).toMatch(/'User' is not an ID: 'x1'/);
		expect(membersOf(staff.id)).toEqual([ada, bob]);
	});
});
