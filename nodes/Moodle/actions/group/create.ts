import { READS } from '../../moodle/reads';
import type { Params } from '../../moodle/values';
import { idOf, writing } from '../build';
import { collection, required } from '../fields';
import { locator } from '../locators';
import { createGroups } from './calls';
import { customFieldProblems } from '../groupsAndGroupings/customFields';
import { checkedGroup, details, idnumber, name } from './groupFields';
import { uniqueKeys } from '../groupsAndGroupings/keys';

export const operation = writing({
	resource: 'group',
	value: 'create',
	name: 'Create',
	action: 'Create group',
	description: 'Create a new group in a course',
	calls: [createGroups],
	reads: [READS.core_group_get_course_groups, READS.core_group_get_groups],
	fields: [
		locator('course'),
		required(name),
		collection('additionalFields', [idnumber, ...details]),
	],
	input: (p) => ({
		courseId: p.ref('course', 'Course'),
		record: {
			name: p.text(name),
			...checkedGroup(p.fields('additionalFields', [idnumber, ...details])),
		} as Params,
	}),
	keys: ({ courseId, record }) => uniqueKeys(courseId, record),
	before: async (inputs, { read }) => {
		const problems = await customFieldProblems(read, 'group', inputs);
		return problems.map((problem) => problem && { problem });
	},
	// Moodle wants a description, be it empty.
	record: ({ courseId, record }) => ({ courseid: courseId, description: '', ...record }),
	output: ({ courseId, record }, reply) => ({
		id: idOf(reply),
		courseid: courseId,
		name: record.name,
		idnumber: record.idnumber ?? '',
	}),
});
