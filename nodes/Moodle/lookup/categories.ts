import type { Read } from '../moodle/calls';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { answerEach, mapAnswers, type Answers } from './answers';
import { foundRow, type Finder } from './found';
import { havingText } from './havingText';
import { Spellings } from '../moodle/spellings';

/** All categories of the site; Moodle has no paging here and needs about 0.1 s for 70. */
export async function allCategories(read: Read): Promise<Json[]> {
	return objectsOf(await read(READS.core_course_get_categories, {}));
}

/** Categories by their ids, in one request; unknown ids are left out. */
export async function categoriesById(read: Read, ids: string[]): Promise<Json[]> {
	if (ids.length === 0) return [];
	const criteria = [{ key: 'ids', value: [...new Set(ids)].join(',') }];
	return objectsOf(
		await read(READS.core_course_get_categories, { criteria, addsubcategories: false }),
	);
}

/**
 * The categories that have one of these ids or ID numbers, whole records by value. A search by ID number needs a
 * capability of its own, the list of all does not.
 */
export async function categoriesByValue(
	read: Read,
	mode: string,
	values: string[],
): Promise<Answers<Json>> {
	const rows = new Spellings(
		mode === 'id' ? await categoriesById(read, values) : await allCategories(read),
		(row) => row[mode],
	);
	return await answerEach(
		[...new Set(values)],
		async (value) => await havingText(read, rows, value),
	);
}

/** Finder of categories. */
export const findCategories: Finder = async ({ read }, mode, values) =>
	mapAnswers(await categoriesByValue(read, mode, values), (row) =>
		foundRow(row, mode, String(row.name ?? 'category')),
	);
