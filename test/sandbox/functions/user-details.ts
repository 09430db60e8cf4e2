/** user_get_user_details: what the token user may see of somebody. */
import { hasCapability, isActiveEnrolment, SYSTEM, courseContext, type Ctx } from '../access';
import type { Course, ProfileField, User } from '../rows';
import type { IdentityField } from '../site';
import { groupsOfUser } from './group-tools';

/** All fields that details can hold, in no order: the reply description sorts them. */
const DEFAULT_FIELDS = [
	'id',
	'username',
	'fullname',
	'firstname',
	'lastname',
	'email',
	'address',
	'phone1',
	'phone2',
	'department',
	'institution',
	'interests',
	'firstaccess',
	'lastaccess',
	'auth',
	'confirmed',
	'idnumber',
	'lang',
	'theme',
	'timezone',
	'mailformat',
	'description',
	'descriptionformat',
	'city',
	'country',
	'profileimageurlsmall',
	'profileimageurl',
	'customfields',
	'groups',
	'roles',
	'preferences',
	'enrolledcourses',
	'suspended',
	'lastcourseaccess',
	'trackforums',
];

/** Names that `userfields` of core_enrol_get_enrolled_users accepts. */
export const USER_FIELDS: ReadonlySet<string> = new Set(DEFAULT_FIELDS);

/** Columns that only holders of moodle/user:viewalldetails see. */
const EXTRA = ['auth', 'confirmed', 'lang', 'theme', 'mailformat', 'trackforums'] as const;

type Details = Record<string, unknown>;

/** Address of a profile picture: 1 large, 2 small. */
export function pictureUrl(ctx: Ctx, size: 1 | 2): string {
	const theme = ctx.version === '4.1' ? '_s/boost' : 'boost';
	return `${ctx.site.wwwroot}/theme/image.php/${theme}/core/1/u/f${size}`;
}

/** Full name of a user. */
export function fullName(user: User): string {
	return `${user.firstname} ${user.lastname}`;
}

function displayValue(field: ProfileField, value: string): string {
	if (field.datatype === 'checkbox') return value === '1' ? 'Yes' : 'No';
	return value;
}

/** Custom profile fields that hold something. A checkbox is never empty. */
function profileOf(ctx: Ctx, user: User): unknown[] {
	return ctx.site.profileFields
		.all()
		.map((field) => ({
			field,
			value:
				user.profile[field.id] ?? (field.datatype === 'checkbox' ? field.defaultdata || '0' : ''),
		}))
		.filter(({ field, value }) => value !== '' || field.datatype === 'checkbox')
		.map(({ field, value }) => ({
			type: field.datatype,
			value,
			displayvalue: displayValue(field, value),
			name: field.name,
			shortname: field.shortname,
		}));
}

function rolesIn(ctx: Ctx, user: User, contextid: number): unknown[] {
	const given = ctx.site.roleAssignments.find('place', `${contextid}:${user.id}`);
	const ids = [...new Set(given.map((a) => a.roleid))];
	return ids
		.map((id) => ctx.site.roles.get(id))
		.filter((role) => role !== undefined)
		.sort((a, b) => a.sortorder - b.sortorder)
		.map((role) => ({ roleid: role.id, name: '', shortname: role.shortname, sortorder: 0 }));
}

function sharesCourse(ctx: Ctx, user: User): boolean {
	return ctx.site.userEnrolments
		.find('user', user.id)
		.some((e) => isActiveEnrolment(ctx.site, e.courseid, ctx.user));
}

/** Courses where an enrolment of the user is active and that the user, not who asks, may see. */
export function activeCourses(ctx: Ctx, userid: number): Course[] {
	const sees = ({ id, visible }: Course): boolean =>
		visible === 1 ||
		hasCapability(
			ctx.site,
			userid,
			'moodle/course:viewhiddencourses',
			courseContext(ctx.site, id)?.id ?? SYSTEM,
		);
	return enrolledCourses(ctx, userid).filter(
		(course) => sees(course) && isActiveEnrolment(ctx.site, course.id, userid),
	);
}

/** The courses in which a user is enrolled, whether or not the enrolment is active. */
export function enrolledCourses(ctx: Ctx, userid: number): Course[] {
	const ids = new Set(ctx.site.userEnrolments.find('user', userid).map((e) => e.courseid));
	return [...ids].map((id) => ctx.site.courses.get(id)).filter((course) => course !== undefined);
}

/** What of a user's identity the token user sees in a context. */
export function identityFields(ctx: Ctx, contextid: number): IdentityField[] {
	return ctx.can('moodle/site:viewuseridentity', contextid) ? ctx.site.config.identityFields : [];
}

/** True where the user has one of the roles that everybody may see, anywhere. */
function isCourseContact(ctx: Ctx, userid: number): boolean {
	const names = ctx.site.config.courseContacts;
	return ctx.site.roleAssignments
		.find('user', userid)
		.some((given) => names.includes(ctx.site.roles.get(given.roleid)?.shortname ?? ''));
}

/** Not empty in PHP's sense: a text of one zero is empty. */
const isFilled = (text: string): boolean => text !== '' && text !== '0';

/**
 * The details of a user as seen from a course (or from the system).
 * @param fields the fields wanted, default all
 * @returns null where the token user may not see this user
 */
export function userDetails(
	ctx: Ctx,
	user: User,
	course: Course | null,
	fields: ReadonlySet<string> = USER_FIELDS,
): Details | null {
	const contextid = course ? (courseContext(ctx.site, course.id)?.id ?? SYSTEM) : SYSTEM;
	const self = user.id === ctx.user;
	if (!self && !ctx.can('moodle/user:viewdetails', contextid) && !isCourseContact(ctx, user.id))
		return null;
	const all = self || ctx.can('moodle/user:viewalldetails', contextid);
	const identity = identityFields(ctx, contextid);
	const details: Details = { id: user.id, fullname: fullName(user) };
	if (all) details.username = user.username;
	if (showsNames(ctx, self, contextid)) {
		details.firstname = user.firstname;
		details.lastname = user.lastname;
	}
	addPublic(ctx, details, user, fields);
	addIdentity(details, user, (name) => all || identity.includes(name));
	if (maySeeEmail(ctx, user, contextid, course, identity)) details.email = user.email;
	if (all) for (const name of EXTRA) details[name] = user[name];
	if (self) details.preferences = preferencesOf(ctx, user);
	if (course) addCourse(ctx, details, user, course, contextid);
	for (const name of Object.keys(details)) {
		const owner = name === 'descriptionformat' ? 'description' : name;
		if (!fields.has(owner) && name !== 'id' && name !== 'fullname') delete details[name];
	}
	// Moodle mixes up "and" and "or" here: administrators get these whatever fields they asked for.
	const shows = (name: 'address' | 'phone1' | 'phone2'): boolean => {
		if (ctx.isAdmin) return true;
		return fields.has(name) && (name === 'address' ? ctx.modern : identity.includes(name));
	};
	for (const name of ['address', 'phone1', 'phone2'] as const)
		if (isFilled(user[name]) && shows(name)) details[name] = user[name];
	return details;
}

/**
 * First and last name apart. 5.1 shows them wherever the full name holds them. Before, they took an administrator or the
 * capability; later releases of 4.5 (recorded: 4.5.5) show people their own.
 */
function showsNames(ctx: Ctx, self: boolean, contextid: number): boolean {
	if (ctx.version === '5.1' || (self && ctx.version === '4.5')) return true;
	return ctx.isAdmin || ctx.can('moodle/site:viewfullnames', contextid);
}

function showsDescription(ctx: Ctx, user: User): boolean {
	if (user.description === null || user.description === '') return false;
	if (ctx.isAdmin || user.id === ctx.user || !ctx.site.config.profilesForEnrolledOnly) return true;
	return ctx.site.roleAssignments.count('user', user.id) > 0;
}

function addPublic(ctx: Ctx, details: Details, user: User, fields: ReadonlySet<string>): void {
	if (fields.has('customfields')) {
		const profile = profileOf(ctx, user);
		if (profile.length > 0) details.customfields = profile;
	}
	details.profileimageurl = pictureUrl(ctx, 1);
	details.profileimageurlsmall = pictureUrl(ctx, 2);
	if (showsDescription(ctx, user)) {
		const text = String(user.description);
		details.description = ctx.settings.raw ? text : cleanHtml(text);
		details.descriptionformat = user.descriptionformat;
	}
	for (const name of ['country', 'city', 'timezone'] as const)
		if (isFilled(user[name])) details[name] = user[name];
	details.suspended = user.suspended;
	details.firstaccess = user.firstaccess;
	details.lastaccess = user.lastaccess;
	details.lastcourseaccess = 0;
	if (user.interests.length > 0) details.interests = user.interests.join(', ');
}

function addIdentity(details: Details, user: User, seen: (name: IdentityField) => boolean): void {
	if (isFilled(user.idnumber) && seen('idnumber')) details.idnumber = user.idnumber;
	if (isFilled(user.institution) && seen('institution')) details.institution = user.institution;
	if (seen('department')) details.department = user.department;
}

function maySeeEmail(
	ctx: Ctx,
	user: User,
	contextid: number,
	course: Course | null,
	identity: IdentityField[],
): boolean {
	if (user.id === ctx.user || identity.includes('email') || user.maildisplay === 1) return true;
	if (user.maildisplay === 2 && sharesCourse(ctx, user)) return true;
	return course !== null && ctx.can('moodle/course:useremail', contextid);
}

function preferencesOf(ctx: Ctx, user: User): unknown[] {
	const stored = Object.entries(user.preferences).map(([name, value]) => ({ name, value }));
	return [...stored, { name: '_lastloaded', value: ctx.now() }];
}

function addCourse(
	ctx: Ctx,
	details: Details,
	user: User,
	course: Course,
	contextid: number,
): void {
	details.roles = rolesIn(ctx, user, contextid);
	const groups = groupsOfUser(ctx.site, course.id, user.id);
	if (groups.length > 0) {
		details.groups = groups.map((g) => ({
			id: g.id,
			name: g.name,
			description: g.description,
			descriptionformat: g.descriptionformat,
		}));
	}
	const courses = activeCourses(ctx, user.id).sort((a, b) => a.id - b.id);
	if (courses.length > 0) {
		details.enrolledcourses = courses.map((c) => ({
			id: c.id,
			fullname: c.fullname,
			shortname: c.shortname,
		}));
	}
}

/** What HTML cleaning takes out, as far as tests can meet it. */
export function cleanHtml(text: string): string {
	return text
		.replace(/<script\b[\s\S]*?<\/script>/gi, '')
		.replace(/\son[a-z]+="[^"]*"/gi, '')
		.replace(/&(?![a-zA-Z]+;|#\d+;)/g, '&amp;');
}

/**
 * user_get_user_details_courses: from the system where the caller may, else from a shared course.
 */
export function userDetailsAnywhere(ctx: Ctx, user: User): Details | null {
	if (
		user.id === ctx.user ||
		ctx.can('moodle/user:viewdetails', SYSTEM) ||
		isCourseContact(ctx, user.id)
	)
		return userDetails(ctx, user, null);
	if (user.deleted) return null;
	let details: Details | null = null;
	for (const course of activeCourses(ctx, user.id)) {
		const context = courseContext(ctx.site, course.id);
		if (context && hasCapability(ctx.site, ctx.user, 'moodle/user:viewdetails', context.id)) {
			details = userDetails(ctx, user, course) ?? details;
		}
	}
	return details;
}
