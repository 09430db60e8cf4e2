/** Things that no web service of Moodle makes: activities, grade items, badges, criteria, reports. For tests. */
import { addContext, courseContext, giveRole, SYSTEM } from './access';
import { storeFile } from './filestore';
import { addSection, nextInstance } from './functions/course-tools';
import { enrolInstance, enrolUser } from './functions/enrol-tools';
import type { CourseModule, Role, Section, User } from './rows';
import type {
	AssignSubmission,
	Badge,
	ForumDiscussion,
	ForumPost,
	GradeItem,
	QuizAttempt,
	Report,
	StoredFile,
} from './rows-learning';
import { newUser, type Site } from './site';

function sectionOf(site: Site, courseid: number, number: number): Section {
	const sections = site.sections.find('course', courseid);
	for (let i = sections.length; i <= number; i++) sections.push(addSection(site, courseid, i));
	return sections[number];
}

/**
 * Adds an activity to a course.
 * @param values `section`, `cmidnumber`, `groupmode`, `completion`, `completionview`, and settings of the module
 */
export function addModule(
	site: Site,
	courseid: number,
	modname: string,
	name: string,
	values: Record<string, number | string> = {},
): CourseModule {
	const {
		section = 0,
		cmidnumber = '',
		groupmode = 0,
		completion = 0,
		completionview = 0,
		visible = 1,
		...settings
	} = values;
	const row = site.modules.insert({
		course: courseid,
		modname,
		instance: 0,
		section: sectionOf(site, courseid, Number(section)).id,
		name,
		idnumber: String(cmidnumber),
		groupmode: Number(groupmode),
		groupingid: 0,
		completion: Number(completion),
		completionview: Number(completionview),
		visible: Number(visible),
		added: site.now(),
		settings,
	});
	const cm = site.modules.update(row.id, { instance: nextInstance(site, modname, row.id) });
	addContext(site, 70, cm.id, courseContext(site, courseid)?.id ?? SYSTEM);
	if (modname === 'assign') addModuleGradeItem(site, cm, Number(settings.grade ?? 100));
	return cm;
}

const NO_ITEM = { gradetype: 1, hidden: 0, locked: 0, gradepass: 0, grademin: 0, categoryid: null };

function addModuleGradeItem(site: Site, cm: CourseModule, grademax: number): void {
	site.gradeItems.insert({
		...NO_ITEM,
		courseid: cm.course,
		itemname: cm.name,
		itemtype: 'mod',
		itemmodule: cm.modname,
		iteminstance: cm.instance,
		itemnumber: 0,
		idnumber: cm.idnumber,
		grademax,
		cmid: cm.id,
	});
}

/** Adds a manual grade item with one grade. */
export function addManualGrade(
	site: Site,
	values: {
		courseid: number;
		name: string;
		idnumber: string;
		userid: number;
		grade: number;
		feedback?: string;
	},
): GradeItem {
	const item = site.gradeItems.insert({
		...NO_ITEM,
		courseid: values.courseid,
		itemname: values.name,
		itemtype: 'manual',
		itemmodule: null,
		iteminstance: 0,
		itemnumber: null,
		idnumber: values.idnumber,
		grademax: 100,
		cmid: null,
	});
	const now = site.now();
	site.gradeGrades.insert({
		itemid: item.id,
		userid: values.userid,
		rawgrade: null,
		finalgrade: values.grade,
		feedback: values.feedback ?? '',
		feedbackformat: 1,
		locked: 0,
		overridden: 0,
		usermodified: 2,
		timecreated: now,
		timemodified: now,
	});
	return item;
}

/** Sets the completion criteria of a course: these activities, and marking it oneself. */
export function setCriteria(site: Site, courseid: number, cmids: number[], bySelf = true): void {
	for (const row of site.criteria.find('course', courseid)) site.criteria.remove(row.id);
	if (bySelf) site.criteria.insert({ course: courseid, type: 1, cmid: null });
	for (const cmid of cmids) site.criteria.insert({ course: courseid, type: 4, cmid });
}

/** Hides a category, which no web service does, with all that is below it. */
export function hideCategory(site: Site, id: number): void {
	for (const child of site.categories.find('parent', id)) hideCategory(site, child.id);
	site.categories.update(id, { visible: 0, visibleold: 0 });
	for (const course of site.courses.find('category', id))
		site.courses.update(course.id, { visible: 0 });
}

/** Makes a badge and gives it to a user. */
export function addBadge(
	site: Site,
	name: string,
	userid: number,
	courseid: number | null,
	issued: number,
): Badge {
	const badge = site.badges.insert({
		name,
		description: `About ${name}`,
		courseid,
		type: courseid === null ? 1 : 2,
		timecreated: site.now(),
	});
	const uniquehash = `badge${badge.id}user${userid}`;
	site.badgesIssued.insert({
		badgeid: badge.id,
		userid,
		dateissued: issued,
		uniquehash,
		visible: 1,
	});
	return badge;
}

/** Makes a custom report. */
export function addReport(
	site: Site,
	name: string,
	headers: string[],
	rows: () => Array<Array<string | null>>,
): Report {
	return site.reports.insert({
		name,
		source: 'core_user\\reportbuilder\\datasource\\users',
		headers,
		rows,
		timecreated: site.now(),
		usermodified: 2,
	});
}

/** Puts a file into an activity (a file resource, for example). */
export function addFile(
	site: Site,
	cm: CourseModule,
	filename: string,
	content: string | Uint8Array,
	userid = 2,
): StoredFile {
	const contextid = site.contexts.first('instance', `70:${cm.id}`)?.id ?? SYSTEM;
	const place = {
		contextid,
		component: `mod_${cm.modname}`,
		filearea: 'content',
		itemid: 0,
		filepath: '/',
		filename,
	};
	return storeFile(site, { ...place, content: Buffer.from(content), userid });
}

/** Starts a discussion in a forum; later posts are added with `addPost`. */
export function addDiscussion(
	site: Site,
	cm: CourseModule,
	userid: number,
	subject: string,
	message: string,
): ForumDiscussion {
	const now = site.now();
	const discussion = site.discussions.insert({
		forum: cm.instance,
		course: cm.course,
		name: subject,
		userid,
		groupid: -1,
		timemodified: now,
		timestart: 0,
		pinned: false,
	});
	site.posts.insert({
		discussion: discussion.id,
		parent: 0,
		userid,
		created: now,
		modified: now,
		subject,
		message,
	});
	return discussion;
}

/** Answers in a discussion. */
export function addPost(
	site: Site,
	discussion: number,
	userid: number,
	message: string,
): ForumPost {
	const now = site.now();
	const first = site.posts.first('discussion', discussion);
	const subject = `Re: ${first?.subject ?? ''}`;
	site.discussions.update(discussion, { timemodified: now });
	return site.posts.insert({
		discussion,
		parent: first?.id ?? 0,
		userid,
		created: now,
		modified: now,
		subject,
		message,
	});
}

/** Hands an assignment in. */
export function addSubmission(
	site: Site,
	cm: CourseModule,
	userid: number,
	values: Partial<AssignSubmission> = {},
): AssignSubmission {
	const now = site.now();
	return site.submissions.insert({
		assignment: cm.instance,
		userid,
		status: 'submitted',
		attemptnumber: 0,
		timecreated: now,
		timemodified: now,
		groupid: 0,
		text: '',
		...values,
	});
}

/** An attempt of a user at a quiz, finished unless said otherwise. */
export function addAttempt(
	site: Site,
	cm: CourseModule,
	userid: number,
	values: Partial<QuizAttempt> = {},
): QuizAttempt {
	const now = site.now();
	const attempt = site.quizAttempts.find('place', `${cm.instance}:${userid}`).length + 1;
	const about = { quiz: cm.instance, userid, attempt, state: 'finished' as const };
	const times = { timestart: now, timefinish: now, sumgrades: null };
	return site.quizAttempts.insert({ ...about, ...times, ...values });
}

/** Enrols users by the manual method, as students unless another role is given. */
export function enrol(site: Site, courseid: number, userids: number[], roleid = 5): void {
	const instance = enrolInstance(site, courseid, 'manual');
	if (!instance) throw new Error(`course ${courseid} has no manual enrolment`);
	for (const userid of userids)
		enrolUser(site, instance, userid, roleid, { timestart: 0, timeend: 0, status: 0 });
}

/** Notes that a user has completed a course. */
export function completeCourse(
	site: Site,
	course: number,
	userid: number,
	timecompleted = site.now(),
): void {
	const row = site.courseCompletions.first('place', `${course}:${userid}`);
	if (row) site.courseCompletions.update(row.id, { timecompleted });
	else site.courseCompletions.insert({ course, userid, timecompleted, criteria: {} });
}

/** Makes a role with these capabilities and gives it to a user, at the system or in another context. */
export function giveCapabilities(
	site: Site,
	userid: number,
	capabilities: string[],
	options: { contextid?: number; mayAssign?: number[] } = {},
): Role {
	const shortname = `sandbox${site.roles.size + 1}`;
	const role = site.roles.insert({
		shortname,
		name: shortname,
		sortorder: site.roles.size + 1,
		capabilities: new Set(capabilities),
		levels: [10, 40, 50, 70],
		mayAssign: options.mayAssign ?? [],
	});
	for (const name of capabilities) site.config.capabilities.add(name);
	giveRole(site, role.id, userid, options.contextid ?? SYSTEM);
	return role;
}

/** Adds a user directly, without any of the checks of the web service: for odd records and big sites. */
export function addUser(site: Site, values: Partial<User> & { username: string }): User {
	const { username } = values;
	const named = {
		firstname: username,
		lastname: 'Byron',
		email: `${username}@example.org`,
		password: 'Passw0rd!',
	};
	return site.users.insert(newUser({ ...named, ...values }, site.now()));
}
