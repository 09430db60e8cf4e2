/** The gradebook: items, grades and what is computed from them. */
import { courseContext, isActiveEnrolment, isEnrolled } from '../access';
import { byText } from './group-tools';
import type { CourseModule, User } from '../rows';
import type { GradeCategory, GradeGrade, GradeItem } from '../rows-learning';
import type { Site } from '../site';

/** The grade category of the course itself, made on the first use. */
export function courseCategory(site: Site, courseid: number): GradeCategory {
	const found = site.gradeCategories.find('course', courseid).find((c) => c.parent === null);
	if (found) return found;
	const category = site.gradeCategories.insert({ courseid, parent: null, fullname: '?' });
	addItem(site, courseid, { itemtype: 'course', iteminstance: category.id });
	return category;
}

/** Adds a grade item. */
export function addItem(
	site: Site,
	courseid: number,
	values: Partial<GradeItem> & Pick<GradeItem, 'itemtype'>,
): GradeItem {
	return site.gradeItems.insert({
		courseid,
		categoryid: null,
		itemname: null,
		itemmodule: null,
		iteminstance: 0,
		itemnumber: null,
		idnumber: '',
		grademin: 0,
		grademax: 100,
		gradepass: 0,
		gradetype: 1,
		hidden: 0,
		locked: 0,
		cmid: null,
		...values,
	});
}

/** Items that hold grades of their own: activities and manual items. */
export function ownItems(site: Site, courseid: number): GradeItem[] {
	return site.gradeItems
		.find('course', courseid)
		.filter((item) => item.itemtype === 'mod' || item.itemtype === 'manual');
}

/** The item of an activity, made when there is none. */
export function activityItem(site: Site, cm: CourseModule, itemnumber: number): GradeItem {
	const found = site.gradeItems
		.find('course', cm.course)
		.find((item) => item.cmid === cm.id && item.itemnumber === itemnumber);
	const values = {
		itemname: cm.name,
		itemmodule: cm.modname,
		iteminstance: cm.instance,
		itemnumber,
		idnumber: cm.idnumber,
		cmid: cm.id,
	};
	return found ?? addItem(site, cm.course, { itemtype: 'mod', ...values });
}

/** The grade of a user in an item. */
export function gradeOf(site: Site, itemid: number, userid: number): GradeGrade | undefined {
	return site.gradeGrades.first('place', `${itemid}:${userid}`);
}

/** Writes a grade, kept inside the range of the item. One that a teacher has overridden stays as it is shown. */
export function setGrade(
	site: Site,
	item: GradeItem,
	userid: number,
	grade: number | null,
	values: Partial<GradeGrade>,
): void {
	const finalgrade =
		grade === null ? null : Math.min(item.grademax, Math.max(item.grademin, grade));
	const now = site.now();
	const row = gradeOf(site, item.id, userid);
	if (row?.overridden) site.gradeGrades.update(row.id, { rawgrade: grade });
	else if (row)
		site.gradeGrades.update(row.id, { rawgrade: grade, finalgrade, timemodified: now, ...values });
	else {
		site.gradeGrades.insert({
			itemid: item.id,
			userid,
			rawgrade: grade,
			finalgrade,
			feedback: '',
			feedbackformat: 0,
			locked: 0,
			overridden: 0,
			usermodified: 2,
			timecreated: now,
			timemodified: now,
			...values,
		});
	}
}

/** What natural weighting makes of a user's grades. */
export interface Total {
	/** True where the gradebook has rows of the user in this course. */
	known: boolean;
	grade: number | null;
	grademax: number;
	/** Share of each graded item in the total. */
	weights: Map<number, number>;
	timemodified: number | null;
}

/** The course total of a user: graded items only. */
export function courseTotal(site: Site, courseid: number, userid: number): Total {
	const items = ownItems(site, courseid);
	const rows = items.map((item) => ({ item, row: gradeOf(site, item.id, userid) }));
	const graded = rows.filter(
		({ row }) => row?.finalgrade !== null && row?.finalgrade !== undefined,
	);
	const known = rows.some(({ row }) => row !== undefined);
	const all = items.reduce((sum, item) => sum + item.grademax, 0);
	if (graded.length === 0)
		return { known, grade: null, grademax: all, weights: new Map(), timemodified: null };
	const grademax = graded.reduce((sum, { item }) => sum + item.grademax, 0);
	return {
		known,
		grade: graded.reduce((sum, { row }) => sum + (row?.finalgrade ?? 0), 0),
		grademax,
		weights: new Map(graded.map(({ item }) => [item.id, item.grademax / grademax])),
		timemodified: Math.max(...graded.map(({ row }) => row?.timemodified ?? 0)),
	};
}

/** Users with grades in a course: enrolled with the role of a student, by name. */
export function gradedUsers(
	site: Site,
	courseid: number,
	groupid: number,
	onlyActive = true,
): User[] {
	const contextid = courseContext(site, courseid)?.id ?? 0;
	const ids = new Set(
		site.roleAssignments
			.find('context', contextid)
			.filter((a) => a.roleid === 5)
			.map((a) => a.userid),
	);
	return [...ids]
		.filter((id) =>
			onlyActive ? isActiveEnrolment(site, courseid, id) : isEnrolled(site, courseid, id),
		)
		.filter((id) => groupid === 0 || site.groupMembers.count('place', `${groupid}:${id}`) > 0)
		.map((id) => site.users.get(id))
		.filter((user) => user !== undefined)
		.filter((user) => !user.deleted)
		.sort(
			(a, b) =>
				byText(site, a.lastname, b.lastname) ||
				byText(site, a.firstname, b.firstname) ||
				a.id - b.id,
		);
}
