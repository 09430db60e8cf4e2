import type { ReadFacts } from '../../moodle/calls';

export const getCoursesFacts: ReadFacts = {
	function: 'core_course_get_courses',
	capabilities: ['moodle/course:view', 'moodle/course:update', 'moodle/course:viewhiddencourses'],
};

export const coursesByFieldFacts: ReadFacts = {
	function: 'core_course_get_courses_by_field',
	capabilities: ['moodle/course:update', 'moodle/course:viewhiddencourses'],
};

export const searchCoursesFacts: ReadFacts = {
	function: 'core_course_search_courses',
	capabilities: [],
};

export const courseContentsFacts: ReadFacts = {
	function: 'core_course_get_contents',
	capabilities: ['moodle/course:view', 'moodle/course:viewhiddencourses'],
};

export const getCategoriesFacts: ReadFacts = {
	function: 'core_course_get_categories',
	capabilities: ['moodle/category:viewhiddencategories'],
};
