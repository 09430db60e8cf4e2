import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { deleteGroups } from './calls';
import { readGroups } from '../groupsAndGroupings/read';
import { courseOfGroup, groupRef } from '../groupsAndGroupings/refs';

export const operation = writing({
	resource: 'group',
	value: 'delete',
	name: 'Delete',
	action: 'Delete group',
	description: 'Delete a group permanently. Its members stay in the course.',
	calls: [deleteGroups],
	reads: [READS.core_group_get_groups],
	fields: [courseOfGroup, locator('group')],
	input: groupRef,
	keys: ({ groupId }) => [refKey(groupId)],
	// Moodle takes unknown ids in silence.
	before: async (inputs, { read }) => {
		const { refused } = await readGroups(
			read,
			'group',
			inputs.map(({ groupId }) => groupId),
		);
		return inputs.map(({ groupId }) => {
			const problem = refused.get(groupId);
			return problem && { problem };
		});
	},
	record: ({ groupId }) => groupId,
	output: ({ groupId }) => success({ id: groupId }),
});
