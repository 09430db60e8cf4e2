import { z } from '../schemas/zod';

/** Replies of creating functions: a list of objects with ids. More keys are fine: plugins and versions add some. */
export const createdRows = z.array(z.object({ id: z.number().int().positive() }).passthrough());

const warning = z
	.object({
		item: z.string().nullish(),
		itemid: z.number().nullish(),
		warningcode: z.coerce.string(),
		message: z.coerce.string(),
	})
	.passthrough();

/** Replies that carry nothing but warnings. */
export const warningsOnly = z.object({ warnings: z.array(warning).optional() }).passthrough();

/** Functions without an answer say `null` (all versions). */
export const nothing = z.null();

const anything = z.object({}).passthrough();
const rows = z.array(anything);
const shaped = (shape: z.ZodRawShape) => z.object(shape).passthrough();
const holding = (key: string) => shaped({ [key]: rows });

/**
 * What reading functions answer, as far as we rely on it. An answer of another shape counts as none: read as an empty list
 * it would say that nobody is there, and somebody would be created twice. A function that is not here cannot be read.
 */
const READS = {
	core_cohort_get_cohort_members: rows,
	core_cohort_get_cohorts: rows,
	core_cohort_search_cohorts: holding('cohorts'),
	core_completion_get_activities_completion_status: holding('statuses'),
	core_completion_get_course_completion_status: shaped({ completionstatus: anything }),
	core_course_get_categories: rows,
	core_course_get_contents: rows,
	core_course_get_course_module: shaped({ cm: anything }),
	core_course_get_courses: rows,
	core_course_get_courses_by_field: holding('courses'),
	core_course_search_courses: holding('courses'),
	core_enrol_get_course_enrolment_methods: rows,
	core_enrol_get_enrolled_users: rows,
	core_enrol_get_users_courses: rows,
	core_grades_get_gradeitems: holding('gradeItems'),
	core_group_get_activity_allowed_groups: holding('groups'),
	core_group_get_activity_groupmode: shaped({ groupmode: z.number() }),
	core_group_get_course_groupings: rows,
	core_group_get_course_groups: rows,
	core_group_get_course_user_groups: holding('groups'),
	core_group_get_group_members: rows,
	core_group_get_groupings: rows,
	core_group_get_groups: rows,
	core_reportbuilder_list_reports: holding('reports'),
	core_reportbuilder_retrieve_report: shaped({
		data: shaped({
			headers: z.array(z.string()),
			rows: z.array(shaped({ columns: z.array(z.unknown()) })),
		}),
	}),
	core_user_get_course_user_profiles: rows,
	core_user_get_users: holding('users'),
	core_user_get_users_by_field: rows,
	core_user_search_identity: holding('list'),
	core_webservice_get_site_info: shaped({ userid: z.number() }),
	gradereport_overview_get_course_grades: holding('grades'),
	gradereport_user_get_grade_items: holding('usergrades'),
	mod_assign_get_assignments: holding('courses'),
	mod_assign_get_grades: holding('assignments'),
};

/** A function that operations may read, because the shape of its answer is known. */
export type ReadFunction = keyof typeof READS;

/** What the function answers; undefined for functions that only the user names. */
export function shapeOf(wsfunction: string): z.ZodTypeAny | undefined {
	return Object.prototype.hasOwnProperty.call(READS, wsfunction)
		? READS[wsfunction as ReadFunction]
		: undefined;
}

/** Whether the answer of a reading function has the shape that we rely on. Functions that only the user names pass. */
export function isReadable(wsfunction: string, reply: unknown): boolean {
	return shapeOf(wsfunction)?.safeParse(reply).success ?? true;
}
