import { READS } from '../../moodle/reads';
import { usersByFieldFacts } from '../user/calls';
import { detailsOf, withUsers } from '../cohort/memberDetails';
import { reading } from '../build';
import { returnAllAndLimit } from '../fields';
import { locator } from '../locators';
import { readMembers } from '../groupsAndGroupings/read';
import { courseOfGroup, groupRef } from '../groupsAndGroupings/refs';

export const operation = reading({
	resource: 'group',
	value: 'getMembers',
	name: 'Get Members',
	action: 'Get members of group',
	description: 'Retrieve the members of a group, one item each',
	reads: [READS.core_group_get_group_members, usersByFieldFacts],
	batched: true,
	fields: [courseOfGroup, locator('group'), ...returnAllAndLimit, withUsers],
	input: (p) => ({
		...groupRef(p),
		limit: p.limit(),
		users: p.flag(withUsers.name, withUsers.displayName),
	}),
	steps: async (inputs, { read }) => {
		const { rows, refused } = await readMembers(
			read,
			inputs.map(({ groupId }) => groupId),
		);
		const members = inputs.map(({ groupId, limit }) => (rows.get(groupId) ?? []).slice(0, limit));
		const details = await detailsOf(
			read,
			inputs.flatMap(({ users }, at) => (users ? members[at] : [])),
		);
		return inputs.map(({ groupId, users }, at) => {
			const problem = refused.get(groupId);
			if (problem) return { problem };
			return {
				done: members[at].map((userid) => ({
					groupid: groupId,
					userid,
					...(users ? details.get(userid) : {}),
				})),
			};
		});
	},
});
