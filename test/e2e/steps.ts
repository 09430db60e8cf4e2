/** One step for each operation, in an order in which each finds what it needs, on records of its own. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { isObject } from '../../nodes/Moodle/moodle/values';

/** What earlier steps found out, by name. */
export type Memory = Record<string, string>;

export interface Step {
	/** `user/create` */
	operation: string;
	parameters: (memory: Memory) => IDataObject;
	/** What later steps need of the first output item: name in the memory, key of the item or the way to it (`cm.course`). */
	keep?: Record<string, string>;
	/** Left out without this in the memory. */
	needs?: string;
	/** A refusal that is right on some sites, as a part of its text. */
	mayRefuse?: RegExp;
	/** Cleans up: runs even if something failed before. */
	cleans?: boolean;
}

const by = (mode: string, value: string) => ({ __rl: true, mode, value });
const id = (value: string) => by('id', value);

/** @param tag makes names unique on the site */
export function steps(tag: string): Step[] {
	const username = `${tag}.ada`;
	const email = `${username}@example.org`;
	const course = { courseId: by('shortname', tag) };
	const user = { userId: by('username', username) };
	const cohort = { cohortId: by('idnumber', `${tag}-c`) };
	const group = { ...course, groupId: by('name', 'Group') };
	const grouping = { ...course, groupingId: by('name', 'Grouping') };
	const activity = (memory: Memory) => ({ activityId: id(memory.activity) });
	const there = (memory: Memory) => ({ courseId: id(memory.activityCourse) });
	const fixed = (parameters: IDataObject) => () => parameters;
	const step = (
		operation: string,
		parameters: IDataObject | Step['parameters'],
		more: Partial<Step> = {},
	): Step => ({
		operation,
		parameters: typeof parameters === 'function' ? parameters : fixed(parameters),
		...more,
	});
	const graded = { needs: 'activityCourse' };
	const person = { username, firstname: 'Ada', lastname: 'Byron', email };
	return [
		step('site/getInfo', {}),
		step('site/checkSetup', { output: 'summary' }),
		step('category/create', { name: tag, additionalFields: { idnumber: tag } }),
		step('category/upsert', { matchBy: 'idnumber', idnumber: tag, name: `${tag} b` }),
		step('category/update', {
			categoryId: by('idnumber', tag),
			updateFields: { description: 'About' },
		}),
		step('category/get', { categoryId: by('idnumber', tag) }, { keep: { category: 'id' } }),
		step('category/getAll', { limit: 3 }),
		step('course/create', {
			fullname: 'One',
			shortname: tag,
			categoryId: by('idnumber', tag),
			additionalFields: { visible: false, enablecompletion: true },
		}),
		step('course/upsert', {
			matchBy: 'shortname',
			fullname: 'One b',
			shortname: tag,
			additionalFields: { idnumber: tag },
		}),
		step('course/update', {
			...course,
			updateFields: { fullname: 'One c', summary: 'About', visible: true, startdate: '2027-01-15' },
		}),
		step('course/get', course, { keep: { course: 'id' } }),
		step('course/getAll', { by: 'category', categoryId: by('idnumber', tag) }),
		step('course/getContents', course),
		step('course/duplicate', {
			...course,
			fullname: 'Copy',
			shortname: `${tag}-copy`,
			categoryId: by('idnumber', tag),
		}),
		step('user/create', { ...person, additionalFields: { password: 'Abcd-1234!' } }),
		step('user/upsert', { matchBy: 'email', ...person, firstname: 'Augusta' }),
		step('user/update', {
			userId: by('email', email),
			updateFields: { city: 'London', idnumber: tag },
		}),
		step('user/get', { userId: by('idnumber', tag) }, { keep: { user: 'id' } }),
		step('user/getAll', { limit: 3, filters: { email } }),
		step('user/requestPasswordReset', { by: 'username', username }),
		step('enrolment/enrol', { ...user, ...course, roleId: by('shortname', 'student') }),
		step('enrolment/getMethods', course),
		step('enrolment/getAll', { ...course, limit: 3 }),
		step('enrolment/getUserCourses', user),
		step('user/getCourseProfile', { ...user, ...course }),
		step('group/create', { ...course, name: 'Group' }),
		step('group/upsert', {
			...course,
			matchBy: 'name',
			name: 'Group',
			additionalFields: { description: 'About' },
		}),
		step('group/update', { ...group, updateFields: { idnumber: `${tag}-g` } }),
		step('group/get', { ...course, groupId: by('idnumber', `${tag}-g`) }),
		step('group/getAll', course),
		step('group/addMember', { ...group, ...user }),
		step('group/getMembers', group),
		step('group/getUserGroups', { ...user, ...course }),
		step('grouping/create', { ...course, name: 'Grouping' }),
		step('grouping/upsert', {
			...course,
			matchBy: 'name',
			name: 'Grouping',
			additionalFields: { description: 'About' },
		}),
		step('grouping/update', { ...grouping, updateFields: { idnumber: `${tag}-gg` } }),
		step('grouping/get', { ...course, groupingId: by('idnumber', `${tag}-gg`) }),
		step('grouping/getAll', course),
		step('grouping/assignGroup', { ...grouping, groupId: by('name', 'Group') }),
		step('grouping/unassignGroup', { ...grouping, groupId: by('name', 'Group') }),
		step('group/removeMember', { ...group, ...user }),
		step('cohort/create', { name: tag, idnumber: `${tag}-c` }),
		step('cohort/upsert', { name: `${tag} b`, idnumber: `${tag}-c` }),
		step('cohort/update', { ...cohort, updateFields: { description: 'About' } }),
		step('cohort/get', cohort),
		step('cohort/getAll', { limit: 3, filters: { query: tag } }),
		step('cohort/addMember', { ...cohort, ...user }),
		step('cohort/getMembers', { ...cohort, withUsers: true }),
		step('cohort/removeMember', { ...cohort, ...user }),
		step('cohort/syncMembers', { ...cohort, ...user }),
		step('role/assign', {
			roleId: by('shortname', 'teacher'),
			...user,
			context: 'course',
			...course,
		}),
		step('role/unassign', {
			roleId: by('shortname', 'teacher'),
			...user,
			context: 'course',
			...course,
		}),
		step('message/send', { ...user, text: 'Welcome' }),
		step('badge/getAll', { ...user, limit: 3 }),
		step(
			'calendarEvent/create',
			{ ...course, name: tag, timestart: '2030-01-01T08:00:00Z' },
			{ keep: { event: 'id' } },
		),
		step('calendarEvent/getAll', course),
		step('calendarEvent/delete', (memory) => ({ eventid: Number(memory.event) }), {
			needs: 'event',
		}),
		step('note/create', { ...course, ...user, text: 'Works well' }, { keep: { note: 'id' } }),
		step('note/getAll', { ...course, ...user, limit: 3 }),
		step('note/delete', (memory) => ({ noteId: Number(memory.note) }), { needs: 'note' }),
		step('competency/getUserCompetencies', { ...course, ...user }),
		step('userPreference/set', { ...user, name: 'htmleditor', value: 'textarea' }),
		step('forum/getAll', course, { keep: { forum: 'activityid' } }),
		step(
			'forum/createDiscussion',
			(memory) => ({ activityId: id(memory.forum), subject: tag, message: 'Welcome' }),
			{ needs: 'forum' },
		),
		step('forum/getDiscussions', (memory) => ({ activityId: id(memory.forum) }), {
			needs: 'forum',
			keep: { discussion: 'id', post: 'postid' },
		}),
		step(
			'forum/reply',
			(memory) => ({ postid: Number(memory.post), subject: `Re: ${tag}`, message: 'Thank you' }),
			{ needs: 'post' },
		),
		step('forum/getPosts', (memory) => ({ discussionid: Number(memory.discussion) }), {
			needs: 'discussion',
		}),
		step('grade/getCourseGrades', user),
		step('grade/getUserGradeItems', { ...course, ...user }),
		step('grade/getItems', course, { mayRefuse: /came with Moodle 4\.2/ }),
		step('completion/getCourse', { ...course, ...user }, { mayRefuse: /completion criteria/ }),
		step('completion/getActivities', { ...course, ...user }),
		step('report/getAll', { limit: 3 }, { keep: { report: 'id' } }),
		step('report/getRows', (memory) => ({ reportId: id(memory.report), limit: 3 }), {
			needs: 'report',
		}),
		step('file/upload', {}),
		// private files of the token's account stay there: no function of every version takes them away
		step(
			'file/upload',
			{ useAs: 'privateFiles' },
			{ keep: { context: 'contextid', file: 'filename' } },
		),
		step(
			'file/download',
			({ context, file, url }) => ({
				url: `${url}/pluginfile.php/${context}/user/private/${file}`,
			}),
			{ needs: 'context' },
		),
		step(
			'webService/callFunction',
			({ activity: cmid = '' }) => ({
				functionName: by(
					'name',
					cmid ? 'core_course_get_course_module' : 'core_webservice_get_site_info',
				),
				parameters: cmid ? `{ "cmid": ${cmid} }` : '{}',
			}),
			{ keep: { activityCourse: 'cm.course' } },
		),
		step('group/getActivityGroupMode', activity, { needs: 'activity' }),
		step('enrolment/enrol', (memory) => ({ ...user, ...there(memory) }), graded),
		step('group/getActivityAllowedGroups', (memory) => ({ ...activity(memory), ...user }), graded),
		step('grade/update', (memory) => ({ ...activity(memory), ...user, grade: 7 }), graded),
		step('activity/getAll', (memory) => ({ ...there(memory), limit: 3 }), graded),
		step('quiz/getAll', there, { ...graded, keep: { quiz: 'activityid' } }),
		step('quiz/getAttempts', (memory) => ({ activityId: id(memory.quiz), ...user }), {
			needs: 'quiz',
		}),
		step('quiz/getBestGrade', (memory) => ({ activityId: id(memory.quiz), ...user }), {
			needs: 'quiz',
		}),
		step('activity/getAll', (memory) => ({ ...there(memory), filters: { modname: 'feedback' } }), {
			...graded,
			keep: { feedback: 'activityid' },
		}),
		step('feedback/getResponses', (memory) => ({ activityId: id(memory.feedback) }), {
			needs: 'feedback',
		}),
		step(
			'activity/setVisibility',
			(memory) => ({ ...activity(memory), visibility: 'hide' }),
			graded,
		),
		step(
			'activity/setVisibility',
			(memory) => ({ ...activity(memory), visibility: 'show' }),
			graded,
		),
		step('assignment/getAll', (memory) => ({ ...there(memory), limit: 3 }), graded),
		step(
			'assignment/grantExtension',
			(memory) => ({ ...activity(memory), ...user, extensionduedate: '2037-12-31' }),
			graded,
		),
		step(
			'assignment/gradeSubmission',
			(memory) => ({ ...activity(memory), ...user, grade: 8 }),
			graded,
		),
		step('assignment/getSubmissions', (memory) => ({ ...activity(memory), limit: 3 }), graded),
		step('assignment/getGrades', (memory) => ({ ...activity(memory), limit: 3 }), graded),
		step(
			'completion/markActivity',
			(memory) => ({ ...activity(memory), ...user, completed: true }),
			graded,
		),
		step('completion/getActivities', (memory) => ({ ...user, ...there(memory) }), graded),
		step('enrolment/unenrol', (memory) => ({ ...user, ...there(memory) }), {
			...graded,
			cleans: true,
		}),
		step('activity/delete', (memory) => ({ activityId: id(memory.forum) }), {
			needs: 'forum',
			cleans: true,
		}),
		step('enrolment/unenrol', { ...user, ...course }, { cleans: true }),
		step('grouping/delete', grouping, { cleans: true }),
		step('group/delete', group, { cleans: true }),
		step('cohort/delete', cohort, { cleans: true }),
		step('user/delete', user, { cleans: true }),
		step('course/delete', { courseId: by('shortname', `${tag}-copy`) }, { cleans: true }),
		step('course/delete', course, { cleans: true }),
		step(
			'category/delete',
			{ categoryId: by('idnumber', tag), content: 'deleteAll' },
			{ cleans: true },
		),
	];
}

/** Parameters of the node for a step. */
export function parametersOf({ operation, parameters }: Step, memory: Memory): INodeParameters {
	const [resource, value] = operation.split('/');
	return { resource, operation: value, ...parameters(memory) } as INodeParameters;
}

/** Keeps in the memory what later steps need of the first output item of a step. */
export function remember({ keep = {} }: Step, json: unknown, memory: Memory): void {
	for (const [name, way] of Object.entries(keep)) {
		const value = way
			.split('.')
			.reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), json);
		if (value !== undefined) memory[name] = String(value);
	}
}
