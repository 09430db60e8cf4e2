import { z } from '../schemas/zod';
import { holding, rows, shaped } from './replies';

/** What is known, and measured, of one function that operations read with. `T` is the shape of its answer. */
export interface ReadFacts<T extends z.ZodTypeAny = z.ZodTypeAny> extends Definition<T> {
	/** `wsfunction`. */
	function: string;
}

interface Definition<T extends z.ZodTypeAny = z.ZodTypeAny> {
	/**
	 * What the account behind the token needs to read it, for messages, the role preset, Check Setup and the documents.
	 * Without `…:view…` rights it answers too, with less: a use that needs to see more says so by `needing`.
	 */
	capabilities: string[];
	/**
	 * What it answers, as far as we rely on it. An answer of another shape counts as none: read as an empty list it would
	 * say that nobody is there, and somebody would be created twice.
	 */
	reply: T;
}

/** The record of a function that only one file reads, beside what reads it. Those of several files stand in `READS`. */
export function readFacts<T extends z.ZodTypeAny>(facts: ReadFacts<T>): ReadFacts<T> {
	return facts;
}

/** An object with any keys. */
const anything = shaped({});

const SEE_USERS = [
	'moodle/user:viewdetails',
	'moodle/user:viewalldetails',
	'moodle/site:viewuseridentity',
];
/** Groups that are not visible to everyone are left out for others (groups_get_all_groups, 4.2 on). */
const SEE_GROUPS = [
	'moodle/course:managegroups',
	'moodle/course:view',
	'moodle/course:viewhiddengroups',
];
export const MANAGE_GROUPS = ['moodle/course:managegroups'];
/**
 * Without the one of its module an activity is not there for an account, as if the course could not be entered
 * (cm_info::is_user_access_restricted_by_capability, 4.1 to 5.1). The other modules have none.
 */
export const SEE_ACTIVITIES = [
	'assign',
	'bigbluebuttonbn',
	'chat',
	'choice',
	'data',
	'feedback',
	'folder',
	'glossary',
	'h5pactivity',
	'imscp',
	'label',
	'lesson',
	'lti',
	'page',
	'quiz',
	'resource',
	'url',
	'workshop',
].map((module) => `mod/${module}:view`);

/** Every function that several files read with, once. That of one file has its record there, by `readFacts`. */
export const READS = named({
	/** Events of a course that the account does not take part in: with the right to manage all entries. */
	core_calendar_get_calendar_events: {
		capabilities: ['moodle/calendar:manageentries'],
		reply: holding('events'),
	},
	core_cohort_get_cohort_members: { capabilities: ['moodle/cohort:view'], reply: rows },
	core_cohort_get_cohorts: { capabilities: ['moodle/cohort:view'], reply: rows },
	core_cohort_search_cohorts: { capabilities: ['moodle/cohort:view'], reply: holding('cohorts') },
	core_completion_get_activities_completion_status: {
		capabilities: ['report/progress:view', 'moodle/course:view', ...SEE_ACTIVITIES],
		reply: holding('statuses'),
	},
	core_completion_get_course_completion_status: {
		capabilities: ['report/completion:view', 'moodle/course:view'],
		reply: shaped({ completionstatus: anything }),
	},
	core_course_get_categories: {
		capabilities: ['moodle/category:viewhiddencategories'],
		reply: rows,
	},
	core_course_get_contents: {
		capabilities: ['moodle/course:view', 'moodle/course:viewhiddencourses', ...SEE_ACTIVITIES],
		reply: rows,
	},
	core_course_get_course_module: {
		capabilities: ['moodle/course:view', ...SEE_ACTIVITIES],
		reply: shaped({ cm: anything }),
	},
	core_course_get_courses: {
		capabilities: ['moodle/course:view', 'moodle/course:viewhiddencourses'],
		reply: rows,
	},
	core_course_get_courses_by_field: {
		capabilities: ['moodle/course:update', 'moodle/course:viewhiddencourses'],
		reply: holding('courses'),
	},
	core_course_search_courses: {
		capabilities: ['moodle/course:viewhiddencourses'],
		reply: holding('courses'),
	},
	/** Of a course it needs `moodle/course:viewparticipants`, of the whole site `moodle/site:viewparticipants`. */
	core_enrol_get_enrolled_users: { capabilities: ['moodle/user:viewdetails'], reply: rows },
	core_group_get_course_groupings: {
		capabilities: ['moodle/course:managegroups', 'moodle/course:view'],
		reply: rows,
	},
	core_group_get_course_groups: { capabilities: SEE_GROUPS, reply: rows },
	core_group_get_course_user_groups: { capabilities: MANAGE_GROUPS, reply: holding('groups') },
	core_group_get_group_members: { capabilities: MANAGE_GROUPS, reply: rows },
	core_group_get_groupings: { capabilities: MANAGE_GROUPS, reply: rows },
	core_group_get_groups: {
		capabilities: ['moodle/course:managegroups', 'moodle/course:viewhiddengroups'],
		reply: rows,
	},
	/** All three lists are always there, whatever is declared (source 4.1 to 5.1). */
	core_notes_get_course_notes: {
		capabilities: ['moodle/notes:view', 'moodle/course:view'],
		reply: shaped({ sitenotes: rows, coursenotes: rows, personalnotes: rows }),
	},
	core_reportbuilder_list_reports: {
		capabilities: ['moodle/reportbuilder:view'],
		reply: holding('reports'),
	},
	core_reportbuilder_retrieve_report: {
		capabilities: ['moodle/reportbuilder:view', 'moodle/reportbuilder:viewall'],
		reply: shaped({
			data: shaped({
				headers: z.array(z.string()),
				rows: z.array(shaped({ columns: z.array(z.unknown()) })),
			}),
		}),
	},
	core_user_get_course_user_profiles: { capabilities: ['moodle/user:viewdetails'], reply: rows },
	core_user_get_users: { capabilities: SEE_USERS, reply: holding('users') },
	core_user_get_users_by_field: { capabilities: SEE_USERS, reply: rows },
	core_user_search_identity: { capabilities: SEE_USERS, reply: holding('list') },
	core_webservice_get_site_info: {
		capabilities: ['webservice/rest:use'],
		reply: shaped({ userid: z.number() }),
	},
	gradereport_user_get_grade_items: {
		capabilities: ['gradereport/user:view', 'moodle/grade:viewall'],
		reply: holding('usergrades'),
	},
	mod_assign_get_assignments: { capabilities: ['mod/assign:view'], reply: holding('courses') },
	/**
	 * With separate groups all is told to who sees all groups, or is in one, and nothing to others; submissions of suspended
	 * participants are left out without a word (assign::can_view_grades, can_view_submission, 4.1 to 5.1 measured).
	 */
	mod_assign_get_submissions: {
		capabilities: [
			'mod/assign:view',
			'mod/assign:viewgrades',
			'moodle/site:accessallgroups',
			'moodle/course:viewsuspendedusers',
		],
		reply: holding('assignments'),
	},
	mod_forum_get_discussion_posts: {
		capabilities: ['mod/forum:viewdiscussion'],
		reply: holding('posts'),
	},
	mod_forum_get_forum_discussions: {
		capabilities: ['mod/forum:viewdiscussion'],
		reply: holding('discussions'),
	},
	mod_assign_get_grades: {
		capabilities: ['mod/assign:view', 'mod/assign:viewgrades'],
		reply: holding('assignments'),
	},
});

/** A function that the user chose by its name, and of which nothing is known: nothing in its answer is relied on. */
export const unknownRead = (wsfunction: string): ReadFacts =>
	readFacts({ function: wsfunction, capabilities: [], reply: z.unknown() });

/** A read that has to see more than the function needs to answer at all. */
export function needing<T extends z.ZodTypeAny>(
	facts: ReadFacts<T>,
	...capabilities: string[]
): ReadFacts<T> {
	return { ...facts, capabilities: [...facts.capabilities, ...capabilities] };
}

/**
 * Functions that read grades, and make the gradebook of a course when it has none yet. Two of them at the same moment make
 * it twice, after which every read of these grades fails for good (measured on 4.1, 4.5 and 5.1). So they go one by one.
 * A rule by name, because it holds for functions that write and for those that only the user names, too.
 */
const MAKES_GRADEBOOK = /^(?:gradereport_|core_grades_|mod_assign_save_)/;

/** Whether no other such function may be under way at the same time. */
export function isSerial(wsfunction: string): boolean {
	return MAKES_GRADEBOOK.test(wsfunction);
}

/** Gives each record the name that it stands under. */
function named<D extends Record<string, Definition>>(
	definitions: D,
): { [F in keyof D]: D[F] & { function: F } } {
	const entries = Object.entries(definitions).map(([name, facts]) => [
		name,
		{ function: name, ...facts },
	]);
	return Object.fromEntries(entries) as { [F in keyof D]: D[F] & { function: F } };
}
