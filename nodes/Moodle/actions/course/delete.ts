import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { deleteCourses } from './deletion';
import { notFrontPage } from './frontPage';
import { getCoursesFacts } from './reads';
import { READS } from '../../moodle/reads';

export const operation = writing({
	resource: 'course',
	value: 'delete',
	name: 'Delete',
	action: 'Delete course',
	description: 'Delete a course permanently, with everything in it',
	calls: [deleteCourses],
	reads: [getCoursesFacts, READS.core_course_get_courses_by_field],
	timeout: 300_000,
	fields: [locator('course')],
	input: (p) => ({ courseId: notFrontPage(p.ref('course', 'Course')) }),
	keys: ({ courseId }) => [refKey(courseId)],
	record: ({ courseId }) => courseId,
	output: ({ courseId }) => success({ id: courseId }),
});
