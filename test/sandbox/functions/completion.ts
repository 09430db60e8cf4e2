/** core_completion_* */
import { moduleContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { MoodleError, moodleError, noPermission } from '../errors';
import type { CourseModule } from '../rows';
import type { CompletionCriterion } from '../rows-learning';
import { completionData, isTracked, stateOf } from './completion-tools';
import { activeUser } from './group-members';

function getActivities(ctx: Ctx, params: { courseid: number; userid: number }): unknown {
	const course = ctx.course(params.courseid);
	const user = activeUser(ctx, params.userid);
	const contextid = ctx.enterCourseContext(course.id);
	if (user.id !== ctx.user && !ctx.can('report/progress:view', contextid))
		throw noPermission('View activity completion reports');
	const statuses = ctx.site.modules
		.find('course', course.id)
		.filter((cm) => cm.completion > 0)
		.map((cm) => ({
			cmid: cm.id,
			modname: cm.modname,
			instance: cm.instance,
			tracking: cm.completion,
			...completionData(ctx, cm, user.id),
		}));
	return { statuses, warnings: [] };
}

/** Writes the state of an activity and reaches course criteria that depend on it. */
function setState(
	ctx: Ctx,
	cm: CourseModule,
	userid: number,
	state: number,
	overrideby: number | null,
): void {
	const now = ctx.now();
	const row = stateOf(ctx, cm.id, userid);
	if (row) ctx.site.completions.update(row.id, { state, overrideby, timemodified: now });
	else ctx.site.completions.insert({ cmid: cm.id, userid, state, overrideby, timemodified: now });
}

function completionEnabled(ctx: Ctx, cm: CourseModule): void {
	if (ctx.course(cm.course).enablecompletion !== 1)
		throw moodleError('completionnotenabled', 'Completion is not enabled');
}

function updateManually(ctx: Ctx, params: { cmid: number; completed: boolean }): unknown {
	const cm = ctx.site.modules.get(params.cmid);
	if (!cm) throw ctx.missing('course_modules');
	ctx.enter(moduleContext(ctx.site, cm.id)?.id);
	ctx.need('moodle/course:togglecompletion', moduleContext(ctx.site, cm.id)?.id ?? SYSTEM);
	completionEnabled(ctx, cm);
	if (cm.completion !== 1)
		throw moodleError('cannotmanualctrack', 'Activity does not provide manual completion tracking');
	setState(ctx, cm, ctx.user, params.completed ? 1 : 0, null);
	return { status: true, warnings: [] };
}

function override(ctx: Ctx, params: { userid: number; cmid: number; newstate: number }): unknown {
	const cm = ctx.site.modules.get(params.cmid);
	if (!cm) throw ctx.missing('course_modules');
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	ctx.enter(contextid);
	completionEnabled(ctx, cm);
	if (!ctx.can('moodle/course:overridecompletion', contextid)) {
		throw new MoodleError('required_capability_exception', 'nopermission', 'error/nopermission');
	}
	if (cm.completion > 0) {
		if (![0, 1].includes(params.newstate)) {
			throw moodleError(
				'err_system',
				'An internal error occurred in the completion system. (System administrators can enable debugging information to see more detail.)',
			);
		}
		setState(ctx, cm, params.userid, params.newstate, ctx.user);
	}
	const row = stateOf(ctx, cm.id, params.userid);
	return {
		cmid: cm.id,
		userid: params.userid,
		state: row?.state ?? 0,
		timecompleted: row?.timemodified ?? 0,
		overrideby: row?.overrideby ?? null,
		tracking: cm.completion,
	};
}

/** Where a user stands with one criterion of a course. An override only counts once cron has run, which never happens here. */
function criterionStatus(
	ctx: Ctx,
	criterion: CompletionCriterion,
	userid: number,
): { complete: boolean; time: number | null } {
	if (criterion.type === 1) {
		const time =
			ctx.site.courseCompletions.first('place', `${criterion.course}:${userid}`)?.criteria[
				criterion.id
			] ?? null;
		return { complete: time !== null, time };
	}
	const row = stateOf(ctx, criterion.cmid ?? 0, userid);
	const complete = row !== undefined && [1, 2].includes(row.state) && row.overrideby === null;
	return { complete, time: complete ? row.timemodified : null };
}

function describeCriterion(ctx: Ctx, criterion: CompletionCriterion, userid: number): unknown {
	const { complete, time } = criterionStatus(ctx, criterion, userid);
	const shared = {
		type: criterion.type,
		status: complete ? 'Yes' : 'No',
		complete,
		timecompleted: time,
	};
	if (criterion.type === 1) {
		const title = 'Self completion';
		return {
			...shared,
			title,
			details: {
				type: title,
				criteria: title,
				requirement: 'Marking yourself complete',
				status: '',
			},
		};
	}
	const cm = ctx.site.modules.get(criterion.cmid ?? 0);
	const title = 'Activity completion';
	const link = `<a href="${ctx.site.wwwroot}/mod/${cm?.modname ?? ''}/view.php?id=${cm?.id ?? 0}">${cm?.name ?? ''}</a>`;
	const requirement = cm?.completionview ? 'Viewing the page' : 'Marking yourself complete';
	return { ...shared, title, details: { type: title, criteria: link, requirement, status: '' } };
}

function getCourse(ctx: Ctx, params: { courseid: number; userid: number }): unknown {
	const course = ctx.course(params.courseid);
	const user = activeUser(ctx, params.userid);
	const contextid = ctx.enterCourseContext(course.id);
	const mayLook =
		user.id === ctx.user ||
		ctx.can('report/completion:view', contextid) ||
		ctx.can('moodle/user:viewuseractivitiesreport', contextid);
	if (!mayLook) throw moodleError('cannotviewreport', 'You cannot view this report');
	if (!course.enablecompletion)
		throw moodleError('completionnotenabled', 'Completion is not enabled');
	if (!isTracked(ctx, course.id, user.id))
		throw moodleError('usernotenroled', 'User is not enrolled in this course');
	const criteria = ctx.site.criteria
		.find('course', course.id)
		.sort((a, b) => b.type - a.type || a.id - b.id);
	if (criteria.length === 0)
		throw moodleError('nocriteriaset', 'No completion criteria set for this course');
	const completed =
		(ctx.site.courseCompletions.first('place', `${course.id}:${user.id}`)?.timecompleted ?? 0) > 0;
	const completions = criteria.map((criterion) => describeCriterion(ctx, criterion, user.id));
	return { completionstatus: { completed, aggregation: 1, completions }, warnings: [] };
}

function markSelf(ctx: Ctx, params: { courseid: number }): unknown {
	const course = ctx.course(params.courseid);
	ctx.enterCourseContext(course.id);
	if (!isTracked(ctx, course.id, ctx.user)) {
		throw moodleError(
			'nottracked',
			'You are currently not being tracked by completion in this course',
		);
	}
	const criterion = ctx.site.criteria.find('course', course.id).find((c) => c.type === 1);
	if (!criterion) throw moodleError('noselfcompletioncriteria', 'error/noselfcompletioncriteria');
	const row = ctx.site.courseCompletions.first('place', `${course.id}:${ctx.user}`);
	if (row)
		ctx.site.courseCompletions.update(row.id, {
			criteria: { ...row.criteria, [criterion.id]: ctx.now() },
		});
	else {
		ctx.site.courseCompletions.insert({
			course: course.id,
			userid: ctx.user,
			timecompleted: 0,
			criteria: { [criterion.id]: ctx.now() },
		});
	}
	completeCourse(ctx, course.id);
	return { status: true, warnings: [] };
}

/** Notes the completion of the course when all criteria are met. */
function completeCourse(ctx: Ctx, courseid: number): void {
	const row = ctx.site.courseCompletions.first('place', `${courseid}:${ctx.user}`);
	const all = ctx.site.criteria
		.find('course', courseid)
		.every((c) => criterionStatus(ctx, c, ctx.user).complete);
	if (row && all && !row.timecompleted)
		ctx.site.courseCompletions.update(row.id, { timecompleted: ctx.now() });
}

export const completionFunctions: Handlers = {
	core_completion_get_activities_completion_status: getActivities,
	core_completion_update_activity_completion_status_manually: updateManually,
	core_completion_override_activity_completion_status: override,
	core_completion_get_course_completion_status: getCourse,
	core_completion_mark_course_self_completed: markSelf,
};
