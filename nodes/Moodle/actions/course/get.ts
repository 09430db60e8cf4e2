import { coursesByValue } from '../../lookup/courses';
import { reading } from '../build';
import { simplify } from '../fields';
import { locator } from '../locators';
import { getCoursesFacts } from './reads';
import { showCourse } from './show';
import { answerWanted, type Wanted } from './wanted';
import { READS } from '../../moodle/reads';

export const operation = reading<Wanted>({
	resource: 'course',
	value: 'get',
	name: 'Get',
	action: 'Get course',
	description: 'Retrieve a course',
	batched: true,
	reads: [getCoursesFacts, READS.core_course_get_courses_by_field],
	fields: [locator('course'), simplify],
	input: (p) => ({
		wanted: { reference: p.ref('course', 'Course') },
		simplify: p.flag('simplify'),
	}),
	steps: async (inputs, { read }) =>
		await answerWanted(
			inputs,
			async (mode, values) => await coursesByValue(read, mode, values),
			showCourse,
		),
});
