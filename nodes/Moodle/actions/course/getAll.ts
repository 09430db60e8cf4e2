import type { INodeProperties } from 'n8n-workflow';
import type { Reference, Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import type { Json } from '../../moodle/values';
import { reading } from '../build';
import { field, required, returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';
import type { Parameters } from '../parameters';
import { coursesOfCategory, coursesOfIds, everyCourse, searchCourses } from './listing';
import { getCoursesFacts } from './reads';
import { showCourse } from './show';
import { READS } from '../../moodle/reads';

type By = 'all' | 'ids' | 'category' | 'search';

interface Input {
	by: By;
	ids: string[];
	categoryId?: Reference;
	search: string;
	limit: number;
	simplify: boolean;
}

const by: INodeProperties = {
	displayName: 'Which Courses',
	name: 'by',
	type: 'options',
	options: [
		{
			name: 'All',
			value: 'all',
			description: 'Every course that the account behind the token can see',
		},
		{ name: 'By IDs', value: 'ids' },
		{
			name: 'In Category',
			value: 'category',
			description: 'Courses that lie directly in a category',
		},
		{
			name: 'Matching Text',
			value: 'search',
			description: 'Courses whose names or summary hold a text',
		},
	],
	default: 'all',
};
const ids = field('ids', 'Course IDs', 'list', {
	placeholder: 'e.g. 12, 15, 40',
	description: 'Separated by commas',
});
const search = field('search', 'Search Text', 'text', { placeholder: 'e.g. biology' });
const only = (property: INodeProperties, value: By): INodeProperties => ({
	...property,
	displayOptions: { show: { by: [value] } },
});

function readIds(p: Parameters): string[] {
	const list = String(p.need(ids)).split(',');
	const bad = list.find((id) => !/^[1-9]\d{0,15}$/.test(id));
	if (bad !== undefined)
		throw new Problem({
			message: `'Course IDs' holds something that is not an ID: ${shown(bad)}`,
			mend: 'Give whole numbers, separated by commas.',
			code: 'badvalue',
		});
	return [...new Set(list)];
}

async function list(input: Resolved<Input>, read: Read): Promise<Json[]> {
	if (input.by === 'ids') return await coursesOfIds(read, input.ids);
	if (input.by === 'category') return await coursesOfCategory(read, input.categoryId!);
	return input.by === 'search'
		? await searchCourses(read, input.search, input.limit)
		: await everyCourse(read, input.limit);
}

export const operation = reading<Input>({
	resource: 'course',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many courses',
	description: 'Retrieve a list of courses',
	reads: [
		getCoursesFacts,
		READS.core_course_search_courses,
		READS.core_course_get_courses_by_field,
		READS.core_course_get_categories,
	],
	fields: [
		by,
		only(required(ids), 'ids'),
		only(locator('category'), 'category'),
		only(required(search), 'search'),
		...returnAllAndLimit,
		simplify,
	],
	input: (p) => {
		const chosen = p.choice<By>(by);
		return {
			by: chosen,
			ids: chosen === 'ids' ? readIds(p) : [],
			categoryId:
				chosen === 'category'
					? p.ref('category', 'Category', 'categoryId', { verify: true })
					: undefined,
			search: chosen === 'search' ? p.text(search) : '',
			limit: p.limit(),
			simplify: p.flag('simplify'),
		};
	},
	steps: async (inputs, { read, each }) =>
		await each(inputs, async (input) => {
			const courses = (await list(input, read)).filter(
				(course) => course.id !== 1 || input.by === 'ids',
			);
			const some = input.limit === Infinity ? courses : courses.slice(0, input.limit);
			return { done: some.map((course) => showCourse(course, input.simplify)) };
		}),
});
