/** Small look-ups around groups that several domains use. */
import { courseContext, type Ctx } from '../access';
import type { CourseModule, Group } from '../rows';
import type { Site } from '../site';

/** Order of texts as the database sorts them. */
export function byText(site: Site, a: string, b: string): number {
	const x = site.texts.key(a);
	const y = site.texts.key(b);
	return x < y ? -1 : x > y ? 1 : 0;
}

/** Groups of a course by name. */
export function groupsOfCourse(site: Site, courseid: number): Group[] {
	return site.groups
		.find('course', courseid)
		.sort((a, b) => byText(site, a.name, b.name) || a.id - b.id);
}

/** Groups of a course that hold the user, by name. */
export function groupsOfUser(site: Site, courseid: number, userid: number): Group[] {
	return site.groupMembers
		.find('user', userid)
		.map((member) => site.groups.get(member.groupid))
		.filter((group) => group !== undefined)
		.filter((group) => group.courseid === courseid)
		.sort((a, b) => byText(site, a.name, b.name) || a.id - b.id);
}

const SEPARATE_GROUPS = 1;

/** How an activity uses groups: the course may force its own way. */
export function groupMode(ctx: Ctx, cm: CourseModule): number {
	const course = ctx.course(cm.course);
	return course.groupmodeforce ? course.groupmode : cm.groupmode;
}

/** The groups of which the account sees what happens in an activity; undefined for all. */
export function groupsSeen(ctx: Ctx, cm: CourseModule): Set<number> | undefined {
	const contextid = courseContext(ctx.site, cm.course)?.id ?? 0;
	if (groupMode(ctx, cm) !== SEPARATE_GROUPS || ctx.can('moodle/site:accessallgroups', contextid))
		return undefined;
	return new Set(groupsOfUser(ctx.site, cm.course, ctx.user).map(({ id }) => id));
}
