import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { readGroups } from '../groupsAndGroupings/read';
import { courseOfGroup, groupingRef } from '../groupsAndGroupings/refs';
import { refKey } from '../keys';
import { locator } from '../locators';
import { deleteGroupings } from './calls';

export const operation = writing({
	resource: 'grouping',
	value: 'delete',
	name: 'Delete',
	action: 'Delete grouping',
	description: 'Delete a grouping permanently. Its groups stay.',
	calls: [deleteGroupings],
	reads: [READS.core_group_get_groupings],
	fields: [courseOfGroup, locator('grouping')],
	input: groupingRef,
	keys: ({ groupingId }) => [refKey(groupingId)],
	// Moodle takes unknown ids in silence.
	before: async (inputs, { read }) => {
		const { refused } = await readGroups(
			read,
			'grouping',
			inputs.map(({ groupingId }) => groupingId),
		);
		return inputs.map(({ groupingId }) => {
			const problem = refused.get(groupingId);
			return problem && { problem };
		});
	},
	record: ({ groupingId }) => groupingId,
	output: ({ groupingId }) => success({ id: groupingId }),
});
