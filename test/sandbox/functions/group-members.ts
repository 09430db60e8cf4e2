/** Members of groups, groups of users and of activities. */
import {
	courseContext,
	isEnrolled,
	moduleContext,
	hasCapability,
	isActiveEnrolment,
	SYSTEM,
	type Ctx,
	type Handlers,
} from '../access';
import { anonymousMissing, invalidParameter, moodleError } from '../errors';
import type { CourseModule, Group, User } from '../rows';
import { byText, groupMode, groupsOfCourse, groupsOfUser } from './group-tools';
import { groupOf, needManageGroups } from './groups';
import { formatName } from './text-tools';
import { activeCourses, fullName } from './user-details';

interface MemberInput {
	groupid: number;
	userid: number;
}

function liveUser(ctx: Ctx, id: number): User {
	const user = ctx.site.users.get(id);
	if (!user || user.deleted) throw ctx.missing('user');
	return user;
}

function addOne(ctx: Ctx, input: MemberInput): void {
	const group = groupOf(ctx, input.groupid);
	const user = liveUser(ctx, input.userid);
	needManageGroups(ctx, group.courseid);
	if (!isEnrolled(ctx.site, group.courseid, user.id))
		throw invalidParameter('Only enrolled users may be members of groups');
	if (ctx.site.groupMembers.count('place', `${group.id}:${user.id}`) > 0) return;
	ctx.site.groupMembers.insert({
		groupid: group.id,
		userid: user.id,
		timeadded: ctx.now(),
		component: '',
	});
}

function addMembers(ctx: Ctx, params: { members: MemberInput[] }): null {
	ctx.atomic(() => params.members.forEach((member) => addOne(ctx, member)));
	return null;
}

function deleteOne(ctx: Ctx, input: MemberInput): void {
	const group = groupOf(ctx, input.groupid);
	const user = liveUser(ctx, input.userid);
	needManageGroups(ctx, group.courseid);
	const row = ctx.site.groupMembers.first('place', `${group.id}:${user.id}`);
	if (!row) return;
	if (row.component) {
		throw moodleError(
			'errorremovenotpermitted',
			`You do not have permission to remove automatically-added group member ${fullName(user)}`,
		);
	}
	ctx.site.groupMembers.remove(row.id);
}

function deleteMembers(ctx: Ctx, params: { members: MemberInput[] }): null {
	ctx.atomic(() => params.members.forEach((member) => deleteOne(ctx, member)));
	return null;
}

function getMembers(ctx: Ctx, params: { groupids: number[] }): unknown {
	return params.groupids.map((groupid) => {
		const group = groupOf(ctx, groupid);
		needManageGroups(ctx, group.courseid);
		const users = ctx.site.groupMembers
			.find('group', groupid)
			.map((member) => ctx.site.users.get(member.userid))
			.filter((user) => user !== undefined);
		users.sort(
			(a, b) =>
				byText(ctx.site, a.lastname, b.lastname) ||
				byText(ctx.site, a.firstname, b.firstname) ||
				a.id - b.id,
		);
		return { groupid, userids: users.map((user) => user.id) };
	});
}

function shortGroup(ctx: Ctx, group: Group): unknown {
	const { id, description, descriptionformat, idnumber, courseid } = group;
	return {
		id,
		name: formatName(ctx, group.name),
		description,
		descriptionformat,
		idnumber,
		courseid,
	};
}

function inGrouping(ctx: Ctx, group: Group, groupingid: number): boolean {
	return (
		groupingid === 0 || ctx.site.groupingGroups.count('place', `${groupingid}:${group.id}`) > 0
	);
}

/** A user who exists, is not deleted and may be asked about. */
export function activeUser(ctx: Ctx, id: number): User {
	const user = ctx.person(id);
	if (user.deleted) throw moodleError('userdeleted', 'error/userdeleted');
	return user;
}

function getCourseUserGroups(
	ctx: Ctx,
	params: { courseid: number; userid: number; groupingid: number },
): unknown {
	const userid = params.userid ? activeUser(ctx, params.userid).id : ctx.user;
	const courses = params.courseid
		? [ctx.course(params.courseid)]
		: activeCourses(ctx, userid).sort((a, b) => a.id - b.id);
	const groups: unknown[] = [];
	const warnings: unknown[] = [];
	for (const course of courses) {
		const warn = (warningcode: string, message: string): void => {
			warnings.push({ item: 'course', itemid: course.id, warningcode, message });
		};
		const contextid = courseContext(ctx.site, course.id)?.id ?? SYSTEM;
		if (!ctx.canEnterCourse(course.id)) warn('1', 'No access rights in course context');
		else if (userid !== ctx.user && !ctx.can('moodle/course:managegroups', contextid)) {
			warn('cannotmanagegroups', `User ${ctx.user} cannot manage groups in course ${course.id}`);
		} else if (params.courseid && !isEnrolled(ctx.site, course.id, userid)) {
			warn('notenrolled', `User ${userid} is not enrolled in course ${course.id}`);
		} else {
			const own = groupsOfUser(ctx.site, course.id, userid).filter((group) =>
				inGrouping(ctx, group, params.groupingid),
			);
			groups.push(...own.map((group) => shortGroup(ctx, group)));
		}
	}
	return { groups, warnings };
}

/** An activity and the way into it. */
export function enterActivity(ctx: Ctx, cmid: number): CourseModule {
	const cm = ctx.site.modules.get(cmid);
	if (!cm) throw anonymousMissing();
	ctx.enter(moduleContext(ctx.site, cmid)?.id);
	return cm;
}

function getActivityGroupmode(ctx: Ctx, params: { cmid: number }): unknown {
	return { groupmode: groupMode(ctx, enterActivity(ctx, params.cmid)), warnings: [] };
}

function mayEnter(ctx: Ctx, courseid: number, userid: number): boolean {
	const contextid = courseContext(ctx.site, courseid)?.id ?? SYSTEM;
	return (
		hasCapability(ctx.site, userid, 'moodle/course:view', contextid) ||
		isActiveEnrolment(ctx.site, courseid, userid)
	);
}

function getActivityAllowedGroups(ctx: Ctx, params: { cmid: number; userid: number }): unknown {
	const cm = enterActivity(ctx, params.cmid);
	const userid = params.userid ? activeUser(ctx, params.userid).id : ctx.user;
	const contextid = courseContext(ctx.site, cm.course)?.id ?? SYSTEM;
	if (userid !== ctx.user && !ctx.can('moodle/course:managegroups', contextid))
		throw moodleError('accessdenied', 'Access denied');
	if (!mayEnter(ctx, cm.course, userid)) {
		const warning = {
			item: 'course',
			itemid: cm.course,
			warningcode: '1',
			message: `User ${userid} cannot access course ${cm.course}`,
		};
		return { groups: [], canaccessallgroups: false, warnings: [warning] };
	}
	const everything = hasCapability(ctx.site, userid, 'moodle/site:accessallgroups', contextid);
	const all = everything || groupMode(ctx, cm) === 2;
	const groups = (
		all ? groupsOfCourse(ctx.site, cm.course) : groupsOfUser(ctx.site, cm.course, userid)
	)
		.filter((group) => group.participation === 1)
		.filter((group) => inGrouping(ctx, group, cm.groupingid));
	return {
		groups: groups.map((group) => shortGroup(ctx, group)),
		canaccessallgroups: everything,
		warnings: [],
	};
}

export const groupMemberFunctions: Handlers = {
	core_group_add_group_members: addMembers,
	core_group_delete_group_members: deleteMembers,
	core_group_get_group_members: getMembers,
	core_group_get_course_user_groups: getCourseUserGroups,
	core_group_get_activity_groupmode: getActivityGroupmode,
	core_group_get_activity_allowed_groups: getActivityAllowedGroups,
};
