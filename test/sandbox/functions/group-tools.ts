/** Small look-ups around groups that several domains use. */
import type { Group } from '../rows';
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
