import type { Read } from '../moodle/calls';
import { objectsOf, type Json } from '../moodle/values';
import { foundRow, type Finder } from './lookup';

/** All categories of the site; Moodle has no paging here and needs about 0.1 s for 70. */
export async function allCategories(read: Read): Promise<Json[]> {
	return objectsOf(await read('core_course_get_categories', {}));
}

/** Categories by their ids, in one request; unknown ids are left out. */
export async function categoriesById(read: Read, ids: string[]): Promise<Json[]> {
	if (ids.length === 0) return [];
	const criteria = [{ key: 'ids', value: [...new Set(ids)].join(',') }];
	return objectsOf(await read('core_course_get_categories', { criteria, addsubcategories: false }));
}

/** Finder of categories: a search by ID number needs a capability of its own, the list of all does not. */
export const findCategories: Finder = async ({ read }, mode, values) => {
	const rows = mode === 'id' ? await categoriesById(read, values) : await allCategories(read);
	return rows.map((row) => foundRow(row, mode, String(row.name ?? 'category')));
};
