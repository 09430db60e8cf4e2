import { needing, READS, type ReadFacts } from '../moodle/reads';
import type { ReferenceKind } from './reference';

/** E-mail addresses that are stored in other capitals, on sites that tell capitals apart. */
const anyCapitals = READS.core_user_get_users;
const byField = READS.core_user_get_users_by_field;
const everybody = needing(
	READS.core_enrol_get_enrolled_users,
	'moodle/site:viewparticipants',
	'moodle/user:viewalldetails',
	'moodle/site:viewuseridentity',
);
/** All courses, found by their ID numbers too. */
const courses = needing(READS.core_course_get_courses, 'moodle/course:update');

/** The functions by which names, addresses and numbers of records are turned into ids. */
export const NAME_READS: Record<ReferenceKind, ReadFacts[]> = {
	user: [byField, anyCapitals, everybody],
	course: [READS.core_course_get_courses_by_field, courses, READS.core_course_search_courses],
	// By the account's own address it is found out whether the site tells capitals apart.
	category: [READS.core_course_get_categories, byField],
	cohort: [READS.core_cohort_search_cohorts, byField],
	group: [READS.core_group_get_course_groups, byField],
	grouping: [READS.core_group_get_course_groupings, byField],
	role: [],
};

/** The functions of the lists that are searched as the user types. */
export const LIST_READS: Record<ReferenceKind, ReadFacts[]> = {
	user: [READS.core_user_search_identity, everybody],
	course: [READS.core_course_search_courses],
	category: [READS.core_course_get_categories],
	cohort: [READS.core_cohort_search_cohorts],
	group: [READS.core_group_get_course_groups],
	grouping: [READS.core_group_get_course_groupings],
	role: [],
};
