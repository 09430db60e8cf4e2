import type { ReadFacts } from '../../moodle/calls';

export const enrolledUsersFacts: ReadFacts = {
	function: 'core_enrol_get_enrolled_users',
	capabilities: [
		'moodle/course:viewparticipants',
		'moodle/course:view',
		'moodle/user:viewdetails',
		'moodle/site:viewfullnames',
		'moodle/course:viewhiddenuserfields',
		'moodle/site:accessallgroups',
		'moodle/course:enrolreview',
		'moodle/role:review',
	],
};

export const userCoursesFacts: ReadFacts = {
	function: 'core_enrol_get_users_courses',
	capabilities: ['moodle/course:viewparticipants', 'moodle/user:viewdetails', 'moodle/course:view'],
};

export const methodsFacts: ReadFacts = {
	function: 'core_enrol_get_course_enrolment_methods',
	capabilities: ['moodle/course:viewhiddencourses'],
};
