import type { INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import type { Sandbox } from '../sandbox';
import { serviceFunctions } from '../sandbox/accounts';
import { loadOptions } from '../support/harness';
import { onStandIn } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

async function list(
	method: string,
	filter?: string,
	paginationToken?: string,
	parameters: INodeParameters = {},
	token = sandbox.token,
) {
	return await loadOptions(new Moodle(), method, {
		filter,
		paginationToken,
		parameters,
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: sandbox.url, token } },
	});
}

const names = (page: { results: Array<{ name: string }> }) =>
	page.results.map((entry) => entry.name);

/** Asks the stand-in directly. */
async function ws(name: string, form: Record<string, string>): Promise<never> {
	const body = new URLSearchParams({
		moodlewsrestformat: 'json',
		wsfunction: name,
		...form,
		wstoken: sandbox.adminToken,
	});
	return (await (
		await fetch(`${sandbox.url}/webservice/rest/server.php`, { method: 'POST', body })
	).json()) as never;
}

async function people(count: number): Promise<void> {
	for (let at = 0; at < count; at += 50) {
		const form: Record<string, string> = {};
		for (let index = at; index < Math.min(count, at + 50); index++) {
			const name = `u${String(index).padStart(3, '0')}`;
			Object.assign(form, {
				[`users[${index}][username]`]: name,
				[`users[${index}][firstname]`]: 'Ada',
				[`users[${index}][lastname]`]: `Byron ${name}`,
				[`users[${index}][email]`]: `${name}@example.org`,
				[`users[${index}][createpassword]`]: '1',
			});
		}
		await ws('core_user_create_users', form);
	}
	sandbox.requests.length = 0;
}

/** All pages, by the tokens that they give. */
async function all(method: string, filter?: string): Promise<string[]> {
	const found: string[] = [];
	let token: string | undefined;
	do {
		const page = await list(method, filter, token);
		found.push(...names(page));
		token = page.paginationToken as string | undefined;
	} while (token !== undefined);
	return found;
}

test('users: all by name in pages, without the guest', async () => {
	await people(120);
	const first = await list('searchUsers');
	expect(typeof first.paginationToken).toBe('string');
	expect(first.results[0]).toEqual({
		name: expect.stringMatching(/^Ada Byron u000 \(u000@example.org\)$/),
		value: expect.stringMatching(/^\d+$/),
	});
	const everybody = await all('searchUsers');
	expect(everybody).toHaveLength(122);
	expect(new Set(everybody).size).toBe(122);
	expect(everybody.some((name) => name.includes('Guest'))).toBe(false);
});

test.each([
	['byron u01', 10],
	['u017@', 1],
	['Ada Byron u005', 1],
	['nobody', 0],
])('users: filter %s', async (filter, count) => {
	await people(60);
	expect(names(await list('searchUsers', filter))).toHaveLength(count);
});

test('users: a token for few functions still gets a list, and finds by name and address', async () => {
	await people(60);
	const token = sandbox.addToken('few', {
		userid: sandbox.account.userid,
		functions: [
			'core_user_get_users_by_field',
			'core_user_get_users',
			'core_webservice_get_site_info',
		],
	});
	expect(
		(await list('searchUsers', undefined, undefined, {}, token)).results.length,
	).toBeGreaterThan(40);
	expect(names(await list('searchUsers', 'u017@', undefined, {}, token))).toEqual([
		'Ada Byron u017 (u017@example.org)',
	]);
	expect(names(await list('searchUsers', 'ada byron u017', undefined, {}, token))).toEqual([
		'Ada Byron u017 (u017@example.org)',
	]);
	expect(names(await list('searchUsers', 'Byron u01', undefined, {}, token))).toHaveLength(0);
	expect(names(await list('searchUsers', 'byron', undefined, {}, token))).toHaveLength(60);
});

test('courses: in pages, and by words', async () => {
	const form: Record<string, string> = {};
	for (let index = 0; index < 60; index++)
		Object.assign(form, {
			[`courses[${index}][fullname]`]: `Biology & co ${index}`,
			[`courses[${index}][shortname]`]: `BIO-${index}`,
			[`courses[${index}][categoryid]`]: '1',
		});
	await ws('core_course_create_courses', form);
	const found = await all('searchCourses');
	expect(found).toHaveLength(60);
	expect(found).toContain('Biology & co 7 (BIO-7)');
	expect(names(await list('searchCourses', 'BIO-59'))).toEqual(['Biology & co 59 (BIO-59)']);
});

test('categories: with the ones above them', async () => {
	const [{ id }] = (await ws('core_course_create_categories', {
		'categories[0][name]': 'Faculty',
	})) as Array<{ id: number }>;
	await ws('core_course_create_categories', {
		'categories[0][name]': 'Year 1',
		'categories[0][parent]': String(id),
	});
	expect(names(await list('searchCategories'))).toEqual([
		'Category 1',
		'Faculty',
		'Faculty / Year 1',
	]);
	expect(names(await list('searchCategories', 'faculty year'))).toEqual(['Faculty / Year 1']);
});

test('cohorts: in pages, and by text', async () => {
	const form: Record<string, string> = {};
	for (let index = 0; index < 70; index++)
		Object.assign(form, {
			[`cohorts[${index}][categorytype][type]`]: 'system',
			[`cohorts[${index}][categorytype][value]`]: '',
			[`cohorts[${index}][name]`]: `Staff ${index}`,
			[`cohorts[${index}][idnumber]`]: `S${index}`,
		});
	await ws('core_cohort_create_cohorts', form);
	expect(new Set(await all('searchCohorts')).size).toBe(70);
	expect(names(await list('searchCohorts', 'S69'))).toEqual(['Staff 69 (S69)']);
});

test('groups and groupings: of the chosen course', async () => {
	const [{ id }] = (await ws('core_course_create_courses', {
		'courses[0][fullname]': 'C',
		'courses[0][shortname]': 'C',
		'courses[0][categoryid]': '1',
	})) as Array<{ id: number }>;
	await ws('core_group_create_groups', {
		'groups[0][courseid]': String(id),
		'groups[0][name]': 'Monday',
		'groups[0][description]': '',
		'groups[1][courseid]': String(id),
		'groups[1][name]': 'Tuesday',
		'groups[1][description]': '',
	});
	const chosen = (mode: string, value: unknown) =>
		({ courseId: { __rl: true, mode, value } }) as never;
	expect(names(await list('searchGroups', 'mon', undefined, chosen('id', String(id))))).toEqual([
		'Monday',
	]);
	expect(names(await list('searchGroups', '', undefined, chosen('shortname', 'C')))).toEqual([
		'Monday',
		'Tuesday',
	]);
	expect(names(await list('searchGroupings', '', undefined, chosen('id', String(id))))).toEqual([]);
	await expect(list('searchGroups', '', undefined, chosen('id', ''))).rejects.toThrow(
		/Choose the course first/,
	);
	await expect(
		list('searchGroupings', '', undefined, chosen('id', '={{ $json.x }}')),
	).rejects.toThrow(/Choose the course first/);
});

test('roles and functions', async () => {
	expect(names(await list('searchRoles', 'student'))).toEqual(['Student (student)']);
	expect((await list('searchRoles')).results).toHaveLength(5);
	const functions = await all('searchFunctions');
	expect(functions).toHaveLength(serviceFunctions().size);
	expect(names(await list('searchFunctions', 'user create'))).toContain(
		'core_user_create_users (writes)',
	);
});
