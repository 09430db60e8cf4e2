/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** What the stand-in does beyond the recordings: limits, transactions, rights, odd records, files, sign-in. */
import { addUser, giveCapabilities, startSandbox, type Sandbox } from './index';
import { call, post, type Pairs } from './test-client';

const user = (i: number, name: string, values: Record<string, string> = {}): Pairs =>
	Object.entries({
		username: name,
		password: 'Passw0rd!',
		firstname: 'A',
		lastname: 'B',
		email: `${name}@example.org`,
		...values,
	}).map(([key, value]) => [`users[${i}][${key}]`, value]);

const error = (code: string) => expect.objectContaining({ errorcode: code });

describe('sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ account: 'admin', path: '/moodle' });
	});
	afterEach(() => sandbox.reset());
	afterAll(async () => await sandbox.close());

	const ask = async (name: string, form: Pairs, token = sandbox.token): Promise<unknown> =>
		await call(sandbox.url, name, form, token);
	const newCourse = async (shortname: string): Promise<number> => {
		const made = await ask('core_course_create_courses', [
			['courses[0][fullname]', `Course ${shortname}`],
			['courses[0][shortname]', shortname],
			['courses[0][categoryid]', '1'],
		]);
		return (made as Array<{ id: number }>)[0].id;
	};

	test('shows a home page, and 404 for other paths', async () => {
		expect((await post(`${sandbox.url}/`, [])).status).toBe(200);
		expect((await post(`${sandbox.url}/nosuch.php`, [])).status).toBe(404);
		expect(
			(await post(sandbox.url.replace('/moodle', '/webservice/rest/server.php'), [])).status,
		).toBe(404);
	});

	test('refuses what it does not have with HTTP 501', async () => {
		const form: Pairs = [
			['moodlewsrestformat', 'json'],
			['wsfunction', 'core_blog_get_entries'],
			['wstoken', sandbox.token],
		];
		const reply = await post(`${sandbox.url}/webservice/rest/server.php`, form);
		expect([reply.status, reply.text]).toEqual([
			501,
			'The sandbox has no function core_blog_get_entries',
		]);
	});

	describe('max_input_vars', () => {
		const many = (count: number): Pairs =>
			Array.from({ length: count }, (_, i) => user(i, `u${i}`)).flat();

		test('cuts records in the middle when the token is in front: the last one lost a field', async () => {
			const form: Pairs = [
				['wstoken', sandbox.token],
				['moodlewsrestformat', 'json'],
				['wsfunction', 'core_user_create_users'],
				...many(200),
			];
			const reply = await post(`${sandbox.url}/webservice/rest/server.php`, form);
			expect(JSON.parse(reply.text)).toEqual(error('invalidparameter'));
			expect(sandbox.site.users.size).toBe(2);
		});

		test('drops whole records without a word when the cut falls between two: 145 sent, 143 made', async () => {
			const query = `wstoken=${sandbox.token}&wsfunction=core_user_create_users&moodlewsrestformat=json`;
			const form = Array.from({ length: 145 }, (_, i) =>
				user(i, `u${i}`, { idnumber: `${i}`, city: 'Bonn' }),
			).flat();
			const reply = await post(`${sandbox.url}/webservice/rest/server.php?${query}`, form);
			expect(JSON.parse(reply.text)).toHaveLength(143);
		});

		test('loses a token at the end, and nothing is written', async () => {
			expect(await ask('core_user_create_users', many(200))).toEqual(error('invalidtoken'));
			expect(sandbox.site.users.size).toBe(2);
			expect(sandbox.requests.at(-1)).toMatchObject({
				variables: 1003,
				tokenIndex: 1002,
				outcome: 'invalidtoken',
				http: 200,
			});
		});
	});

	test('empties a form above post_max_size: invalidtoken in XML', async () => {
		sandbox.switches.postMaxSize = 100;
		const form: Pairs = [
			['moodlewsrestformat', 'json'],
			['wsfunction', 'core_webservice_get_site_info'],
			['x', 'y'.repeat(200)],
			['wstoken', sandbox.token],
		];
		const reply = await post(`${sandbox.url}/webservice/rest/server.php`, form);
		expect(reply.text).toContain('<ERRORCODE>invalidtoken</ERRORCODE>');
	});

	test('does not keep the token in what it has seen', async () => {
		await ask('core_webservice_get_site_info', []);
		expect(JSON.stringify(sandbox.requests)).not.toContain(sandbox.token);
	});

	test('undoes a whole call when one record is refused', async () => {
		const form = [...user(0, 'good'), ...user(1, 'other', { email: 'GOOD@example.org' })];
		expect(await ask('core_user_create_users', form)).toEqual(error('invalidparameter'));
		expect(sandbox.site.users.first('username', 'good')).toBeUndefined();
		expect(await ask('core_user_create_users', user(0, 'good'))).toEqual([
			expect.objectContaining({ username: 'good' }),
		]);
	});

	test('matches blind to case, accents and trailing blanks', async () => {
		await ask('core_user_create_users', user(0, 'zoe', { idnumber: 'Zoë-1' }));
		const found = await ask('core_user_get_users_by_field', [
			['field', 'idnumber'],
			['values[0]', 'zoe-1 '],
		]);
		expect(found).toEqual([expect.objectContaining({ username: 'zoe', idnumber: 'Zoë-1' })]);
	});

	test('a poisoned record makes a list fail', async () => {
		addUser(sandbox.site, { username: 'fine' });
		const bad = addUser(sandbox.site, { username: 'bad', lastname: 'B <x>' });
		const all: Pairs = [
			['courseid', '1'],
			['options[0][name]', 'userfields'],
			['options[0][value]', 'id,username,email'],
		];
		expect(await ask('core_enrol_get_enrolled_users', all)).toEqual(error('invalidresponse'));
		expect(
			await ask('core_user_get_users_by_field', [
				['field', 'id'],
				['values[0]', String(bad.id)],
			]),
		).toEqual(error('invalidresponse'));
		expect(
			await ask('core_user_get_users_by_field', [
				['field', 'username'],
				['values[0]', 'fine'],
			]),
		).toHaveLength(1);
	});

	test('a course moved to a category that does not exist breaks the search until it is moved back', async () => {
		const id = await newCourse('c1');
		const moved = await ask('core_course_update_courses', [
			['courses[0][id]', String(id)],
			['courses[0][categoryid]', '999'],
			['courses[0][fullname]', 'Changed'],
		]);
		expect(moved).toEqual({
			warnings: [expect.objectContaining({ itemid: id, warningcode: 'invalidrecordunknown' })],
		});
		expect(sandbox.site.courses.get(id)).toMatchObject({ fullname: 'Changed', category: 999 });
		const search: Pairs = [
			['criterianame', 'search'],
			['criteriavalue', ''],
		];
		expect(await ask('core_course_search_courses', search)).toEqual(error('invalidrecordunknown'));
		await ask('core_course_update_courses', [
			['courses[0][id]', String(id)],
			['courses[0][categoryid]', '1'],
		]);
		expect(await ask('core_course_search_courses', search)).toMatchObject({ total: 1 });
	});

	test('enrolling again without times clears them', async () => {
		const course = await newCourse('c1');
		const { id } = addUser(sandbox.site, { username: 'ann' });
		const enrol = (extra: Pairs): Pairs => [
			['enrolments[0][roleid]', '5'],
			['enrolments[0][userid]', String(id)],
			['enrolments[0][courseid]', String(course)],
			...extra,
		];
		await ask(
			'enrol_manual_enrol_users',
			enrol([
				['enrolments[0][timeend]', '2000000000'],
				['enrolments[0][suspend]', '1'],
			]),
		);
		await ask('enrol_manual_enrol_users', enrol([]));
		expect(sandbox.site.userEnrolments.all()).toEqual([
			expect.objectContaining({ status: 0, timeend: 0 }),
		]);
	});

	describe('rights', () => {
		const limited = (capabilities: string[]) => sandbox.tokenWith(capabilities);

		test('a missing capability is named', async () => {
			const token = limited([]);
			expect(await ask('core_user_create_users', user(0, 'x'), token)).toEqual(
				error('nopermissions'),
			);
		});

		test('the REST capability is asked for first', async () => {
			const { id } = addUser(sandbox.site, { username: 'nobody' });
			expect(
				await ask('core_webservice_get_site_info', [], sandbox.addToken('none', { userid: id })),
			).toEqual(error('accessexception'));
		});

		test.each([
			['username', 'moodle/user:viewalldetails'],
			['email', 'moodle/site:viewuseridentity'],
		])('a look-up by %s is empty without %s', async (field, capability) => {
			addUser(sandbox.site, { username: 'ann', maildisplay: 0 });
			const form: Pairs = [
				['field', field],
				['values[0]', field === 'email' ? 'ann@example.org' : 'ann'],
			];
			const token = limited(['moodle/user:viewdetails']);
			expect(await ask('core_user_get_users_by_field', form, token)).toEqual([]);
			giveCapabilities(sandbox.site, 4, [capability]);
			expect(await ask('core_user_get_users_by_field', form, token)).toHaveLength(1);
		});

		test('enrolling needs the way in, the capability and the right to give the role', async () => {
			const course = await newCourse('c1');
			const { id } = addUser(sandbox.site, { username: 'ann' });
			const form: Pairs = [
				['enrolments[0][roleid]', '5'],
				['enrolments[0][userid]', String(id)],
				['enrolments[0][courseid]', String(course)],
			];
			const token = limited([]);
			expect(await ask('enrol_manual_enrol_users', form, token)).toEqual(
				error('requireloginerror'),
			);
			giveCapabilities(sandbox.site, 4, ['moodle/course:view']);
			expect(await ask('enrol_manual_enrol_users', form, token)).toEqual(error('nopermissions'));
			giveCapabilities(sandbox.site, 4, ['enrol/manual:enrol', 'moodle/role:assign']);
			expect(await ask('enrol_manual_enrol_users', form, token)).toEqual(
				error('wsusercannotassign'),
			);
			giveCapabilities(sandbox.site, 4, ['moodle/role:assign'], { mayAssign: [5] });
			expect(await ask('enrol_manual_enrol_users', form, token)).toBeNull();
		});

		test('a token may be limited to some functions, to a time and to addresses', async () => {
			const two = sandbox.addToken('two', {
				userid: 2,
				functions: ['core_webservice_get_site_info'],
			});
			expect(await ask('core_webservice_get_site_info', [], two)).toMatchObject({
				functions: [{ name: 'core_webservice_get_site_info' }],
			});
			expect(await ask('core_course_get_courses', [], two)).toEqual(error('accessexception'));
			const past = sandbox.addToken('past', { userid: 2, validuntil: 1 });
			expect(await ask('core_webservice_get_site_info', [], past)).toEqual(
				error('accessexception'),
			);
			expect(await ask('core_webservice_get_site_info', [], past)).toEqual(error('invalidtoken'));
			const elsewhere = sandbox.addToken('elsewhere', { userid: 2, iprestriction: '10.0.0.0/8' });
			expect(await ask('core_webservice_get_site_info', [], elsewhere)).toEqual(
				error('accessexception'),
			);
		});
	});

	describe('states of the site', () => {
		test('redirects to the right address', async () => {
			sandbox.switches.httpsRedirect = 'https://moodle.example.org';
			const reply = await post(`${sandbox.url}/webservice/rest/server.php`, []);
			expect([reply.status, reply.location]).toEqual([
				303,
				'https://moodle.example.org/moodle/webservice/rest/server.php',
			]);
		});

		test('asks for the site policy', async () => {
			sandbox.switches.sitePolicyPending = true;
			const { id } = addUser(sandbox.site, { username: 'ann' });
			giveCapabilities(sandbox.site, id, ['webservice/rest:use']);
			const token = sandbox.addToken('ann', { userid: id });
			expect(await ask('core_webservice_get_site_info', [], token)).toMatchObject({
				username: 'ann',
			});
			expect(await ask('core_course_get_categories', [], token)).toEqual(
				error('sitepolicynotagreed'),
			);
			expect(await ask('core_course_get_categories', [])).toHaveLength(1);
		});

		test('explains itself with debugging on', async () => {
			sandbox.switches.debugNormal = true;
			const reply = await ask('core_user_create_users', user(0, 'Upper'));
			expect(reply).toMatchObject({
				errorcode: 'invalidparameter',
				debuginfo: expect.stringContaining('"username" type') as string,
			});
			expect(await ask('core_course_get_contents', [['courseid', '999']])).toEqual(
				error('invalidrecord'),
			);
		});
	});

	describe('signing in', () => {
		const signIn = async (form: Pairs): Promise<unknown> =>
			JSON.parse((await post(`${sandbox.url}/login/token.php`, form)).text) as unknown;
		const ann: Pairs = [
			['username', 'ann'],
			['password', 'Passw0rd!'],
		];

		test('gives a token to those who may make one, and the same again', async () => {
			const { id } = addUser(sandbox.site, { username: 'ann' });
			giveCapabilities(sandbox.site, id, ['moodle/webservice:createtoken', 'webservice/rest:use']);
			const first = (await signIn([...ann, ['service', 'sandbox_all']])) as { token: string };
			expect(await signIn([...ann, ['service', 'sandbox_all']])).toMatchObject({
				token: first.token,
			});
			expect(await ask('core_webservice_get_site_info', [], first.token)).toMatchObject({
				userid: id,
			});
		});

		test.each([
			[
				'invalidlogin',
				[
					['username', 'ann'],
					['password', 'no'],
					['service', 'sandbox_all'],
				],
			],
			['servicenotavailable', [...ann, ['service', 'nosuch']]],
			['cannotcreatetoken', [...ann, ['service', 'sandbox_all']]],
			['missingparam', ann],
		] as Array<[string, Pairs]>)('%s', async (code, form) => {
			addUser(sandbox.site, { username: 'ann' });
			expect(await signIn(form)).toEqual(error(code));
		});

		test('tells that the address is right', async () => {
			expect(await signIn([['appsitecheck', '1']])).toEqual({ appsitecheck: 'ok' });
			sandbox.switches.webservices = false;
			expect(await signIn([['appsitecheck', '1']])).toEqual(error('enablewsdescription'));
		});
	});

	test('keeps what is uploaded, and gives it back to a token in the body', async () => {
		const stored = await ask('core_files_upload', [
			['component', 'user'],
			['filearea', 'draft'],
			['itemid', '0'],
			['filepath', '/'],
			['filename', 'a b.txt'],
			['filecontent', Buffer.from('words').toString('base64')],
			['contextlevel', 'user'],
			['instanceid', '2'],
		]);
		const { contextid, itemid } = stored as { contextid: number; itemid: number };
		const address = `${sandbox.url}/webservice/pluginfile.php/${contextid}/user/draft/${itemid}/a%20b.txt`;
		expect((await post(address, [['token', sandbox.token]])).text).toBe('words');
		expect(JSON.parse((await post(address, [['token', 'no']])).text)).toEqual(
			error('invalidtoken'),
		);
		expect(JSON.parse((await post(`${address}x`, [['token', sandbox.token]])).text)).toEqual(
			error('filenotfound'),
		);
	});

	test('a reset leaves a new site and the same token', async () => {
		await newCourse('c1');
		sandbox.switches.rest = false;
		sandbox.reset();
		expect(await ask('core_course_get_courses', [])).toHaveLength(1);
		expect(sandbox.requests).toHaveLength(1);
	});
});

describe('faults', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ account: 'admin' });
	});
	afterEach(() => sandbox.reset());
	afterAll(async () => await sandbox.close());

	const create = async (): Promise<unknown> =>
		await call(sandbox.url, 'core_user_create_users', user(0, 'ann'), sandbox.token);
	const made = (): boolean => sandbox.site.users.first('username', 'ann') !== undefined;

	test.each([
		['cut before the answer, after the commit', { execute: true, cut: 'before' as const }, true],
		['cut in the middle of the answer', { execute: true, cut: 'midbody' as const }, true],
		['cut before anything was done', { execute: false, cut: 'before' as const }, false],
		['HTML of a gateway', { execute: true, status: 502 }, true],
	])('%s', async (_, fault, written) => {
		sandbox.switches.fault = ({ number }) => (number === 0 ? fault : null);
		await expect(create()).rejects.toThrow();
		expect(made()).toBe(written);
	});

	test('a gateway gives up on a call that goes on', async () => {
		sandbox.switches.fault = () => ({ execute: 'later', laterMs: 50, status: 504 });
		await expect(create()).rejects.toThrow();
		expect(made()).toBe(false);
		await new Promise((resolve) => setTimeout(resolve, 150));
		expect(made()).toBe(true);
	});
});
