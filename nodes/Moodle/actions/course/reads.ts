import { needing, READS } from '../../moodle/reads';

/** Courses with ID numbers and settings, which Moodle shows to those who may change them. */
export const getCoursesFacts = needing(READS.core_course_get_courses, 'moodle/course:update');
