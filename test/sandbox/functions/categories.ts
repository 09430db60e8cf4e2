/** core_course_*_categories */
import { categoryContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { moodleError } from '../errors';
import { intval } from '../php';
import type { Category } from '../rows';
import {
	addCategory,
	categoryOrder,
	categoryPath,
	descendants,
	moveCategory,
	moveCourse,
	removeCategory,
	removeCourse,
} from './course-tools';
import { checkFormat, formatName } from './text-tools';

interface CategoryInput {
	id?: number;
	name?: string;
	parent?: number;
	idnumber?: string;
	description?: string;
	descriptionformat?: number;
	theme?: string;
}

function unknownCategory(ctx: Ctx, id: number): Error {
	const shown = ctx.modern ? String(id) : '{$a}';
	return moodleError('unknowncategory', `Unknown category with category ID number "${shown}"`);
}

function checkName(name: string): void {
	if (name === '') throw moodleError('categorynamerequired', 'Category name is required');
	if ([...name].length > 255) throw moodleError('categorytoolong', 'Category name too long');
}

function checkIdnumber(ctx: Ctx, idnumber: string | undefined, except: number): void {
	if (!idnumber) return;
	if ([...idnumber].length > 100) throw moodleError('idnumbertoolong', 'ID number is too long');
	if (
		ctx.site.categories.find('idnumber', ctx.site.texts.key(idnumber)).some((c) => c.id !== except)
	) {
		throw moodleError('categoryidnumbertaken', 'ID number is already used for another category');
	}
}

function createOne(ctx: Ctx, input: CategoryInput): unknown {
	const parent = input.parent ?? 0;
	if (parent && !ctx.site.categories.get(parent))
		throw moodleError('unknowcategory', 'Category not known!');
	const contextid = parent ? categoryContext(ctx.site, parent)?.id : SYSTEM;
	ctx.enter(contextid);
	ctx.need('moodle/category:manage', contextid ?? SYSTEM);
	checkFormat(input.descriptionformat);
	const name = String(input.name);
	checkName(name);
	checkIdnumber(ctx, input.idnumber, 0);
	const category = addCategory(ctx.site, {
		name,
		parent,
		idnumber: input.idnumber || null,
		description: input.description ?? '',
		descriptionformat: input.descriptionformat ?? 1,
		theme: (ctx.site.config.allowThemes ? input.theme : undefined) ?? '',
	});
	return { id: category.id, name: category.name };
}

function createCategories(ctx: Ctx, params: { categories: CategoryInput[] }): unknown {
	return ctx.atomic(() => params.categories.map((input) => createOne(ctx, input)));
}

function checkParent(ctx: Ctx, category: Category, parent: number): void {
	if (parent !== 0 && !ctx.site.categories.get(parent)) throw ctx.missing('course_categories');
	const context = parent === 0 ? SYSTEM : (categoryContext(ctx.site, parent)?.id ?? SYSTEM);
	ctx.need('moodle/category:manage', context);
	if (parent === category.id || descendants(ctx.site, category.id).some((c) => c.id === parent)) {
		throw moodleError('cannotmovecategory', 'Cannot move category');
	}
}

function updateOne(ctx: Ctx, input: CategoryInput): void {
	const id = Number(input.id);
	const category = ctx.site.categories.get(id);
	if (!category) throw unknownCategory(ctx, id);
	const contextid = categoryContext(ctx.site, id)?.id;
	ctx.enter(contextid);
	ctx.need('moodle/category:manage', contextid ?? SYSTEM);
	const moves = input.parent !== undefined && input.parent !== category.parent;
	if (moves) checkParent(ctx, category, input.parent as number);
	checkFormat(input.descriptionformat);
	if (input.name !== undefined) checkName(input.name);
	checkIdnumber(ctx, input.idnumber, id);
	const values: Partial<Category> = {
		timemodified: ctx.now(),
		descriptionformat: input.descriptionformat ?? 1,
	};
	if (input.name !== undefined) values.name = input.name;
	if (input.idnumber !== undefined) values.idnumber = input.idnumber;
	if (input.description !== undefined) values.description = input.description;
	if (input.theme !== undefined && ctx.site.config.allowThemes) values.theme = input.theme;
	ctx.site.categories.update(id, values);
	if (moves) moveCategory(ctx.site, id, input.parent as number);
}

function updateCategories(ctx: Ctx, params: { categories: CategoryInput[] }): null {
	ctx.atomic(() => params.categories.forEach((input) => updateOne(ctx, input)));
	return null;
}

function deleteFull(ctx: Ctx, category: Category): void {
	for (const each of [...descendants(ctx.site, category.id).reverse(), category]) {
		for (const course of ctx.site.courses.find('category', each.id))
			removeCourse(ctx.site, course.id);
		for (const cohort of ctx.site.cohorts.find(
			'context',
			categoryContext(ctx.site, each.id)?.id ?? 0,
		)) {
			ctx.site.cohorts.update(cohort.id, { contextid: SYSTEM });
		}
		removeCategory(ctx.site, each.id);
	}
}

function deleteAndMove(ctx: Ctx, category: Category, target: number): void {
	for (const course of ctx.site.courses.find('category', category.id))
		moveCourse(ctx.site, course.id, target);
	for (const child of ctx.site.categories.find('parent', category.id))
		moveCategory(ctx.site, child.id, target);
	for (const cohort of ctx.site.cohorts.find(
		'context',
		categoryContext(ctx.site, category.id)?.id ?? 0,
	)) {
		ctx.site.cohorts.update(cohort.id, {
			contextid: categoryContext(ctx.site, target)?.id ?? SYSTEM,
		});
	}
	removeCategory(ctx.site, category.id);
}

interface DeleteInput {
	id: number;
	newparent?: number;
	recursive?: boolean;
}

function deleteOne(ctx: Ctx, input: DeleteInput): void {
	const category = ctx.site.categories.get(input.id);
	if (!category) throw unknownCategory(ctx, input.id);
	const contextid = categoryContext(ctx.site, input.id)?.id;
	ctx.enter(contextid);
	ctx.need('moodle/category:manage', contextid ?? SYSTEM);
	if (input.recursive) {
		deleteFull(ctx, category);
		return;
	}
	const target = input.newparent || category.parent;
	if (!target) {
		throw moodleError(
			'movecatcontentstoroot',
			'Moving the category content to root is not allowed. You must move the contents to an existing category!',
		);
	}
	if (!ctx.site.categories.get(target)) throw unknownCategory(ctx, target);
	deleteAndMove(ctx, category, target);
}

function deleteCategories(ctx: Ctx, params: { categories: DeleteInput[] }): null {
	ctx.atomic(() => params.categories.forEach((input) => deleteOne(ctx, input)));
	return null;
}

function criteriaError(): Error {
	return moodleError('criteriaerror', 'Missing permissions to search on a criterion.');
}

/** A test for one criterion of a category search. */
function matcher(ctx: Ctx, key: string, value: string): (category: Category) => boolean {
	const number = intval(value);
	switch (key) {
		case 'id':
			return (c) => c.id === number;
		case 'ids': {
			const ids = new Set(
				value
					.replace(/[^0-9,]/g, '')
					.split(',')
					.map(Number),
			);
			return (c) => ids.has(c.id);
		}
		case 'name':
			return (c) => ctx.site.texts.key(c.name) === ctx.site.texts.key(value);
		case 'parent':
			return (c) => c.parent === number;
		case 'idnumber':
			if (!ctx.can('moodle/category:manage', SYSTEM)) throw criteriaError();
			return (c) => ctx.site.texts.key(c.idnumber ?? '\u0000') === ctx.site.texts.key(value);
		case 'visible':
			if (!ctx.can('moodle/category:viewhiddencategories', SYSTEM)) throw criteriaError();
			return (c) => c.visible === number;
		case 'theme':
			if (!ctx.can('moodle/category:manage', SYSTEM)) throw criteriaError();
			return (c) => c.theme === value;
		default:
			throw criteriaError();
	}
}

function found(
	ctx: Ctx,
	criteria: Array<{ key: string; value: string }>,
	addSub: boolean,
): Category[] {
	const tests = new Map<string, (category: Category) => boolean>();
	for (const { key, value } of criteria)
		if (!tests.has(key)) tests.set(key, matcher(ctx, key, value));
	const all = ctx.site.categories.all();
	if (tests.size === 0) return all;
	const hits = all.filter((category) => [...tests.values()].every((test) => test(category)));
	if (!addSub) return hits;
	const rows = new Map(hits.map((category) => [category.id, category]));
	for (const hit of hits)
		for (const below of descendants(ctx.site, hit.id)) rows.set(below.id, below);
	return [...rows.values()];
}

function describe(ctx: Ctx, category: Category, sortorder: number): unknown {
	const path = categoryPath(ctx.site, category);
	const basic = {
		id: category.id,
		name: formatName(ctx, category.name),
		description: category.description,
		descriptionformat: category.descriptionformat,
		parent: category.parent,
		sortorder,
		coursecount: ctx.site.courses.count('category', category.id),
		depth: path.length,
		path: `/${path.join('/')}`,
	};
	if (!ctx.can('moodle/category:manage', categoryContext(ctx.site, category.id)?.id ?? SYSTEM))
		return basic;
	const { idnumber, visible, visibleold, timemodified, theme } = category;
	return { ...basic, idnumber, visible, visibleold, timemodified, theme };
}

function getCategories(
	ctx: Ctx,
	params: { criteria: Array<{ key: string; value: string }>; addsubcategories: boolean },
): unknown {
	ctx.enterSystem();
	const order = categoryOrder(ctx.site);
	return found(ctx, params.criteria, params.addsubcategories)
		.filter(
			(c) =>
				c.visible ||
				ctx.can(
					'moodle/category:viewhiddencategories',
					categoryContext(ctx.site, c.id)?.id ?? SYSTEM,
				),
		)
		.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
		.map((category) => describe(ctx, category, order.get(category.id) ?? 0));
}

export const categoryFunctions: Handlers = {
	core_course_create_categories: createCategories,
	core_course_update_categories: updateCategories,
	core_course_delete_categories: deleteCategories,
	core_course_get_categories: getCategories,
};
