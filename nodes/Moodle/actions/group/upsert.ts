import { READS } from '../../moodle/reads';
import { upserting } from '../build';
import { createGroups, updateGroups } from './calls';
import { sending, wholeChange, type UpsertInput } from '../groupsAndGroupings/change';
import { customFieldProblems } from '../groupsAndGroupings/customFields';
import { asChange, checkedGroup, details, idnumber, name } from './groupFields';
import {
	changesOf,
	findExisting,
	matchOf,
	upsertFields,
	upsertInput,
	upsertKeys,
} from '../groupsAndGroupings/upserts';

export const operation = upserting<UpsertInput>({
	resource: 'group',
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update group',
	description: 'Create a new group, or update the current one if it already exists (upsert)',
	calls: [createGroups, updateGroups],
	reads: [
		READS.core_group_get_course_groups,
		READS.core_group_get_groups,
		READS.core_group_get_group_members,
	],
	fields: upsertFields('group', name, idnumber, details),
	input: (p) => {
		const input = upsertInput('group', p, name, idnumber, details);
		return { ...input, record: checkedGroup(input.record) };
	},
	keys: upsertKeys,
	match: matchOf,
	find: async (inputs, services) => await findExisting('group', inputs, services),
	before: async (inputs, { read }) => await customFieldProblems(read, 'group', inputs),
	create: ({ courseId, record }) => ({ courseid: courseId, description: '', ...record }),
	change: (input, existing) => {
		const changes = changesOf(input, existing);
		return Object.keys(changes).length === 0
			? undefined
			: wholeChange('group', existing, asChange(changes));
	},
	send: (change, existing) => sending('group', updateGroups, change, existing),
	output: ({ courseId, record }) => ({ courseid: courseId, name: record.name }),
});
