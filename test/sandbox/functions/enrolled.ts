/** Reading enrolments: core_enrol_*. */
import {
	courseContext,
	hasCapability,
	isActiveEnrolment,
	SYSTEM,
	type Ctx,
	type Handlers,
} from '../access';
import { codingError, invalidParameter, moodleError } from '../errors';
import { intval } from '../php';
import type { Course, User } from '../rows';
import type { Site } from '../site';
import { completionData, isTracked } from './completion-tools';
import { enrolledIds } from './enrol-tools';
import { byText } from './group-tools';
import { formatName } from './text-tools';
import { activeCourses, fullName, pictureUrl, USER_FIELDS, userDetails } from './user-details';

const SEPARATE_GROUPS = 1;

/** Fields of the list where none are asked for. */
const LIST_FIELDS = [...USER_FIELDS].filter(
	(name) =>
		![
			'auth',
			'suspended',
			'confirmed',
			'lang',
			'theme',
			'timezone',
			'mailformat',
			'trackforums',
		].includes(name),
);

interface ListOptions {
	withcapability: string;
	groupid: number;
	onlyactive: boolean;
	onlysuspended: boolean;
	fields: ReadonlySet<string>;
	limitfrom: number;
	limitnumber: number;
	sortby: string;
	sortdirection: string;
}

function fieldsOf(value: string | undefined): ReadonlySet<string> {
	if (value === undefined) return new Set(LIST_FIELDS);
	const fields = value.split(',').map((name) => name.trim());
	for (const name of fields) {
		if (!USER_FIELDS.has(name))
			throw moodleError('invaliduserfield', `Invalid user field: ${name}`);
	}
	return new Set(fields);
}

function optionsOf(list: Array<{ name: string; value: string }>): ListOptions {
	const given = Object.fromEntries(list.map(({ name, value }) => [name, value])) as Record<
		string,
		string | undefined
	>;
	const flag = (text: string | undefined): boolean => text !== undefined && intval(text) !== 0;
	const sortby = given.sortby ?? 'id';
	const sortdirection = (given.sortdirection ?? 'ASC').toUpperCase();
	if (!['id', 'firstname', 'lastname', 'siteorder'].includes(sortby))
		throw invalidParameter('Invalid value for sortby parameter');
	if (!['ASC', 'DESC'].includes(sortdirection))
		throw invalidParameter('Invalid value for sortdirection parameter');
	return {
		withcapability: given.withcapability ?? '',
		groupid: intval(given.groupid ?? '0'),
		onlyactive: flag(given.onlyactive),
		onlysuspended: flag(given.onlysuspended),
		fields: fieldsOf(given.userfields),
		limitfrom: intval(given.limitfrom ?? '0'),
		limitnumber: intval(given.limitnumber ?? '0'),
		sortby,
		sortdirection,
	};
}

function sortUsers(site: Site, users: User[], options: ListOptions): User[] {
	const direction = options.sortdirection === 'DESC' ? -1 : 1;
	const key = (a: User, b: User): number => {
		if (options.sortby === 'id') return a.id - b.id;
		if (options.sortby === 'firstname') return byText(site, a.firstname, b.firstname);
		if (options.sortby === 'lastname') return byText(site, a.lastname, b.lastname);
		return (
			byText(site, a.lastname, b.lastname) || byText(site, a.firstname, b.firstname) || a.id - b.id
		);
	};
	return users.sort((a, b) => direction * key(a, b) || a.id - b.id);
}

/** Users of a course; the front page holds everybody. */
function members(ctx: Ctx, courseid: number): User[] {
	const all =
		courseid === 1
			? ctx.site.users.all()
			: enrolledIds(ctx.site, courseid)
					.map((id) => ctx.site.users.get(id))
					.filter((u) => u !== undefined);
	return all.filter((user) => !user.deleted);
}

function selectMembers(
	ctx: Ctx,
	courseid: number,
	contextid: number,
	options: ListOptions,
): User[] {
	return members(ctx, courseid).filter((user) => {
		const active = courseid === 1 || isActiveEnrolment(ctx.site, courseid, user.id);
		if (options.onlyactive && !active) return false;
		if (options.onlysuspended && active) return false;
		if (
			options.groupid &&
			ctx.site.groupMembers.count('place', `${options.groupid}:${user.id}`) === 0
		)
			return false;
		return (
			!options.withcapability || holdsCapability(ctx, user.id, options.withcapability, contextid)
		);
	});
}

/** get_enrolled_sql asks for the roles only, so administrators are not counted in. */
function holdsCapability(ctx: Ctx, userid: number, capability: string, contextid: number): boolean {
	return hasCapability(ctx.site, userid, capability, contextid);
}

function checkListRights(
	ctx: Ctx,
	courseid: number,
	contextid: number,
	options: ListOptions,
): void {
	if (courseid === 1) ctx.need('moodle/site:viewparticipants', SYSTEM);
	else ctx.need('moodle/course:viewparticipants', contextid);
	if (
		options.groupid &&
		ctx.site.groupMembers.count('place', `${options.groupid}:${ctx.user}`) === 0
	)
		ctx.need('moodle/site:accessallgroups', contextid);
	if (options.onlyactive || options.onlysuspended) ctx.need('moodle/course:enrolreview', contextid);
	if (options.withcapability) ctx.need('moodle/role:review', contextid);
}

/** In separate groups an account sees those of its own ones only; somebody in no group sees nobody. */
function inOwnGroups(ctx: Ctx, course: Course, contextid: number, options: ListOptions) {
	if (
		options.groupid ||
		course.groupmode !== SEPARATE_GROUPS ||
		ctx.can('moodle/site:accessallgroups', contextid)
	)
		return () => true;
	const own = ctx.site.groups
		.find('course', course.id)
		.filter(({ id }) => ctx.site.groupMembers.count('place', `${id}:${ctx.user}`) > 0);
	return (user: User) =>
		own.some(({ id }) => ctx.site.groupMembers.count('place', `${id}:${user.id}`) > 0);
}

function getEnrolledUsers(
	ctx: Ctx,
	params: { courseid: number; options: Array<{ name: string; value: string }> },
): unknown {
	const options = optionsOf(params.options);
	if (options.onlyactive && options.onlysuspended) {
		throw codingError(
			'Both onlyactive and onlysuspended are set, this is probably not what you want!',
		);
	}
	const course = ctx.course(params.courseid);
	const contextid = ctx.enterCourseWrapped(course.id);
	checkListRights(ctx, course.id, contextid, options);
	const shown = selectMembers(ctx, course.id, contextid, options).filter(
		inOwnGroups(ctx, course, contextid, options),
	);
	const sorted = sortUsers(ctx.site, shown, options);
	const end = options.limitnumber ? options.limitfrom + options.limitnumber : undefined;
	return sorted.slice(options.limitfrom, end).flatMap((user) => {
		const details = userDetails(ctx, user, course, options.fields);
		return details ? [details] : [];
	});
}

function progressOf(ctx: Ctx, course: Course, userid: number): number | null {
	const tracked = ctx.site.modules.find('course', course.id).filter((cm) => cm.completion > 0);
	if (!course.enablecompletion || tracked.length === 0) return null;
	const done = tracked.filter((cm) =>
		[1, 2].includes(Number(completionData(ctx, cm, userid).state)),
	);
	return (done.length / tracked.length) * 100;
}

function describeCourse(ctx: Ctx, course: Course, userid: number, withCount: boolean): unknown {
	const contextid = courseContext(ctx.site, course.id)?.id ?? SYSTEM;
	return {
		id: course.id,
		shortname: formatName(ctx, course.shortname),
		fullname: formatName(ctx, course.fullname),
		displayname: formatName(ctx, course.fullname),
		...(withCount ? { enrolledusercount: enrolledIds(ctx.site, course.id).length } : {}),
		idnumber: course.idnumber,
		visible: course.visible,
		summary: course.summary,
		summaryformat: course.summaryformat,
		format: course.format,
		...(ctx.modern
			? {
					courseimage: `${ctx.site.wwwroot}/pluginfile.php/${contextid}/course/generated/course.svg`,
				}
			: {}),
		showgrades: course.showgrades === 1,
		lang: course.lang,
		enablecompletion: course.enablecompletion === 1,
		completionhascriteria: ctx.site.criteria.count('course', course.id) > 0,
		completionusertracked: isTracked(ctx, course.id, userid),
		category: course.category,
		progress: progressOf(ctx, course, userid),
		completed:
			(ctx.site.courseCompletions.first('place', `${course.id}:${userid}`)?.timecompleted ?? 0) > 0,
		startdate: course.startdate,
		enddate: course.enddate,
		marker: 0,
		lastaccess: null,
		isfavourite: false,
		hidden: false,
		overviewfiles: [],
		showactivitydates: course.showactivitydates === 1,
		showcompletionconditions: course.showcompletionconditions === 1,
		timemodified: course.timemodified,
	};
}

function getUsersCourses(ctx: Ctx, params: { userid: number; returnusercount: boolean }): unknown {
	const self = params.userid === ctx.user;
	return activeCourses(ctx, params.userid)
		.filter((course) => {
			if (!ctx.canEnterCourse(course.id)) return false;
			const contextid = courseContext(ctx.site, course.id)?.id ?? SYSTEM;
			return (
				self ||
				(ctx.can('moodle/course:viewparticipants', contextid) &&
					ctx.can('moodle/user:viewdetails', contextid))
			);
		})
		.sort((a, b) => a.id - b.id)
		.map((course) => describeCourse(ctx, course, params.userid, params.returnusercount));
}

/** A name or address that holds the text, or begins with it. */
function matcher(ctx: Ctx, { search, searchanywhere }: SearchInput): (user: User) => boolean {
	const fits = ctx.site.texts.likeAccents(`${searchanywhere ? '%' : ''}${search}%`);
	return (user) => [fullName(user), user.firstname, user.lastname, user.email].some(fits);
}

function shortUser(ctx: Ctx, user: User, contextid: number): unknown {
	const identity = ctx.can('moodle/site:viewuseridentity', contextid) ? { email: user.email } : {};
	const pictures = {
		profileimageurlsmall: pictureUrl(ctx, 2),
		profileimageurl: pictureUrl(ctx, 1),
	};
	return { id: user.id, fullname: fullName(user), ...identity, ...pictures };
}

interface SearchInput {
	courseid: number;
	enrolid?: number;
	search: string;
	searchanywhere: boolean;
	page: number;
	perpage: number;
}

function searchUsers(ctx: Ctx, params: SearchInput): unknown {
	const course = ctx.course(params.courseid);
	const contextid = ctx.enterCourseWrapped(course.id);
	ctx.need('moodle/course:viewparticipants', contextid);
	const found = sortUsers(
		ctx.site,
		members(ctx, course.id).filter(matcher(ctx, params)),
		optionsOf([{ name: 'sortby', value: 'siteorder' }]),
	);
	const start = params.page * params.perpage;
	return found
		.slice(start, params.perpage ? start + params.perpage : undefined)
		.map((user) => shortUser(ctx, user, contextid));
}

function getPotentialUsers(ctx: Ctx, params: SearchInput): unknown {
	const course = ctx.course(params.courseid);
	const contextid = ctx.enterCourseWrapped(course.id);
	ctx.need('moodle/course:enrolreview', contextid);
	const taken = new Set(
		ctx.site.userEnrolments.find('enrol', params.enrolid ?? 0).map((e) => e.userid),
	);
	const found = ctx.site.users
		.all()
		.filter((user) => !user.deleted && user.confirmed && user.id !== 1 && !taken.has(user.id))
		.filter(matcher(ctx, params));
	const sorted = sortUsers(ctx.site, found, optionsOf([{ name: 'sortby', value: 'siteorder' }]));
	return sorted
		.slice(params.page * params.perpage, (params.page + 1) * params.perpage)
		.map((user) => shortUser(ctx, user, contextid));
}

export const enrolledFunctions: Handlers = {
	core_enrol_get_enrolled_users: getEnrolledUsers,
	core_enrol_get_users_courses: getUsersCourses,
	core_enrol_search_users: searchUsers,
	core_enrol_get_potential_users: getPotentialUsers,
};
