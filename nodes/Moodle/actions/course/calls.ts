import { courseNamesakes } from '../../lookup/namesakes';
import { categoriesById } from '../../lookup/categories';
import { coursesById, coursesByValue } from '../../lookup/courses';
import { UNKNOWN, type CallFacts, type Read } from '../../moodle/calls';
import { explainCode } from '../../moodle/explain';
import { Problem, shown } from '../../moodle/problem';
import { createdRows, warningsOnly } from '../../moodle/replies';
import { settleInOrder, settleWarnings, type Warning } from '../../moodle/settle';
import { trimmed } from '../../moodle/spelling';
import { fieldText, isObject, type Json, type Value } from '../../moodle/values';
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

/** Which course holds each of these values; `UNKNOWN` where it could not be looked up. */
async function holders(
	read: Read,
	by: 'shortname' | 'idnumber',
	values: string[],
): Promise<Map<string, Json | typeof UNKNOWN | undefined>> {
	const wanted = values.filter((value) => value.trim() !== '');
	const courses =
		wanted.length > 0 ? await coursesByValue(read, by, wanted) : new Map<string, Json[]>();
	return new Map(
		[...courses].map(([value, found]) => [value, found instanceof Problem ? UNKNOWN : found[0]]),
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
	const another = (record: Value, holder: unknown): holder is Json =>
		isObject(holder) && String(holder.id) !== fieldText(record, 'id');
	return records.map((record) => {
		const byName = shortnames.get(fieldText(record, 'shortname'));
		if (fieldText(record, 'shortname') !== '' && another(record, byName))
			return taken('shortname', fieldText(record, 'shortname'), byName);
		const byNumber = idnumbers.get(fieldText(record, 'idnumber'));
		if (fieldText(record, 'idnumber') !== '' && another(record, byNumber))
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

export async function diagnoseNew(
	records: Value[],
	read: Read,
): Promise<Array<Problem | undefined>> {
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
export const isSpeltSo = (course: Json, record: Value) =>
	['shortname', 'fullname'].every(
		(name) => trimmed(course[name]) === trimmed(fieldText(record, name)),
	);

/** The course that has a record's short name, UNKNOWN where the account may not see who has it, nothing where it is free. */
export async function holderOfEach(
	records: Value[],
	read: Read,
): Promise<Array<Json | typeof UNKNOWN | undefined>> {
	const names = records.map((record) => fieldText(record, 'shortname'));
	const found = await holders(read, 'shortname', names);
	return names.map((name) => found.get(name));
}

/** The reply for a course that is what the record asks for, in names and category; UNKNOWN as in `holderOfEach`. */
export function createdAs(course: Json | typeof UNKNOWN | undefined, record: Value): unknown {
	if (course === UNKNOWN) return UNKNOWN;
	const same =
		course &&
		isSpeltSo(course, record) &&
		String(course.categoryid) === fieldText(record, 'categoryid');
	return same ? { id: course.id, shortname: course.shortname } : undefined;
}

/** Courses as they are now, for records of which nobody knows whether they were created: names and category must agree. */
export async function findCreated(
	records: Value[],
	_shared: unknown,
	read: Read,
): Promise<unknown[]> {
	const found = await holderOfEach(records, read);
	return found.map((course, index) => createdAs(course, records[index]));
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
