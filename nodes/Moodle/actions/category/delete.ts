import type { INodeProperties } from 'n8n-workflow';
import { categoriesById } from '../../lookup/categories';
import type { Reference } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';
import type { Json, Params } from '../../moodle/values';
import { previewOf, success } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import type { Operation, Step } from '../types';
import { deleteCategories, getCategoriesFacts, unknownCategory } from './calls';

interface Input {
	categoryId: Reference;
	/** Where the content goes; without one it is deleted. */
	newParentId?: Reference;
}

const content: INodeProperties = {
	displayName: 'Content of the Category',
	name: 'content',
	type: 'options',
	options: [
		{
			name: 'Delete Everything',
			value: 'deleteAll',
			description: 'Courses and subcategories are deleted for good with the category',
		},
		{
			name: 'Move to Another Category',
			value: 'move',
			description: 'Courses and subcategories are moved first',
		},
	],
	default: 'move',
	description: 'What becomes of the courses and subcategories in it',
};

/** Moodle deletes a category even when its content is to go into itself, and orphans the content (5.1 measured). */
function targetProblem(
	id: number,
	target: number | undefined,
	deleted: Set<number>,
): Problem | undefined {
	if (target === undefined) return undefined;
	if (target === id)
		return new Problem({
			message: "'New Parent' is the category that is to be deleted",
			mend: 'Choose another category for the content.',
			code: 'badvalue',
		});
	if (!deleted.has(target)) return undefined;
	return new Problem({
		message: `'New Parent' (ID ${target}) is to be deleted in this run as well`,
		mend: 'Choose a category that stays.',
		code: 'badvalue',
	});
}

/** A step with the ids of the categories around its own, outermost first. */
type Ordered = Step & { path: number[] };

function ancestors(category: Json | undefined): number[] {
	return String(category?.path ?? '')
		.split('/')
		.filter((id) => id !== '')
		.map(Number)
		.slice(0, -1);
}

/** Categories inside others go first: with the outer one they would be gone already, which fails the whole call. */
const innerFirst = (steps: Ordered[]): Ordered[] =>
	[...steps].sort((a, b) => b.path.length - a.path.length);

/** A step, and those that have to be done before it. */
interface Place {
	step: Ordered;
	before: Place[];
}

const inOrder = ({ step, before }: Place): Ordered[] => [...before.flatMap(inOrder), step];

/**
 * The same in a run that stops: a category goes directly before the innermost one that would take it along, so that nothing
 * overtakes what may be refused but that.
 */
function innerBeforeOuter(steps: Ordered[]): Ordered[] {
	const bad = steps.findIndex((step) => 'problem' in step);
	const end = bad < 0 ? steps.length : bad;
	const places: Place[] = [];
	const outer = new Map<number, Place>();
	for (const step of steps.slice(0, end)) {
		const place: Place = { step, before: [] };
		const around = step.path.filter((id) => outer.has(id)).pop();
		(around === undefined ? places : outer.get(around)!.before).push(place);
		const { id, recursive } = 'task' in step ? (step.task.record as Params) : {};
		if (recursive === true && !outer.has(Number(id))) outer.set(Number(id), place);
	}
	return [...places.flatMap(inOrder), ...steps.slice(end)];
}

export const operation: Operation<Input> = {
	resource: 'category',
	value: 'delete',
	name: 'Delete',
	action: 'Delete category',
	description: 'Delete a course category permanently',
	writes: true,
	batched: true,
	calls: [deleteCategories],
	reads: [getCategoriesFacts],
	timeout: 300_000,
	fields: [
		locator('category'),
		content,
		{
			...locator('category', {
				name: 'newParentId',
				displayName: 'New Parent',
				description: 'The category that takes the courses and subcategories',
			}),
			displayOptions: { show: { content: ['move'] } },
		},
	],
	input: (p) => {
		const what = p.choice(content);
		return {
			categoryId: p.ref('category', 'Category'),
			newParentId:
				what === 'move'
					? p.ref('category', 'New Parent', 'newParentId', { verify: true })
					: undefined,
		};
	},
	keys: ({ categoryId }) => [refKey(categoryId)],
	steps: async (inputs, { read, stops }, items) => {
		const rows = await categoriesById(
			read,
			inputs.map((input) => String(input.categoryId)),
		);
		const known = new Map(rows.map((category) => [Number(category.id), category]));
		const deleted = new Set(inputs.map((input) => input.categoryId));
		const steps = inputs.map(({ categoryId: id, newParentId }, index): Ordered => {
			const problem = known.has(id)
				? targetProblem(id, newParentId, deleted)
				: unknownCategory(String(id));
			const place = { items: [items[index]], path: ancestors(known.get(id)) };
			if (problem) return { problem, ...place };
			const record: Params =
				newParentId === undefined ? { id, recursive: true } : { id, newparent: newParentId };
			return {
				task: {
					call: deleteCategories,
					record,
					action: 'delete',
					output: () => success({ id }),
					preview: previewOf(record),
				},
				...place,
			};
		});
		const isNested = steps.some(({ path }) => path.some((id) => deleted.has(id)));
		if (!isNested) return steps;
		return stops ? innerBeforeOuter(steps) : innerFirst(steps);
	},
};
