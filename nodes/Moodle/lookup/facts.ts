import type { ReadFacts } from '../moodle/calls';
import type { ReadFunction } from '../moodle/replies';
import type { ReferenceKind } from './reference';

const facts = (name: ReadFunction, ...capabilities: string[]): ReadFacts => ({
	function: name,
	capabilities,
});

const USER = [
	'moodle/user:viewdetails',
	'moodle/user:viewalldetails',
	'moodle/site:viewuseridentity',
];
const GROUP = [
	'moodle/course:managegroups',
	'moodle/course:view',
	'moodle/course:viewhiddengroups',
];

const byField = facts('core_user_get_users_by_field', ...USER);
/** E-mail addresses that are stored in other capitals, on sites that tell capitals apart. */
const anyCapitals = facts('core_user_get_users', ...USER);
const everybody = facts('core_enrol_get_enrolled_users', 'moodle/site:viewparticipants', ...USER);
const oneCourse = facts(
	'core_course_get_courses_by_field',
	'moodle/course:viewhiddencourses',
	'moodle/course:update',
);
const courses = facts('core_course_get_courses', 'moodle/course:view', 'moodle/course:update');
const categories = facts('core_course_get_categories', 'moodle/category:viewhiddencategories');
const cohorts = facts('core_cohort_search_cohorts', 'moodle/cohort:view');
const groups = facts('core_group_get_course_groups', ...GROUP);
const groupings = facts('core_group_get_course_groupings', ...GROUP);

/** The functions by which names, addresses and numbers of records are turned into ids. */
export const NAME_READS: Record<ReferenceKind, ReadFacts[]> = {
	user: [byField, anyCapitals, everybody],
	course: [oneCourse, courses],
	// By the account's own address it is found out whether the site tells capitals apart.
	category: [categories, byField],
	cohort: [cohorts, byField],
	group: [groups, byField],
	grouping: [groupings, byField],
	role: [],
};

/** The functions behind the lists that are searched as the user types. */
export const LIST_READS: Record<ReferenceKind, ReadFacts[]> = {
	user: [facts('core_user_search_identity', ...USER), everybody],
	course: [facts('core_course_search_courses', 'moodle/course:viewhiddencourses')],
	category: [categories],
	cohort: [cohorts],
	group: [groups],
	grouping: [groupings],
	role: [],
};
