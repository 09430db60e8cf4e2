import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { courseOfGroup } from '../groupsAndGroupings/refs';
import { locator } from '../locators';
import { removeGroupMembers } from './memberCalls';
import { areMembers, membershipKeys, membershipOf } from './membership';

export const operation = writing({
	resource: 'group',
	value: 'removeMember',
	name: 'Remove Member',
	action: 'Remove member from group',
	description: 'Remove a user from a group. Nothing is done about somebody who is no member.',
	calls: [removeGroupMembers],
	reads: [READS.core_group_get_group_members, READS.core_group_get_groups],
	fields: [courseOfGroup, locator('group'), locator('user')],
	input: membershipOf,
	keys: membershipKeys,
	before: async (inputs, { read }) => {
		const states = await areMembers(inputs, read);
		return inputs.map(({ groupId, userId }, at) => {
			const isMember = states[at];
			if (isMember instanceof Problem) return { problem: isMember };
			return isMember
				? undefined
				: { done: { ...success({ groupid: groupId, userid: userId }), nothingToDo: true } };
		});
	},
	record: ({ groupId, userId }) => ({ groupid: groupId, userid: userId }),
	output: ({ groupId, userId }) => ({
		...success({ groupid: groupId, userid: userId }),
		nothingToDo: false,
	}),
});
