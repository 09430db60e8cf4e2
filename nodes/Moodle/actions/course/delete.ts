import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { deleteCourses } from './calls';
import { notFrontPage } from './frontPage';
import { coursesByFieldFacts, getCoursesFacts } from './reads';

export const operation = writing({
	resource: 'course',
	value: 'delete',
	name: 'Delete',
	action: 'Delete course',
	description: 'Delete a course permanently, with everything in it',
	calls: [deleteCourses],
	reads: [getCoursesFacts, coursesByFieldFacts],
	timeout: 300_000,
	fields: [locator('course')],
	input: (p) => ({ courseId: notFrontPage(p.ref('course', 'Course')) }),
	keys: ({ courseId }) => [refKey(courseId)],
	record: ({ courseId }) => courseId,
	output: ({ courseId }) => success({ id: courseId }),
});
