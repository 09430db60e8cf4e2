import type { Params } from '../../moodle/values';
import { idOf, pick, writing } from '../build';
import { collection, required } from '../fields';
import { valueKeys } from '../keys';
import { locator } from '../locators';
import { createCategories, creationOf, getCategoriesFacts } from './calls';
import { details, idnumber, name } from './categoryFields';

export const operation = writing({
	resource: 'category',
	value: 'create',
	name: 'Create',
	action: 'Create category',
	description: 'Create a new course category',
	calls: [createCategories],
	reads: [getCategoriesFacts],
	fields: [
		required(name),
		locator('category', {
			name: 'parentId',
			displayName: 'Parent Category',
			required: false,
			description:
				'The category that the new one goes into. Left empty, it is made at the top level.',
		}),
		collection('additionalFields', [idnumber, ...details]),
	],
	input: (p) => ({
		parentId: p.maybeRef('category', 'Parent Category', 'parentId', { verify: true }),
		record: {
			name: p.text(name),
			...p.fields('additionalFields', [idnumber, ...details]),
		} as Params,
	}),
	keys: ({ record }) => valueKeys('idnumber', record.idnumber),
	call: ({ record }) => creationOf(record),
	record: ({ record, parentId }): Params => ({ ...record, parent: parentId ?? 0 }),
	output: ({ record, parentId }, reply) => ({
		id: idOf(reply),
		...pick(record, ['name', 'idnumber']),
		parent: parentId ?? 0,
	}),
});
