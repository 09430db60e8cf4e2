/** Grade reports and core_grades_*. */
import { courseContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { MoodleError, moodleError, readError } from '../errors';
import type { Course, CourseModule, User } from '../rows';
import type { GradeGrade, GradeItem } from '../rows-learning';
import {
	activityItem,
	addItem,
	courseCategory,
	courseTotal,
	gradedUsers,
	gradeOf,
	ownItems,
	setGrade,
	type Total,
} from './grade-tools';
import { activeUser } from './group-members';
import { activeCourses, enrolledCourses, fullName, pictureUrl } from './user-details';

const MODULES = new Set([
	'assign',
	'quiz',
	'forum',
	'page',
	'lesson',
	'workshop',
	'scorm',
	'glossary',
	'data',
	'h5pactivity',
	'lti',
	'resource',
	'url',
	'label',
	'book',
	'choice',
	'feedback',
	'wiki',
]);

const two = (value: number): string => value.toFixed(2);

/** What is the same for every grade item. */
function frame(item: GradeItem): Record<string, unknown> {
	return {
		id: item.id,
		itemname: item.itemname,
		itemtype: item.itemtype,
		itemmodule: item.itemmodule,
		outcomeid: null,
		scaleid: null,
		locked: item.locked !== 0,
		gradedatesubmitted: null,
		gradehiddenbydate: false,
		gradeneedsupdate: false,
		gradeishidden: item.hidden === 1,
		gradeislocked: item.locked !== 0,
		gradeisoverridden: false,
		grademin: item.grademin,
	};
}

function figures(
	grade: number | null,
	grademin: number,
	grademax: number,
): Record<string, unknown> {
	return {
		graderaw: grade,
		gradeformatted: grade === null ? '-' : two(grade),
		grademax,
		rangeformatted: `${grademin}&ndash;${grademax}`,
		percentageformatted:
			grade === null || grademax === grademin
				? '-'
				: `${two(((grade - grademin) / (grademax - grademin)) * 100)} %`,
	};
}

function weightOf(share: number | undefined, known: boolean): Record<string, unknown> {
	if (!known) return {};
	if (share === undefined) return { weightraw: 0, weightformatted: '0.00 %', status: 'novalue' };
	return { weightraw: share, weightformatted: `${two(share * 100)} %` };
}

/** Format of an empty feedback: plain text since 4.5 once the gradebook has a row of the user. */
function emptyFormat(ctx: Ctx, known: boolean): number {
	return ctx.modern && known ? 2 : 0;
}

function describeItem(
	ctx: Ctx,
	item: GradeItem,
	row: GradeGrade | undefined,
	total: Total,
	category: number,
): unknown {
	const grade = row?.finalgrade ?? null;
	const manual = item.itemtype === 'manual';
	return {
		...frame(item),
		iteminstance: manual ? null : item.iteminstance,
		itemnumber: item.itemnumber ?? 0,
		idnumber: item.idnumber,
		categoryid: category,
		...(item.cmid === null ? {} : { cmid: item.cmid }),
		...weightOf(total.weights.get(item.id), total.known),
		...figures(grade, item.grademin, item.grademax),
		gradeislocked: item.locked !== 0 || (row?.locked ?? 0) !== 0,
		gradeisoverridden: (row?.overridden ?? 0) !== 0,
		gradedategraded: grade === null ? null : (row?.timemodified ?? null),
		feedback: row?.feedback ?? '',
		feedbackformat:
			row?.feedback || row ? (row?.feedbackformat ?? 0) : emptyFormat(ctx, total.known),
	};
}

function describeCategory(ctx: Ctx, item: GradeItem, total: Total): unknown {
	return {
		...frame(item),
		itemname: '',
		iteminstance: item.iteminstance,
		itemnumber: null,
		idnumber: item.idnumber,
		categoryid: null,
		...weightOf(undefined, total.known),
		...figures(null, 0, 0),
		gradedategraded: null,
		feedback: '',
		feedbackformat: emptyFormat(ctx, total.known),
	};
}

function describeTotal(ctx: Ctx, item: GradeItem, total: Total): unknown {
	return {
		...frame(item),
		iteminstance: item.iteminstance,
		itemnumber: null,
		idnumber: null,
		categoryid: null,
		...figures(total.grade, 0, total.grademax),
		gradedategraded: total.timemodified,
		feedback: '',
		feedbackformat: emptyFormat(ctx, total.known),
	};
}

function describeUser(ctx: Ctx, course: Course, user: User): unknown {
	const category = courseCategory(ctx.site, course.id).id;
	const total = courseTotal(ctx.site, course.id, user.id);
	const items = ctx.site.gradeItems.find('course', course.id);
	const categories = items.filter((item) => item.itemtype === 'category');
	const gradeitems = [
		...ownItems(ctx.site, course.id).map((item) =>
			describeItem(ctx, item, gradeOf(ctx.site, item.id, user.id), total, category),
		),
		...categories.map((item) => describeCategory(ctx, item, total)),
		...items
			.filter((item) => item.itemtype === 'course')
			.map((item) => describeTotal(ctx, item, total)),
	];
	return {
		courseid: course.id,
		courseidnumber: course.idnumber,
		userid: user.id,
		userfullname: fullName(user),
		useridnumber: user.idnumber,
		maxdepth: categories.length > 0 ? 3 : 2,
		gradeitems,
	};
}

function noView(): MoodleError {
	return moodleError('nopermissiontoviewgrades', 'Cannot view grades.');
}

function getUserGradeItems(
	ctx: Ctx,
	params: { courseid: number; userid: number; groupid: number },
): unknown {
	const course = ctx.course(params.courseid);
	const contextid = ctx.enterCourseContext(course.id);
	ctx.need('gradereport/user:view', contextid);
	const all = ctx.can('moodle/grade:viewall', contextid);
	if (params.userid === 0) {
		ctx.need('moodle/grade:viewall', contextid);
		return {
			usergrades: gradedUsers(ctx.site, course.id, params.groupid).map((user) =>
				describeUser(ctx, course, user),
			),
			warnings: [],
		};
	}
	const user = activeUser(ctx, params.userid);
	const own =
		user.id === ctx.user && course.showgrades === 1 && ctx.can('moodle/grade:view', contextid);
	if (!all && !own) throw noView();
	return { usergrades: [describeUser(ctx, course, user)], warnings: [] };
}

function getCourseGrades(ctx: Ctx, params: { userid: number }): unknown {
	const user = params.userid ? activeUser(ctx, params.userid) : ctx.person(ctx.user);
	ctx.enterSystem();
	if (user.id !== ctx.user) ctx.need('moodle/grade:viewall', SYSTEM);
	// Of the caller only courses that may be entered now, of others all enrolments (source 4.1 and 5.1).
	const courses =
		user.id === ctx.user ? activeCourses(ctx, user.id) : enrolledCourses(ctx, user.id);
	const grades = courses
		.filter((course) => course.showgrades === 1)
		.sort((a, b) => a.id - b.id)
		.map((course) => {
			const { grade } = courseTotal(ctx.site, course.id, user.id);
			return {
				courseid: course.id,
				grade: grade === null ? '-' : two(grade),
				rawgrade: grade === null ? null : grade.toFixed(5),
			};
		});
	return { grades, warnings: [] };
}

interface UpdateInput {
	courseid: number;
	component: string;
	activityid: number;
	itemnumber: number;
	grades: Array<{ studentid: number; grade: number; str_feedback?: string }>;
	itemdetails: Partial<GradeItem> & { deleted?: boolean };
}

function gradedActivity(ctx: Ctx, params: UpdateInput): CourseModule {
	const modname = params.component.replace(/^mod_/, '');
	if (!params.component.startsWith('mod_') || !MODULES.has(modname))
		throw readError(`Table "${modname}" does not exist`);
	const cm = ctx.site.modules.get(params.activityid);
	if (!cm || cm.modname !== modname)
		throw moodleError('invalidcoursemodule', 'Invalid course module ID');
	return cm;
}

/** The rights, as the function asks for them. */
function checkUpdate(ctx: Ctx, params: UpdateInput): void {
	ctx.course(params.courseid);
	const contextid = ctx.enterCourseWrapped(params.courseid);
	const changesItem = Object.keys(params.itemdetails).length > 0;
	const allowed =
		(!changesItem || ctx.can('moodle/grade:manage', contextid)) &&
		(params.grades.length === 0 || ctx.can('moodle/grade:edit', contextid));
	if (!allowed) throw noView();
}

function updateItem(ctx: Ctx, item: GradeItem, details: UpdateInput['itemdetails']): GradeItem {
	const { itemname, idnumber, grademax, grademin, gradepass, hidden, locked } = details;
	const given = Object.entries({
		itemname,
		idnumber,
		grademax,
		grademin,
		gradepass,
		hidden,
		locked,
	}).filter(([, value]) => value !== undefined);
	return ctx.site.gradeItems.update(item.id, Object.fromEntries(given));
}

/** core_grades_update_grades: 0 ok, 1 some grade is locked (the others are written), 4 the item is locked. */
function updateGrades(ctx: Ctx, params: UpdateInput): number {
	const cm = gradedActivity(ctx, params);
	checkUpdate(ctx, params);
	if (cm.course !== params.courseid) {
		ctx.printed += 'The instance of this module does not exist';
		return 0;
	}
	const item = updateItem(ctx, activityItem(ctx.site, cm, params.itemnumber), params.itemdetails);
	if (item.locked) return 4;
	let result = 0;
	for (const { studentid, grade, str_feedback: feedback = '' } of params.grades) {
		if (gradeOf(ctx.site, item.id, studentid)?.locked) result = 1;
		else
			setGrade(ctx.site, item, studentid, grade, {
				feedback,
				feedbackformat: feedback ? 1 : emptyFormat(ctx, true),
			});
	}
	return result;
}

function getGradeItems(ctx: Ctx, params: { courseid: number }): unknown {
	const course = ctx.course(params.courseid);
	ctx.enterCourseContext(course.id);
	const gradeItems = ownItems(ctx.site, course.id).map((item) => ({
		id: String(item.id),
		itemname: item.itemname,
		category: course.fullname,
	}));
	return { gradeItems, warnings: [] };
}

function getSelectorUsers(
	ctx: Ctx,
	params: { courseid: number; groupid?: number | null },
): unknown {
	const course = ctx.course(params.courseid);
	const contextid = ctx.enterCourseContext(course.id);
	ctx.need('moodle/course:viewparticipants', contextid);
	const users = gradedUsers(ctx.site, course.id, params.groupid ?? 0, false).map((user) => ({
		id: user.id,
		firstname: user.firstname,
		lastname: user.lastname,
		fullname: fullName(user),
		email: user.email,
		profileimageurlsmall: pictureUrl(ctx, 2),
		profileimageurl: pictureUrl(ctx, 1),
	}));
	return { users, warnings: [] };
}

interface CategoryInput {
	fullname: string;
	options: { idnumber?: string; gradetype?: number; grademin?: number; grademax?: number };
}

/** core_grades_create_gradecategories: a refusal stops the loop and hides what was made before. */
function createCategories(
	ctx: Ctx,
	params: { courseid: number; categories: CategoryInput[] },
): unknown {
	const course = ctx.course(params.courseid);
	const contextid = ctx.enterCourseContext(course.id);
	ctx.need('moodle/grade:manage', contextid);
	const parent = courseCategory(ctx.site, course.id).id;
	const ids: number[] = [];
	for (const { fullname, options } of params.categories) {
		const { grademin = 0, grademax = 100, gradetype } = options;
		if (gradetype === 1 && grademin >= grademax) {
			const warning = {
				item: 'grademax',
				warningcode: 'invalidgrade',
				message: 'The minimum must be lower than the maximum',
			};
			return { categoryids: [], warnings: [warning] };
		}
		const category = ctx.site.gradeCategories.insert({ courseid: course.id, parent, fullname });
		addItem(ctx.site, course.id, {
			itemtype: 'category',
			iteminstance: category.id,
			idnumber: options.idnumber ?? '',
		});
		ids.push(category.id);
	}
	return { categoryids: ids, warnings: [] };
}

/** The table of the user report is a page of HTML: only its refusals are known here. */
function getGradesTable(ctx: Ctx, params: { courseid: number; userid: number }): never {
	ctx.course(params.courseid);
	ctx.enter(courseContext(ctx.site, params.courseid)?.id);
	if (params.userid) activeUser(ctx, params.userid);
	return ctx.notImplemented();
}

export const gradeFunctions: Handlers = {
	gradereport_user_get_grade_items: getUserGradeItems,
	gradereport_user_get_grades_table: getGradesTable,
	gradereport_overview_get_course_grades: getCourseGrades,
	core_grades_update_grades: updateGrades,
	core_grades_get_gradeitems: getGradeItems,
	core_grades_get_enrolled_users_for_selector: getSelectorUsers,
	core_grades_create_gradecategories: createCategories,
};
