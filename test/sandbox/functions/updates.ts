/** Small look-ups: changes of a course, course modules, users by text. No exchange was recorded for these. */
import { moduleContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { anonymousMissing, noPermission } from '../errors';
import type { CourseModule, User } from '../rows';
import { formatName } from './text-tools';
import { fullName, identityFields } from './user-details';

/** Changes that tests noted in `site.changes`, one instance an activity. */
function getUpdatesSince(
	ctx: Ctx,
	params: { courseid: number; since: number; filter: string[] },
): unknown {
	const course = ctx.course(params.courseid);
	ctx.enterCourseContext(course.id);
	const found = ctx.site.changes
		.find('course', course.id)
		.filter(
			(change) =>
				change.time > params.since &&
				(params.filter.length === 0 || params.filter.includes(change.name)),
		);
	const instances = [...new Set(found.map((change) => change.cmid))].map((cmid) => {
		const here = found.filter((change) => change.cmid === cmid);
		const names = [...new Set(here.map((change) => change.name))];
		const updates = names.map((name) => {
			const same = here.filter((change) => change.name === name);
			const itemids = same.map((change) => change.itemid).filter((id) => id !== 0);
			return {
				name,
				timeupdated: Math.max(...same.map((change) => change.time)),
				...(itemids.length > 0 ? { itemids } : {}),
			};
		});
		return { contextlevel: 'module', id: cmid, updates };
	});
	return { instances, warnings: [] };
}

/** What belongs to a grade; managers of the site are told of the grading method too. */
function gradingOf(ctx: Ctx, cm: CourseModule): Record<string, unknown> {
	const item = ctx.site.gradeItems.find('course', cm.course).find(({ cmid }) => cmid === cm.id);
	if (!item) return {};
	return {
		grade: item.grademax,
		gradepass: '0.00',
		gradecat: 1,
		...(ctx.isAdmin ? { advancedgrading: [{ area: 'submissions', method: null }] } : {}),
	};
}

function describeModule(ctx: Ctx, cm: CourseModule): unknown {
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	const brief = {
		id: cm.id,
		course: cm.course,
		module: 1,
		name: formatName(ctx, cm.name),
		modname: cm.modname,
		instance: cm.instance,
		section: cm.section,
		sectionnum: ctx.site.sections.get(cm.section)?.section ?? 0,
		groupmode: cm.groupmode,
		groupingid: cm.groupingid,
		completion: cm.completion,
	};
	if (!ctx.can('moodle/course:update', contextid))
		return { cm: { ...brief, downloadcontent: 1 }, warnings: [] };
	const full = {
		idnumber: cm.idnumber,
		added: cm.added,
		score: 0,
		indent: 0,
		visible: cm.visible,
		visibleoncoursepage: 1,
		visibleold: cm.visible,
		completiongradeitemnumber: null,
		completionpassgrade: 0,
		completionview: cm.completionview,
		completionexpected: 0,
		showdescription: 0,
		downloadcontent: 1,
		availability: null,
	};
	return { cm: { ...brief, ...full, ...gradingOf(ctx, cm) }, warnings: [] };
}

function getModule(ctx: Ctx, params: { cmid: number }): unknown {
	const cm = ctx.site.modules.get(params.cmid);
	if (!cm) throw anonymousMissing();
	ctx.enter(moduleContext(ctx.site, cm.id)?.id);
	return describeModule(ctx, cm);
}

function getModuleByInstance(ctx: Ctx, params: { module: string; instance: number }): unknown {
	const cm = ctx.site.modules.first('instance', `${params.module}:${params.instance}`);
	if (!cm) throw anonymousMissing();
	ctx.enter(moduleContext(ctx.site, cm.id)?.id);
	return describeModule(ctx, cm);
}

/** Up to 100 users whose name or e-mail address holds the text. */
function searchIdentity(ctx: Ctx, params: { query: string }): unknown {
	ctx.enterSystem();
	if (!ctx.can('moodle/user:viewalldetails', SYSTEM))
		throw noPermission('View user full information');
	const identity = identityFields(ctx, SYSTEM);
	const fits = ctx.site.texts.likeAccents(`%${params.query}%`);
	const searched = (user: User): string[] => [
		fullName(user),
		user.lastname,
		...identity.map((name) => user[name]),
	];
	const found = ctx.site.users
		.all()
		.filter(
			(user) => !user.deleted && user.confirmed && user.id !== 1 && searched(user).some(fits),
		);
	const list = found.slice(0, 100).map((user) => ({
		id: user.id,
		fullname: fullName(user),
		extrafields: identity.map((name) => ({ name, value: user[name] })),
	}));
	return { list, maxusersperpage: 100, overflow: found.length > 100 };
}

export const updateFunctions: Handlers = {
	core_course_get_updates_since: getUpdatesSince,
	core_course_get_course_module: getModule,
	core_course_get_course_module_by_instance: getModuleByInstance,
	core_user_search_identity: searchIdentity,
};
