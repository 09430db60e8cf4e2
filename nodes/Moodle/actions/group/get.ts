import { READS } from '../../moodle/reads';
import { reading } from '../build';
import { simplify } from '../fields';
import { locator } from '../locators';
import { simplified } from './groupFields';
import { readGroups, unknownGroup } from '../groupsAndGroupings/read';
import { courseOfGroup, groupRef } from '../groupsAndGroupings/refs';

export const operation = reading({
	resource: 'group',
	value: 'get',
	name: 'Get',
	action: 'Get group',
	description: 'Retrieve a group',
	reads: [READS.core_group_get_groups],
	batched: true,
	fields: [courseOfGroup, locator('group'), simplify],
	input: (p) => ({ ...groupRef(p), simple: p.flag('simplify') }),
	steps: async (inputs, { read }) => {
		const { rows, refused } = await readGroups(
			read,
			'group',
			inputs.map(({ groupId }) => groupId),
		);
		return inputs.map(({ groupId, simple }) => {
			const row = rows.get(groupId);
			if (!row) return { problem: refused.get(groupId) ?? unknownGroup('group', groupId) };
			return { done: simple ? simplified(row) : row };
		});
	},
});
