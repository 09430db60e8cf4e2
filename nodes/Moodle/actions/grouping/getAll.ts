import { READS } from '../../moodle/reads';
import { reading } from '../build';
import { listing } from '../groupsAndGroupings/listing';
import { simplified } from './groupingFields';

export const operation = reading({
	resource: 'grouping',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many groupings',
	description: 'Retrieve a list of groupings of a course',
	reads: [READS.core_group_get_course_groupings],
	...listing('grouping', simplified),
});
