import {
	allCourses,
	coursesByField,
	coursesById,
	coursesOf,
	visibleById,
} from '../../lookup/courses';
import type { Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { type Json } from '../../moodle/values';

/** Courses of one page of a search. */
const PAGE = 100;

/** The courses of a search hit page, with what the search itself does not tell (dates, ID number …) where it may be seen. */
async function withDetails(read: Read, hits: Json[]): Promise<Json[]> {
	const details = new Map(
		(
			await visibleById(
				read,
				hits.map((hit) => String(hit.id)),
			)
		).map((course) => [course.id, course]),
	);
	return hits.map((hit) => details.get(hit.id) ?? hit);
}

/** Courses whose name or description holds a text, page by page; an empty text finds all. The front page is not among them. */
export async function searchCourses(read: Read, text: string, limit: number): Promise<Json[]> {
	const found: Json[] = [];
	const perpage = Math.min(PAGE, limit);
	for (let page = 0; ; page++) {
		const reply = await read(READS.core_course_search_courses, {
			criterianame: 'search',
			criteriavalue: text,
			page,
			perpage,
		});
		const hits = coursesOf(reply);
		for (const course of await withDetails(read, hits)) found.push(course);
		const total = Number(reply.total);
		if (hits.length === 0 || found.length >= limit || (page + 1) * perpage >= total)
			return found.slice(0, limit);
	}
}

/** All courses: in one reply where the token may read every one, otherwise page by page what it may see. */
export async function everyCourse(read: Read, limit: number): Promise<Json[]> {
	const all = limit === Infinity ? await allCourses(read) : undefined;
	return all ?? (await searchCourses(read, '', limit));
}

/** Courses by their ids, in that order. @throws Problem naming the ids that were not found */
export async function coursesOfIds(read: Read, ids: string[]): Promise<Json[]> {
	const byId = new Map((await coursesById(read, ids)).map((course) => [String(course.id), course]));
	const missing = ids.filter((id) => !byId.has(id));
	if (missing.length > 0)
		throw new Problem({
			message: `There is no course with the ID ${missing.slice(0, 10).join(', ')} that the account behind the token can see`,
			mend: 'Check the IDs.',
			code: 'notfound',
		});
	return ids.map((id) => byId.get(id)!);
}

/** Courses that lie directly in a category. */
export async function coursesOfCategory(read: Read, category: number): Promise<Json[]> {
	return await coursesByField(read, 'category', String(category));
}
