import type { INodeProperties } from 'n8n-workflow';
import { allCategories } from '../../lookup/categories';
import { asIs } from '../../common/asIs';
import type { Reference, Resolved } from '../../lookup/reference';
import { havingText } from '../../lookup/havingText';
import { Spellings } from '../../moodle/spellings';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { Problem, shown } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { trimmed } from '../../moodle/spelling';
import type { Json, Params } from '../../moodle/values';
import { pick, upserting } from '../build';
import { differences } from '../differences';
import { collection, required } from '../fields';
import { refKey, valueKeys } from '../keys';
import { locator } from '../locators';
import { oneFound } from '../matching';
import type { Operation } from '../types';
import { createCategories, creationOf, getCategoriesFacts, updateCategories } from './calls';
import { details, idnumber, name } from './categoryFields';

interface Input {
	byNumber: boolean;
	parentId?: Reference;
	record: Params;
}

const matchBy: INodeProperties = {
	displayName: 'Match By',
	name: 'matchBy',
	type: 'options',
	options: [
		{
			name: 'ID Number',
			value: 'idnumber',
			description: 'Number of the category in another system',
		},
		{
			name: 'Name in Parent',
			value: 'name',
			description: 'The name among the categories of the same parent',
		},
	],
	default: 'idnumber',
	description: 'How to find out whether the category is there already',
};
const only = (property: INodeProperties, value: string): INodeProperties => ({
	...property,
	displayOptions: { show: { matchBy: [value] } },
});

/** Whether the account sees hidden categories: only then does an empty search by name mean that there is none. */
async function seesHidden(read: Read): Promise<boolean> {
	try {
		await read(READS.core_course_get_categories, {
			criteria: [{ key: 'visible', value: '0' }],
			addsubcategories: false,
		});
		return true;
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return false;
		throw asIs(caught);
	}
}

function notVisible(value: string): Problem {
	return new Problem({
		message: `No category ${shown(value)} was found, but the account behind the token does not see hidden categories, so it cannot tell whether it is missing`,
		mend: "Nothing was created. Allow 'View hidden categories' (moodle/category:viewhiddencategories) in the role of that account, or match by ID number.",
		code: 'notvisible',
	});
}

/** A name in its parent as one text. */
const placed = (parent: unknown, name: unknown) => `${String(parent)}/${trimmed(name)}`;

/** The categories that the inputs mean, or why that cannot be told. */
async function find(
	inputs: Array<Resolved<Input>>,
	read: Read,
): Promise<Array<Json | Problem | undefined>> {
	const all = await allCategories(read);
	const numbers = new Spellings(all, (category) => category.idnumber);
	const names = new Spellings(all, (category) => placed(category.parent, category.name));
	return await Promise.all(
		inputs.map(async ({ byNumber, parentId, record }) =>
			byNumber
				? oneFound(
						await havingText(read, numbers, record.idnumber),
						String(record.idnumber),
						'categories have the ID number',
					)
				: oneFound(
						await havingText(read, names, placed(parentId ?? 0, record.name)),
						String(record.name),
						'categories of this parent have the name',
					),
		),
	);
}

const base: Operation<Input> = upserting<Input>({
	resource: 'category',
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update category',
	description: 'Create a new category, or update the current one if it already exists (upsert)',
	calls: [createCategories, updateCategories],
	reads: [getCategoriesFacts],
	fields: [
		matchBy,
		only(required(idnumber), 'idnumber'),
		required(name),
		locator('category', {
			name: 'parentId',
			displayName: 'Parent Category',
			required: false,
			description:
				'A new category goes into this one. Matching by ID number, a category that is there is moved into it, and stays where it is when this is empty. Matching by name, empty is the top level.',
		}),
		only(collection('additionalFields', details), 'idnumber'),
		only(collection('additionalFields', [idnumber, ...details]), 'name'),
	],
	input: (p) => {
		const byNumber = p.choice(matchBy) === 'idnumber';
		const record: Params = {
			name: p.text(name),
			...p.fields('additionalFields', byNumber ? details : [idnumber, ...details]),
			...(byNumber ? { idnumber: p.text(idnumber) } : {}),
		};
		return {
			byNumber,
			parentId: p.maybeRef('category', 'Parent Category', 'parentId', { verify: true }),
			record,
		};
	},
	keys: ({ byNumber, parentId, record }) => [
		...valueKeys('idnumber', record.idnumber),
		...(byNumber ? [] : valueKeys(`name in ${parentId ? refKey(parentId) : 'top'}`, record.name)),
	],
	match: ({ byNumber, record }) =>
		byNumber
			? { label: 'ID number', text: String(record.idnumber) }
			: { label: 'name', text: String(record.name) },
	find: async (inputs, { read }) => {
		const results = await find(inputs, read);
		const isOpen = (index: number) => results[index] === undefined && !inputs[index].byNumber;
		if (!inputs.some((_, index) => isOpen(index)) || (await seesHidden(read))) return results;
		return results.map((result, index) =>
			isOpen(index) ? notVisible(String(inputs[index].record.name)) : result,
		);
	},
	create: ({ record, parentId }) => ({ ...record, parent: parentId ?? 0 }),
	change: ({ record, parentId }, existing) => {
		const changes = differences(
			{ ...record, ...(parentId === undefined ? {} : { parent: parentId }) },
			existing,
		);
		if (Object.keys(changes).length === 0) return undefined;
		// A format that is left out would fall back to HTML.
		return {
			id: Number(existing.id),
			...changes,
			descriptionformat:
				record.descriptionformat ?? (existing.descriptionformat as number | undefined),
		};
	},
	output: ({ record }) => pick(record, ['name', 'idnumber']),
});

export const operation: Operation<Input> = {
	...base,
	steps: async (...given) => {
		const steps = await base.steps(...given);
		return steps.map((step) =>
			'task' in step && step.task.call === createCategories
				? { ...step, task: { ...step.task, call: creationOf(step.task.record) } }
				: step,
		);
	},
};
