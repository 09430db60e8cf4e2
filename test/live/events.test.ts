/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
/**
 * Every event of the trigger seen once, in n8n's poll context. Runs against the stand-in, and with MOODLE_URL and
 * MOODLE_TOKEN against a real Moodle. What no web service of Moodle makes needs more there, and is left out without it:
 *
 *   MOODLE_COURSE  a course with completion tracking (number in its address)
 *   MOODLE_CMID    an assignment in it, with completion tracking
 *   MOODLE_FORUM   a forum of the same course
 *   MOODLE_REPORT  a custom report on users
 *   MOODLE_CAUSE   a command: `prepare <course>` gives a course completion criteria, `completion <course> <user>` completes it
 *                  for a user, `submission <assignment> <user>` submits, `post <forum>` starts a discussion
 *
 * With MOODLE_EVENTS_COST=file a line for each event tells its requests and rows per poll.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { MoodleTrigger } from '../../nodes/Moodle/MoodleTrigger.node';
import { createPoller, type Poller } from '../support/harness';
import { by, fine, openSite, tag, type LiveSite } from './site';
import { counted } from '../support/counted';

const {
	MOODLE_COURSE,
	MOODLE_CMID,
	MOODLE_FORUM,
	MOODLE_REPORT,
	MOODLE_CAUSE,
	MOODLE_EVENTS_COST,
} = process.env;
const withAssignment = MOODLE_COURSE && MOODLE_CMID ? test : test.skip;
const withCause = MOODLE_CMID && MOODLE_FORUM && MOODLE_CAUSE ? test : test.skip;
const withReport = MOODLE_REPORT ? test : test.skip;

/** Sites that run on the machine of the test are slow. */
jest.setTimeout(180_000);

let site: LiveSite;
const ids: Record<string, number> = {};

const cause = (...words: Array<string | number>) =>
	void execFileSync(String(MOODLE_CAUSE), words.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });

async function person(name: string): Promise<number> {
	const [user] = await fine(site, 'user.create', {
		username: `${tag}${name}`,
		firstname: name,
		lastname: 'Events',
		email: `${tag}${name}@example.org`,
		additionalFields: {},
	});
	return Number(user.id);
}

beforeAll(async () => {
	site = await openSite();
	const course = {
		fullname: `Events ${tag}`,
		shortname: tag,
		categoryId: by('id', 1),
		additionalFields: { enablecompletion: true },
	};
	ids.course = Number((await fine(site, 'course.create', course))[0].id);
	ids.ada = await person('ada');
	ids.ben = await person('ben');
	const cohort = await fine(site, 'cohort.create', {
		name: `Events ${tag}`,
		idnumber: tag,
		additionalFields: {},
	});
	ids.cohort = Number(cohort[0].id);
});
afterAll(async () => {
	await fine(site, 'course.delete', { courseId: by('id', ids.course) });
	await fine(site, 'cohort.delete', { cohortId: by('id', ids.cohort) });
	for (const name of ['ada', 'ben', 'cleo', 'dan'])
		if (ids[name]) await fine(site, 'user.delete', { userId: by('id', ids[name]) });
	await site.close();
});

const enrol = async (operation: 'enrol' | 'unenrol', course: number, user: number) =>
	await fine(site, `enrolment.${operation}`, {
		courseId: by('id', course),
		userId: by('id', user),
		roleId: by('shortname', 'student'),
	});

/** Activates an event, lets it happen, and gives what two polls tell. */
async function seen(
	event: string,
	parameters: INodeParameters,
	happen: () => Promise<unknown> | void,
): Promise<IDataObject[]> {
	const poller: Poller = createPoller(new MoodleTrigger(), {
		parameters: { event, simplify: true, includeUsers: true, ...parameters },
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: site.url, token: site.token } },
	});
	const base = await counted(async () => await poller.poll());
	expect(base.result).toBeNull();
	const nothing = await counted(async () => await poller.poll());
	expect(nothing.result).toBeNull();
	await happen();
	const told = await counted(async () => await poller.poll());
	expect(await poller.poll()).toBeNull();
	expect(JSON.stringify([told.result, poller.staticData])).not.toContain(site.token);
	if (MOODLE_EVENTS_COST)
		appendFileSync(
			MOODLE_EVENTS_COST,
			`| ${[event, base, nothing, told].map((part) => (typeof part === 'string' ? part : `${part.requests} / ${Math.round(part.bytes / 1024)} kB / ${part.milliseconds} ms`)).join(' | ')} |\n`,
		);
	return told.result?.[0].map(({ json }) => json) ?? [];
}

const course = () => ({ courseId: by('id', ids.course) });
const cohort = () => ({ cohortId: by('id', ids.cohort) });

test('User Created', async () => {
	const items = await seen('userCreated', {}, async () => (ids.cleo = await person('cleo')));
	expect(items).toMatchObject([{ id: ids.cleo, email: `${tag}cleo@example.org` }]);
});

test('Course Created or Updated', async () => {
	const change = { courseId: by('id', ids.course), updateFields: { idnumber: `${tag}-1` } };
	const items = await seen('courseCreatedOrUpdated', {}, async () => {
		await fine(site, 'course.update', change);
	});
	expect(items).toMatchObject([{ id: ids.course, idnumber: `${tag}-1`, created: false }]);
});

test('Enrolment Created and Removed', async () => {
	const came = await seen('enrolmentCreated', course(), async () => {
		await enrol('enrol', ids.course, ids.ada);
	});
	expect(came).toMatchObject([{ courseid: ids.course, id: ids.ada, roles: ['student'] }]);
	const went = await seen('enrolmentRemoved', course(), async () => {
		await enrol('unenrol', ids.course, ids.ada);
	});
	expect(went).toMatchObject([{ courseid: ids.course, userid: ids.ada }]);
});

test('Cohort Member Added and Removed', async () => {
	const member = { ...cohort(), userId: by('id', ids.ada) };
	const came = await seen('cohortMemberAdded', cohort(), async () => {
		await fine(site, 'cohort.addMember', member);
	});
	expect(came).toMatchObject([{ cohortid: ids.cohort, userid: ids.ada, username: `${tag}ada` }]);
	const went = await seen('cohortMemberRemoved', cohort(), async () => {
		await fine(site, 'cohort.removeMember', member);
	});
	expect(went).toMatchObject([{ cohortid: ids.cohort, userid: ids.ada }]);
});

withAssignment('Activity Completed', async () => {
	await enrol('enrol', Number(MOODLE_COURSE), ids.ada);
	const activity = { activityId: by('id', MOODLE_CMID) };
	const items = await seen('activityCompleted', activity, async () => {
		const done = { ...activity, whose: 'user', userId: by('id', ids.ada), completed: true };
		await fine(site, 'completion.markActivity', done);
	});
	expect(items).toMatchObject([{ cmid: Number(MOODLE_CMID), userid: ids.ada, completed: true }]);
});

withAssignment('Grade Changed', async () => {
	await enrol('enrol', Number(MOODLE_COURSE), ids.ben);
	const items = await seen(
		'gradeChanged',
		{ courseId: by('id', Number(MOODLE_COURSE)) },
		async () => {
			await fine(site, 'grade.update', {
				activityId: by('id', MOODLE_CMID),
				userId: by('id', ids.ben),
				grade: 71,
				options: {},
			});
		},
	);
	expect(items).toMatchObject([{ userid: ids.ben, grade: 71 }]);
});

withCause('Course Completed', async () => {
	cause('prepare', ids.course);
	await enrol('enrol', ids.course, ids.ben);
	const items = await seen('courseCompleted', course(), () =>
		cause('completion', ids.course, ids.ben),
	);
	expect(items).toMatchObject([{ courseid: ids.course, userid: ids.ben, completed: true }]);
});

withCause('Assignment Submitted', async () => {
	const items = await seen(
		'assignmentSubmitted',
		{ courseId: by('id', Number(MOODLE_COURSE)) },
		() => cause('submission', String(MOODLE_CMID), ids.ada),
	);
	expect(items).toMatchObject([{ cmid: Number(MOODLE_CMID), userid: ids.ada }]);
});

withCause('Forum Post Created', async () => {
	const forum = { activityId: by('id', MOODLE_FORUM) };
	const items = await seen('forumPostCreated', forum, () => cause('post', String(MOODLE_FORUM)));
	expect(items).toMatchObject([{ message: 'A question?' }]);
});

withReport('Report Row Added', async () => {
	const items = await seen('reportRowAdded', { reportId: by('id', MOODLE_REPORT) }, async () => {
		ids.dan = await person('dan');
	});
	expect(items).toHaveLength(1);
	expect(JSON.stringify(items)).toContain(`${tag}dan`);
});
