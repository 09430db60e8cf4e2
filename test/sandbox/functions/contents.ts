/** core_course_get_contents */
import { moduleContext, type Ctx, type Handlers } from '../access';
import { moodleError } from '../errors';
import { intval } from '../php';
import type { Course, CourseModule, Section } from '../rows';
import type { StoredFile } from '../rows-learning';
import { completionData } from './completion-tools';
import { formatName } from './text-tools';
import { pick } from '../table';

const PLURALS: Record<string, [string, string]> = {
	assign: ['Assignments', 'assessment'],
	page: ['Pages', 'content'],
	forum: ['Forums', 'collaboration'],
	quiz: ['Quizzes', 'assessment'],
	resource: ['Files', 'content'],
	label: ['Text and media areas', 'content'],
	url: ['URLs', 'content'],
};

const OPTIONS = new Set([
	'excludemodules',
	'excludecontents',
	'includestealthmodules',
	'sectionid',
	'sectionnumber',
	'cmid',
	'modname',
	'modid',
]);

type Filters = Record<string, string>;

function isTrue(value: string | undefined): boolean {
	return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
}

function filtersOf(options: Array<{ name: string; value: string }>): Filters {
	const filters: Filters = {};
	for (const { name, value } of options) {
		if (!OPTIONS.has(name))
			throw moodleError('errorinvalidparam', `The param "${name}" is invalid.`);
		filters[name] = value;
	}
	return filters;
}

const MONTHS = [
	'January',
	'February',
	'March',
	'April',
	'May',
	'June',
	'July',
	'August',
	'September',
	'October',
	'November',
	'December',
];

function sectionName(ctx: Ctx, course: Course, section: Section): string {
	if (section.name !== null) return formatName(ctx, section.name);
	if (section.section === 0) return 'General';
	if (course.format === 'weeks') {
		const day = (offset: number): string => {
			const date = new Date(
				(course.startdate + ((section.section - 1) * 7 + offset) * 86400) * 1000,
			);
			return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
		};
		return `${day(0)} - ${day(6)}`;
	}
	return ctx.modern ? 'New section' : `Topic ${section.section}`;
}

/** The page of a page activity, as a file. */
function pageFile(ctx: Ctx, cm: CourseModule, contextid: number): unknown {
	return {
		type: 'file',
		filename: 'index.html',
		filepath: '/',
		filesize: 0,
		fileurl: `${ctx.site.wwwroot}/webservice/pluginfile.php/${contextid}/mod_page/content/index.html?forcedownload=1`,
		timecreated: null,
		timemodified: cm.added,
		sortorder: 1,
		userid: null,
		author: null,
		license: null,
	};
}

function storedFile(ctx: Ctx, file: StoredFile): unknown {
	const { contextid, component, filename, filepath, timemodified } = file;
	const place = `${contextid}/${component}/content/0${filepath}${encodeURIComponent(filename)}`;
	return {
		type: 'file',
		filename,
		filepath,
		filesize: file.content.length,
		fileurl: `${ctx.site.wwwroot}/webservice/pluginfile.php/${place}?forcedownload=1`,
		timecreated: timemodified,
		timemodified,
		sortorder: 1,
		isexternalfile: false,
		...pick(file, 'mimetype', 'userid', 'author', 'license'),
	};
}

/** What a page or a file resource holds. */
function contentsOf(
	ctx: Ctx,
	cm: CourseModule,
	contextid: number,
	listed: boolean,
): Record<string, unknown> {
	const files = ctx.site.files.find('area', `${contextid}:mod_${cm.modname}:content:0`);
	const pages = cm.modname === 'page' ? [pageFile(ctx, cm, contextid)] : [];
	const contents = [...files.map((file) => storedFile(ctx, file)), ...pages];
	if (contents.length === 0) return {};
	const contentsinfo = {
		filescount: contents.length,
		filessize: files.reduce((sum, file) => sum + file.content.length, 0),
		lastmodified: cm.added,
		mimetypes: [...new Set(files.map((file) => file.mimetype))],
		repositorytype: '',
	};
	return { contents: listed ? contents : [], contentsinfo };
}

function describeModule(ctx: Ctx, cm: CourseModule, withContents: boolean): unknown {
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? 0;
	const theme = ctx.modern ? 'boost' : '_s/boost';
	const [modplural, purpose] = PLURALS[cm.modname] ?? [cm.modname, 'other'];
	const forum = cm.modname === 'forum';
	return {
		id: cm.id,
		url: `${ctx.site.wwwroot}/mod/${cm.modname}/view.php?id=${cm.id}`,
		name: formatName(ctx, cm.name),
		instance: cm.instance,
		contextid,
		visible: cm.visible,
		uservisible: true,
		visibleoncoursepage: 1,
		modicon: `${ctx.site.wwwroot}/theme/image.php/${theme}/${cm.modname}/1/monologo?filtericon=1`,
		modname: cm.modname,
		purpose,
		branded: false,
		modplural,
		...(ctx.can('moodle/course:update', contextid) ? { availability: null } : {}),
		indent: 0,
		onclick: '',
		afterlink: null,
		...(forum ? { activitybadge: {} } : {}),
		customdata: forum && ctx.modern ? '{"trackingtype":"1"}' : '""',
		noviewlink: false,
		completion: cm.completion,
		...(cm.completion > 0 ? { completiondata: completionData(ctx, cm, ctx.user) } : {}),
		downloadcontent: 1,
		dates: [],
		groupmode: cm.groupmode,
		...contentsOf(ctx, cm, contextid, withContents),
	};
}

function modulesOf(ctx: Ctx, section: Section, filters: Filters): unknown[] {
	if (isTrue(filters.excludemodules)) return [];
	return ctx.site.modules
		.find('course', section.course)
		.filter((cm) => cm.section === section.id)
		.filter((cm) => filters.cmid === undefined || cm.id === intval(filters.cmid))
		.filter((cm) => filters.modname === undefined || cm.modname === filters.modname)
		.filter(
			(cm) =>
				filters.modname === undefined ||
				filters.modid === undefined ||
				cm.instance === intval(filters.modid),
		)
		.map((cm) => describeModule(ctx, cm, !isTrue(filters.excludecontents)));
}

function getContents(
	ctx: Ctx,
	params: { courseid: number; options: Array<{ name: string; value: string }> },
): unknown {
	const filters = filtersOf(params.options);
	const course = ctx.course(params.courseid);
	ctx.enterCourseWrapped(course.id);
	return ctx.site.sections
		.find('course', course.id)
		.filter((s) => filters.sectionid === undefined || s.id === intval(filters.sectionid))
		.filter(
			(s) => filters.sectionnumber === undefined || s.section === intval(filters.sectionnumber),
		)
		.map((section) => ({
			id: section.id,
			name: sectionName(ctx, course, section),
			visible: section.visible,
			summary: section.summary,
			summaryformat: section.summaryformat,
			section: section.section,
			hiddenbynumsections: 0,
			uservisible: true,
			...(ctx.modern ? { component: null, itemid: null } : {}),
			modules: modulesOf(ctx, section, filters),
		}));
}

export const contentFunctions: Handlers = { core_course_get_contents: getContents };
