import { READS } from '../../moodle/reads';
import type { Params } from '../../moodle/values';
import { idOf, writing } from '../build';
import { collection, required } from '../fields';
import { customFieldProblems } from '../groupsAndGroupings/customFields';
import { uniqueKeys } from '../groupsAndGroupings/keys';
import { locator } from '../locators';
import { createGroupings } from './calls';
import { details, idnumber, name, newGrouping } from './groupingFields';

export const operation = writing({
	resource: 'grouping',
	value: 'create',
	name: 'Create',
	action: 'Create grouping',
	description: 'Create a new grouping in a course',
	calls: [createGroupings],
	reads: [READS.core_group_get_course_groupings, READS.core_group_get_groupings],
	fields: [
		locator('course'),
		required(name),
		collection('additionalFields', [idnumber, ...details]),
	],
	input: (p) => ({
		courseId: p.ref('course', 'Course'),
		record: {
			name: p.text(name),
			...p.fields('additionalFields', [idnumber, ...details]),
		} as Params,
	}),
	keys: ({ courseId, record }) => uniqueKeys(courseId, record),
	before: async (inputs, { read }) => {
		const problems = await customFieldProblems(read, 'grouping', inputs);
		return problems.map((problem) => problem && { problem });
	},
	record: ({ courseId, record }) => newGrouping(courseId, record),
	output: ({ courseId, record }, reply) => ({
		id: idOf(reply),
		courseid: courseId,
		name: record.name,
		idnumber: record.idnumber ?? '',
	}),
});
