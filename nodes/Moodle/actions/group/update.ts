import type { Params } from '../../moodle/values';
import { collection } from '../fields';
import { locator } from '../locators';
import { groupMembersFacts, groupsFacts, updateGroups } from './calls';
import { asChange, details, idnumber, name } from './groupFields';
import { courseOfGroup, groupRef } from './refs';
import { updating } from './updating';

const fields = [name, idnumber, ...details];

export const operation = updating({
	kind: 'group',
	description: 'Update a group',
	call: updateGroups,
	reads: [groupsFacts, groupMembersFacts],
	fields: [courseOfGroup, locator('group'), collection('updateFields', fields)],
	input: (p) => {
		const { courseId, groupId } = groupRef(p);
		return {
			courseId,
			target: groupId,
			changes: asChange(p.fields('updateFields', fields, 'update') as Params),
		};
	},
});
