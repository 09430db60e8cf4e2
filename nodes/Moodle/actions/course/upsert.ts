import type { INodeProperties } from 'n8n-workflow';
import type { Answers } from '../../lookup/answers';
import { coursesByValue } from '../../lookup/courses';
import type { Reference, Resolved } from '../../lookup/reference';
import { Problem, shown } from '../../moodle/problem';
import type { Json, Params } from '../../moodle/values';
import { pick, upserting } from '../build';
import { collection, field, property, required } from '../fields';
import { valueKeys } from '../keys';
import { locator } from '../locators';
import { oneFound } from '../matching';
import type { Parameters } from '../parameters';
import type { Operation, Services } from '../types';
import { createCourses, unknownCourse, updateCourses } from './calls';
import { courseChanges } from './compare';
import { fullname, newSettings, shortname } from './courseFields';
import {
	checkedCourse,
	completeChange,
	endsTooEarly,
	keepingEndDate,
	wouldReverse,
} from './courseRecord';
import { withCustomFields } from './customFields';
import { getCoursesFacts } from './reads';
import { READS } from '../../moodle/reads';

type MatchBy = 'shortname' | 'idnumber' | 'id';

const LABELS: Record<MatchBy, string> = {
	id: 'ID',
	idnumber: 'ID number',
	shortname: 'short name',
};

interface Input {
	matchBy: MatchBy;
	/** What the course is found by; empty for a course that is to be created. */
	match: string;
	categoryId?: Reference;
	record: Params;
	/** What custom fields of the record cannot be. */
	problem?: Problem;
}

const matchBy: INodeProperties = {
	displayName: 'Match By',
	name: 'matchBy',
	type: 'options',
	options: [
		{
			name: 'ID',
			value: 'id',
			description: 'A course with this ID is updated; without an ID a course is created',
		},
		{ name: 'ID Number', value: 'idnumber', description: 'Number of the course in another system' },
		{ name: 'Short Name', value: 'shortname' },
	],
	default: 'shortname',
	description: 'How to find out whether the course is there already',
};
const id = field('id', 'Course ID', 'text', {
	placeholder: 'e.g. 42',
	description:
		'ID of the course in Moodle, for example as an earlier run gave it back. Left empty, a course is created.',
});
const matching = field('idnumber', 'ID Number', 'text', {
	max: 100,
	placeholder: 'e.g. CRM-4711',
	description: 'Number of the course in another system',
});
const others = newSettings.filter((field) => field.name !== 'idnumber');

const only = (made: INodeProperties, ...values: MatchBy[]): INodeProperties => ({
	...made,
	displayOptions: { show: { matchBy: values } },
});

function matchOf(p: Parameters, by: MatchBy): string {
	if (by === 'shortname') return p.text(shortname);
	if (by === 'idnumber') return p.text(matching);
	const value = String((p.maybe(id) as string | undefined) ?? '').trim();
	if (value !== '' && !/^[1-9]\d{0,15}$/.test(value))
		throw new Problem({
			message: `'Course ID' is not an ID: ${shown(value)}`,
			mend: 'An ID is a whole number.',
			code: 'badvalue',
		});
	if (value === '1')
		throw new Problem({
			message: "'Course ID' 1 is the front page of the site, which cannot be changed like a course",
			code: 'invalidcourse',
		});
	return value;
}

function read(p: Parameters): Input {
	const by = p.choice<MatchBy>(matchBy);
	const fields = p.fields('additionalFields', by === 'idnumber' ? others : newSettings);
	const record: Params = {
		fullname: p.text(fullname),
		shortname: p.text(shortname),
		...(by === 'idnumber' ? { idnumber: p.text(matching) } : {}),
		...fields,
	};
	const categoryId = p.maybeRef('category', 'Category', 'categoryId', { verify: true });
	return { matchBy: by, match: matchOf(p, by), categoryId, record: checkedCourse(record) };
}

/** The course an input means, or why that cannot be told. */
function found(input: Resolved<Input>, courses: Answers<Json>): Json | Problem | undefined {
	if (input.match === '') return undefined;
	const course = oneFound(
		courses.get(input.match) ?? [],
		input.match,
		`courses have the ${LABELS[input.matchBy]}`,
	);
	if (course instanceof Problem) return course;
	if (!course) return input.matchBy === 'id' ? unknownCourse(input.match) : undefined;
	return wouldReverse(wanted(input), course) ? endsTooEarly() : course;
}

/** What an existing course shall be like. The number of sections belongs to a new course only. */
function wanted({ record, categoryId }: Resolved<Input>): Params {
	return { ...record, numsections: undefined, categoryid: categoryId };
}

async function find(
	inputs: Array<Resolved<Input>>,
	services: Services,
): Promise<Array<Json | Problem | undefined>> {
	const results = inputs.map((): Json | Problem | undefined => undefined);
	for (const by of ['shortname', 'idnumber', 'id'] as MatchBy[]) {
		const mine = inputs.filter((input) => input.matchBy === by && input.match !== '');
		if (mine.length === 0) continue;
		const courses = await coursesByValue(
			services.read,
			by,
			mine.map((input) => input.match),
		);
		inputs.forEach(
			(input, index) =>
				(results[index] = input.matchBy === by ? found(input, courses) : results[index]),
		);
	}
	// over the inputs: the results have holes, which map would skip
	return inputs.map(
		({ problem, categoryId }, index) =>
			problem ??
			(results[index] === undefined && categoryId === undefined ? noCategory() : results[index]),
	);
}

function noCategory(): Problem {
	return new Problem({
		message: "'Category' is empty, and the course is not there yet",
		mend: 'A new course needs a category: choose one.',
		code: 'empty',
	});
}

const base: Operation<Input> = upserting<Input>({
	resource: 'course',
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update course',
	description: 'Create a new course, or update the current one if it already exists (upsert)',
	calls: [createCourses, updateCourses],
	reads: [
		getCoursesFacts,
		READS.core_course_get_courses_by_field,
		READS.core_course_get_categories,
	],
	fields: [
		matchBy,
		only(property(id), 'id'),
		only(required(matching), 'idnumber'),
		required(fullname),
		required(shortname),
		locator('category', {
			required: false,
			description:
				'A new course goes into this category, and one that is there is moved into it. Left empty, a course that is there stays where it is.',
		}),
		only(collection('additionalFields', newSettings), 'shortname', 'id'),
		only(collection('additionalFields', others), 'idnumber'),
	],
	input: read,
	keys: ({ record, matchBy: by, match }) => [
		...valueKeys('shortname', record.shortname),
		...valueKeys('idnumber', record.idnumber),
		...(by === 'id' && match !== '' ? [`id:${match}`] : []),
	],
	match: ({ matchBy: by, match }) => ({ label: LABELS[by], text: match }),
	find,
	create: ({ record, categoryId }) =>
		keepingEndDate({ ...record, categoryid: categoryId }, record.format),
	change: (input, existing) => {
		const changes = courseChanges(wanted(input), existing);
		return Object.keys(changes).length === 0
			? undefined
			: { id: Number(existing.id), ...completeChange(changes, existing) };
	},
	output: ({ record }) => pick(record, ['shortname', 'fullname', 'idnumber']),
});

export const operation: Operation<Input> = {
	...base,
	steps: async (inputs, services, items) => {
		const records = await withCustomFields(
			inputs.map((input) => input.record),
			services,
		);
		const ready = inputs.map((input, index) => {
			const record = records[index];
			return record instanceof Problem ? { ...input, problem: record } : { ...input, record };
		});
		return await base.steps(ready, services, items);
	},
};
