/** What is special about single events of the trigger. What all of them keep is in test/contract/events.test.ts. */
import { sleep, type IDataObject, type INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { MoodleTrigger } from '../../nodes/Moodle/MoodleTrigger.node';
import {
	addCategory,
	addCohort,
	addDiscussion,
	addManualGrade,
	addModule,
	addPost,
	addSubmission,
	addUser,
	joinCohort,
	startSandbox,
	type Sandbox,
} from '../sandbox';
import { course, enrol } from '../support/eventWorlds';
import { createPoller } from '../support/harness';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());
beforeEach(() => sandbox.reset());

const by = (mode: string, value: unknown) => ({ __rl: true, mode, value: String(value) }) as never;

interface More {
	token?: string;
	budgetMs?: number;
	nodeId?: string;
	staticData?: IDataObject;
}

function poller(parameters: INodeParameters, more: More = {}) {
	const { token = sandbox.token, ...rest } = more;
	const made = createPoller(new MoodleTrigger(), {
		parameters,
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: sandbox.url, token } },
		...rest,
	});
	const poll = async () => (await made.poll())?.[0].map(({ json }) => json) ?? null;
	return { ...made, poll };
}

const person = (username: string) => addUser(sandbox.site, { username }).id;
const later = () => void (sandbox.site.config.clockOffset += 5);

/** The role of the account behind the token. */
const ownRole = () =>
	sandbox.site.roles.all().find(({ capabilities }) => capabilities.has('webservice/rest:use'))!;

/** Takes a right from the account behind the token. */
function takeRight(capability: string): void {
	const role = ownRole();
	const capabilities = new Set(role.capabilities);
	capabilities.delete(capability);
	sandbox.site.roles.update(role.id, { capabilities });
}

const functions = () => sandbox.requests.map((request) => request.function);

describe('courses', () => {
	const change = (id: number, values: object) => {
		later();
		sandbox.site.courses.update(id, { ...values, timemodified: sandbox.site.now() });
	};

	test('a change is told as one, a new course as created', async () => {
		const id = course(sandbox);
		const { poll } = poller({ event: 'courseCreatedOrUpdated' });
		expect(await poll()).toBeNull();
		change(id, { fullname: 'Botany' });
		const other = course(sandbox);
		expect(await poll()).toMatchObject([
			{ id, fullname: 'Botany', created: false },
			{ id: other, created: true },
		]);
		change(id, { fullname: 'Zoology' });
		change(id, { fullname: 'Zoology I' });
		expect(await poll()).toMatchObject([{ id, fullname: 'Zoology I', created: false }]);
	});

	test('only those of the chosen category, or the chosen one', async () => {
		const [one, two] = [course(sandbox), course(sandbox)];
		const category = sandbox.site.categories.insert({
			...sandbox.site.categories.get(1)!,
			id: 77,
			name: 'Other',
		}).id;
		sandbox.site.contexts.insert({
			id: 900,
			contextlevel: 40,
			instanceid: category,
			path: [1, 900],
		});
		sandbox.site.courses.update(two, { category });
		const inCategory = poller({ event: 'courseCreatedOrUpdated', categoryId: by('id', category) });
		const single = poller({ event: 'courseCreatedOrUpdated', courseId: by('id', one) });
		expect(await inCategory.poll()).toBeNull();
		expect(await single.poll()).toBeNull();
		change(one, { fullname: 'One' });
		change(two, { fullname: 'Two' });
		expect(await inCategory.poll()).toMatchObject([{ id: two }]);
		expect(await single.poll()).toMatchObject([{ id: one }]);
	});

	test('a course that was moved into the chosen category is told, but not as created', async () => {
		const [old, gone] = [course(sandbox), course(sandbox)];
		const category = addCategory(sandbox.site, { name: 'Archive', parent: 0 }).id;
		const { poll } = poller({ event: 'courseCreatedOrUpdated', categoryId: by('id', category) });
		expect(await poll()).toBeNull();
		change(old, { category });
		expect(await poll()).toMatchObject([{ id: old, created: false }]);
		// A copy takes the time of its source.
		const { timecreated } = sandbox.site.courses.get(gone)!;
		const copy = course(sandbox);
		change(copy, { category, timecreated });
		change(gone, { category });
		expect(await poll()).toMatchObject([
			{ id: copy, created: true },
			{ id: gone, created: false },
		]);
		change(copy, { fullname: 'Copy' });
		expect(await poll()).toMatchObject([{ id: copy, created: false }]);
	});

	test('a course of the category that was hidden at the base line and can be read later is told, but not as created', async () => {
		takeRight('moodle/course:viewhiddencourses');
		const [between, , newest] = [course(sandbox), course(sandbox), course(sandbox)];
		for (const id of [between, newest]) sandbox.site.courses.update(id, { visible: 0 });
		const { poll } = poller({ event: 'courseCreatedOrUpdated', categoryId: by('id', 1) });
		expect(await poll()).toBeNull();
		for (const id of [between, newest]) change(id, { visible: 1 });
		const created = course(sandbox);
		expect(await poll()).toMatchObject([
			{ id: between, created: false },
			{ id: newest, created: false },
			{ id: created, created: true },
		]);
		expect(await poll()).toBeNull();
	});

	test('an account that does not see all courses is told what to allow, after few requests', async () => {
		const ids = Array.from({ length: 3000 }, () => course(sandbox));
		ids.forEach((id, at) => {
			if (at % 15 === 7) sandbox.site.courses.update(id, { visible: 0 });
			else if (at % 10 === 3) sandbox.site.courses.remove(id);
		});
		const { poll: sighted } = poller({ event: 'courseCreatedOrUpdated' });
		expect(await sighted()).toBeNull();
		takeRight('moodle/course:viewhiddencourses');
		const whole = poller({ event: 'courseCreatedOrUpdated' });
		for (const poll of [sighted, whole.poll]) {
			sandbox.requests.length = 0;
			await expect(poll()).rejects.toMatchObject({
				description: expect.stringContaining('moodle/course:viewhiddencourses') as string,
			});
			expect(sandbox.requests.length).toBeLessThan(10);
		}
		expect(whole.staticData).toEqual({});
	});

	test('an account that does not see when a course was changed is told what to allow', async () => {
		course(sandbox);
		const { token } = sandbox.accounts.blind;
		const { poll } = poller({ event: 'courseCreatedOrUpdated' }, { token });
		await expect(poll()).rejects.toMatchObject({
			description: expect.stringMatching(/moodle\/course:/) as string,
		});
	});
});

describe('forum posts', () => {
	const forum = () => {
		const cm = addModule(sandbox.site, course(sandbox), 'forum', 'Forum');
		const { poll } = poller({ event: 'forumPostCreated', activityId: by('id', cm.id) });
		return { cm, poll, author: person('ada') };
	};
	const pass = (seconds: number) => void (sandbox.site.config.clockOffset += seconds);

	test("another 'Display start' does not tell posts again, however long ago they were told", async () => {
		for (const between of [0, 7200]) {
			sandbox.reset();
			const { cm, poll, author } = forum();
			expect(await poll()).toBeNull();
			const { id } = addDiscussion(sandbox.site, cm, author, 'First', 'First?');
			addPost(sandbox.site, id, author, 'An answer');
			expect(await poll()).toHaveLength(2);
			pass(between);
			addDiscussion(sandbox.site, cm, author, 'Second', 'Second?');
			expect(await poll()).toMatchObject([{ subject: 'Second' }]);
			sandbox.site.discussions.update(id, { timestart: sandbox.site.now() + 60 });
			expect(await poll()).toBeNull();
			pass(120);
			expect(await poll()).toBeNull();
			addPost(sandbox.site, id, author, 'A late answer');
			expect(await poll()).toMatchObject([{ message: 'A late answer' }]);
		}
	});

	test("an account that sees discussions before their 'Display start' loses nothing that is written until then", async () => {
		const cm = addModule(sandbox.site, course(sandbox), 'forum', 'Forum');
		const author = person('ada');
		const ahead = (subject: string) => {
			const { id } = addDiscussion(sandbox.site, cm, author, subject, 'Text');
			sandbox.site.discussions.update(id, { timestart: sandbox.site.now() + 90_000 });
		};
		ahead('Old and ahead');
		pass(3600);
		addDiscussion(sandbox.site, cm, author, 'Old', 'Text');
		const parameters = { event: 'forumPostCreated', activityId: by('id', cm.id) };
		const { poll } = poller(parameters, { token: sandbox.accounts.admin.token });
		expect(await poll()).toBeNull();
		expect(await poll()).toBeNull();
		ahead('Ahead');
		expect(await poll()).toMatchObject([{ subject: 'Ahead' }]);
		pass(3600);
		addDiscussion(sandbox.site, cm, author, 'Now', 'Text');
		expect(await poll()).toMatchObject([{ subject: 'Now' }]);
		pass(100_000);
		expect(await poll()).toBeNull();
	});

	test("a discussion that was written ahead is told at its 'Display start'", async () => {
		const { cm, poll, author } = forum();
		expect(await poll()).toBeNull();
		const { id } = addDiscussion(sandbox.site, cm, author, 'Ahead', 'Ahead?');
		sandbox.site.discussions.update(id, { timestart: sandbox.site.now() + 7200 });
		pass(3600);
		addDiscussion(sandbox.site, cm, author, 'Now', 'Now?');
		expect(await poll()).toMatchObject([{ subject: 'Now' }]);
		pass(3700);
		expect(await poll()).toMatchObject([{ subject: 'Ahead' }]);
	});
});

test('an account that sees nobody is told what to allow', async () => {
	const { poll, staticData } = poller(
		{ event: 'userCreated' },
		{ token: sandbox.accounts.blind.token },
	);
	await expect(poll()).rejects.toMatchObject({
		description: expect.stringContaining('moodle/user:viewdetails') as string,
	});
	expect(staticData).toEqual({});
});

test('participants who are hidden of a sudden are not taken for unenrolled', async () => {
	const id = course(sandbox);
	enrol(sandbox, id, person('ada'));
	const { poll } = poller({ event: 'enrolmentRemoved', courseId: by('id', id) });
	expect(await poll()).toBeNull();
	const role = ownRole();
	const without = new Set(
		[...role.capabilities].filter((name) => !/user:view|site:viewuser/.test(name)),
	);
	sandbox.site.roles.update(role.id, { capabilities: without });
	await expect(poll()).rejects.toThrow('does not see the users');
	sandbox.site.roles.update(role.id, { capabilities: role.capabilities });
	expect(await poll()).toBeNull();
});

test('participants who are hidden by groups of a sudden are not taken for unenrolled', async () => {
	const id = course(sandbox);
	enrol(sandbox, id, person('ada'));
	takeRight('moodle/site:accessallgroups');
	const { poll } = poller({ event: 'enrolmentRemoved', courseId: by('id', id) });
	expect(await poll()).toBeNull();
	sandbox.site.courses.update(id, { groupmode: 1 });
	await expect(poll()).rejects.toThrow('has separate groups');
	sandbox.site.courses.update(id, { groupmode: 0 });
	expect(await poll()).toBeNull();
});

describe('separate groups, for an account that does not see all of them', () => {
	/** A course with an assignment and a forum, and one participant. */
	function grouped(groupmode: { course: number; activity: number; force?: number }) {
		const id = course(sandbox);
		enrol(sandbox, id, person('ada'));
		const [essay, forum] = ['assign', 'forum'].map((kind) =>
			addModule(sandbox.site, id, kind, kind, { completion: 1 }),
		);
		sandbox.site.courses.update(id, {
			groupmode: groupmode.course,
			groupmodeforce: groupmode.force ?? 0,
		});
		for (const { id: cmid } of [essay, forum])
			sandbox.site.modules.update(cmid, { groupmode: groupmode.activity });
		const inCourse = { courseId: by('id', id) };
		return {
			courseCompleted: inCourse,
			gradeChanged: inCourse,
			enrolmentCreated: inCourse,
			assignmentSubmitted: inCourse,
			activityCompleted: { activityId: by('id', essay.id) },
			forumPostCreated: { activityId: by('id', forum.id) },
		};
	}

	const events = [
		'courseCompleted',
		'gradeChanged',
		'enrolmentCreated',
		'assignmentSubmitted',
		'activityCompleted',
		'forumPostCreated',
	] as const;

	test.each(events)('%s is not activated, and says what to add', async (event) => {
		const choices = grouped({ course: 1, activity: 1 });
		const sighted = poller({ event, ...choices[event] });
		expect(await sighted.poll()).toBeNull();
		takeRight('moodle/site:accessallgroups');
		const { poll, staticData } = poller({ event, ...choices[event] });
		await expect(poll()).rejects.toMatchObject({
			description: expect.stringContaining('moodle/site:accessallgroups') as string,
		});
		expect(staticData).toEqual({});
	});

	test.each(events)('%s is activated where no groups are hidden', async (event) => {
		const choices = grouped({ course: 2, activity: 2 });
		takeRight('moodle/site:accessallgroups');
		expect(await poller({ event, ...choices[event] }).poll()).toBeNull();
	});

	test('the course can force its groups upon a forum', async () => {
		const [own, open, closed] = [
			grouped({ course: 1, activity: 0 }),
			grouped({ course: 2, activity: 1, force: 1 }),
			grouped({ course: 1, activity: 2, force: 1 }),
		].map(({ forumPostCreated }) => poller({ event: 'forumPostCreated', ...forumPostCreated }));
		takeRight('moodle/site:accessallgroups');
		expect(await own.poll()).toBeNull();
		expect(await open.poll()).toBeNull();
		await expect(closed.poll()).rejects.toThrow('has separate groups');
	});
});

test('what somebody submitted who is suspended since is told', async () => {
	const id = course(sandbox);
	const cm = addModule(sandbox.site, id, 'assign', 'Essay');
	const ada = person('ada');
	enrol(sandbox, id, ada);
	const { poll } = poller({ event: 'assignmentSubmitted', courseId: by('id', id) });
	expect(await poll()).toBeNull();
	addSubmission(sandbox.site, cm, ada);
	const [enrolment] = sandbox.site.userEnrolments.find('courseUser', `${id}:${ada}`);
	sandbox.site.userEnrolments.update(enrolment.id, { status: 1 });
	expect(await poll()).toMatchObject([{ userid: ada }]);
});

test('a workflow that was off goes on where it stopped: n8n keeps what the node knew, by its name', async () => {
	const before = poller({ event: 'userCreated' });
	expect(await before.poll()).toBeNull();
	const ada = person('ada');
	const again = poller({ event: 'userCreated' }, { staticData: { ...before.staticData } });
	expect(await again.poll()).toMatchObject([{ id: ada }]);
});

test('a forum with more new discussions than a poll can read says how to begin anew', async () => {
	const forum = addModule(sandbox.site, course(sandbox), 'forum', 'Forum');
	const ada = person('ada');
	addDiscussion(sandbox.site, forum, ada, 'First', 'Text');
	const parameters = { event: 'forumPostCreated', activityId: by('id', forum.id) };
	const { poll, staticData } = poller(parameters);
	expect(await poll()).toBeNull();
	later();
	for (let made = 0; made < 501; made++) {
		const { id } = addDiscussion(sandbox.site, forum, ada, `Discussion ${made}`, 'Text');
		addPost(sandbox.site, id, ada, 'Answer');
	}
	sandbox.site.config.clockOffset += 3600;
	addDiscussion(sandbox.site, forum, ada, 'Newest', 'Text');
	for (const node of [{ poll }, poller(parameters, { staticData: { ...staticData } })])
		await expect(node.poll()).rejects.toMatchObject({
			description: expect.stringMatching(/^Rename the node/) as string,
		});
	expect(await poller(parameters).poll()).toBeNull();
});

describe('a course of more than 1,000 participants, one of whom leaves while they are read', () => {
	/** What two polls tell, during the first of which the first one of the list leaves. */
	async function told(event: string) {
		const id = course(sandbox);
		const people = Array.from({ length: 1001 }, (_, index) => person(`p${index}`));
		for (const one of people) enrol(sandbox, id, one);
		const { poll } = poller({ event, courseId: by('id', id) });
		expect(await poll()).toBeNull();
		const { userEnrolments } = sandbox.site;
		let pages = 0;
		sandbox.switches.fault = (request) => {
			if (request.function === 'core_enrol_get_enrolled_users' && ++pages === 2)
				userEnrolments.remove(userEnrolments.all().find(({ userid }) => userid === people[0])!.id);
			return null;
		};
		const first = await poll();
		sandbox.switches.fault = null;
		return { leaver: people[0], told: [...(first ?? []), ...((await poll()) ?? [])] };
	}

	test('nobody else is told as gone', async () => {
		const { leaver, told: gone } = await told('enrolmentRemoved');
		expect(gone.map(({ userid }) => userid)).toEqual([leaver]);
	});

	test('nobody is told as enrolled', async () => {
		expect((await told('enrolmentCreated')).told).toEqual([]);
	});
});

test('an enrolment with the chosen role only', async () => {
	const id = course(sandbox);
	const [ada, ben] = [person('ada'), person('ben')];
	const { poll } = poller({
		event: 'enrolmentCreated',
		courseId: by('id', id),
		roleId: by('shortname', 'editingteacher'),
	});
	expect(await poll()).toBeNull();
	enrol(sandbox, id, ada);
	enrol(sandbox, id, ben, 3);
	expect(await poll()).toMatchObject([{ courseid: id, id: ben, roles: ['editingteacher'] }]);
});

test('a second submission of the same assignment is told again, and costs two requests and the details', async () => {
	const id = course(sandbox);
	const cm = addModule(sandbox.site, id, 'assign', 'Essay');
	const ada = person('ada');
	enrol(sandbox, id, ada);
	const { poll } = poller({
		event: 'assignmentSubmitted',
		courseId: by('id', id),
		activityId: by('id', cm.id),
		includeUsers: true,
	});
	expect(await poll()).toBeNull();
	const { id: submission } = addSubmission(sandbox.site, cm, ada);
	const [first] = (await poll()) as IDataObject[];
	expect(first).toMatchObject({ id: submission, assignmentname: 'Essay', username: 'ada' });
	later();
	sandbox.site.submissions.update(submission, { timemodified: sandbox.site.now() });
	sandbox.requests.length = 0;
	expect(await poll()).toMatchObject([{ id: submission }]);
	expect(functions()).toEqual([
		'mod_assign_get_assignments',
		'mod_assign_get_submissions',
		'core_user_get_users_by_field',
	]);
});

test('what a team submits is told once, not again for the one who did it', async () => {
	const id = course(sandbox);
	const cm = addModule(sandbox.site, id, 'assign', 'Team work', { teamsubmission: 1 });
	const ada = person('ada');
	enrol(sandbox, id, ada);
	const { poll } = poller({
		event: 'assignmentSubmitted',
		courseId: by('id', id),
		includeUsers: true,
	});
	expect(await poll()).toBeNull();
	// Both are written by assign::update_team_submission (4.1 to 5.1).
	addSubmission(sandbox.site, cm, ada);
	const [one, two] = [7, 8].map((groupid) => addSubmission(sandbox.site, cm, 0, { groupid }));
	expect(await poll()).toMatchObject([
		{ id: one.id, userid: 0, groupid: 7 },
		{ id: two.id, userid: 0, groupid: 8 },
	]);
	expect(await poll()).toBeNull();
});

test('a grade that is hidden from the account for a while is not told again', async () => {
	const id = course(sandbox);
	const ada = person('ada');
	enrol(sandbox, id, ada);
	const { poll } = poller({ event: 'gradeChanged', courseId: by('id', id) });
	expect(await poll()).toBeNull();
	addManualGrade(sandbox.site, {
		courseid: id,
		name: 'Test',
		idnumber: '',
		userid: ada,
		grade: 50,
	});
	expect(await poll()).toMatchObject([{ userid: ada, grade: 50 }]);
	const [grade] = sandbox.site.gradeGrades.find('user', ada);
	// What an account without moodle/grade:viewhidden is given (grade/report/user, 4.1 to 5.1).
	sandbox.site.gradeItems.update(grade.itemid, { hidden: 1 });
	sandbox.site.gradeGrades.update(grade.id, { finalgrade: null });
	expect(await poll()).toBeNull();
	sandbox.site.gradeItems.update(grade.itemid, { hidden: 0 });
	sandbox.site.gradeGrades.update(grade.id, { finalgrade: 50 });
	expect(await poll()).toBeNull();
});

test('an expression that fails is told as such', async () => {
	const { poll } = poller({
		event: 'cohortMemberAdded',
		cohortId: by('id', '={{ $("Nope").first().json.id }}'),
	});
	await expect(poll()).rejects.toMatchObject({
		message: expect.stringContaining('The settings of the node cannot be read: ') as string,
		description: expect.stringContaining('Check its expressions') as string,
	});
});

test('a poll that n8n has given up by now tells nothing, and the next one does', async () => {
	const slow = poller({ event: 'userCreated' }, { budgetMs: 0 });
	await expect(slow.poll()).rejects.toThrow('longer than n8n gives a poll');
	expect(slow.staticData).toEqual({});
});

describe('a workflow that is activated anew while a poll of it is under way', () => {
	const member = (cohort: number, user: number) => joinCohort(sandbox.site, cohort, user);
	const cohort = (idnumber: string) => addCohort(sandbox.site, idnumber).id;
	const node = (id: number, staticData?: IDataObject) =>
		poller(
			{ event: 'cohortMemberAdded', cohortId: by('id', id) },
			{ nodeId: 'same', ...(staticData ? { staticData } : {}) },
		);
	/** A poll that takes a while, and what another one of the same node gives meanwhile. */
	async function during(slow: ReturnType<typeof node>, meanwhile: () => Promise<unknown>) {
		let isFirst = true;
		sandbox.switches.fault = () => {
			if (!isFirst) return null;
			isFirst = false;
			return { execute: true, delayMs: 300 };
		};
		const poll = slow.poll();
		while (isFirst) await sleep(5);
		const gave = await meanwhile();
		sandbox.switches.fault = null;
		return { gave, slow: await poll };
	}

	test('has the base line of its new settings at once', async () => {
		const [one, two] = [cohort('one'), cohort('two')];
		const [ada, ben] = [person('ada'), person('ben')];
		const before = node(one);
		expect(await before.poll()).toBeNull();
		member(one, ada);
		const after = node(two, { ...before.staticData });
		const { gave, slow } = await during(before, async () => await after.poll());
		expect(gave).toBeNull();
		expect(slow).toMatchObject([{ userid: ada }]);
		member(two, ben);
		expect(await after.poll()).toMatchObject([{ userid: ben }]);
	});

	test('tells nothing twice where the settings are the same', async () => {
		const one = cohort('one');
		const ada = person('ada');
		const before = node(one);
		expect(await before.poll()).toBeNull();
		member(one, ada);
		const after = node(one, { ...before.staticData });
		const { gave, slow } = await during(before, async () => await after.poll());
		expect(gave).toBeNull();
		expect(slow).toMatchObject([{ userid: ada }]);
	});
});
