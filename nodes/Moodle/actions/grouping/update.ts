import { READS } from '../../moodle/reads';
import { collection } from '../fields';
import { courseOfGroup, groupingRef } from '../groupsAndGroupings/refs';
import { updating } from '../groupsAndGroupings/updating';
import { locator } from '../locators';
import { updateGroupings } from './calls';
import { details, idnumber, name } from './groupingFields';

const fields = [name, idnumber, ...details];

export const operation = updating({
	kind: 'grouping',
	description: 'Update a grouping',
	call: updateGroupings,
	reads: [READS.core_group_get_groupings],
	fields: [courseOfGroup, locator('grouping'), collection('updateFields', fields)],
	input: (p) => {
		const { courseId, groupingId } = groupingRef(p);
		return { courseId, target: groupingId, changes: p.fields('updateFields', fields, 'update') };
	},
});
