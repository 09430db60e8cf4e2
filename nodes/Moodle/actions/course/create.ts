import { Problem } from '../../moodle/problem';
import type { Params } from '../../moodle/values';
import { idOf, pick, writing } from '../build';
import { collection, required } from '../fields';
import { valueKeys } from '../keys';
import { locator } from '../locators';
import { createCourses } from './calls';
import { fullname, newSettings, shortname } from './courseFields';
import { checkedCourse, keepingEndDate } from './courseRecord';
import { withCustomFields } from './customFields';
import { getCoursesFacts } from './reads';
import { READS } from '../../moodle/reads';

const base = writing({
	resource: 'course',
	value: 'create',
	name: 'Create',
	action: 'Create course',
	description: 'Create a new course',
	calls: [createCourses],
	reads: [
		READS.core_course_get_categories,
		getCoursesFacts,
		READS.core_course_get_courses_by_field,
	],
	fields: [
		required(fullname),
		required(shortname),
		locator('category', { description: 'The category that the course goes into' }),
		collection('additionalFields', newSettings),
	],
	input: (p) => ({
		categoryId: p.ref('category', 'Category', 'categoryId', { verify: true }),
		record: checkedCourse({
			fullname: p.text(fullname),
			shortname: p.text(shortname),
			...p.fields('additionalFields', newSettings),
		}),
	}),
	keys: ({ record }) => [
		...valueKeys('shortname', record.shortname),
		...valueKeys('idnumber', record.idnumber),
	],
	record: ({ record, categoryId }): Params =>
		keepingEndDate({ ...record, categoryid: categoryId }, record.format),
	output: ({ record, categoryId }, reply) => ({
		id: idOf(reply),
		...pick(record, ['shortname', 'fullname', 'idnumber']),
		categoryid: categoryId,
	}),
});

export const operation: typeof base = {
	...base,
	steps: async (inputs, services, items) => {
		const records = await withCustomFields(
			inputs.map((input) => input.record),
			services,
		);
		const ready = inputs.map((input, index) => {
			const record = records[index];
			return record instanceof Problem ? input : { ...input, record };
		});
		const steps = await base.steps(ready, services, items);
		return steps.map((step, index) => {
			const problem = records[index];
			return problem instanceof Problem ? { problem } : step;
		});
	},
};
