import { categoriesById } from '../../lookup/categories';
import type { Reference } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';
import type { Json, Params } from '../../moodle/values';
import { previewOf } from '../build';
import { collection, field } from '../fields';
import { refKey } from '../keys';
import { locator } from '../locators';
import type { Operation, Step } from '../types';
import { getCategoriesFacts, unknownCategory, updateCategories } from './calls';
import { details, idnumber, name } from './categoryFields';

interface Input {
	categoryId: Reference;
	parentId?: Reference;
	record: Params;
}

const changeable = [name, idnumber, ...details];
const toTop = field('toTop', 'Move to Top Level', 'boolean', {
	description: 'Whether the category is moved to the top level',
});

function updateFields() {
	const made = collection('updateFields', [...changeable, toTop]);
	const parent = locator('category', {
		name: 'parentId',
		displayName: 'Parent Category',
		required: false,
		description: 'The category that it is moved into',
	});
	const options = [...(made.options ?? []), parent] as Array<typeof parent>;
	return {
		...made,
		options: options.sort((a, b) => a.displayName.localeCompare(b.displayName, 'en')),
	};
}

function stepOf(
	id: number,
	parent: number | undefined,
	record: Params,
	existing: Json | undefined,
): Step {
	if (!existing) return { problem: unknownCategory(String(id)) };
	if (parent === id)
		return {
			problem: new Problem({
				message: 'A category cannot be moved into itself',
				mend: "Choose another 'Parent Category'.",
				code: 'cannotmovecategory',
			}),
		};
	// A format that is left out would fall back to HTML.
	const sent: Params = {
		id,
		descriptionformat: existing.descriptionformat as number | undefined,
		...record,
		...(parent === undefined ? {} : { parent }),
	};
	return {
		task: {
			call: updateCategories,
			record: sent,
			action: 'update',
			output: () => ({ id, updated: true }),
			preview: previewOf(sent),
		},
	};
}

export const operation: Operation<Input> = {
	resource: 'category',
	value: 'update',
	name: 'Update',
	action: 'Update category',
	description: 'Update a course category',
	writes: true,
	batched: true,
	calls: [updateCategories],
	reads: [getCategoriesFacts],
	fields: [locator('category'), updateFields()],
	input: (p) => {
		const { toTop: isTop, ...record } = p.fields('updateFields', [...changeable, toTop], 'update');
		const parentId = p.reference(
			p.entered('updateFields').parentId,
			'category',
			'Parent Category',
			{ verify: true },
		);
		if (isTop === true && parentId)
			throw new Problem({
				message: "'Parent Category' and 'Move to Top Level' exclude each other",
				code: 'badvalue',
			});
		if (!parentId && isTop !== true && Object.keys(record).length === 0)
			throw new Problem({
				message: 'There is nothing to change',
				mend: "Add a field under 'Update Fields'.",
				code: 'empty',
			});
		return {
			categoryId: p.ref('category', 'Category'),
			parentId,
			record: isTop === true ? { ...record, parent: 0 } : record,
		};
	},
	keys: ({ categoryId }) => [refKey(categoryId)],
	steps: async (inputs, { read }) => {
		const rows = await categoriesById(
			read,
			inputs.map((input) => String(input.categoryId)),
		);
		const existing = new Map(rows.map((category) => [Number(category.id), category]));
		return inputs.map(({ categoryId, parentId, record }) =>
			stepOf(categoryId, parentId, record, existing.get(categoryId)),
		);
	},
};
