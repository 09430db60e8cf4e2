/** Enrolments: what several domains share. */
import { courseContext, giveRole, SYSTEM, takeRoles } from '../access';
import type { Enrol, UserEnrolment } from '../rows';
import type { Site } from '../site';

/** The enabled instance of a method in a course. */
export function enrolInstance(site: Site, courseid: number, method: string): Enrol | undefined {
	return site.enrols
		.find('course', courseid)
		.find((enrol) => enrol.enrol === method && enrol.status === 0);
}

/** enrol_user: a new enrolment, or new times and state for the one there is; the role is added. */
export function enrolUser(
	site: Site,
	instance: Enrol,
	userid: number,
	roleid: number,
	values: Pick<UserEnrolment, 'timestart' | 'timeend' | 'status'>,
): void {
	const now = site.now();
	const there = site.userEnrolments.first('place', `${instance.id}:${userid}`);
	if (there) site.userEnrolments.update(there.id, { ...values, timemodified: now });
	else {
		site.userEnrolments.insert({
			...values,
			enrolid: instance.id,
			courseid: instance.courseid,
			userid,
			timecreated: now,
			timemodified: now,
		});
	}
	if (roleid) giveRole(site, roleid, userid, courseContext(site, instance.courseid)?.id ?? SYSTEM);
}

/** unenrol_user: with the last enrolment go all roles, groups and grades in the course. */
export function unenrolUser(site: Site, instance: Enrol, userid: number): void {
	const there = site.userEnrolments.first('place', `${instance.id}:${userid}`);
	if (!there) return;
	site.userEnrolments.remove(there.id);
	const { courseid } = instance;
	if (site.userEnrolments.count('courseUser', `${courseid}:${userid}`) > 0) return;
	const context = courseContext(site, courseid);
	if (context) takeRoles(site, userid, context.id, () => true);
	for (const member of site.groupMembers.find('user', userid)) {
		if (site.groups.get(member.groupid)?.courseid === courseid) site.groupMembers.remove(member.id);
	}
}

/** Users of a course, by id, each once. */
export function enrolledIds(site: Site, courseid: number): number[] {
	return [...new Set(site.userEnrolments.find('course', courseid).map((e) => e.userid))].sort(
		(a, b) => a - b,
	);
}
