import { courseNamesakes } from '../../lookup/namesakes';
import { categoriesById } from '../../lookup/categories';
import { asIs } from '../../common/asIs';
import { coursesById, coursesByValue } from '../../lookup/courses';
import { UNKNOWN, type CallFacts, type Read } from '../../moodle/calls';
import { explainCode } from '../../moodle/explain';
import { MoodleFailure } from '../../moodle/failure';
import { Problem, shown } from '../../moodle/problem';
import { createdRows, warningsOnly } from '../../moodle/replies';
import { settleInOrder, settleWarnings, settleWhole, type Warning } from '../../moodle/settle';
import { trimmed } from '../../moodle/spelling';
import { fieldText, isObject, objectsOf, type Json, type Value } from '../../moodle/values';
import { z } from '../../schemas/zod';
import { checkedFor, themesOf, type Droppable } from '../kept';

/** Most characters of a full name before Moodle 5.1 (lib/db/install.xml). */
const SHORT_FULLNAME = 254;

/** The words for an id that belongs to no course. */
export function unknownCourse(id: string): Problem {
	return new Problem({
		message: `There is no course with the ID ${shown(id)} that the account behind the token can see`,
		mend: 'Check the ID; the course may have been deleted.',
		code: 'notfound',
	});
}

/** Which course holds each of these values. */
async function holders(
	read: Read,
	by: 'shortname' | 'idnumber',
	values: string[],
): Promise<Map<string, Json | undefined>> {
	const wanted = values.filter((value) => value.trim() !== '');
	const courses =
		wanted.length > 0 ? await coursesByValue(read, by, wanted) : new Map<string, Json[]>();
	return new Map(
		[...courses].map(([value, found]) => [value, found instanceof Problem ? undefined : found[0]]),
	);
}

function taken(by: 'shortname' | 'idnumber', value: string, holder: Json): Problem {
	const label = by === 'shortname' ? 'short name' : 'ID number';
	return new Problem({
		// Databases differ in what else they hold equal.
		certain: holder[by] === value,
		message: `The ${label} ${shown(value)} is taken by another course (ID ${String(holder.id)})`,
		mend: "Use another one, or 'Create or Update' to change that course.",
		code: by === 'shortname' ? 'shortnametaken' : 'courseidnumbertaken',
	});
}

/** For each record the first unique value that another course holds. */
async function clashes(records: Value[], read: Read): Promise<Array<Problem | undefined>> {
	const shortnames = await holders(
		read,
		'shortname',
		records.map((record) => fieldText(record, 'shortname')),
	);
	const idnumbers = await holders(
		read,
		'idnumber',
		records.map((record) => fieldText(record, 'idnumber')),
	);
	const another = (record: Value, holder: Json | undefined) =>
		holder !== undefined && String(holder.id) !== fieldText(record, 'id');
	return records.map((record) => {
		const byName = shortnames.get(fieldText(record, 'shortname'));
		if (fieldText(record, 'shortname') !== '' && byName && another(record, byName))
			return taken('shortname', fieldText(record, 'shortname'), byName);
		const byNumber = idnumbers.get(fieldText(record, 'idnumber'));
		if (fieldText(record, 'idnumber') !== '' && byNumber && another(record, byNumber))
			return taken('idnumber', fieldText(record, 'idnumber'), byNumber);
		return undefined;
	});
}

function unknownCategory(id: string): Problem {
	return new Problem({
		message: `There is no category with the ID ${shown(id)} that the account behind the token can see`,
		mend: 'Check the category.',
		code: 'notfound',
	});
}

async function diagnoseNew(records: Value[], read: Read): Promise<Array<Problem | undefined>> {
	const taken = await clashes(records, read);
	const categories = new Set(
		(
			await categoriesById(
				read,
				records.map((record) => fieldText(record, 'categoryid')),
			)
		).map((row) => String(row.id)),
	);
	return records.map((record, index) => {
		if (taken[index]) return taken[index];
		return categories.has(fieldText(record, 'categoryid'))
			? undefined
			: unknownCategory(fieldText(record, 'categoryid'));
	});
}

/** Why one new course was refused that nothing else explains: 4.1 to 5.0 have a shorter column for the full name. */
function tooLong(record: Value): Problem | undefined {
	const length = [...fieldText(record, 'fullname')].length;
	if (length <= SHORT_FULLNAME) return undefined;
	return new Problem({
		message: `'Full Name' has ${length} characters, and before Moodle 5.1 it may hold ${SHORT_FULLNAME}`,
		code: 'dmlwriteexception',
	});
}

/** Whether a course has the very names of a record: another spelling is another course on some databases. */
const isSpeltSo = (course: Json, record: Value) =>
	['shortname', 'fullname'].every(
		(name) => trimmed(course[name]) === trimmed(fieldText(record, name)),
	);

/** Courses as they are now, for records of which nobody knows whether they were created: names and category must agree. */
async function findCreated(records: Value[], _shared: unknown, read: Read): Promise<unknown[]> {
	const found = await holders(
		read,
		'shortname',
		records.map((record) => fieldText(record, 'shortname')),
	);
	return records.map((record) => {
		const course = found.get(fieldText(record, 'shortname'));
		const same =
			course &&
			isSpeltSo(course, record) &&
			String(course.categoryid) === fieldText(record, 'categoryid');
		return same ? { id: course.id, shortname: course.shortname } : undefined;
	});
}

/** Left out where the site allows no themes for courses (create_courses and update_courses, 4.1 to 5.1). */
const THEME: Droppable = {
	name: 'forcetheme',
	label: 'Force Theme',
	mend: themesOf('course'),
};

/** Left out for accounts without the permission (create_courses, 4.1 to 5.1). Changes are refused instead. */
const LANGUAGE: Droppable = {
	name: 'lang',
	label: 'Force Language',
	mend: "Allow 'Force course language' (moodle/course:setforcedlanguage) in the role of the account behind the token, or remove the field.",
};

/** Courses with their theme under the name by which it is sent: get_courses_by_field calls it otherwise. */
const themedCourses = async (read: Read, ids: string[]) =>
	(await coursesById(read, ids)).map((course) => ({ forcetheme: course.theme, ...course }));

/** Creates courses. One transaction; two overlapping requests do create doubles, one after the other does not (5.1 measured). */
export const createCourses: CallFacts = {
	function: 'core_course_create_courses',
	serial: true,
	list: 'courses',
	atomic: 'all',
	repeat: 'lookup',
	capabilities: [
		'moodle/course:create',
		'moodle/course:visibility',
		'moodle/course:setforcedlanguage',
	],
	reply: createdRows,
	settle: settleInOrder('shortname'),
	context: (record) => `category ${fieldText(record, 'categoryid')}`,
	...checkedFor('course', [THEME, LANGUAGE], themedCourses),
	find: findCreated,
	knownBy: 'short name',
	namesakes: async (records, ids, _shared, read) => await courseNamesakes(records, ids, read),
	diagnose: async (records, _shared, read) => await diagnoseNew(records, read),
	words: (failure, record) => (failure.reach === 'conflict' ? tooLong(record) : undefined),
};

function explainUpdate(warning: Warning, record: Value): Problem {
	// The category has been checked, so it is the course that is missing.
	if (warning.warningcode.startsWith('invalidrecord'))
		return unknownCourse(fieldText(record, 'id'));
	return (
		(warning.warningcode === 'dmlwriteexception' ? tooLong(record) : undefined) ??
		explainCode(warning.warningcode, warning.message)
	);
}

/**
 * Changes courses one after the other, without a transaction; refused ones come as warnings with the course's id. An
 * unknown category is written and then refused, which breaks the course search of the whole site (5.1 measured): the
 * category of a record must have been looked up before.
 */
export const updateCourses: CallFacts = {
	function: 'core_course_update_courses',
	serial: true,
	list: 'courses',
	atomic: 'each',
	repeat: 'safe',
	capabilities: [
		'moodle/course:update',
		'moodle/course:view',
		'moodle/course:changecategory',
		'moodle/course:changefullname',
		'moodle/course:changeshortname',
		'moodle/course:changeidnumber',
		'moodle/course:changesummary',
		'moodle/course:visibility',
		'moodle/course:setforcedlanguage',
	],
	reply: warningsOnly,
	settle: settleWarnings((record) => fieldText(record, 'id'), explainUpdate),
	...checkedFor('course', [THEME], themedCourses),
	diagnose: async (records, _shared, read) => {
		const existing = new Map(
			(
				await coursesById(
					read,
					records.map((record) => fieldText(record, 'id')),
				)
			).map((course) => [String(course.id), course]),
		);
		// Values that stay as they are need no look at the other courses.
		const changed = records.map((record) => {
			const course: Json = existing.get(fieldText(record, 'id')) ?? {};
			const isNew = (name: string) => trimmed(course[name]) !== trimmed(fieldText(record, name));
			return {
				id: fieldText(record, 'id'),
				shortname: isNew('shortname') ? fieldText(record, 'shortname') : '',
				idnumber: isNew('idnumber') ? fieldText(record, 'idnumber') : '',
			};
		});
		const taken = await clashes(changed, read);
		return records.map((record, index) =>
			existing.has(fieldText(record, 'id')) ? taken[index] : unknownCourse(fieldText(record, 'id')),
		);
	},
};

/**
 * The courses that are gone by now: "found" means that the deletion has happened. Courses that are not there are left out of
 * the list (get_courses, 4.1 to 5.1); when Moodle refuses the list, one of them is there and may not be read.
 */
async function findGone(records: Value[], _shared: unknown, read: Read): Promise<unknown[]> {
	try {
		const left = new Set(
			objectsOf(await read('core_course_get_courses', { options: { ids: records } })).map(
				(course) => String(course.id),
			),
		);
		return records.map((id) => (left.has(String(id)) ? undefined : { id }));
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody')
			return records.map(() => UNKNOWN);
		throw asIs(caught);
	}
}

/**
 * Deletes courses. An exception at one course leaves those before it deleted, and each takes Moodle 90 to 200 ms (5.1
 * measured): one a request costs nothing and is always clear.
 */
export const deleteCourses: CallFacts = {
	function: 'core_course_delete_courses',
	serial: true,
	list: 'courseids',
	atomic: 'none',
	repeat: 'lookup',
	perRequest: 1,
	capabilities: ['moodle/course:delete', 'moodle/course:view'],
	reply: warningsOnly,
	settle: settleWarnings(
		(id) => id,
		(warning, id) =>
			warning.warningcode === 'unknowncourseidnumber'
				? unknownCourse(String(id))
				: explainCode(warning.warningcode, warning.message),
	),
	context: (id) => `course ${String(id)}`,
	find: findGone,
	knownBy: 'ID',
	diagnose: async (records, shared, read) =>
		(await findGone(records, shared, read)).map((gone, index) =>
			isObject(gone) ? unknownCourse(String(records[index])) : undefined,
		),
};

/**
 * A copy that is there: while it is being made it is hidden (restore_dbops::create_new_course, all versions). Whether a
 * course is hidden is told to accounts that may enter it (get_courses_by_field, 4.1 to 5.1).
 */
async function findCopies(records: Value[], shared: unknown, read: Read): Promise<unknown[]> {
	const found = await holders(
		read,
		'shortname',
		records.map((record) => fieldText(record, 'shortname')),
	);
	const created = await findCreated(records, shared, read);
	return records.map((record, index) => {
		const course = found.get(fieldText(record, 'shortname'));
		if (!created[index] || fieldText(record, 'visible') !== '1') return created[index];
		if (course?.visible === undefined) return UNKNOWN;
		return Number(course.visible) === 0 ? undefined : created[index];
	});
}

async function diagnoseCopies(records: Value[], read: Read): Promise<Array<Problem | undefined>> {
	const found = await holders(
		read,
		'shortname',
		records.map((record) => fieldText(record, 'shortname')),
	);
	const causes = await diagnoseNew(records, read);
	const sources = new Set(
		(
			await coursesById(
				read,
				records.map((record) => fieldText(record, 'courseid')),
			)
		).map((course) => String(course.id)),
	);
	return records.map((record, index) => {
		if (!sources.has(fieldText(record, 'courseid')))
			return unknownCourse(fieldText(record, 'courseid'));
		const holder = found.get(fieldText(record, 'shortname'));
		if (!holder || !isSpeltSo(holder, record)) return causes[index];
		return new Problem({
			message: `There is a course with this short name and full name already (ID ${String(holder.id)})`,
			mend: 'It may be a copy that an earlier run began: look at it in Moodle. To copy again, use another short name.',
			code: 'shortnametaken',
		});
	});
}

/** Copies one course. No transaction: a copy that breaks off can leave half a course. */
export const duplicateCourse: CallFacts = {
	function: 'core_course_duplicate_course',
	serial: true,
	atomic: 'none',
	repeat: 'lookup',
	perRequest: 1,
	capabilities: [
		'moodle/course:create',
		'moodle/restore:restorecourse',
		'moodle/backup:backupcourse',
		'moodle/course:view',
		'moodle/backup:userinfo',
		'moodle/restore:userinfo',
		'moodle/backup:configure',
		'moodle/restore:configure',
	],
	reply: z.object({ id: z.number().int().positive() }).passthrough(),
	settle: settleWhole,
	find: findCopies,
	knownBy: 'short name of the copy',
	diagnose: async (records, _shared, read) => await diagnoseCopies(records, read),
};
