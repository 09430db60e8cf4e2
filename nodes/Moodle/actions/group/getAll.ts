import { READS } from '../../moodle/reads';
import { reading } from '../build';
import { listing } from '../groupsAndGroupings/listing';
import { simplified } from './groupFields';

export const operation = reading({
	resource: 'group',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many groups',
	description: 'Retrieve a list of groups of a course',
	reads: [READS.core_group_get_course_groups],
	...listing('group', simplified),
});
