/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
/**
 * For every event of the trigger: how it is made to happen on a site, and what must be told of it. The tests of this folder
 * and those in a real n8n (test/e2e/events.ts) do the same.
 *
 * People, courses, enrolments, members, completion and grades are changed by the Moodle node. What no web service of Moodle
 * makes, the stand-in makes by its builders; a real site needs
 *
 *   MOODLE_COURSE  a course with completion tracking (number in its address)
 *   MOODLE_CMID    an assignment in it, with completion tracking
 *   MOODLE_FORUM   a forum of the same course
 *   MOODLE_REPORT  a custom report on users, with their email addresses
 *   MOODLE_CAUSE   a command: `prepare <course>` gives a course completion criteria, `completion <course> <user>` completes it
 *                  for a user, `submission <assignment> <user>` submits, `post <forum>` starts a discussion 'A question?'
 *
 * Events for which something of it is not given are left out there.
 */
import { execFileSync } from 'node:child_process';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import {
	addCourse,
	addDiscussion,
	addModule,
	addReport,
	addSubmission,
	completeCourse,
	setCriteria,
	type Sandbox,
} from '../sandbox';
import { by, fine, tag, type LiveSite } from './site';

/** What an item must hold. */
export interface Expected {
	fields: IDataObject;
	/** A text somewhere in it. */
	text?: string;
}

/** An event that can happen on the site. */
export interface Scenario {
	event: string;
	/** What is chosen in the trigger. */
	parameters: INodeParameters;
	/** Lets it happen, once; what the one item must hold that tells of it. */
	happen: () => Promise<Expected>;
}

/** A site in which all is ready to happen: what is there now belongs to the base line. */
export interface Scene {
	scenarios: Scenario[];
	/** Deletes what was made for it. */
	clear: () => Promise<void>;
}

/** What no web service of Moodle makes. */
interface Means {
	course?: number;
	cmid?: number;
	forum?: number;
	report?: number;
	cause?: (what: 'prepare' | 'completion' | 'submission' | 'post', ...ids: number[]) => void;
}

const NEEDS: Record<string, Array<keyof Means>> = {
	activityCompleted: ['course', 'cmid'],
	gradeChanged: ['course', 'cmid'],
	courseCompleted: ['cause'],
	assignmentSubmitted: ['course', 'cmid', 'cause'],
	forumPostCreated: ['forum', 'cause'],
	reportRowAdded: ['report'],
};

const VARIABLES: Record<keyof Means, string> = {
	course: 'MOODLE_COURSE',
	cmid: 'MOODLE_CMID',
	forum: 'MOODLE_FORUM',
	report: 'MOODLE_REPORT',
	cause: 'MOODLE_CAUSE',
};

/** The variables that are not set and that an event needs to happen on the site of MOODLE_URL; none for the stand-in. */
export function lackingFor(event: string): string[] {
	if (!process.env.MOODLE_URL) return [];
	return (NEEDS[event] ?? []).map((name) => VARIABLES[name]).filter((name) => !process.env[name]);
}

function givenMeans(): Means {
	const number = (name: keyof Means) => Number(process.env[VARIABLES[name]]) || undefined;
	const program = process.env[VARIABLES.cause];
	return {
		course: number('course'),
		cmid: number('cmid'),
		forum: number('forum'),
		report: number('report'),
		cause:
			program === undefined
				? undefined
				: (...words) =>
						void execFileSync(program, words.map(String), { stdio: ['ignore', 'pipe', 'pipe'] }),
	};
}

function standInMeans({ site }: Sandbox): Means {
	const course = addCourse(site, {
		fullname: 'Activities',
		shortname: `${tag}a`,
		category: 1,
		enablecompletion: 1,
	}).id;
	const assignment = addModule(site, course, 'assign', 'Essay', { completion: 1 });
	const forum = addModule(site, course, 'forum', 'Forum');
	const people = () =>
		site.users.all().map(({ firstname, lastname, email }) => [`${firstname} ${lastname}`, email]);
	return {
		course,
		cmid: assignment.id,
		forum: forum.id,
		report: addReport(site, 'People', ['Full name', 'Email address'], people).id,
		cause: (what, first, second) => {
			if (what === 'prepare') setCriteria(site, first, []);
			else if (what === 'completion') {
				completeCourse(site, first, second);
				const row = site.courseCompletions.first('place', `${first}:${second}`);
				const [criterion] = site.criteria.find('course', first);
				if (row)
					site.courseCompletions.update(row.id, { criteria: { [criterion.id]: site.now() } });
			} else if (what === 'submission') addSubmission(site, assignment, second);
			else addDiscussion(site, forum, 2, 'A question', 'A question?');
		},
	};
}

/** Makes the people, courses and members of all scenarios. */
export async function openScene(site: LiveSite): Promise<Scene> {
	const means = site.sandbox ? standInMeans(site.sandbox) : givenMeans();
	const {
		course: activities = 0,
		cmid = 0,
		forum = 0,
		report = 0,
		cause = () => undefined,
	} = means;
	const users: number[] = [];
	const person = async (name: string) => {
		const email = `${tag}${name}@example.org`;
		const fields = { username: `${tag}${name}`, firstname: name, lastname: 'Events', email };
		const [user] = await fine(site, 'user.create', { ...fields, additionalFields: {} });
		users.push(Number(user.id));
		return { id: Number(user.id), email };
	};
	const made = async (operation: string, fields: object) =>
		Number((await fine(site, operation, { ...fields, additionalFields: {} }))[0].id);
	const course = Number(
		(
			await fine(site, 'course.create', {
				fullname: `Events ${tag}`,
				shortname: tag,
				categoryId: by('id', 1),
				additionalFields: { enablecompletion: true },
			})
		)[0].id,
	);
	const cohort = await made('cohort.create', { name: `Events ${tag}`, idnumber: tag });
	const [ada, ben, cara] = [await person('ada'), await person('ben'), await person('cara')];
	const enrol = async (operation: 'enrol' | 'unenrol', courseid: number, user: number) =>
		await fine(site, `enrolment.${operation}`, {
			courseId: by('id', courseid),
			userId: by('id', user),
			roleId: by('shortname', 'student'),
		});
	const member = async (operation: 'addMember' | 'removeMember', user: number) =>
		await fine(site, `cohort.${operation}`, {
			cohortId: by('id', cohort),
			userId: by('id', user),
		});
	const inCourse = { courseId: by('id', course) };
	const inCohort = { cohortId: by('id', cohort) };
	const inActivities = { courseId: by('id', activities) };
	cause('prepare', course);
	await enrol('enrol', course, ben.id);
	await enrol('enrol', course, cara.id);
	await member('addMember', ben.id);
	if (means.course) for (const { id } of [ada, ben]) await enrol('enrol', activities, id);

	const all: Scenario[] = [
		{
			event: 'userCreated',
			parameters: {},
			happen: async () => ({ fields: await person('dan') }),
		},
		{
			event: 'reportRowAdded',
			parameters: { reportId: by('id', report) },
			happen: async () => ({ fields: {}, text: (await person('eva')).email }),
		},
		{
			event: 'courseCreatedOrUpdated',
			parameters: {},
			happen: async () => {
				const idnumber = `${tag}-1`;
				await fine(site, 'course.update', { ...inCourse, updateFields: { idnumber } });
				return { fields: { id: course, idnumber, created: false } };
			},
		},
		{
			event: 'enrolmentCreated',
			parameters: inCourse,
			happen: async () => {
				await enrol('enrol', course, ada.id);
				return { fields: { courseid: course, id: ada.id, roles: ['student'] } };
			},
		},
		{
			event: 'enrolmentRemoved',
			parameters: inCourse,
			happen: async () => {
				await enrol('unenrol', course, ben.id);
				return { fields: { courseid: course, userid: ben.id } };
			},
		},
		{
			event: 'cohortMemberAdded',
			parameters: inCohort,
			happen: async () => {
				await member('addMember', ada.id);
				return { fields: { cohortid: cohort, userid: ada.id, username: `${tag}ada` } };
			},
		},
		{
			event: 'cohortMemberRemoved',
			parameters: inCohort,
			happen: async () => {
				await member('removeMember', ben.id);
				return { fields: { cohortid: cohort, userid: ben.id } };
			},
		},
		{
			event: 'activityCompleted',
			parameters: { activityId: by('id', cmid) },
			happen: async () => {
				const user = { whose: 'user', userId: by('id', ada.id) };
				const done = { activityId: by('id', cmid), ...user, completed: true };
				await fine(site, 'completion.markActivity', done);
				return { fields: { cmid, userid: ada.id, completed: true } };
			},
		},
		{
			event: 'gradeChanged',
			parameters: inActivities,
			happen: async () => {
				const grade = { activityId: by('id', cmid), userId: by('id', ben.id), grade: 71 };
				await fine(site, 'grade.update', { ...grade, options: {} });
				return { fields: { userid: ben.id, grade: 71 } };
			},
		},
		{
			event: 'courseCompleted',
			parameters: inCourse,
			happen: async () => {
				cause('completion', course, cara.id);
				return await Promise.resolve({
					fields: { courseid: course, userid: cara.id, completed: true },
				});
			},
		},
		{
			event: 'assignmentSubmitted',
			parameters: inActivities,
			happen: async () => {
				cause('submission', cmid, ada.id);
				return await Promise.resolve({ fields: { cmid, userid: ada.id } });
			},
		},
		{
			event: 'forumPostCreated',
			parameters: { activityId: by('id', forum) },
			happen: async () => {
				cause('post', forum);
				return await Promise.resolve({ fields: { message: 'A question?' } });
			},
		},
	];
	return {
		scenarios: all.filter(({ event }) => lackingFor(event).length === 0),
		clear: async () => {
			await fine(site, 'course.delete', inCourse);
			await fine(site, 'cohort.delete', inCohort);
			const items = users.map((id) => ({ id }));
			if (items.length > 0)
				await fine(site, 'user.delete', { userId: by('id', '={{ $json.id }}') }, items);
		},
	};
}
