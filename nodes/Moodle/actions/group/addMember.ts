import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { courseOfGroup } from '../groupsAndGroupings/refs';
import { locator } from '../locators';
import { addGroupMembers } from './memberCalls';
import { areMembers, membershipKeys, membershipOf } from './membership';

export const operation = writing({
	resource: 'group',
	value: 'addMember',
	name: 'Add Member',
	action: 'Add member to group',
	description:
		'Add a user to a group. The user must be enrolled in the course; somebody who is a member already stays one.',
	calls: [addGroupMembers],
	reads: [
		READS.core_group_get_group_members,
		READS.core_group_get_groups,
		READS.core_group_get_course_user_groups,
	],
	fields: [courseOfGroup, locator('group'), locator('user')],
	input: membershipOf,
	keys: membershipKeys,
	before: async (inputs, { read }) => {
		const states = await areMembers(inputs, read);
		return inputs.map(({ groupId, userId }, at) => {
			const isMember = states[at];
			if (isMember instanceof Problem) return { problem: isMember };
			return isMember
				? { done: { ...success({ groupid: groupId, userid: userId }), already: true } }
				: undefined;
		});
	},
	record: ({ groupId, userId }) => ({ groupid: groupId, userid: userId }),
	output: ({ groupId, userId }) => ({
		...success({ groupid: groupId, userid: userId }),
		already: false,
	}),
});
