/**
 * Every operation that a site without preparation can bear, once and more, as a user would. Runs against the stand-in, and
 * with MOODLE_URL and MOODLE_TOKEN against a real Moodle. Each test builds on those before it.
 */
import { by, fine, fromJson, openSite, operate, tag, type LiveSite } from './site';

let site: LiveSite;
const ids: Record<string, number> = {};

beforeAll(async () => {
	site = await openSite();
});
afterAll(async () => await site.close());

const person = (name: string) => ({
	username: `${tag}${name}`,
	firstname: name,
	lastname: `Öztürk & "Co" 🎓 ${tag}`,
	email: `${tag}${name}@example.org`,
});
const course = () => by('id', ids.course);
const ada = () => by('id', ids.ada);

describe('users', () => {
	test('are created, and one who is taken costs only itself', async () => {
		const items = ['ada', 'ben', 'cleo', 'dan'].map(person);
		const { good, bad } = await operate(
			site,
			'user.create',
			{
				...fromJson,
				additionalFields: { city: 'Bonn', country: 'DE', idnumber: '={{ $json.username }}-N' },
			},
			[...items, { ...person('eve'), email: items[0].email }],
		);
		expect(good.map((user) => user.username)).toEqual(items.map((user) => user.username));
		expect(bad).toHaveLength(1);
		expect(String(bad[0].error)).toContain(items[0].email);
		good.forEach((user, index) => (ids[items[index].firstname] = Number(user.id)));
	});

	test('are found by every way of naming them', async () => {
		for (const [mode, value] of [
			['id', ids.ada],
			['username', `${tag}ADA`],
			['email', `${tag}ada@example.org`],
			['idnumber', `${tag}ada-N`],
			['url', `${site.url}/user/profile.php?id=${ids.ada}`],
		]) {
			const [user] = await fine(site, 'user.get', {
				userId: by(String(mode), value),
				simplify: true,
			});
			expect([mode, user.id, user.lastname]).toEqual([mode, ids.ada, person('ada').lastname]);
		}
		const { bad } = await operate(site, 'user.get', {
			userId: by('email', 'nobody-at-all@example.org'),
			simplify: true,
		});
		expect(String(bad[0].error)).toContain('nobody-at-all@example.org');
	});

	test('are created or updated, and left alone when nothing changes', async () => {
		const items = [person('ada'), { ...person('ben'), firstname: 'Benjamin' }, person('fay')];
		const upsert = { matchBy: 'email', ...fromJson, additionalFields: {} };
		const first = await fine(site, 'user.upsert', upsert, items);
		expect(first.map(({ created, updated }) => [created, updated])).toEqual([
			[false, false],
			[false, true],
			[true, false],
		]);
		ids.fay = Number(first[2].id);
		const second = await fine(site, 'user.upsert', upsert, items);
		expect(second.map(({ created, updated }) => [created, updated])).toEqual([
			[false, false],
			[false, false],
			[false, false],
		]);
	});

	test('are updated: fields, clearing, suspension, password', async () => {
		const done = await fine(site, 'user.update', {
			userId: ada(),
			updateFields: { city: '', suspended: true, department: 'Physics' },
		});
		expect(done[0]).toMatchObject({ id: ids.ada, updated: true });
		await fine(site, 'user.update', {
			userId: ada(),
			updateFields: { suspended: false, password: 'Live-Test-2026!' },
		});
		const [user] = await fine(site, 'user.get', { userId: ada(), simplify: false });
		expect([user.city ?? '', user.department, user.suspended]).toEqual(['', 'Physics', false]);
		const { bad } = await operate(site, 'user.update', {
			userId: ada(),
			updateFields: { email: person('ben').email },
		});
		expect(String(bad[0].error)).toContain(person('ben').email);
	});

	test('are listed, by filter and all', async () => {
		const found = await fine(site, 'user.getAll', {
			returnAll: true,
			simplify: true,
			filters: { email: `${tag}%` },
		});
		expect(found.length).toBeGreaterThanOrEqual(0);
		const all = await fine(site, 'user.getAll', { returnAll: true, simplify: true, filters: {} });
		expect(all.map((user) => user.id)).toEqual(expect.arrayContaining([ids.ada, ids.fay]));
	});

	test('ask for a new password', async () => {
		const [answer] = await fine(site, 'user.requestPasswordReset', {
			by: 'username',
			username: `${tag}ben`,
		});
		expect(answer).toBeDefined();
	});
});

describe('categories and courses', () => {
	test('categories are created, found, changed', async () => {
		const upsert = {
			matchBy: 'idnumber',
			idnumber: `${tag}K`,
			name: `Faculty & ${tag}`,
			additionalFields: {},
		};
		const [made] = await fine(site, 'category.upsert', upsert);
		expect(made).toMatchObject({ created: true });
		expect((await fine(site, 'category.upsert', upsert))[0]).toMatchObject({
			id: made.id,
			created: false,
			updated: false,
		});
		ids.category = Number(made.id);
		const [sub] = await fine(site, 'category.create', {
			name: `Sub ${tag}`,
			parentId: by('idnumber', `${tag}K`),
			additionalFields: { idnumber: `${tag}S` },
		});
		ids.sub = Number(sub.id);
		await fine(site, 'category.update', {
			categoryId: by('id', sub.id),
			updateFields: { name: `Sub two ${tag}` },
		});
		expect(
			(
				await fine(site, 'category.get', { categoryId: by('idnumber', `${tag}S`), simplify: true })
			)[0],
		).toMatchObject({ id: sub.id, name: `Sub two ${tag}` });
		expect(
			(
				await fine(site, 'category.getAll', {
					parentId: by('id', made.id),
					includeSubcategories: true,
					returnAll: true,
					simplify: true,
					filters: {},
				})
			).map((row) => row.id),
		).toEqual(expect.arrayContaining([sub.id]));
	});

	test('courses are created, and one with a taken short name costs only itself', async () => {
		const items = ['c1', 'c2', 'c1', 'c3'].map((name) => ({ name: `${tag}${name}` }));
		const { good, bad } = await operate(
			site,
			'course.create',
			{
				fullname: '=Course & {{ $json.name }}',
				shortname: '={{ $json.name }}',
				categoryId: by('idnumber', `${tag}K`),
				additionalFields: {
					startdate: '2026-09-01',
					enddate: '2027-02-01',
					idnumber: '={{ $json.name + "-" + $itemIndex }}',
					enablecompletion: true,
				},
			},
			items,
		);
		expect(good.map((row) => row.shortname)).toEqual([`${tag}c1`, `${tag}c2`, `${tag}c3`]);
		expect(bad).toHaveLength(1);
		ids.course = Number(good[0].id);
		ids.course2 = Number(good[1].id);
		ids.course3 = Number(good[2].id);
	});

	test('courses are found by every way, linked or created, kept in sync', async () => {
		for (const [mode, value] of [
			['id', ids.course],
			['shortname', `${tag}c1`],
			['idnumber', `${tag}c1-0`],
			['url', `${site.url}/course/view.php?id=${ids.course}`],
		]) {
			const [found] = await fine(site, 'course.get', {
				courseId: by(String(mode), value),
				simplify: true,
			});
			expect([mode, found.id, found.fullname]).toEqual([mode, ids.course, `Course & ${tag}c1`]);
		}
		const upsert = {
			matchBy: 'shortname',
			fullname: `Course & ${tag}c1`,
			shortname: `${tag}c1`,
			categoryId: by('id', ids.category),
			additionalFields: { startdate: '2026-10-01' },
		};
		expect((await fine(site, 'course.upsert', upsert))[0]).toMatchObject({
			id: ids.course,
			created: false,
			updated: true,
		});
		expect((await fine(site, 'course.upsert', upsert))[0]).toMatchObject({
			id: ids.course,
			created: false,
			updated: false,
		});
		const { bad } = await operate(site, 'course.update', {
			courseId: course(),
			updateFields: { categoryId: by('id', 999999) },
		});
		expect(bad).toHaveLength(1);
		expect(
			(
				await fine(site, 'course.getAll', {
					by: 'category',
					categoryId: by('id', ids.category),
					returnAll: true,
					simplify: true,
				})
			).map((row) => row.id),
		).toEqual(expect.arrayContaining([ids.course, ids.course2]));
		expect(
			(
				await fine(site, 'course.getAll', {
					by: 'search',
					search: tag,
					returnAll: true,
					simplify: true,
				})
			).length,
		).toBeGreaterThanOrEqual(3);
		expect(
			(
				await fine(site, 'course.getContents', {
					courseId: course(),
					output: 'sections',
					simplify: true,
					filters: {},
				})
			).length,
		).toBeGreaterThan(0);
		const [copy] = await fine(site, 'course.duplicate', {
			courseId: course(),
			fullname: `Copy ${tag}`,
			shortname: `${tag}copy`,
			categoryId: by('id', ids.category),
			additionalFields: { users: false },
		});
		ids.copy = Number(copy.id);
	});
});

describe('enrolments', () => {
	const student = by('shortname', 'student');

	test('enrol, keep what is there, overwrite when told', async () => {
		const items = ['ada', 'ben', 'cleo', 'fay'].map((name) => ({ email: person(name).email }));
		const enrol = {
			courseId: by('shortname', `${tag}c1`),
			userId: by('email', '={{ $json.email }}'),
			roleId: student,
			additionalFields: {},
			options: {},
		};
		const { good, bad } = await operate(site, 'enrolment.enrol', enrol, [
			...items,
			{ email: 'nobody@example.org' },
		]);
		expect(good).toHaveLength(4);
		expect(String(bad[0].error)).toContain('nobody@example.org');
		expect(
			(await fine(site, 'enrolment.enrol', enrol, items)).every((row) => row.already === true),
		).toBe(true);
		const dated = {
			...enrol,
			additionalFields: { timestart: '2026-09-01', timeend: '2027-09-01' },
		};
		expect((await fine(site, 'enrolment.enrol', dated, items.slice(0, 1)))[0]).toMatchObject({
			overwritten: true,
		});
		const end = await operate(
			site,
			'enrolment.enrol',
			{ ...enrol, additionalFields: { timestart: '2027-09-01', timeend: '2026-09-01' } },
			items.slice(0, 1),
		);
		expect(end.bad).toHaveLength(1);
	});

	test('are listed from both sides', async () => {
		const users = await fine(site, 'enrolment.getAll', {
			courseId: course(),
			returnAll: true,
			simplify: true,
			filters: {},
		});
		expect(users.map((user) => user.id)).toEqual(expect.arrayContaining([ids.ada, ids.ben]));
		expect(
			(
				await fine(site, 'enrolment.getUserCourses', {
					userId: ada(),
					returnAll: true,
					simplify: true,
				})
			).map((row) => row.id),
		).toContain(ids.course);
		expect(
			(await fine(site, 'enrolment.getMethods', { courseId: course() })).map((row) => row.type),
		).toContain('manual');
		const profiles = await fine(site, 'user.getCourseProfile', {
			userId: ada(),
			courseId: course(),
			simplify: true,
		});
		expect(profiles[0]).toMatchObject({ id: ids.ada });
	});

	test('end, and say when there was nothing to do', async () => {
		const unenrol = { courseId: course(), userId: by('id', '={{ $json.id }}') };
		const done = await fine(site, 'enrolment.unenrol', unenrol, [
			{ id: ids.cleo },
			{ id: ids.dan },
		]);
		expect(done[0]).toMatchObject({ success: true });
		expect(done[1]).toMatchObject({ success: true, nothingToDo: true });
	});

	test('roles are assigned and taken away', async () => {
		const place = {
			roleId: by('shortname', 'teacher'),
			userId: by('id', ids.ben),
			context: 'course',
			courseId: course(),
		};
		expect((await fine(site, 'role.assign', place))[0]).toBeDefined();
		expect((await fine(site, 'role.unassign', place))[0]).toMatchObject({ success: true });
		const { bad } = await operate(site, 'role.assign', { ...place, userId: by('id', 999999) });
		expect(bad).toHaveLength(1);
	});
});

describe('groups and groupings', () => {
	test('groups: create, upsert, members, removal', async () => {
		const { good, bad } = await operate(
			site,
			'group.create',
			{
				courseId: course(),
				name: '={{ $json.name }}',
				additionalFields: { idnumber: '={{ $json.name }}' },
			},
			[{ name: 'Red' }, { name: 'Blue' }, { name: 'Red' }],
		);
		expect(good).toHaveLength(2);
		expect(bad).toHaveLength(1);
		expect(
			(
				await fine(site, 'group.upsert', {
					courseId: course(),
					matchBy: 'name',
					name: 'Red',
					additionalFields: { description: 'The red ones' },
				})
			)[0],
		).toMatchObject({ created: false, updated: true });
		const red = { courseId: course(), groupId: by('name', 'Red') };
		const added = await operate(
			site,
			'group.addMember',
			{ ...red, userId: by('id', '={{ $json.id }}') },
			[{ id: ids.ada }, { id: ids.ben }, { id: ids.dan }],
		);
		expect(added.good.map((row) => row.already)).toEqual([false, false]);
		expect(String(added.bad[0].error)).toMatch(/enrol/i);
		expect((await fine(site, 'group.addMember', { ...red, userId: ada() }))[0]).toMatchObject({
			already: true,
		});
		expect(
			(await fine(site, 'group.getMembers', { ...red, returnAll: true, includeUsers: true }))
				.length,
		).toBe(2);
		expect(
			(
				await fine(site, 'group.getUserGroups', {
					userId: ada(),
					courseId: course(),
					returnAll: true,
					simplify: true,
				})
			).length,
		).toBe(1);
		expect((await fine(site, 'group.removeMember', { ...red, userId: ada() }))[0]).toMatchObject({
			success: true,
		});
		expect((await fine(site, 'group.get', { ...red, simplify: true }))[0]).toMatchObject({
			name: 'Red',
		});
		expect(
			await fine(site, 'group.getAll', { courseId: course(), returnAll: true, simplify: true }),
		).toHaveLength(2);
		await fine(site, 'group.update', {
			courseId: course(),
			groupId: by('idnumber', 'Blue'),
			updateFields: { description: 'Sky' },
		});
	});

	test('groupings: create, assign, take away', async () => {
		const [made] = await fine(site, 'grouping.create', {
			courseId: course(),
			name: 'Labs',
			additionalFields: {},
		});
		expect(made.id).toBeDefined();
		expect(
			(
				await fine(site, 'grouping.upsert', {
					courseId: course(),
					matchBy: 'name',
					name: 'Labs',
					additionalFields: {},
				})
			)[0],
		).toMatchObject({ created: false, updated: false });
		const pair = { courseId: course(), groupingId: by('name', 'Labs'), groupId: by('name', 'Red') };
		expect((await fine(site, 'grouping.assignGroup', pair))[0]).toMatchObject({ success: true });
		expect(
			(
				await fine(site, 'grouping.get', {
					courseId: course(),
					groupingId: by('name', 'Labs'),
					simplify: true,
				})
			)[0],
		).toMatchObject({ name: 'Labs' });
		expect((await fine(site, 'grouping.unassignGroup', pair))[0]).toMatchObject({ success: true });
		await fine(site, 'grouping.update', {
			courseId: course(),
			groupingId: by('name', 'Labs'),
			updateFields: { idnumber: 'L1' },
		});
		expect(
			await fine(site, 'grouping.getAll', { courseId: course(), returnAll: true, simplify: true }),
		).toHaveLength(1);
		await fine(site, 'grouping.delete', { courseId: course(), groupingId: by('idnumber', 'L1') });
		await fine(site, 'group.delete', { courseId: course(), groupId: by('name', 'Blue') });
	});
});

describe('cohorts', () => {
	test('create, upsert, members', async () => {
		const upsert = {
			idnumber: `${tag}H`,
			name: `Everyone & ${tag}`,
			additionalFields: { description: 'All' },
		};
		expect((await fine(site, 'cohort.upsert', upsert))[0]).toMatchObject({ created: true });
		expect((await fine(site, 'cohort.upsert', upsert))[0]).toMatchObject({
			created: false,
			updated: false,
		});
		const { bad } = await operate(site, 'cohort.create', {
			name: 'Again',
			idnumber: `${tag}H`,
			additionalFields: {},
		});
		expect(String(bad[0].error)).toContain(`${tag}H`);
		const member = {
			cohortId: by('idnumber', `${tag}H`),
			userId: by('username', '={{ $json.username }}'),
		};
		const added = await operate(
			site,
			'cohort.addMember',
			member,
			['ada', 'ben', 'nobody'].map((name) => ({ username: `${tag}${name}` })),
		);
		expect(added.good.map((row) => row.already)).toEqual([false, false]);
		expect(added.bad).toHaveLength(1);
		expect(
			(await fine(site, 'cohort.addMember', member, [{ username: `${tag}ada` }]))[0],
		).toMatchObject({ already: true });
		expect(
			(
				await fine(site, 'cohort.getAll', {
					location: 'everywhere',
					returnAll: true,
					simplify: true,
					filters: { query: tag },
				})
			).map((row) => row.idnumber),
		).toEqual([`${tag}H`]);
		await fine(site, 'cohort.update', {
			cohortId: by('idnumber', `${tag}H`),
			location: 'keep',
			updateFields: { name: `All ${tag}` },
		});
		expect(
			(await fine(site, 'cohort.get', { cohortId: by('idnumber', `${tag}H`), simplify: true }))[0],
		).toMatchObject({ name: `All ${tag}` });
	});

	test('are made equal to a list, and never emptied by an empty one', async () => {
		const sync = {
			cohortId: by('idnumber', `${tag}H`),
			userId: by('email', '={{ $json.email }}'),
			options: {},
		};
		const wanted = ['ben', 'cleo', 'dan'].map((name) => ({ email: person(name).email }));
		const dry = await fine(
			site,
			'cohort.syncMembers',
			{ ...sync, options: { dryRun: true } },
			wanted,
		);
		expect(dry.every((row) => row.dryRun === true)).toBe(true);
		const changes = await fine(site, 'cohort.syncMembers', sync, wanted);
		expect(changes.map((row) => row.change).sort()).toEqual(['added', 'added', 'removed']);
		expect(
			(
				await fine(site, 'cohort.getMembers', {
					cohortId: by('idnumber', `${tag}H`),
					returnAll: true,
					includeUsers: true,
				})
			).length,
		).toBe(3);
		const { bad } = await operate(site, 'cohort.syncMembers', { ...sync, userId: by('email', '') });
		expect(bad).toHaveLength(1);
		expect(
			(
				await fine(site, 'cohort.removeMember', {
					cohortId: by('idnumber', `${tag}H`),
					userId: by('id', ids.ben),
				})
			)[0],
		).toMatchObject({ success: true });
	});
});

describe('grades, completion, messages, reports, site', () => {
	test('grades of a user', async () => {
		const grades = await fine(site, 'grade.getCourseGrades', { userId: ada(), simplify: true });
		expect(grades.map((row) => row.courseid)).toContain(ids.course);
		expect(
			Array.isArray(
				await fine(site, 'grade.getUserGradeItems', {
					courseId: course(),
					userId: ada(),
					returnAll: true,
					simplify: true,
				}),
			),
		).toBe(true);
	});

	test('completion of a user', async () => {
		expect(
			Array.isArray(
				await fine(site, 'completion.getActivities', {
					courseId: course(),
					userId: ada(),
					simplify: true,
					filters: {},
				}),
			),
		).toBe(true);
		const { bad } = await operate(site, 'completion.getCourse', {
			courseId: course(),
			userId: ada(),
			simplify: true,
		});
		expect(String(bad[0].error)).toMatch(/completion/i);
	});

	test('messages', async () => {
		const { good, bad } = await operate(
			site,
			'message.send',
			{ userId: by('id', '={{ $json.id }}'), text: 'Hello & welcome', textformat: 2 },
			[{ id: ids.ada }, { id: 999999 }, { id: ids.ben }],
		);
		expect(good).toHaveLength(2);
		expect(bad).toHaveLength(1);
	});

	test('site, set-up, any function', async () => {
		const [info] = await fine(site, 'site.getInfo', { simplify: false });
		expect(JSON.stringify(info)).not.toContain('userprivateaccesskey');
		const [setup] = await fine(site, 'site.checkSetup', { output: 'summary' });
		expect(setup).toBeDefined();
		const [called] = await fine(site, 'webService.callFunction', {
			functionName: by('name', 'core_user_get_users_by_field'),
			parameters: { field: 'id', values: [ids.ada] },
		});
		expect(called).toMatchObject({ id: ids.ada });
		const { bad } = await operate(site, 'webService.callFunction', {
			functionName: by('name', 'core_user_get_users_by_field'),
			parameters: { field: 'id', values: [1], nonsense: 1 },
		});
		expect(String(bad[0].error)).toContain('nonsense');
		expect(
			Array.isArray(await fine(site, 'report.getAll', { returnAll: true, simplify: true })),
		).toBe(true);
	});
});

describe('everything goes again', () => {
	test('in order', async () => {
		const courses = [ids.course, ids.course2, ids.course3, ids.copy].map((id) => ({ id }));
		expect(
			await fine(site, 'course.delete', { courseId: by('id', '={{ $json.id }}') }, courses),
		).toHaveLength(courses.length);
		await fine(site, 'cohort.delete', { cohortId: by('idnumber', `${tag}H`) });
		await fine(site, 'category.delete', {
			categoryId: by('id', ids.category),
			content: 'deleteAll',
		});
		const { good, bad } = await operate(
			site,
			'user.delete',
			{ userId: by('username', '={{ $json.username }}') },
			['ada', 'ben', 'cleo', 'dan', 'fay', 'nobody'].map((name) => ({ username: `${tag}${name}` })),
		);
		expect(good).toHaveLength(5);
		expect(bad).toHaveLength(1);
	});
});
