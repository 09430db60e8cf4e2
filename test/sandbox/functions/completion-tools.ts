/** The state of an activity for a user. */
import { type Ctx } from '../access';
import type { CourseModule } from '../rows';
import type { CompletionState } from '../rows-learning';

/** True where progress of the user in the course is followed: enrolled with a role that is shown in reports. */
export function isTracked(ctx: Ctx, courseid: number, userid: number): boolean {
	if (ctx.site.userEnrolments.count('courseUser', `${courseid}:${userid}`) === 0) return false;
	const context = ctx.site.contexts.first('instance', `50:${courseid}`);
	return (context?.path ?? []).some((place) =>
		ctx.site.roleAssignments
			.find('place', `${place}:${userid}`)
			.some((a) =>
				ctx.site.roles.get(a.roleid)?.capabilities.has('moodle/course:isincompletionreports'),
			),
	);
}

/** The stored state of an activity, if there is one. */
export function stateOf(ctx: Ctx, cmid: number, userid: number): CompletionState | undefined {
	return ctx.site.completions.first('place', `${cmid}:${userid}`);
}

/** Rules of automatic completion, with whether they are met. */
function rules(ctx: Ctx, cm: CourseModule, state: number): unknown[] {
	if (cm.completion !== 2 || !cm.completionview) return [];
	return [
		{ rulename: 'completionview', rulevalue: { status: state ? 1 : 0, description: 'View' } },
	];
}

/** Completion data of an activity as course contents and status lists show it. */
export function completionData(
	ctx: Ctx,
	cm: CourseModule,
	userid: number,
): Record<string, unknown> {
	const row = stateOf(ctx, cm.id, userid);
	const state = row?.state ?? 0;
	return {
		state,
		timecompleted: row?.timemodified ?? 0,
		overrideby: row?.overrideby ?? null,
		valueused: false,
		hascompletion: cm.completion > 0,
		isautomatic: cm.completion === 2,
		istrackeduser: isTracked(ctx, cm.course, userid),
		uservisible: true,
		details: rules(ctx, cm, state),
		...(ctx.modern ? { isoverallcomplete: state === 1 || state === 2 } : {}),
	};
}
