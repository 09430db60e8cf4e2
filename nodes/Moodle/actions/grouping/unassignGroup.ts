import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { courseOfGroup } from '../groupsAndGroupings/refs';
import { locator } from '../locators';
import { assignmentKeys, assignmentOf, groupingsOf, isAssigned } from './assignment';
import { unassignGroupings } from './calls';

export const operation = writing({
	resource: 'grouping',
	value: 'unassignGroup',
	name: 'Unassign Group',
	action: 'Unassign group from grouping',
	description: 'Take a group out of a grouping. The group itself stays.',
	calls: [unassignGroupings],
	reads: [READS.core_group_get_groupings, READS.core_group_get_groups],
	fields: [courseOfGroup, locator('grouping'), locator('group')],
	input: assignmentOf,
	keys: assignmentKeys,
	before: async (inputs, { read }) => {
		const groupings = await groupingsOf(inputs, read);
		return inputs.map((input) => {
			const state = isAssigned(input, groupings);
			if (state instanceof Problem) return { problem: state };
			return state
				? undefined
				: {
						done: {
							...success({ groupingid: input.groupingId, groupid: input.groupId }),
							nothingToDo: true,
						},
					};
		});
	},
	record: ({ groupingId, groupId }) => ({ groupingid: groupingId, groupid: groupId }),
	output: ({ groupingId, groupId }) => ({
		...success({ groupingid: groupingId, groupid: groupId }),
		nothingToDo: false,
	}),
});
