/** Changes of activities: core_courseformat_update_course, core_course_delete_modules. As 4.1 to 5.1 answered. */
import { moduleContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { moodleError, NotImplemented } from '../errors';
import type { CourseModule } from '../rows';

const SHOWN: Record<string, number> = { cm_show: 1, cm_hide: 0 };

/** An activity as the editor of courses keeps it. */
function describeState(ctx: Ctx, cm: CourseModule): unknown {
	const kind = { module: cm.modname, plugin: `mod_${cm.modname}` };
	const modname = cm.modname.charAt(0).toUpperCase() + cm.modname.slice(1);
	return {
		id: String(cm.id),
		anchor: `module-${cm.id}`,
		name: cm.name,
		visible: cm.visible === 1,
		stealth: false,
		sectionid: String(cm.section),
		sectionnumber: ctx.site.sections.get(cm.section)?.section ?? 0,
		uservisible: true,
		hascmrestrictions: false,
		...(ctx.modern
			? { modname, indent: 0, groupmode: cm.groupmode, ...kind, hasdelegatedsection: false }
			: { ...kind, indent: 0 }),
		accessvisible: cm.visible === 1,
		url: `${ctx.site.wwwroot}/mod/${cm.modname}/view.php?id=${cm.id}`,
		istrackeduser: false,
		...(ctx.modern ? { allowstealth: false } : {}),
	};
}

/** All activities are checked before the first one is changed. */
function updateCourse(
	ctx: Ctx,
	params: { action: string; courseid: number; ids: number[] },
): unknown {
	const { action, courseid, ids } = params;
	if (!(action in SHOWN)) throw new NotImplemented(`core_courseformat_update_course ${action}`);
	ctx.course(courseid);
	ctx.enterCourseContext(courseid);
	const there = ids.map((id) => ctx.site.modules.get(id));
	if (there.some((cm) => cm?.course !== courseid))
		throw moodleError('unexistingcmid', 'error/unexistingcmid');
	for (const id of ids) {
		const contextid = moduleContext(ctx.site, id)?.id ?? SYSTEM;
		if (!ctx.modern) ctx.need('moodle/course:manageactivities', contextid);
		ctx.need('moodle/course:activityvisibility', contextid);
	}
	const updates = [...new Set(ids)].flatMap((id) => {
		const cm = ctx.site.modules.update(id, { visible: SHOWN[action] });
		const contextid = moduleContext(ctx.site, id)?.id ?? SYSTEM;
		// what the account does not see any more is left out (4.1 to 5.1 measured)
		if (!cm.visible && !ctx.can('moodle/course:viewhiddenactivities', contextid)) return [];
		return [{ name: 'cm', action: 'put', fields: describeState(ctx, cm) }];
	});
	return JSON.stringify(updates);
}

/** One after the other: those before an unknown one stay deleted. */
function deleteModules(ctx: Ctx, params: { cmids: number[] }): null {
	for (const id of params.cmids) {
		const cm = ctx.site.modules.get(id);
		if (!cm) throw ctx.missing('course_modules');
		ctx.enterCourseContext(cm.course);
		ctx.need('moodle/course:manageactivities', moduleContext(ctx.site, id)?.id ?? SYSTEM);
		for (const item of ctx.site.gradeItems.find('course', cm.course))
			if (item.cmid === id) ctx.site.gradeItems.remove(item.id);
		ctx.site.modules.remove(id);
	}
	return null;
}

export const activityFunctions: Handlers = {
	core_courseformat_update_course: updateCourse,
	core_course_delete_modules: deleteModules,
};
