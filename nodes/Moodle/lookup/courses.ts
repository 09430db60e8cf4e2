import { MoodleFailure } from '../moodle/failure';
import type { Read } from '../moodle/calls';
import { READS } from '../moodle/reads';
import { isObject, objectsOf, type Json } from '../moodle/values';
import { answerEach, mapAnswers, type Answers } from './answers';
import { asIs } from '../common/asIs';
import { HALVE, inHalves } from '../common/halving';
import { chunks, inParallel, READ_WIDTH } from '../common/parallel';
import { LOOKUP_SIZE } from './inChunks';
import { foundRow, type Finder } from './found';
import { closest, Spellings } from '../moodle/spellings';

/**
 * Fewer distinct values than these are asked for one by one. Of more, the size of the site says what is cheaper: a question
 * costs 8 ms (nobody has it) to 16 ms, the list of all courses 0.73 ms a course, the size 0.03 ms a course (5.1 with 3,000
 * courses, processor time).
 */
const SIZE_FROM = 12;

/** A question costs as much as so many courses of the list. */
const COURSES = 15;

/** The course of the front page (`SITEID`), 1 in every Moodle: everybody counts as enrolled there, and it holds what is for the whole site. */
export const FRONT_PAGE = 1;

/**
 * Courses whose `field` is `value`. Moodle takes one value a request here (get_courses_by_field). The ID number is shown
 * to accounts that may change the course only, so it is put in: it was what was asked for.
 */
export async function coursesByField(read: Read, field: string, value: string): Promise<Json[]> {
	// An empty idnumber would match every course that has none.
	if (value.trim() === '') return [];
	const courses = coursesOf(await read(READS.core_course_get_courses_by_field, { field, value }));
	return field === 'idnumber' ? courses.map((course) => ({ idnumber: value, ...course })) : courses;
}

/** The courses in a reply of get_courses_by_field or search_courses. */
export function coursesOf(reply: unknown): Json[] {
	return isObject(reply) ? objectsOf(reply.courses) : [];
}

/** Whether a failure only says that these courses cannot be had in this way. */
function isRefused(caught: unknown): boolean {
	return (
		caught instanceof MoodleFailure && ['context', 'function', 'record'].includes(caught.reach)
	);
}

/** All courses of the site, or undefined when the token may not read every one of them. */
export async function allCourses(read: Read): Promise<Json[] | undefined> {
	try {
		return objectsOf(await read(READS.core_course_get_courses, {})).filter(
			(course) => course.id !== FRONT_PAGE,
		);
	} catch (caught) {
		if (isRefused(caught)) return undefined;
		throw asIs(caught);
	}
}

/**
 * Courses by their ids as far as the token may see them: of a course that it may not enter, what is public. One unknown
 * id fails the request with a PHP error (get_courses_by_field with ids, PHP 8), so it is halved until that id stands alone.
 */
export async function visibleById(read: Read, ids: string[]): Promise<Json[]> {
	if (ids.length === 0) return [];
	const ask = async (some: string[]) =>
		coursesOf(
			await read(READS.core_course_get_courses_by_field, { field: 'ids', value: some.join(',') }),
		);
	return await inHalves(ids, ask, (caught, some) => {
		if (!isRefused(caught) || (caught instanceof MoodleFailure && caught.reach === 'function'))
			throw asIs(caught);
		return some.length > 1 ? HALVE : [];
	});
}

async function pageById(read: Read, ids: string[]): Promise<Json[]> {
	try {
		return objectsOf(await read(READS.core_course_get_courses, { options: { ids } }));
	} catch (caught) {
		// One course that may not be read fails the whole call.
		if (isRefused(caught)) return await visibleById(read, ids);
		throw asIs(caught);
	}
}

/** Courses by their ids; unknown ids are left out. The front page is course 1. */
export async function coursesById(read: Read, ids: string[]): Promise<Json[]> {
	const pages = await inParallel(chunks([...new Set(ids)], LOOKUP_SIZE), READ_WIDTH, (part) =>
		pageById(read, part),
	);
	return pages.flat();
}

/** A course in a message. */
export function courseLabel(course: Json): string {
	return String(course.shortname ?? course.fullname ?? 'course');
}

/** How many courses the account can find; undefined when it may not search. */
async function countCourses(read: Read): Promise<number | undefined> {
	try {
		const reply = await read(READS.core_course_search_courses, {
			criterianame: 'search',
			criteriavalue: '',
			page: 0,
			perpage: 1,
		});
		return isObject(reply) && typeof reply.total === 'number' ? reply.total : undefined;
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return undefined;
		throw asIs(caught);
	}
}

/** Whether one list of all courses is cheaper than a question for each of so many values. */
async function isListCheaper(read: Read, values: number): Promise<boolean> {
	if (values < SIZE_FROM) return false;
	const size = await countCourses(read);
	return size === undefined || size <= values * COURSES;
}

/** All courses by this field, where the account may see it of every one: the ID number is shown to those who may change the course. */
async function listedBy(read: Read, field: string): Promise<Spellings<Json> | undefined> {
	const all = await allCourses(read);
	return all?.every((course) => course[field] !== undefined)
		? new Spellings(all, (course) => course[field])
		: undefined;
}

/**
 * The courses whose `field` has one of these values, whole records by value. What Moodle takes for the same, it says
 * itself: a value that is not spelt so in the list of all courses, but perhaps means one of them, is asked for alone.
 */
export async function coursesByValue(
	read: Read,
	field: string,
	values: string[],
): Promise<Answers<Json>> {
	if (field === 'id') {
		const byId = new Map(
			(await coursesById(read, values)).map((course) => [String(course.id), [course]]),
		);
		return new Map(values.map((value) => [value, byId.get(value) ?? []]));
	}
	const distinct = [...new Set(values)];
	const listed = (await isListCheaper(read, distinct.length))
		? await listedBy(read, field)
		: undefined;
	return await answerEach(distinct, async (value) => {
		const exact = listed?.exactly(value) ?? [];
		if (exact.length > 0 || listed?.perhaps(value).length === 0) return exact;
		return closest(await coursesByField(read, field, value), value, (course) => course[field]);
	});
}

/** Finder of courses. */
export const findCourses: Finder = async ({ read }, mode, values) =>
	mapAnswers(await coursesByValue(read, mode, values), (course) =>
		foundRow(course, mode, courseLabel(course)),
	);
