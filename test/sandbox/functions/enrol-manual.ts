/** enrol_manual_*_users and self enrolment. */
import { courseContext, mayAssign, type Ctx, type Handlers } from '../access';
import { codingError, invalidParameter, moodleError } from '../errors';
import type { Enrol } from '../rows';
import { enrolInstance, enrolUser, unenrolUser } from './enrol-tools';

interface EnrolInput {
	roleid: number;
	userid: number;
	courseid: number;
	timestart?: number;
	timeend?: number;
	suspend?: boolean;
}

function noInstance(ctx: Ctx, courseid: number): Error {
	const shown = ctx.modern ? String(courseid) : '{$a->courseid}';
	return moodleError(
		'wsnoinstance',
		`Manual enrolment plugin instance doesn't exist or is disabled for the course (id = ${shown})`,
	);
}

function manualInstance(ctx: Ctx, courseid: number): Enrol {
	const instance = enrolInstance(ctx.site, courseid, 'manual');
	if (!instance) throw noInstance(ctx, courseid);
	return instance;
}

/** Since 4.5 the account is checked; before, the role assignment fails for lack of a user. */
function checkActive(ctx: Ctx, userid: number): void {
	const user = ctx.site.users.get(userid);
	if (!ctx.modern) {
		if (!user || user.deleted) throw codingError('User ID does not exist or is deleted!');
		return;
	}
	if (!user) throw ctx.missing('user');
	if (user.deleted) throw moodleError('userdeleted', 'error/userdeleted');
	if (user.id === 1)
		throw moodleError('guestsarenotallowed', 'The guest user is not allowed to do this');
}

function enrolOne(ctx: Ctx, input: EnrolInput): void {
	const { courseid, userid, roleid } = input;
	const context = courseContext(ctx.site, courseid);
	ctx.enter(context?.id);
	if (!context) throw invalidParameter('Context does not exist');
	ctx.need('enrol/manual:enrol', context.id);
	if (!mayAssign(ctx, roleid, context)) {
		throw moodleError(
			'wsusercannotassign',
			`You don't have the permission to assign this role (${roleid}) to this user (${userid}) in this course (${courseid}).`,
		);
	}
	const instance = manualInstance(ctx, courseid);
	checkActive(ctx, userid);
	enrolUser(ctx.site, instance, userid, roleid, {
		timestart: input.timestart ?? 0,
		timeend: input.timeend ?? 0,
		status: input.suspend ? 1 : 0,
	});
}

function enrolUsers(ctx: Ctx, params: { enrolments: EnrolInput[] }): null {
	ctx.atomic(() => params.enrolments.forEach((input) => enrolOne(ctx, input)));
	return null;
}

function unenrolOne(ctx: Ctx, input: { userid: number; courseid: number }): void {
	const { courseid, userid } = input;
	const context = courseContext(ctx.site, courseid);
	if (!context) throw ctx.missing('course');
	ctx.enter(context.id);
	ctx.need('enrol/manual:unenrol', context.id);
	const instance = manualInstance(ctx, courseid);
	if (ctx.modern) checkActive(ctx, userid);
	else if (!ctx.site.users.get(userid))
		throw invalidParameter('User id not exist: ' + String(userid));
	unenrolUser(ctx.site, instance, userid);
}

function unenrolUsers(
	ctx: Ctx,
	params: { enrolments: Array<{ userid: number; courseid: number }> },
): null {
	ctx.atomic(() => params.enrolments.forEach((input) => unenrolOne(ctx, input)));
	return null;
}

function selfName(): string {
	return 'Self enrolment (Student)';
}

function getMethods(ctx: Ctx, params: { courseid: number }): unknown {
	const course = ctx.course(params.courseid);
	ctx.enterSystem();
	return ctx.site.enrols
		.find('course', course.id)
		.filter((enrol) => enrol.enrol === 'self' && enrol.status === 0)
		.map((enrol) => ({
			id: enrol.id,
			courseid: enrol.courseid,
			type: enrol.enrol,
			name: enrol.name || selfName(),
			status: true,
			wsfunction: 'enrol_self_get_instance_info',
		}));
}

function getSelfInfo(ctx: Ctx, params: { instanceid: number }): unknown {
	const enrol = ctx.site.enrols.get(params.instanceid);
	if (!enrol || enrol.enrol !== 'self') throw ctx.missing('enrol');
	const course = ctx.course(enrol.courseid);
	ctx.enterSystem();
	const context = courseContext(ctx.site, course.id);
	if (!course.visible && !ctx.can('moodle/course:viewhiddencourses', context?.id ?? 0)) {
		throw moodleError('coursehidden', 'error/coursehidden');
	}
	const open = {
		id: enrol.id,
		courseid: enrol.courseid,
		type: 'self',
		name: enrol.name || selfName(),
		status: enrol.status === 0,
	};
	return enrol.password ? { ...open, enrolpassword: 'Enrolment key' } : open;
}

function refusal(enrol: Enrol, code: string, message: string): unknown {
	return { item: 'instance', itemid: enrol.id, warningcode: code, message };
}

function selfEnrol(
	ctx: Ctx,
	params: { courseid: number; password: string; instanceid: number },
): unknown {
	const course = ctx.course(params.courseid);
	ctx.enterSystem();
	const instances = ctx.site.enrols
		.find('course', course.id)
		.filter(
			(e) =>
				e.enrol === 'self' && e.status === 0 && (!params.instanceid || e.id === params.instanceid),
		);
	if (instances.length === 0) throw moodleError('canntenrol', 'Enrolment is disabled or inactive');
	const warnings: unknown[] = [];
	for (const instance of instances) {
		if (ctx.site.userEnrolments.count('place', `${instance.id}:${ctx.user}`) > 0) {
			warnings.push(refusal(instance, '1', 'Enrolment is disabled or inactive'));
		} else if (instance.password && instance.password !== params.password) {
			warnings.push(refusal(instance, '4', 'Incorrect enrolment key, please try again'));
		} else {
			enrolUser(ctx.site, instance, ctx.user, instance.roleid, {
				timestart: ctx.now(),
				timeend: 0,
				status: 0,
			});
			return { status: true, warnings: [] };
		}
	}
	return { status: false, warnings };
}

export const enrolManualFunctions: Handlers = {
	enrol_manual_enrol_users: enrolUsers,
	enrol_manual_unenrol_users: unenrolUsers,
	core_enrol_get_course_enrolment_methods: getMethods,
	enrol_self_get_instance_info: getSelfInfo,
	enrol_self_enrol_user: selfEnrol,
};
