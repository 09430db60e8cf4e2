import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { addGroupMembers } from './memberCalls';
import { readMembers } from '../groupsAndGroupings/read';
import { courseOfGroup, groupRef } from '../groupsAndGroupings/refs';

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
	input: (p) => ({ ...groupRef(p), userId: p.ref('user', 'User') }),
	keys: ({ groupId, userId }) => [`${refKey(groupId)} ${refKey(userId)}`],
	before: async (inputs, { read }) => {
		const { rows, refused } = await readMembers(
			read,
			inputs.map(({ groupId }) => groupId),
		);
		const members = new Map([...rows].map(([group, users]) => [group, new Set(users)]));
		return inputs.map(({ groupId, userId }) => {
			const problem = refused.get(groupId);
			if (problem) return { problem };
			return members.get(groupId)?.has(userId)
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
