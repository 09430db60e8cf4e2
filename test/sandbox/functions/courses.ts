/** Reading courses. */
import {
	categoryContext,
	courseContext,
	isActiveEnrolment,
	SYSTEM,
	type Ctx,
	type Handlers,
} from '../access';
import { invalidParameter, phpError } from '../errors';
import { intval } from '../php';
import type { Course } from '../rows';
import { courseOrder, sectionCount } from './course-tools';
import {
	COURSE_SETTINGS,
	createCourses,
	deleteCourses,
	duplicateCourse,
	updateCourses,
} from './course-write';
import { describeCustom } from './custom-fields';
import { formatName } from './text-tools';
import { fullName } from './user-details';
import { pick } from '../table';

const FILTERS = [
	'displayh5p',
	'activitynames',
	'mathjaxloader',
	'emoticon',
	'urltolink',
	'mediaplugin',
];

/** Options of the course format, as the two reading functions show them. */
function formatOptions(course: Course, indentation: boolean): unknown[] | undefined {
	if (course.format === 'site')
		return indentation ? undefined : [{ name: 'numsections', value: 1 }];
	const options: Array<{ name: string; value: number | string }> = [
		{ name: 'hiddensections', value: course.options.hiddensections ?? 1 },
		{ name: 'coursedisplay', value: course.options.coursedisplay ?? 0 },
	];
	if (course.format === 'weeks')
		options.push({ name: 'automaticenddate', value: course.options.automaticenddate ?? 1 });
	if (indentation) options.push({ name: 'indentation', value: '1' });
	return options;
}

function basics(ctx: Ctx, course: Course): Record<string, unknown> {
	return {
		id: course.id,
		shortname: formatName(ctx, course.shortname),
		categoryid: course.category,
		fullname: formatName(ctx, course.fullname),
		displayname: formatName(ctx, course.fullname),
		summary: course.summary,
		summaryformat: course.summaryformat,
		format: course.format,
		startdate: course.startdate,
		enddate: course.enddate,
		showactivitydates: course.showactivitydates,
		showcompletionconditions: course.showcompletionconditions,
	};
}

function describeFull(ctx: Ctx, course: Course, sortorder: number): unknown {
	const {
		showgrades,
		newsitems,
		maxbytes,
		showreports,
		visible,
		groupmode,
		groupmodeforce,
		defaultgroupingid,
		lang,
	} = course;
	const { timecreated, timemodified, enablecompletion, completionnotify } = course;
	const custom = describeCustom(ctx, 'course', course.customfields);
	return {
		...basics(ctx, course),
		...(custom.length > 0 ? { customfields: custom } : {}),
		...{
			showgrades,
			newsitems,
			maxbytes,
			showreports,
			visible,
			groupmode,
			groupmodeforce,
			defaultgroupingid,
			lang,
		},
		...{ timecreated, timemodified, enablecompletion, completionnotify },
		numsections: sectionCount(ctx.site, course),
		hiddensections: course.format === 'site' ? undefined : (course.options.hiddensections ?? 1),
		categorysortorder: sortorder,
		idnumber: course.idnumber,
		forcetheme: course.theme,
		courseformatoptions: formatOptions(course, false),
	};
}

function getCourses(ctx: Ctx, params: { options: { ids?: number[] } }): unknown {
	const ids = params.options.ids ?? [];
	const courses =
		ids.length === 0
			? ctx.site.courses.all()
			: [...new Set(ids)]
					.sort((a, b) => a - b)
					.map((id) => ctx.site.courses.get(id))
					.filter((c) => c !== undefined);
	const order = courseOrder(ctx.site);
	return courses.map((course) => {
		const contextid = ctx.enterCourseWrapped(course.id);
		if (!ctx.can('moodle/course:update', contextid)) return basics(ctx, course);
		return describeFull(ctx, course, order.get(course.id) ?? 0);
	});
}

/** Teachers of a course, as the course list shows them. */
function contacts(ctx: Ctx, contextid: number, courseid: number): unknown[] {
	return ctx.site.roleAssignments
		.find('context', contextid)
		.filter((a) => a.roleid === 3 && isActiveEnrolment(ctx.site, courseid, a.userid))
		.map((a) => ctx.site.users.get(a.userid))
		.filter((user) => user !== undefined)
		.map((user) => ({ id: user.id, fullname: fullName(user) }));
}

/** The name of a category; of a hidden one only who may see those gets it. */
function categoryName(ctx: Ctx, id: number): string {
	const category = ctx.site.categories.get(id);
	const shown =
		category &&
		(category.visible === 1 ||
			ctx.can('moodle/category:viewhiddencategories', categoryContext(ctx.site, id)?.id ?? SYSTEM));
	return shown ? formatName(ctx, category.name) : '';
}

/** What everybody may see of a course. */
function publicInfo(
	ctx: Ctx,
	course: Course,
	contextid: number,
	sortorder: number,
): Record<string, unknown> {
	const methods = ctx.site.enrols.find('course', course.id).filter((enrol) => enrol.status === 0);
	const custom = describeCustom(ctx, 'course', course.customfields);
	return {
		...basics(ctx, course),
		...(ctx.modern
			? {
					courseimage: `${ctx.site.wwwroot}/pluginfile.php/${contextid}/course/generated/course.svg`,
				}
			: {}),
		categoryname: categoryName(ctx, course.category),
		sortorder,
		summaryfiles: [],
		overviewfiles: [],
		contacts: contacts(ctx, contextid, course.id),
		enrollmentmethods: [...new Set(methods.map((enrol) => enrol.enrol))],
		...(custom.length > 0 ? { customfields: custom } : {}),
		format: undefined,
		startdate: undefined,
		enddate: undefined,
	};
}

function withAccess(ctx: Ctx, course: Course, contextid: number): Record<string, unknown> {
	const open = {
		...pick(course, 'format', ...COURSE_SETTINGS, 'lang', 'theme'),
		marker: 0,
		filters: FILTERS.map((filter) => ({ filter, localstate: 0, inheritedstate: 1 })),
		courseformatoptions: formatOptions(course, true),
	};
	if (!ctx.can('moodle/course:update', contextid)) return open;
	const { idnumber, legacyfiles, calendartype, timecreated, timemodified } = course;
	return {
		...open,
		idnumber,
		legacyfiles,
		calendartype,
		timecreated,
		timemodified,
		requested: 0,
		cacherev: timemodified,
	};
}

/** The courses that match; `ids` fails as a whole on an unknown one. */
function findCourses(ctx: Ctx, field: string, value: string): Course[] {
	const one = (course: Course | undefined): Course[] => (course ? [course] : []);
	switch (field) {
		case '':
			return ctx.site.courses.all();
		case 'id':
			return one(ctx.site.courses.get(intval(value)));
		case 'ids':
			return byIds(ctx, value);
		case 'shortname':
			return ctx.site.courses.find('shortname', ctx.site.texts.key(value));
		case 'idnumber':
			return ctx.site.courses.find('idnumber', ctx.site.texts.key(value));
		case 'category':
			return ctx.site.courses.find('category', intval(value));
		case 'sectionid':
			if (ctx.modern)
				return one(ctx.site.courses.get(ctx.site.sections.get(intval(value))?.course ?? 0));
	}
	throw invalidParameter('Invalid field name');
}

function byIds(ctx: Ctx, list: string): Course[] {
	const ids = [...new Set(list.replace(/[^0-9,]/g, '').split(','))].map(Number);
	return ids.map((id) => {
		const course = ctx.site.courses.get(id);
		if (course) return course;
		if (ctx.switches.php === 7) throw ctx.missing('course');
		throw phpError('Error', 'Attempt to assign property "contextvalidated" on null');
	});
}

function mayKnow(ctx: Ctx, course: Course, contextid: number): boolean {
	return (
		course.visible === 1 ||
		ctx.can('moodle/course:viewhiddencourses', contextid) ||
		ctx.can('moodle/course:update', contextid)
	);
}

function getCoursesByField(ctx: Ctx, params: { field: string; value: string }): unknown {
	const order = courseOrder(ctx.site);
	const courses = findCourses(ctx, params.field, params.value).flatMap((course) => {
		const contextid = courseContext(ctx.site, course.id)?.id ?? SYSTEM;
		if (!mayKnow(ctx, course, contextid)) return [];
		const info = publicInfo(ctx, course, contextid, order.get(course.id) ?? 0);
		if (ctx.canEnterCourse(course.id)) return [{ ...info, ...withAccess(ctx, course, contextid) }];
		// core_course_category::can_view_course_info: who may not enter a hidden one sees nothing of it, even who may change it
		return course.visible || ctx.can('moodle/course:viewhiddencourses', contextid) ? [info] : [];
	});
	return { courses, warnings: [] };
}

interface SearchInput {
	criterianame: string;
	criteriavalue: string;
	page: number;
	perpage: number;
	requiredcapabilities: string[];
	limittoenrolled: boolean;
	onlywithcompletion: boolean;
}

/** Every word must be somewhere in names, summary or id number; `-word` must not. */
function matchesText(ctx: Ctx, course: Course, words: string[]): boolean {
	const text = ctx.site.texts.lower(
		`${course.fullname} ${course.summary} ${course.idnumber} ${course.shortname}`,
	);
	return words.every((word) =>
		word.startsWith('-') ? !text.includes(word.slice(1)) : text.includes(word.replace(/^\+/, '')),
	);
}

function searchCourses(ctx: Ctx, params: SearchInput): unknown {
	if (!['search', 'modulelist', 'blocklist', 'tagid'].includes(params.criterianame))
		throw invalidParameter('Invalid criteria name');
	ctx.enterSystem();
	if (['modulelist', 'blocklist'].includes(params.criterianame))
		ctx.need('moodle/site:config', SYSTEM);
	const words = ctx.site.texts.lower(params.criteriavalue).split(/\s+/).filter(Boolean);
	const order = courseOrder(ctx.site);
	const found = ctx.site.courses.all().filter((course) => {
		const contextid = courseContext(ctx.site, course.id)?.id ?? SYSTEM;
		if (course.id === 1 || params.criterianame === 'tagid' || !mayKnow(ctx, course, contextid))
			return false;
		if (params.limittoenrolled && !isActiveEnrolment(ctx.site, course.id, ctx.user)) return false;
		if (params.onlywithcompletion && !course.enablecompletion) return false;
		if (!params.requiredcapabilities.every((name) => ctx.can(name, contextid))) return false;
		if (params.criterianame === 'search') return matchesText(ctx, course, words);
		return ctx.site.modules
			.find('course', course.id)
			.some((cm) => cm.modname === params.criteriavalue);
	});
	if (found.some((course) => !ctx.site.categories.get(course.category)))
		throw ctx.missing('course_categories');
	found.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
	const size = params.perpage || found.length;
	const page = found.slice(params.page * size, (params.page + 1) * size);
	const courses = page.map((course) =>
		publicInfo(
			ctx,
			course,
			courseContext(ctx.site, course.id)?.id ?? SYSTEM,
			order.get(course.id) ?? 0,
		),
	);
	return { total: found.length, courses, warnings: [] };
}

export const courseFunctions: Handlers = {
	core_course_create_courses: createCourses,
	core_course_update_courses: updateCourses,
	core_course_delete_courses: deleteCourses,
	core_course_duplicate_course: duplicateCourse,
	core_course_get_courses: getCourses,
	core_course_get_courses_by_field: getCoursesByField,
	core_course_search_courses: searchCourses,
};
