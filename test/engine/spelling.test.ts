/** What a run does with texts that differ in little, on both kinds of database. */
import type { INodeParameters } from 'n8n-workflow';
import type { Database, MoodleVersion, Sandbox } from '../sandbox';
import { addUser } from '../sandbox/builders';
import { addCohort, addGroup, addGrouping } from '../sandbox/builders-groups';
import { addCategory, addCourse } from '../sandbox/functions/course-tools';
import { by, onStandIn, runOn, sentTo, split } from '../support/node';

const SITES: Array<[Database, MoodleVersion]> = [
	['mariadb', '5.1'],
	['postgres', '5.0'],
];

describe.each(SITES)('on %s', (database, version) => {
	let sandbox: Sandbox;
	let bio: { id: number };
	onStandIn((standIn) => (sandbox = standIn), { version, database });
	beforeEach(() => {
		const { id } = addCategory(sandbox.site, { name: 'Faculty', idnumber: 'Fac' });
		bio = addCourse(sandbox.site, {
			fullname: 'Biology',
			shortname: 'Bio',
			category: id,
			idnumber: 'No-1',
		});
	});

	const isFolding = database === 'mariadb';

	const run = async (
		resource: string,
		operation: string,
		parameters: INodeParameters,
		items?: object[],
	) => {
		sandbox.requests.length = 0;
		const all = await runOn(() => sandbox)(resource, operation, parameters, items, split);
		return { json: all.json, errors: all.errors };
	};
	const sent = sentTo(() => sandbox);
	const person = (username: string, more: object = {}) =>
		addUser(sandbox.site, { username, ...more });
	const newGroup = (name: string, more: object = {}) => addGroup(sandbox.site, bio.id, name, more);
	const newGrouping = (name: string) => addGrouping(sandbox.site, bio.id, name);
	const newCohort = (idnumber: string) => addCohort(sandbox.site, idnumber);
	const upsertGroup = async (...names: string[]) =>
		await run(
			'group',
			'upsert',
			{
				courseId: by('id', bio.id),
				matchBy: 'name',
				name: '={{ $json.name }}',
				additionalFields: {},
			},
			names.map((name) => ({ name })),
		);
	const upsertCohort = async (...numbers: string[]) =>
		await run(
			'cohort',
			'upsert',
			{
				name: 'New',
				idnumber: '={{ $json.no }}',
				categoryId: by('list', ''),
				additionalFields: {},
			},
			numbers.map((no) => ({ no })),
		);

	test('й and и are two users, and each item gets its own', async () => {
		const [one, two] = [person('one', { idnumber: 'Герой' }), person('two', { idnumber: 'Герои' })];
		const { json } = await run(
			'user',
			'get',
			{ userId: by('idnumber', '={{ $json.no }}'), simplify: true },
			[{ no: 'Герой' }, { no: 'Герои' }],
		);
		expect(json.map((row) => row.id)).toEqual([one.id, two.id]);
		const cohort = newCohort('C');
		const added = await run(
			'cohort',
			'addMember',
			{ cohortId: by('id', cohort.id), userId: by('idnumber', '={{ $json.no }}') },
			[{ no: 'Герои' }, { no: 'Герой' }],
		);
		expect(added.json.map((row) => row.userid)).toEqual([two.id, one.id]);
	});

	test('a user in other capitals or accents is found only where Moodle finds the very text', async () => {
		const ada = person('ada', { idnumber: 'Ab-É' });
		const cohort = newCohort('C');
		const items = ['Ab-É', 'aB-é', 'Ab-E'].map((no) => ({ no }));
		const { json, errors } = await run(
			'cohort',
			'addMember',
			{ cohortId: by('id', cohort.id), userId: by('idnumber', '={{ $json.no }}') },
			items,
		);
		expect(json.map((row) => row.userid)).toEqual(isFolding ? [ada.id, ada.id, ada.id] : [ada.id]);
		expect(errors).toHaveLength(isFolding ? 0 : 2);
	});

	test('e-mail addresses find their users in any capitals, one by one and many', async () => {
		const people = Array.from({ length: 30 }, (_, at) =>
			person(`p${at}`, { email: `P.${at}@Example.org` }),
		);
		const cohort = newCohort('C');
		for (const some of [people.slice(0, 2), people]) {
			const { json, errors } = await run(
				'cohort',
				'addMember',
				{ cohortId: by('id', cohort.id), userId: by('email', '={{ $json.email }}') },
				some.map((_, at) => ({ email: `p.${at}@example.ORG` })),
			);
			expect(errors).toEqual([]);
			expect(json.map((row) => row.userid)).toEqual(some.map(({ id }) => id));
		}
		expect(sent('core_user_get_users')).toBe(0);
	});

	test('many new people cost no request each', async () => {
		const cohort = newCohort('C');
		const { errors } = await run(
			'cohort',
			'addMember',
			{ cohortId: by('id', cohort.id), userId: by('email', '={{ $json.email }}') },
			Array.from({ length: 300 }, (_, at) => ({ email: `new${at}@example.org` })),
		);
		expect(errors).toHaveLength(300);
		expect(
			sandbox.requests.filter(({ function: name }) => /get_users|enrolled/.test(String(name)))
				.length,
		).toBeLessThan(20);
	});

	test.each([1, 20])(
		'course: %s other courses beside; the exact one first, another spelling only where Moodle takes it for the same',
		async (beside) => {
			const items = [...Array(beside).keys()].map((at) => ({
				name: addCourse(sandbox.site, { fullname: 'x', shortname: `X${at}`, category: 1 })
					.shortname,
			}));
			const { json, errors } = await run(
				'course',
				'get',
				{ courseId: by('shortname', '={{ $json.name }}'), simplify: true },
				[...items, { name: 'Bio' }, { name: 'BIÓ' }, { name: 'Bii' }],
			);
			expect(json.slice(beside).map((row) => row.id)).toEqual(
				isFolding ? [bio.id, bio.id] : [bio.id],
			);
			expect(errors).toHaveLength(isFolding ? 1 : 2);
		},
	);

	test('course upsert never takes one course for another', async () => {
		const parameters: INodeParameters = {
			matchBy: 'shortname',
			shortname: '={{ $json.name }}',
			fullname: 'Changed',
			categoryId: by('id', 1),
			additionalFields: {},
		};
		const { json } = await run('course', 'upsert', parameters, [{ name: 'BIO' }]);
		expect(json).toEqual([expect.objectContaining({ created: !isFolding, updated: isFolding })]);
		expect(sandbox.site.courses.get(bio.id)?.fullname).toBe(isFolding ? 'Changed' : 'Biology');
		const again = await run('course', 'upsert', parameters, [{ name: 'BIO' }, { name: 'Bio' }]);
		// One course cannot be called both: it would be renamed to and fro in every run.
		expect(again.errors).toEqual(
			isFolding ? [expect.stringContaining(`both mean the course with the ID ${bio.id}`)] : [],
		);
	});

	test('a group renamed to other capitals or accents is renamed, and left alone the next night', async () => {
		const group = newGroup('monday gröup', {
			description: 'kept',
			descriptionformat: 2,
			idnumber: 'M',
		});
		const rename = async () =>
			await run('group', 'upsert', {
				courseId: by('id', bio.id),
				matchBy: 'idnumber',
				idnumber: 'M',
				name: 'MONDAY Group',
				additionalFields: { enrolmentkey: 'open' },
			});
		const first = await rename();
		expect(first).toEqual({
			json: [
				{ id: group.id, created: false, updated: true, courseid: bio.id, name: 'MONDAY Group' },
			],
			errors: [],
		});
		expect(sandbox.site.groups.get(group.id)).toMatchObject({
			name: 'MONDAY Group',
			description: 'kept',
			descriptionformat: 2,
			enrolmentkey: 'open',
		});
		expect((await rename()).json).toEqual([expect.objectContaining({ updated: false })]);
		const grouping = newGrouping('lab');
		const updated = await run('grouping', 'update', {
			courseId: by('list', ''),
			groupingId: by('id', grouping.id),
			updateFields: { name: 'LAB', description: 'x' },
		});
		expect(updated).toMatchObject({ json: [{ id: grouping.id, name: 'LAB' }], errors: [] });
		expect(sandbox.site.groupings.get(grouping.id)).toMatchObject({
			name: 'LAB',
			description: 'x',
		});
	});

	test('a rename to what another group has is refused, with that group, and undoes nothing else', async () => {
		const [red, blue] = [newGroup('red'), newGroup('blue')];
		const { json, errors } = await run(
			'group',
			'update',
			{
				courseId: by('list', ''),
				groupId: by('id', '={{ $json.id }}'),
				updateFields: { name: '={{ $json.name }}' },
			},
			[
				{ id: blue.id, name: 'red' },
				{ id: red.id, name: 'Red' },
			],
		);
		expect(json).toEqual([expect.objectContaining({ id: red.id, name: 'Red' })]);
		expect(errors).toEqual([
			expect.stringContaining(`taken by another group of the course (ID ${red.id})`),
		]);
		expect(sandbox.site.groups.get(blue.id)?.name).toBe('blue');
	});

	test('a dry run of a rename shows no enrolment key', async () => {
		newGroup('red', { idnumber: 'R' });
		const { json } = await run('group', 'upsert', {
			courseId: by('id', bio.id),
			matchBy: 'idnumber',
			idnumber: 'R',
			name: 'RED',
			additionalFields: { enrolmentkey: 'open sesame' },
			options: { dryRun: true },
		});
		expect(json).toEqual([
			expect.objectContaining({
				dryRun: true,
				action: 'update',
				name: 'RED',
				enrolmentkey: '(not shown)',
			}),
		]);
		expect(JSON.stringify(json)).not.toContain('sesame');
	});

	test('groups by names in other capitals: matched where the site does not tell them apart, made where it does', async () => {
		const monday = newGroup('Monday');
		const { json, errors } = await upsertGroup('MONDAY', 'Герой', 'Герои');
		expect(errors).toEqual([]);
		expect(json.map(({ id, created }) => (created ? 'new' : id))).toEqual([
			isFolding ? monday.id : 'new',
			'new',
			'new',
		]);
		expect(
			(await upsertGroup('MONDAY', 'Герой', 'Герои')).json.every(
				({ created, updated }) => created === false && updated === false,
			),
		).toBe(true);
	});

	test.each([
		['Straße', 'Strasse'],
		['😀', '🎉'],
		['か', 'が'],
		['Müller', 'Muller'],
	])(
		'%s and %s: made, or refused with the record that Moodle takes for the same',
		async (there, wanted) => {
			const [group, cohort] = [newGroup(there), newCohort(there)];
			for (const [what, { json, errors }, { id }] of [
				['group', await upsertGroup(wanted), group],
				['cohort', await upsertCohort(wanted), cohort],
			] as const) {
				if (!isFolding) expect(json).toEqual([expect.objectContaining({ created: true })]);
				else
					expect(errors).toEqual([
						expect.stringMatching(
							new RegExp(
								`'${wanted}' for the same as '${there}', which the ${what} with the ID ${id} has`,
							),
						),
					]);
			}
		},
	);

	test('ID numbers of groups are numbers to Moodle: 007 is 7, and the refusal says so', async () => {
		const group = newGroup('seven', { idnumber: '7' });
		const { errors } = await run('group', 'create', {
			courseId: by('id', bio.id),
			name: 'bond',
			additionalFields: { idnumber: '007' },
		});
		expect(errors).toEqual([
			expect.stringMatching(
				new RegExp(
					`ID number '007' for the same as '7', which the group with the ID ${group.id} has`,
				),
			),
		]);
	});

	test('cohorts and categories in other capitals', async () => {
		const cohort = newCohort('Staff');
		const { json } = await upsertCohort('STAFF');
		expect(json.map(({ id, created }) => (created ? 'new' : id))).toEqual([
			isFolding ? cohort.id : 'new',
		]);
		const category = await run('category', 'upsert', {
			matchBy: 'idnumber',
			idnumber: 'FAC',
			name: 'Faculty',
			parentId: by('list', ''),
			additionalFields: {},
		});
		expect(category.json.map(({ created }) => created)).toEqual([!isFolding]);
	});

	test('a locator of a megabyte is the problem of its item', async () => {
		const cohort = newCohort('C');
		const ada = person('ada');
		for (const mode of ['email', 'username', 'idnumber']) {
			const good =
				mode === 'idnumber'
					? person('num', { idnumber: 'N' }).idnumber
					: mode === 'email'
						? ada.email
						: 'ada';
			const { json, errors } = await run(
				'cohort',
				'addMember',
				{ cohortId: by('id', cohort.id), userId: by(mode, '={{ $json.v }}') },
				[{ v: 'x'.repeat(1_100_000) }, { v: 'a\0b' }, { v: good }],
			);
			expect([json.length, errors.length]).toEqual([1, 2]);
		}
		const courses = await run(
			'course',
			'get',
			{ courseId: by('shortname', '={{ $json.v }}'), simplify: true },
			[{ v: 'x'.repeat(1_100_000) }, { v: 'Bio' }],
		);
		expect(courses.json).toHaveLength(1);
		expect(Math.max(...sandbox.requests.map(({ bytes }) => bytes))).toBeLessThan(10_000);
	});

	test('Interests that the database takes for another tag are named', async () => {
		const items = ['école', 'ecole, Chess', 'Go'].map((interests, index) => ({
			name: `reader${index}`,
			interests,
		}));
		const { json, errors } = await run(
			'user',
			'create',
			{
				username: '={{ $json.name }}',
				firstname: 'Ada',
				lastname: 'Byron',
				email: '={{ $json.name }}@example.org',
				additionalFields: { interests: '={{ $json.interests }}' },
			},
			items,
		);
		const made = isFolding ? ['reader0', 'reader2'] : items.map(({ name }) => name);
		expect(json.map(({ username }) => username)).toEqual(made);
		const refused = (interests: string) => [
			expect.stringMatching(
				`^The database of Moodle refuses the user, probably for 'Interests': '${interests}'`,
			),
		];
		expect(errors).toEqual(isFolding ? refused('ecole,Chess') : []);
		const changed = await run(
			'user',
			'update',
			{ userId: by('username', 'reader2'), updateFields: { interests: 'ECOLE' } },
			[{}],
		);
		expect(changed.errors).toEqual(isFolding ? refused('ECOLE') : []);
	});
});
