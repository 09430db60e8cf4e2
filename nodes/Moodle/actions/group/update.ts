import { READS } from '../../moodle/reads';
import { collection } from '../fields';
import { locator } from '../locators';
import { updateGroups } from './calls';
import { asChange, checkedGroup, details, idnumber, name } from './groupFields';
import { courseOfGroup, groupRef } from '../groupsAndGroupings/refs';
import { updating } from '../groupsAndGroupings/updating';

const fields = [name, idnumber, ...details];

export const operation = updating({
	kind: 'group',
	description: 'Update a group',
	call: updateGroups,
	reads: [READS.core_group_get_groups, READS.core_group_get_group_members],
	fields: [courseOfGroup, locator('group'), collection('updateFields', fields)],
	input: (p) => {
		const { courseId, groupId } = groupRef(p);
		return {
			courseId,
			target: groupId,
			changes: asChange(checkedGroup(p.fields('updateFields', fields, 'update'))),
		};
	},
});
