import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { removeGroupMembers } from './memberCalls';
import { readMembers } from '../groupsAndGroupings/read';
import { courseOfGroup, groupRef } from '../groupsAndGroupings/refs';

export const operation = writing({
	resource: 'group',
	value: 'removeMember',
	name: 'Remove Member',
	action: 'Remove member from group',
	description: 'Remove a user from a group. Nothing is done about somebody who is no member.',
	calls: [removeGroupMembers],
	reads: [READS.core_group_get_group_members, READS.core_group_get_groups],
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
