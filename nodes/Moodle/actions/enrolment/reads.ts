import { needing, READS } from '../../moodle/reads';

/** All participants of a course, those of other groups and the suspended ones too, with their roles. */
export const enrolledUsersFacts = needing(
	READS.core_enrol_get_enrolled_users,
	'moodle/course:viewparticipants',
	'moodle/course:view',
	'moodle/site:viewfullnames',
	'moodle/course:viewhiddenuserfields',
	'moodle/site:accessallgroups',
	'moodle/course:enrolreview',
	'moodle/role:review',
);
