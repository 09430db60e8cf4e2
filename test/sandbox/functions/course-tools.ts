/** Making, sorting and removing courses and categories. */
import { addContext, categoryContext, courseContext, SYSTEM } from '../access';
import type { Category, Course, Section } from '../rows';
import type { Site } from '../site';
import type { MoodleVersion } from '../types';

const DAY = 86400;

/** Midnight (UTC) of the day of a moment. */
function midnight(time: number): number {
	return time - (time % DAY);
}

/** What a course has when nothing is said. */
function courseDefaults(
	site: Site,
	version: MoodleVersion,
): Omit<Course, 'id' | 'fullname' | 'shortname' | 'category'> {
	const now = site.now();
	const modern = version !== '4.1';
	return {
		position: nextPosition(site),
		idnumber: '',
		summary: '',
		summaryformat: 1,
		format: 'topics',
		showgrades: 1,
		newsitems: 5,
		startdate: modern ? midnight(now) : 0,
		enddate: modern ? midnight(now) + 365 * DAY : 0,
		maxbytes: 0,
		legacyfiles: 0,
		showreports: 0,
		visible: 1,
		groupmode: 0,
		groupmodeforce: 0,
		defaultgroupingid: 0,
		lang: '',
		theme: '',
		calendartype: '',
		timecreated: now,
		timemodified: now,
		enablecompletion: 1,
		completionnotify: 0,
		showactivitydates: modern ? 1 : 0,
		showcompletionconditions: 1,
		creator: 2,
		options: {},
		customfields: {},
	};
}

let position = 0;

/** A place in front of every course made before. */
function nextPosition(site: Site): number {
	position = Math.max(position + 1, site.courses.size);
	return position;
}

/** Adds a section to a course. */
export function addSection(site: Site, course: number, section: number): Section {
	return site.sections.insert({
		course,
		section,
		name: null,
		summary: '',
		summaryformat: 1,
		visible: 1,
	});
}

/** The enrolment methods of a new course: manual on, guest and self off. */
function addEnrolMethods(site: Site, courseid: number): void {
	const method = (enrol: string, status: number, roleid: number): void => {
		site.enrols.insert({ courseid, enrol, status, roleid, name: '', password: '' });
	};
	method('manual', 0, 5);
	method('guest', 1, 0);
	method('self', 1, 5);
}

/** The forum for announcements of a new course. */
function addAnnouncements(site: Site, course: Course, section: Section): void {
	const cm = site.modules.insert({
		course: course.id,
		modname: 'forum',
		instance: course.id,
		section: section.id,
		name: 'Announcements',
		idnumber: '',
		groupmode: 0,
		groupingid: 0,
		completion: 0,
		completionview: 0,
		visible: 1,
		added: site.now(),
		settings: { type: 'news' },
	});
	site.modules.update(cm.id, { instance: nextInstance(site, 'forum', cm.id) });
	addContext(site, 70, cm.id, courseContext(site, course.id)?.id ?? SYSTEM);
}

/** An instance number that no module of this kind has. */
export function nextInstance(site: Site, modname: string, wanted: number): number {
	let instance = wanted;
	while (site.modules.first('instance', `${modname}:${instance}`)) instance++;
	return instance;
}

/** Copies stand before everything (position 0) until something else is made. */
function fixOrder(site: Site): void {
	for (const course of site.courses.find('unplaced', 0)) {
		if (course.id !== 1) site.courses.update(course.id, { position: nextPosition(site) });
	}
}

/** Adds a course with its context, sections, enrolment methods and forum. */
export function addCourse(
	site: Site,
	values: Partial<Course> & {
		fullname: string;
		shortname: string;
		category: number;
		numsections?: number;
	},
	version: MoodleVersion = site.version,
): Course {
	const { numsections = 0, ...columns } = values;
	if (values.position === undefined) fixOrder(site);
	const course = site.courses.insert({ ...courseDefaults(site, version), ...columns });
	addContext(site, 50, course.id, categoryContext(site, course.category)?.id ?? SYSTEM);
	const first = addSection(site, course.id, 0);
	for (let i = 1; i <= numsections; i++) addSection(site, course.id, i);
	addEnrolMethods(site, course.id);
	if (course.newsitems > 0) addAnnouncements(site, course, first);
	return course;
}

/** Takes a course and all that is in it away. */
export function removeCourse(site: Site, courseid: number): void {
	const context = courseContext(site, courseid);
	const wipe = (
		table: { find(index: string, key: number): Array<{ id: number }>; remove(id: number): void },
		index = 'course',
	): void => {
		for (const row of table.find(index, courseid)) table.remove(row.id);
	};
	for (const group of site.groups.find('course', courseid)) removeGroup(site, group.id);
	for (const grouping of site.groupings.find('course', courseid))
		site.groupings.remove(grouping.id);
	for (const item of site.gradeItems.find('course', courseid)) {
		for (const grade of site.gradeGrades.find('item', item.id)) site.gradeGrades.remove(grade.id);
		site.gradeItems.remove(item.id);
	}
	for (const cm of site.modules.find('course', courseid))
		removeContext(site, site.contexts.first('instance', `70:${cm.id}`)?.id);
	wipe(site.modules);
	wipe(site.sections);
	wipe(site.userEnrolments);
	wipe(site.enrols);
	wipe(site.events);
	wipe(site.criteria);
	wipe(site.courseCompletions);
	removeContext(site, context?.id);
	site.courses.remove(courseid);
}

function removeContext(site: Site, contextid: number | undefined): void {
	if (contextid === undefined) return;
	for (const row of site.roleAssignments.find('context', contextid))
		site.roleAssignments.remove(row.id);
	site.contexts.remove(contextid);
}

/** Takes a group away, with its members and its places in groupings. */
export function removeGroup(site: Site, groupid: number): void {
	for (const row of site.groupMembers.find('group', groupid)) site.groupMembers.remove(row.id);
	for (const row of site.groupingGroups.find('group', groupid)) site.groupingGroups.remove(row.id);
	site.groups.remove(groupid);
}

/** Adds a category with its context. */
export function addCategory(site: Site, values: Partial<Category> & { name: string }): Category {
	const siblings = site.categories.find('parent', values.parent ?? 0);
	const category = site.categories.insert({
		idnumber: null,
		description: '',
		descriptionformat: 1,
		parent: 0,
		visible: 1,
		visibleold: 1,
		timemodified: site.now(),
		theme: '',
		position: Math.max(0, ...siblings.map((c) => c.position)) + 1,
		...values,
	});
	addContext(site, 40, category.id, categoryContext(site, category.parent)?.id ?? SYSTEM);
	return category;
}

/** Takes an empty category away. */
export function removeCategory(site: Site, id: number): void {
	removeContext(site, categoryContext(site, id)?.id);
	site.categories.remove(id);
}

/** Ids from the top down to a category. */
export function categoryPath(site: Site, category: Category): number[] {
	const path: number[] = [];
	for (let at: Category | undefined = category; at; at = site.categories.get(at.parent))
		path.unshift(at.id);
	return path;
}

/** All categories below one, in tree order. */
export function descendants(site: Site, parent: number): Category[] {
	const children = site.categories
		.find('parent', parent)
		.sort((a, b) => a.position - b.position || a.id - b.id);
	return children.flatMap((child) => [child, ...descendants(site, child.id)]);
}

/** Sort order of each category: 10,000 apart in tree order. */
export function categoryOrder(site: Site): Map<number, number> {
	return new Map(descendants(site, 0).map((category, i) => [category.id, (i + 1) * 10000]));
}

/** Sort order of each course: its category's, plus its place there, the newest first. */
export function courseOrder(site: Site): Map<number, number> {
	const order = new Map<number, number>([[1, 1]]);
	for (const [id, start] of categoryOrder(site)) {
		const courses = site.courses.find('category', id).sort((a, b) => b.position - a.position);
		courses.forEach((course, i) => order.set(course.id, course.position === 0 ? 0 : start + i + 1));
	}
	return order;
}

/** Moves a course to another category. */
export function moveCourse(site: Site, courseid: number, category: number): void {
	site.courses.update(courseid, { category });
	const context = courseContext(site, courseid);
	const above = categoryContext(site, category);
	if (!context || !above) return;
	repath(site, context.id, above.path);
}

/** Moves a category below another one. */
export function moveCategory(site: Site, id: number, parent: number): void {
	const siblings = site.categories.find('parent', parent);
	site.categories.update(id, {
		parent,
		position: Math.max(0, ...siblings.map((c) => c.position)) + 1,
	});
	const context = categoryContext(site, id);
	if (context) repath(site, context.id, categoryContext(site, parent)?.path ?? [SYSTEM]);
}

/** Puts a context and those below it under another path. */
function repath(site: Site, contextid: number, above: number[]): void {
	const context = site.contexts.get(contextid);
	if (!context) return;
	const depth = context.path.length - 1;
	const below = site.contexts.all().filter((c) => c.path[depth] === contextid);
	for (const c of below) site.contexts.update(c.id, { path: [...above, ...c.path.slice(depth)] });
}

/** Number of sections below the general one. */
export function sectionCount(site: Site, course: Course): number {
	if (course.format === 'site') return 1;
	return Math.max(0, site.sections.count('course', course.id) - 1);
}
