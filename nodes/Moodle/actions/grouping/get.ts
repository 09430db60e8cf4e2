import { READS } from '../../moodle/reads';
import type { Json } from '../../moodle/values';
import { objectsOf } from '../../moodle/values';
import { reading } from '../build';
import { simplify } from '../fields';
import { readGroups, unknownGroup } from '../groupsAndGroupings/read';
import { courseOfGroup, groupingRef } from '../groupsAndGroupings/refs';
import { locator } from '../locators';
import { simplified } from './groupingFields';

/** A grouping with the ids of its groups; Moodle leaves the list out when there are none. */
function withGroupIds(row: Json): Json {
	return { ...simplified(row), groupids: objectsOf(row.groups).map((group) => Number(group.id)) };
}

export const operation = reading({
	resource: 'grouping',
	value: 'get',
	name: 'Get',
	action: 'Get grouping',
	description: 'Retrieve a grouping and its groups',
	reads: [READS.core_group_get_groupings],
	batched: true,
	fields: [courseOfGroup, locator('grouping'), simplify],
	input: (p) => ({ ...groupingRef(p), simple: p.flag('simplify') }),
	steps: async (inputs, { read }) => {
		const { rows, refused } = await readGroups(
			read,
			'grouping',
			inputs.map(({ groupingId }) => groupingId),
			{ returngroups: true },
		);
		return inputs.map(({ groupingId, simple }) => {
			const row = rows.get(groupingId);
			if (!row) return { problem: refused.get(groupingId) ?? unknownGroup('grouping', groupingId) };
			return { done: simple ? withGroupIds(row) : { ...row, groups: objectsOf(row.groups) } };
		});
	},
});
