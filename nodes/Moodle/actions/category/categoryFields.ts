import { toIso } from '../../moodle/dates';
import type { Json } from '../../moodle/values';
import { pick } from '../build';
import { field, type Field } from '../fields';
import { textFormat } from '../moodleFields';

export const name = field('name', 'Name', 'text', {
	max: 255,
	placeholder: 'e.g. Faculty of Science',
	description: 'Several categories may have the same name',
});
export const idnumber = field('idnumber', 'ID Number', 'text', {
	max: 100,
	clearable: true,
	placeholder: 'e.g. FAC-SCI',
	description: 'Number of the category in another system. No other category may have it.',
});

/** What can be said of a category besides its name, ID number and place. */
export const details: Field[] = [
	field('description', 'Description', 'multiline', {
		clearable: true,
		description: 'The text about the category',
	}),
	textFormat('descriptionformat', 'Description Format'),
	field('theme', 'Theme', 'text', {
		max: 50,
		clearable: true,
		placeholder: 'e.g. boost',
		description:
			'Name of an installed theme. Where the site allows no themes for categories, Moodle leaves it out, and the item says so.',
	}),
];

/** A category as an item: short, or as Moodle has it. What the account may not see of it is left out. */
export function showCategory(category: Json, simplify: boolean): Json {
	if (!simplify) return category;
	const visible = category.visible === undefined ? {} : { visible: Number(category.visible) === 1 };
	const changed =
		category.timemodified === undefined ? {} : { timemodified: toIso(category.timemodified) };
	return {
		...pick(category, ['id', 'name', 'idnumber', 'parent', 'path', 'depth', 'coursecount']),
		...visible,
		...changed,
	};
}
