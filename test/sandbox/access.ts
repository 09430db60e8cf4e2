/** Who may do what: contexts, capabilities, roles, entry to courses. */
import {
	caught,
	invalidParameter,
	missingRecord,
	moodleError,
	MoodleError,
	noPermission,
	NotImplemented,
	requireLogin,
} from './errors';
import { CAPABILITY_NAMES } from './roles';
import type { Context, Course, User } from './rows';
import type { Service, Site } from './site';
import type { MoodleVersion, Switches } from './types';

export const SYSTEM = 1;

/** Settings a caller may send as moodlewssetting... */
export interface CallSettings {
	raw: boolean;
	filter: boolean;
	fileurl: boolean;
}

/** Makes the context of a new thing below a parent. */
export function addContext(site: Site, level: number, instance: number, parent: number): number {
	const above = site.contexts.get(parent)?.path ?? [SYSTEM];
	const row = site.contexts.insert({ contextlevel: level, instanceid: instance, path: [] });
	site.contexts.update(row.id, { path: [...above, row.id] });
	return row.id;
}

/** The context of a user, made when missing. */
export function userContext(site: Site, userid: number): number {
	return (
		site.contexts.first('instance', `30:${userid}`)?.id ?? addContext(site, 30, userid, SYSTEM)
	);
}

/** The context of a course; undefined where there is no such course. */
export function courseContext(site: Site, courseid: number): Context | undefined {
	return site.contexts.first('instance', `50:${courseid}`);
}

/** The context of a category. */
export function categoryContext(site: Site, categoryid: number): Context | undefined {
	return site.contexts.first('instance', `40:${categoryid}`);
}

/** The context of an activity. */
export function moduleContext(site: Site, cmid: number): Context | undefined {
	return site.contexts.first('instance', `70:${cmid}`);
}

/** True where one of the user's roles in the context or above it allows the capability. */
export function hasCapability(
	site: Site,
	userid: number,
	capability: string,
	contextid: number,
): boolean {
	if (!(capability in CAPABILITY_NAMES) && !site.config.capabilities.has(capability)) return false;
	if (site.admins.has(userid)) return true;
	if (userid !== 1 && site.roles.get(7)?.capabilities.has(capability)) return true;
	for (const place of site.contexts.get(contextid)?.path ?? [SYSTEM]) {
		for (const given of site.roleAssignments.find('place', `${place}:${userid}`)) {
			if (site.roles.get(given.roleid)?.capabilities.has(capability)) return true;
		}
	}
	return false;
}

/** True where an enrolment of the user in the course is active now. */
export function isActiveEnrolment(site: Site, courseid: number, userid: number): boolean {
	const now = site.now();
	return site.userEnrolments.find('courseUser', `${courseid}:${userid}`).some((e) => {
		const enabled = site.enrols.get(e.enrolid)?.status === 0;
		return enabled && e.status === 0 && e.timestart <= now && (e.timeend === 0 || e.timeend > now);
	});
}

/** True where the user has any enrolment in the course; everybody is in the front page. */
export function isEnrolled(site: Site, courseid: number, userid: number): boolean {
	return courseid === 1 || site.userEnrolments.count('courseUser', `${courseid}:${userid}`) > 0;
}

/** What a function gets: the site and the rights of the user who calls. */
export class Ctx {
	/** Text that the function lets slip in front of its reply. */
	printed = '';

	private readonly rights = new Map<string, boolean>();

	constructor(
		readonly site: Site,
		readonly version: MoodleVersion,
		/** Id of the token user. */
		readonly user: number,
		readonly settings: CallSettings,
		readonly switches: Switches,
		/** Name of the function called. */
		readonly functionName: string,
		/** Service of the token. */
		readonly service: Service,
	) {}

	/** True for 4.5 and 5.1. */
	get modern(): boolean {
		return this.version !== '4.1';
	}

	get isAdmin(): boolean {
		return this.site.admins.has(this.user);
	}

	/** @throws NotImplemented: this case is not known to the sandbox */
	notImplemented(): never {
		throw new NotImplemented(`The sandbox does not have this case of ${this.functionName}`);
	}

	now(): number {
		return this.site.now();
	}

	/** Runs work in a transaction. */
	atomic<T>(work: () => T): T {
		return this.site.journal.atomic(work);
	}

	/** The exception of a missing record. */
	missing(table: string): MoodleError {
		return missingRecord(this.version, this.switches.debugNormal, table);
	}

	/** Remembered for the length of the call: lists ask the same of every entry. */
	can(capability: string, contextid: number): boolean {
		const key = `${contextid} ${capability}`;
		let can = this.rights.get(key);
		if (can === undefined)
			this.rights.set(key, (can = hasCapability(this.site, this.user, capability, contextid)));
		return can;
	}

	/** @throws MoodleError nopermissions */
	need(capability: string, contextid: number): void {
		if (!this.can(capability, contextid))
			throw noPermission(CAPABILITY_NAMES[capability] ?? capability);
	}

	/** The course, as `get_record` with MUST_EXIST finds it. */
	course(id: number): Course {
		const course = this.site.courses.get(id);
		if (!course) throw this.missing('course');
		return course;
	}

	/** A user who is not deleted, as core_user::get_user with MUST_EXIST finds it. */
	person(id: number): User {
		const user = this.site.users.get(id);
		if (!user) throw this.missing('user');
		return user;
	}

	/** validate_context: the state of the account, then the way into the course. */
	enter(contextid: number | undefined): void {
		const context = contextid === undefined ? undefined : this.site.contexts.get(contextid);
		if (!context) throw invalidParameter('Context does not exist');
		this.checkAccount();
		const courseid = this.courseOf(context);
		if (courseid !== null) this.enterCourse(courseid);
		if (!this.seesModule(context)) throw requireLogin('Activity is hidden');
	}

	/** Whether an activity is open to the user: not hidden, and may be viewed where its kind has a right for that. */
	private seesModule({ id, contextlevel, instanceid }: Context): boolean {
		const cm = contextlevel === 70 ? this.site.modules.get(instanceid) : undefined;
		if (!cm) return true;
		const view = `mod/${cm.modname}:view`;
		if (view in CAPABILITY_NAMES && !this.can(view, id)) return false;
		return cm.visible !== 0 || this.can('moodle/course:viewhiddenactivities', id);
	}

	/** validate_context of the system. */
	enterSystem(): void {
		this.enter(SYSTEM);
	}

	/** validate_context of a course, with its own context in the error. */
	enterCourseContext(courseid: number): number {
		const context = courseContext(this.site, courseid);
		this.enter(context?.id);
		return (context as Context).id;
	}

	/** The wrapped form that course functions use: `errorcoursecontextnotvalid`. */
	enterCourseWrapped(courseid: number): number {
		try {
			return this.enterCourseContext(courseid);
		} catch (error) {
			throw moodleError(
				'errorcoursecontextnotvalid',
				`You cannot execute functions in the course context (course id:${courseid}). The context error message was: ${caught(error).text}`,
			);
		}
	}

	/** True where the user may enter the course. */
	canEnterCourse(courseid: number): boolean {
		if (courseid === 1) return true;
		const course = this.site.courses.get(courseid);
		const context = courseContext(this.site, courseid);
		if (!course || !context) return false;
		if (!course.visible && !this.can('moodle/course:viewhiddencourses', context.id)) return false;
		return (
			this.can('moodle/course:view', context.id) ||
			isActiveEnrolment(this.site, courseid, this.user)
		);
	}

	private enterCourse(courseid: number): void {
		if (!this.canEnterCourse(courseid)) throw requireLogin('Not enrolled');
	}

	private courseOf(context: Context): number | null {
		if (context.contextlevel === 50) return context.instanceid;
		if (context.contextlevel === 70)
			return this.site.modules.get(context.instanceid)?.course ?? null;
		return null;
	}

	private checkAccount(): void {
		const me = this.site.users.get(this.user);
		if (me?.preferences.auth_forcepasswordchange === '1') {
			throw moodleError('forcepasswordchangenotice', 'error/forcepasswordchangenotice');
		}
		if (!me?.firstname || !me.lastname || !me.email)
			throw moodleError('usernotfullysetup', 'User not fully set-up');
		if (
			this.switches.sitePolicyPending &&
			!this.isAdmin &&
			me.auth !== 'webservice' &&
			!me.policyagreed
		) {
			throw moodleError(
				'sitepolicynotagreed',
				`Site policy not agreed: <a href="${this.site.wwwroot}/user/policy.php">Click here to open the site policy.</a>`,
			);
		}
	}
}

/**
 * A function of the web service: gets checked parameters, gives the reply.
 * `never` lets each handler state the shape it gets from the signature.
 */
export type Handler = (ctx: Ctx, params: never) => unknown;

/** Handlers by name of the function. */
export type Handlers = Record<string, Handler>;

/** True where the user may give this role away in the context. */
export function mayAssign(ctx: Ctx, roleid: number, context: Context): boolean {
	const role = ctx.site.roles.get(roleid);
	if (!role || !role.levels.includes(context.contextlevel)) return false;
	if (ctx.isAdmin) return true;
	if (!ctx.can('moodle/role:assign', context.id)) return false;
	return context.path.some((place) =>
		ctx.site.roleAssignments
			.find('place', `${place}:${ctx.user}`)
			.some((given) => ctx.site.roles.get(given.roleid)?.mayAssign.includes(roleid)),
	);
}

/** Gives a role; nothing happens where the user has it already. */
export function giveRole(
	site: Site,
	roleid: number,
	userid: number,
	contextid: number,
	component = '',
	itemid = 0,
): void {
	const there = site.roleAssignments
		.find('place', `${contextid}:${userid}`)
		.some((a) => a.roleid === roleid && a.component === component && a.itemid === itemid);
	if (!there)
		site.roleAssignments.insert({
			roleid,
			userid,
			contextid,
			component,
			itemid,
			timemodified: site.now(),
		});
}

/** Takes roles of a user in a context away. */
export function takeRoles(
	site: Site,
	userid: number,
	contextid: number,
	match: (roleid: number, component: string, itemid: number) => boolean,
): void {
	for (const given of site.roleAssignments.find('place', `${contextid}:${userid}`)) {
		if (match(given.roleid, given.component, given.itemid)) site.roleAssignments.remove(given.id);
	}
}
