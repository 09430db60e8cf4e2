/** Creating, updating, deleting and duplicating courses. */
import { categoryContext, courseContext, SYSTEM, type Ctx } from '../access';
import { caught, moodleError, writeError, type MoodleError } from '../errors';
import { intval } from '../php';
import type { Course } from '../rows';
import { addCourse, moveCourse, removeCourse } from './course-tools';
import { customValues, type CustomInput } from './custom-fields';

interface CourseInput {
	id?: number;
	fullname?: string;
	shortname?: string;
	categoryid?: number;
	idnumber?: string;
	lang?: string;
	startdate?: number;
	enddate?: number;
	numsections?: number;
	visible?: number;
	hiddensections?: number;
	courseformatoptions?: Array<{ name: string; value: string }>;
	forcetheme?: string;
	customfields?: CustomInput[];
	[column: string]: unknown;
}

/** Settings of a course that are numbers. */
export const COURSE_SETTINGS = [
	'showgrades',
	'newsitems',
	'startdate',
	'enddate',
	'maxbytes',
	'showreports',
	'visible',
	'groupmode',
	'groupmodeforce',
	'defaultgroupingid',
	'enablecompletion',
	'completionnotify',
] as const;

/** Columns taken over as they come. */
const TEXT_COLUMNS = ['fullname', 'shortname', 'idnumber', 'summary', 'format', 'lang'] as const;
const NUMBER_COLUMNS = ['summaryformat', ...COURSE_SETTINGS] as const;
const COLUMNS = [...TEXT_COLUMNS, ...NUMBER_COLUMNS] as const;

const FORMAT_OPTIONS = ['hiddensections', 'coursedisplay', 'automaticenddate', 'indentation'];
const NUMBERS = new Set<string>([...NUMBER_COLUMNS, 'categoryid', 'id', 'numsections']);

/** Format options go over the fields of the course, whatever they are called: a hole of Moodle's own. */
function withFormatOptions(input: CourseInput): CourseInput {
	const merged: CourseInput = { ...input };
	for (const { name, value } of input.courseformatoptions ?? [])
		merged[name] = NUMBERS.has(name) ? intval(value) : value;
	return merged;
}

function invalidParam(name: string): MoodleError {
	return moodleError('errorinvalidparam', `The param "${name}" is invalid.`);
}

function checkNames(ctx: Ctx, input: CourseInput): void {
	for (const name of ['fullname', 'shortname'] as const) {
		const value = input[name];
		if (value !== undefined && value.trim() === '') throw invalidParam(name);
	}
	if (input.lang !== undefined && !ctx.site.config.langs.has(input.lang))
		throw invalidParam('lang');
}

function checkUnique(ctx: Ctx, input: CourseInput, except: number): void {
	const { shortname, idnumber } = input;
	if (
		shortname !== undefined &&
		ctx.site.courses.find('shortname', ctx.site.texts.key(shortname)).some((c) => c.id !== except)
	) {
		throw moodleError(
			'shortnametaken',
			`Short name is already used for another course (${shortname})`,
		);
	}
	if (
		idnumber &&
		ctx.site.courses.find('idnumber', ctx.site.texts.key(idnumber)).some((c) => c.id !== except)
	) {
		throw moodleError(
			'courseidnumbertaken',
			`ID number is already used for another course (${idnumber})`,
		);
	}
}

function checkDates(startdate: number, enddate: number): void {
	if (enddate && startdate && enddate < startdate) {
		throw moodleError(
			'enddatebeforestartdate',
			'The course end date must be after the start date.',
		);
	}
}

function checkLengths(input: CourseInput): void {
	for (const [name, length] of [
		['fullname', 1333],
		['shortname', 255],
		['idnumber', 100],
	] as const) {
		if ([...(input[name] ?? '')].length > length)
			throw writeError(`Data too long for column '${name}'`);
	}
}

function columnsOf(ctx: Ctx, input: CourseInput, old: Partial<Course>): Partial<Course> {
	const values: Record<string, unknown> = {};
	for (const name of COLUMNS) if (input[name] !== undefined) values[name] = input[name];
	if (input.forcetheme !== undefined && ctx.site.config.allowThemes) {
		if (!ctx.site.config.themes.has(input.forcetheme)) throw invalidParam('forcetheme');
		values.theme = input.forcetheme;
	}
	const options = { ...old.options };
	for (const name of FORMAT_OPTIONS)
		if (input[name] !== undefined) options[name] = Number(input[name]);
	return {
		...(values as Partial<Course>),
		options,
		customfields: customValues(ctx, 'course', input.customfields, old.customfields ?? {}),
	};
}

function enterCategory(ctx: Ctx, id: number): number {
	const context = categoryContext(ctx.site, id);
	try {
		ctx.enter(context?.id);
	} catch (error) {
		throw moodleError(
			'errorcatcontextnotvalid',
			`You cannot execute functions in the category context (category id:${id}). The context error message was: ${caught(error).text}`,
		);
	}
	return context?.id ?? SYSTEM;
}

/** Weekly courses end after their sections. */
function automaticEnd(format: string, startdate: number, numsections: number): Partial<Course> {
	return format === 'weeks' && startdate ? { enddate: startdate + numsections * 7 * 86400 } : {};
}

function createOne(ctx: Ctx, given: CourseInput): { id: number; shortname: string } {
	const contextid = enterCategory(ctx, Number(given.categoryid));
	ctx.need('moodle/course:create', contextid);
	const input = withFormatOptions(given);
	checkNames(ctx, input);
	checkUnique(ctx, input, 0);
	checkDates(input.startdate ?? 0, input.enddate ?? 0);
	checkLengths(input);
	const values = columnsOf(ctx, input, {});
	if (!ctx.can('moodle/course:visibility', contextid))
		values.visible = ctx.site.categories.get(Number(given.categoryid))?.visible ?? 1;
	if (!ctx.can('moodle/course:setforcedlanguage', contextid)) delete values.lang;
	const course = addCourse(ctx.site, {
		...values,
		...automaticEnd(String(input.format), input.startdate ?? 0, input.numsections ?? 4),
		creator: ctx.user,
		fullname: String(input.fullname),
		shortname: String(input.shortname),
		category: Number(given.categoryid),
		numsections: input.numsections ?? (input.format === 'weeks' ? 4 : 0),
	});
	return { id: course.id, shortname: course.shortname };
}

/** core_course_create_courses: all or nothing. */
export function createCourses(ctx: Ctx, params: { courses: CourseInput[] }): unknown {
	return ctx.atomic(() => params.courses.map((input) => createOne(ctx, input)));
}

const CHANGES: Array<[keyof CourseInput & string, keyof Course, string]> = [
	['categoryid', 'category', 'moodle/course:changecategory'],
	['fullname', 'fullname', 'moodle/course:changefullname'],
	['shortname', 'shortname', 'moodle/course:changeshortname'],
	['idnumber', 'idnumber', 'moodle/course:changeidnumber'],
	['summary', 'summary', 'moodle/course:changesummary'],
	['visible', 'visible', 'moodle/course:visibility'],
	['lang', 'lang', 'moodle/course:setforcedlanguage'],
];

function checkMayChange(ctx: Ctx, input: CourseInput, old: Course, contextid: number): void {
	ctx.need('moodle/course:update', contextid);
	for (const [name, column, capability] of CHANGES) {
		if (input[name] !== undefined && input[name] !== old[column]) ctx.need(capability, contextid);
	}
}

function updateOne(ctx: Ctx, given: CourseInput): void {
	const id = Number(given.id);
	const context = courseContext(ctx.site, id);
	if (!context) throw ctx.missing('course');
	ctx.enter(context.id);
	const old = ctx.course(id);
	checkMayChange(ctx, given, old, context.id);
	if (id === 1) throw moodleError('invalidcourse', 'Invalid course');
	const input = withFormatOptions(given);
	checkNames(ctx, input);
	checkUnique(ctx, input, Number(input.id));
	checkDates(input.startdate ?? old.startdate, input.enddate ?? old.enddate);
	checkLengths(input);
	writeUpdate(ctx, input);
}

/** Nothing undoes what is written here before an unknown category is noticed. */
function writeUpdate(ctx: Ctx, input: CourseInput): void {
	const id = Number(input.id);
	const old = ctx.course(id);
	ctx.site.courses.update(id, { ...columnsOf(ctx, input, old), timemodified: ctx.now() });
	if (input.categoryid === undefined || input.categoryid === old.category) return;
	if (!ctx.site.categories.get(input.categoryid)) {
		ctx.site.courses.update(id, { category: input.categoryid, visible: 0 });
		throw ctx.missing('course_categories');
	}
	moveCourse(ctx.site, id, input.categoryid);
}

/** core_course_update_courses: record by record without a transaction, refusals as warnings. */
export function updateCourses(ctx: Ctx, params: { courses: CourseInput[] }): unknown {
	const warnings: unknown[] = [];
	for (const input of params.courses) {
		try {
			updateOne(ctx, input);
		} catch (error) {
			const { code, text } = caught(error);
			warnings.push({ item: 'course', itemid: input.id, warningcode: code, message: text });
		}
	}
	return { warnings };
}

function mayDelete(ctx: Ctx, course: Course, contextid: number): boolean {
	if (ctx.can('moodle/course:delete', contextid)) return true;
	const fresh = course.timecreated > ctx.now() - 86400;
	return fresh && course.creator === ctx.user && ctx.can('moodle/course:create', contextid);
}

/** core_course_delete_courses: course by course; an exception leaves the earlier ones deleted. */
export function deleteCourses(ctx: Ctx, params: { courseids: number[] }): unknown {
	const warnings: unknown[] = [];
	const warn = (itemid: number, warningcode: string, message: string): void => {
		warnings.push({ item: 'course', itemid, warningcode, message });
	};
	for (const id of params.courseids) {
		const course = ctx.site.courses.get(id);
		const context = courseContext(ctx.site, id);
		if (!course || !context) {
			warn(id, 'unknowncourseidnumber', `Unknown course ID ${id}`);
			continue;
		}
		ctx.enter(context.id);
		if (!mayDelete(ctx, course, context.id)) {
			warn(id, 'cannotdeletecourse', `You do not have the permission to delete this course${id}`);
		} else if (id === 1)
			warn(id, 'cannotdeletecategorycourse', `Course ${id} failed to be deleted`);
		else removeCourse(ctx.site, id);
	}
	return { warnings };
}

const DUPLICATE_OPTIONS = new Set([
	'activities',
	'blocks',
	'filters',
	'users',
	'enrolments',
	'role_assignments',
	'comments',
	'userscompletion',
	'logs',
	'grade_histories',
]);

interface DuplicateInput {
	courseid: number;
	fullname: string;
	shortname: string;
	categoryid: number;
	visible: number;
	options: Array<{ name: string; value: string }>;
}

function checkDuplicate(ctx: Ctx, input: DuplicateInput): void {
	const source = ctx.site.courses.get(input.courseid);
	if (!source) throw moodleError('invalidcourseid', 'You are trying to use an invalid course ID');
	const category = categoryContext(ctx.site, input.categoryid);
	if (!category) throw ctx.missing('course_categories');
	ctx.enter(category.id);
	const contextid = ctx.enterCourseContext(input.courseid);
	for (const { name, value } of input.options) {
		if (![0, 1].includes(intval(value)) || !DUPLICATE_OPTIONS.has(name)) {
			throw moodleError('invalidextparam', `Invalid external api parameter: ${name}`);
		}
	}
	ctx.need('moodle/course:create', category.id);
	ctx.need('moodle/restore:restorecourse', category.id);
	ctx.need('moodle/backup:backupcourse', contextid);
	const taken = ctx.site.courses.find('shortname', ctx.site.texts.key(input.shortname));
	if (taken.length > 0) {
		const names = taken.map((course) => course.fullname).join(',');
		throw moodleError('shortnametaken', `Short name is already used for another course (${names})`);
	}
}

/** core_course_duplicate_course: settings, sections and activities. */
export function duplicateCourse(ctx: Ctx, input: DuplicateInput): unknown {
	checkDuplicate(ctx, input);
	const { fullname, shortname, visible, categoryid: category } = input;
	const now = ctx.now();
	const copy = addCourse(ctx.site, {
		...ctx.course(input.courseid),
		...{ id: undefined, position: 0, fullname, shortname, visible, category, idnumber: '' },
		...{ creator: ctx.user, timecreated: now, timemodified: now },
	});
	copyContents(ctx, input.courseid, copy.id);
	return { id: copy.id, shortname: copy.shortname };
}

function copyContents(ctx: Ctx, from: number, to: number): void {
	const { site } = ctx;
	for (const cm of site.modules.find('course', to)) site.modules.remove(cm.id);
	for (const section of site.sections.find('course', to)) site.sections.remove(section.id);
	for (const { id, ...section } of site.sections.find('course', from)) {
		const copy = site.sections.insert({ ...section, course: to });
		for (const cm of site.modules.find('course', from).filter((m) => m.section === id)) {
			const made = site.modules.insert({
				...cm,
				id: undefined,
				course: to,
				section: copy.id,
				instance: 0,
			});
			site.modules.update(made.id, { instance: made.id + 1_000_000 });
			const above = courseContext(site, to);
			const context = site.contexts.insert({ contextlevel: 70, instanceid: made.id, path: [] });
			site.contexts.update(context.id, { path: [...(above?.path ?? [SYSTEM]), context.id] });
		}
	}
}
