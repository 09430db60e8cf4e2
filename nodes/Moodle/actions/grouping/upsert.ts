import { READS } from '../../moodle/reads';
import { upserting } from '../build';
import { sending, wholeChange, type UpsertInput } from '../groupsAndGroupings/change';
import { customFieldProblems } from '../groupsAndGroupings/customFields';
import {
	changesOf,
	findExisting,
	matchOf,
	upsertFields,
	upsertInput,
	upsertKeys,
} from '../groupsAndGroupings/upserts';
import { createGroupings, updateGroupings } from './calls';
import { details, idnumber, name, newGrouping } from './groupingFields';

export const operation = upserting<UpsertInput>({
	resource: 'grouping',
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update grouping',
	description: 'Create a new grouping, or update the current one if it already exists (upsert)',
	calls: [createGroupings, updateGroupings],
	reads: [READS.core_group_get_course_groupings, READS.core_group_get_groupings],
	fields: upsertFields('grouping', name, idnumber, details),
	input: (p) => upsertInput('grouping', p, name, idnumber, details),
	keys: upsertKeys,
	match: matchOf,
	find: async (inputs, services) => await findExisting('grouping', inputs, services),
	before: async (inputs, { read }) => await customFieldProblems(read, 'grouping', inputs),
	create: ({ courseId, record }) => newGrouping(courseId, record),
	change: (input, existing) => {
		const changes = changesOf(input, existing);
		return Object.keys(changes).length === 0
			? undefined
			: wholeChange('grouping', existing, changes);
	},
	send: (change, existing) => sending('grouping', updateGroupings, change, existing),
	output: ({ courseId, record }) => ({ courseid: courseId, name: record.name }),
});
