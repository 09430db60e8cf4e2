/** mod_assign_* */
import {
	hasCapability,
	isActiveEnrolment,
	isEnrolled,
	moduleContext,
	SYSTEM,
	type Ctx,
	type Handlers,
} from '../access';
import { caught } from '../errors';
import type { Course, CourseModule } from '../rows';
import type { AssignSubmission } from '../rows-learning';
import { activityItem, gradeOf, setGrade } from './grade-tools';
import { groupsSeen } from './group-tools';
import { formatName } from './text-tools';

interface Warning {
	item: string;
	itemid: number;
	warningcode: string;
	message: string;
}

const CONFIGS: Array<[string, string, string, string]> = [
	['onlinetext', 'assignsubmission', 'enabled', '1'],
	['onlinetext', 'assignsubmission', 'wordlimit', '0'],
	['onlinetext', 'assignsubmission', 'wordlimitenabled', '0'],
	['comments', 'assignsubmission', 'enabled', '0'],
	['comments', 'assignfeedback', 'enabled', '1'],
	['comments', 'assignfeedback', 'commentinline', '0'],
];

const ZEROS = [
	'nosubmissions',
	'submissiondrafts',
	'sendnotifications',
	'sendlatenotifications',
	'sendstudentnotifications',
	'duedate',
	'allowsubmissionsfromdate',
	'completionsubmit',
	'cutoffdate',
	'gradingduedate',
	'teamsubmission',
	'requireallteammemberssubmit',
	'teamsubmissiongroupingid',
	'blindmarking',
	'hidegrader',
	'revealidentities',
	'markingworkflow',
	'markingallocation',
	'requiresubmissionstatement',
	'preventsubmissionnotingroup',
	'timelimit',
	'submissionattachments',
];

/** Feedback that is switched off has no settings at all (measured on 4.1 and 5.1). */
const hasComments = (cm: CourseModule): boolean =>
	Number(cm.settings.assignfeedback_comments_enabled ?? 1) === 1;

function describeAssignment(ctx: Ctx, cm: CourseModule): unknown {
	const zeros = Object.fromEntries(ZEROS.map((name) => [name, Number(cm.settings[name] ?? 0)]));
	return {
		...zeros,
		id: cm.instance,
		cmid: cm.id,
		course: cm.course,
		name: formatName(ctx, cm.name),
		grade: Number(cm.settings.grade ?? 100),
		...(ctx.version === '5.0' || ctx.version === '5.1' ? { gradepenalty: 0 } : {}),
		timemodified: cm.added,
		attemptreopenmethod: ctx.modern ? 'untilpass' : 'none',
		maxattempts: 1,
		...(ctx.modern ? { markinganonymous: 0 } : {}),
		configs: CONFIGS.map(([plugin, subtype, name, value]) => ({
			plugin,
			subtype,
			name,
			value,
		})).filter((entry) => entry.subtype !== 'assignfeedback' || hasComments(cm)),
		intro: `About ${cm.name}`,
		introformat: 1,
		introfiles: [],
		introattachments: [],
	};
}

const closedModule = {
	item: 'module',
	warningcode: '1',
	message: 'No access rights in module context',
};

function unknownCourse(ctx: Ctx, id: number): Warning {
	return {
		item: 'course',
		itemid: id,
		warningcode: '1',
		message: `No access rights in course context ${ctx.missing('course').text}`,
	};
}

/** Courses asked for, or those of the token user; refusals as warnings. */
function assignmentCourses(
	ctx: Ctx,
	ids: number[],
	notEnrolled: boolean,
	warnings: Warning[],
): Course[] {
	const mine = ctx.site.courses.all().filter((c) => isActiveEnrolment(ctx.site, c.id, ctx.user));
	if (ids.length === 0) return mine;
	return [...new Set(ids)].flatMap((id) => {
		const course = ctx.site.courses.get(id);
		if (!notEnrolled && !mine.some((c) => c.id === id)) {
			const message = 'User is not enrolled or does not have requested capability';
			warnings.push({ item: 'course', itemid: id, warningcode: '2', message });
			return [];
		}
		if (!course) {
			warnings.push(unknownCourse(ctx, id));
			return [];
		}
		return accessible(ctx, course, warnings) ? [course] : [];
	});
}

function accessible(ctx: Ctx, course: Course, warnings: Warning[]): boolean {
	try {
		ctx.enterCourseContext(course.id);
		return true;
	} catch (error) {
		const message = `No access rights in course context ${caught(error).text}`;
		warnings.push({ item: 'course', itemid: course.id, warningcode: '1', message });
		return false;
	}
}

function getAssignments(
	ctx: Ctx,
	params: { courseids: number[]; includenotenrolledcourses: boolean },
): unknown {
	const warnings: Warning[] = [];
	const courses = assignmentCourses(
		ctx,
		params.courseids,
		params.includenotenrolledcourses,
		warnings,
	).map((course) => ({
		id: course.id,
		fullname: formatName(ctx, course.fullname),
		shortname: formatName(ctx, course.shortname),
		timemodified: course.timemodified,
		assignments: ctx.site.modules.find('course', course.id).flatMap((cm) => {
			if (cm.modname !== 'assign') return [];
			if (ctx.can('mod/assign:view', moduleContext(ctx.site, cm.id)?.id ?? SYSTEM))
				return [describeAssignment(ctx, cm)];
			warnings.push({ ...closedModule, itemid: cm.id });
			return [];
		}),
	}));
	return { courses, warnings };
}

function assignmentOf(ctx: Ctx, id: number): CourseModule | undefined {
	return ctx.site.modules.first('instance', `assign:${id}`);
}

interface GradeInput {
	userid: number;
	grade: number;
	attemptnumber: number;
	plugindata?: { assignfeedbackcomments_editor?: { text: string; format: number } };
}

/** Whether the gradebook keeps a grade as it is: then the assignment leaves its own alone as well. */
function isFixed(ctx: Ctx, cm: CourseModule, userid: number): boolean {
	const item = activityItem(ctx.site, cm, 0);
	const grade = gradeOf(ctx.site, item.id, userid);
	return item.locked !== 0 || Boolean(grade?.locked) || Boolean(grade?.overridden);
}

/** Saves a grade; one out of range leaves an empty row, one of an unknown user stays, and nobody is told. */
function saveOne(ctx: Ctx, cm: CourseModule, input: GradeInput): void {
	const inRange =
		input.grade <= Number(cm.settings.grade ?? 100) && (input.grade >= 0 || input.grade === -1);
	const now = ctx.now();
	const row =
		ctx.site.assignGrades.first('place', `${cm.instance}:${input.userid}`) ??
		ctx.site.assignGrades.insert({
			assignment: cm.instance,
			userid: input.userid,
			attemptnumber: 0,
			timecreated: now,
			timemodified: now,
			grade: -1,
			grader: ctx.user,
		});
	const fixed = isFixed(ctx, cm, input.userid);
	if (inRange && !fixed)
		ctx.site.assignGrades.update(row.id, {
			grade: input.grade,
			grader: ctx.user,
			timemodified: now,
		});
	if (!ctx.modern && !ctx.site.users.get(input.userid)) throw ctx.missing('user');
	if (!inRange || fixed) return;
	const comment = hasComments(cm) ? input.plugindata?.assignfeedbackcomments_editor : undefined;
	const item = activityItem(ctx.site, cm, 0);
	setGrade(ctx.site, item, input.userid, input.grade === -1 ? null : input.grade, {
		feedback: comment?.text ?? '',
		feedbackformat: comment ? comment.format : 0,
	});
}

function enterGrading(ctx: Ctx, assignmentid: number): CourseModule {
	const cm = assignmentOf(ctx, assignmentid);
	if (!cm) throw ctx.missing('assign');
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	ctx.enter(contextid);
	ctx.need('mod/assign:view', contextid);
	ctx.need('mod/assign:grade', contextid);
	return cm;
}

function saveGrade(ctx: Ctx, params: GradeInput & { assignmentid: number }): null {
	saveOne(ctx, enterGrading(ctx, params.assignmentid), params);
	return null;
}

function saveGrades(ctx: Ctx, params: { assignmentid: number; grades: GradeInput[] }): null {
	const cm = enterGrading(ctx, params.assignmentid);
	for (const grade of params.grades) saveOne(ctx, cm, grade);
	return null;
}

function noGrades(itemid: number): Warning {
	return { item: 'assignment', itemid, warningcode: '3', message: 'No grades found' };
}

/** Assignments that may be read; the others give a warning 1. */
function readable(
	ctx: Ctx,
	ids: number[],
	warnings: Warning[],
	unknown: (id: number) => Warning[],
	may: (cm: CourseModule) => boolean = () => true,
): CourseModule[] {
	return [...new Set(ids)]
		.sort((a, b) => a - b)
		.flatMap((id) => {
			const cm = assignmentOf(ctx, id);
			if (!cm) {
				warnings.push(...unknown(id));
				return [];
			}
			const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
			const rights =
				ctx.can('mod/assign:grade', contextid) || ctx.can('mod/assign:viewgrades', contextid);
			if (ctx.canEnterCourse(cm.course) && rights && may(cm)) return [cm];
			warnings.push({
				item: 'assignment',
				itemid: id,
				warningcode: '1',
				message: 'No access rights in module context',
			});
			return [];
		});
}

function getGrades(ctx: Ctx, params: { assignmentids: number[]; since: number }): unknown {
	const warnings: Warning[] = [];
	const assignments = readable(ctx, params.assignmentids, warnings, (id) => [noGrades(id)]).flatMap(
		(cm) => {
			const grades = ctx.site.assignGrades
				.find('assignment', cm.instance)
				.filter((row) => row.timemodified >= params.since);
			if (grades.length === 0) {
				warnings.push(noGrades(cm.instance));
				return [];
			}
			const { instance: assignmentid } = cm;
			return [
				{
					assignmentid,
					grades: grades.map((row) => ({
						...row,
						assignment: undefined,
						grade: row.grade.toFixed(5),
					})),
				},
			];
		},
	);
	return { assignments, warnings };
}

function describeSubmission(ctx: Ctx, submission: AssignSubmission): unknown {
	const { id, userid, attemptnumber, timecreated, timemodified, status, groupid, text } =
		submission;
	const editor = { name: 'onlinetext', description: 'Online text submissions', text, format: 1 };
	const grade = ctx.site.assignGrades.first('place', `${submission.assignment}:${userid}`);
	const plugin = {
		type: 'onlinetext',
		name: 'Online text',
		fileareas: [{ area: 'submissions_onlinetext', files: [] }],
		editorfields: [editor],
	};
	return {
		id,
		userid,
		attemptnumber,
		timecreated,
		timemodified,
		timestarted: null,
		status,
		groupid,
		plugins: [plugin, { type: 'comments', name: 'Submission comments' }],
		gradingstatus: grade && grade.grade >= 0 ? 'graded' : 'notgraded',
	};
}

/** Whoever is in one of the separate groups sees the submissions of all (assign::can_view_grades, 4.1 to 5.1 measured). */
const seesGroups = (ctx: Ctx, cm: CourseModule) => groupsSeen(ctx, cm)?.size !== 0;

/** Whose submissions are told: those of participants, suspended ones by a right of its own (assign::can_view_submission). */
function isShown(ctx: Ctx, cm: CourseModule, userid: number): boolean {
	if (userid === 0) return true;
	if (!isEnrolled(ctx.site, cm.course, userid)) return false;
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	return (
		isActiveEnrolment(ctx.site, cm.course, userid) ||
		ctx.can('moodle/course:viewsuspendedusers', contextid)
	);
}

/** Only the latest attempt of each user and each team. */
function getSubmissions(
	ctx: Ctx,
	params: { assignmentids: number[]; status: string; since: number; before: number },
): unknown {
	const warnings: Warning[] = [];
	// an unknown number is passed over without a word (4.1 to 5.1 measured)
	const may = (cm: CourseModule) => seesGroups(ctx, cm);
	const assignments = readable(ctx, params.assignmentids, warnings, () => [], may).flatMap((cm) => {
		const rows = ctx.site.submissions
			.find('assignment', cm.instance)
			.filter(
				(row) =>
					row.timemodified >= params.since &&
					(params.before === 0 || row.timemodified <= params.before),
			)
			.filter((row) => params.status === '' || row.status === params.status);
		const latest = new Map(
			rows
				.sort((a, b) => a.attemptnumber - b.attemptnumber)
				.map((row) => [`${row.userid}:${row.groupid}`, row]),
		);
		if (latest.size === 0) {
			warnings.push({
				item: 'module',
				itemid: cm.instance,
				warningcode: '3',
				message: 'No submissions found',
			});
		}
		const submissions = [...latest.values()]
			.filter(({ userid }) => isShown(ctx, cm, userid))
			.map((row) => describeSubmission(ctx, row));
		return [{ assignmentid: cm.instance, submissions }];
	});
	return { assignments, warnings };
}

/** Whether the user may have until then. Moodle tells no reason (4.1 to 5.1 measured). */
function mayExtend(ctx: Ctx, cm: CourseModule, userid: number, until: number): boolean {
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	const isEnrolled =
		ctx.site.userEnrolments.find('courseUser', `${cm.course}:${userid}`).length > 0;
	const starts = [cm.settings.duedate, cm.settings.allowsubmissionsfromdate].map(Number);
	return (
		isEnrolled &&
		hasCapability(ctx.site, userid, 'mod/assign:submit', contextid) &&
		(until === 0 || !starts.some((start) => start > until))
	);
}

function saveExtensions(
	ctx: Ctx,
	params: { assignmentid: number; userids: number[]; dates: number[] },
): unknown {
	const { assignmentid, userids, dates } = params;
	const cm = assignmentOf(ctx, assignmentid);
	if (!cm) throw ctx.missing('assign');
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	ctx.enter(contextid);
	ctx.need('mod/assign:view', contextid);
	const warning = (item: string, warningcode: string, message: string): Warning[] => [
		{ item, itemid: assignmentid, warningcode, message },
	];
	if (userids.length !== dates.length)
		return warning(
			'Length of userids and dates parameters differ.',
			'invalidparameters',
			'Invalid parameters.',
		);
	return userids.flatMap((userid, at) => {
		ctx.need('mod/assign:grantextension', contextid);
		if (!mayExtend(ctx, cm, userid, dates[at]))
			return warning(
				`User id: ${userid}, Assignment id: ${assignmentid}, Extension date: ${dates[at]}`,
				'couldnotgrantextensions',
				'Could not grant submission date extensions.',
			);
		const place = { assignment: assignmentid, userid };
		const row =
			ctx.site.extensions.first('place', `${assignmentid}:${userid}`) ??
			ctx.site.extensions.insert({ ...place, extensionduedate: 0 });
		ctx.site.extensions.update(row.id, { extensionduedate: dates[at] });
		return [];
	});
}

export const assignmentFunctions: Handlers = {
	mod_assign_get_assignments: getAssignments,
	mod_assign_save_grade: saveGrade,
	mod_assign_save_grades: saveGrades,
	mod_assign_get_grades: getGrades,
	mod_assign_get_submissions: getSubmissions,
	mod_assign_save_user_extensions: saveExtensions,
};
