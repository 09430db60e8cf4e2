import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { courseOfGroup } from '../groupsAndGroupings/refs';
import { locator } from '../locators';
import { assignmentKeys, assignmentOf, foreignGroups, groupingsOf, isAssigned } from './assignment';
import { assignGroupings } from './calls';

export const operation = writing({
	resource: 'grouping',
	value: 'assignGroup',
	name: 'Assign Group',
	action: 'Assign group to grouping',
	description: 'Put a group into a grouping of the same course',
	calls: [assignGroupings],
	reads: [READS.core_group_get_groupings, READS.core_group_get_groups],
	fields: [courseOfGroup, locator('grouping'), locator('group')],
	input: assignmentOf,
	keys: assignmentKeys,
	before: async (inputs, { read }) => {
		const groupings = await groupingsOf(inputs, read);
		const foreign = await foreignGroups(inputs, groupings, read);
		return inputs.map((input, at) => {
			const state = isAssigned(input, groupings);
			if (state instanceof Problem) return { problem: state };
			if (state)
				return {
					done: {
						...success({ groupingid: input.groupingId, groupid: input.groupId }),
						already: true,
					},
				};
			const problem = foreign[at];
			return problem && { problem };
		});
	},
	record: ({ groupingId, groupId }) => ({ groupingid: groupingId, groupid: groupId }),
	output: ({ groupingId, groupId }) => ({
		...success({ groupingid: groupingId, groupid: groupId }),
		already: false,
	}),
});
