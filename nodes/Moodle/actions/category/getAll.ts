import type { INodeProperties } from 'n8n-workflow';
import type { Reference } from '../../lookup/reference';
import { objectsOf, type Params, type Value } from '../../moodle/values';
import { reading } from '../build';
import { collection, field, returnAllAndLimit, simplify, type Field } from '../fields';
import { locator } from '../locators';
import { getCategoriesFacts } from './calls';
import { showCategory } from './categoryFields';
import { READS } from '../../moodle/reads';

interface Input {
	parentId?: Reference;
	below: boolean;
	filters: Params;
	limit: number;
	simplify: boolean;
}

const below: INodeProperties = {
	displayName: 'Include Subcategories',
	name: 'includeSubcategories',
	type: 'boolean',
	default: true,
	description: 'Whether categories of all levels below are listed as well',
};

const filters: Field[] = [
	field('idnumber', 'ID Number', 'text', {
		max: 100,
		description: 'Only the category with this ID number. Needs the right to manage categories.',
	}),
	field('name', 'Name', 'text', {
		max: 255,
		description: 'Only categories with exactly this name',
	}),
	field('theme', 'Theme', 'text', {
		max: 50,
		description: 'Only categories with this theme. Needs the right to manage categories.',
	}),
	field('visible', 'Visibility', 'choice', {
		default: 1,
		options: [
			{ name: 'Hidden', value: 0 },
			{ name: 'Visible', value: 1 },
		],
		description: 'Needs the right to view hidden categories',
	}),
];

/** The question to Moodle. Without criteria it lists all categories. */
function question(parent: number | undefined, isDeep: boolean, chosen: Params): Params {
	const criteria: Value[] = Object.entries(chosen).map(([key, value]) => ({
		key,
		value: String(value as string | number),
	}));
	if (parent !== undefined) criteria.push({ key: 'parent', value: String(parent) });
	else if (!isDeep && criteria.length === 0) criteria.push({ key: 'parent', value: '0' });
	return criteria.length === 0 ? {} : { criteria, addsubcategories: isDeep };
}

export const operation = reading<Input>({
	resource: 'category',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many categories',
	description: 'Retrieve a list of course categories',
	reads: [getCategoriesFacts],
	fields: [
		locator('category', {
			name: 'parentId',
			displayName: 'Parent Category',
			required: false,
			description: 'Only categories in this one. Left empty, those of the whole site.',
		}),
		below,
		...returnAllAndLimit,
		simplify,
		collection('filters', filters),
	],
	input: (p) => ({
		parentId: p.maybeRef('category', 'Parent Category', 'parentId', { verify: true }),
		below: p.flag('includeSubcategories'),
		filters: p.fields('filters', filters),
		limit: p.limit(),
		simplify: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) =>
		await each(inputs, async (input) => {
			const rows = objectsOf(
				await read(
					READS.core_course_get_categories,
					question(input.parentId, input.below, input.filters),
				),
			);
			const some = input.limit === Infinity ? rows : rows.slice(0, input.limit);
			return { done: some.map((category) => showCategory(category, input.simplify)) };
		}),
});
