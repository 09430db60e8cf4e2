import { categoriesByValue } from '../../lookup/categories';
import { reading } from '../build';
import { answerWanted, type Wanted } from '../course/wanted';
import { simplify } from '../fields';
import { locator } from '../locators';
import { getCategoriesFacts } from './calls';
import { showCategory } from './categoryFields';

export const operation = reading<Wanted>({
	resource: 'category',
	value: 'get',
	name: 'Get',
	action: 'Get category',
	description: 'Retrieve a course category',
	batched: true,
	reads: [getCategoriesFacts],
	fields: [locator('category'), simplify],
	input: (p) => ({
		wanted: { reference: p.ref('category', 'Category') },
		simplify: p.flag('simplify'),
	}),
	steps: async (inputs, { read }) =>
		await answerWanted(
			inputs,
			async (mode, values) => await categoriesByValue(read, mode, values),
			showCategory,
		),
});
