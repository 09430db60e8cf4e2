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

const rows = z.array(z.object({}).passthrough());
const holding = (key: string) => z.object({ [key]: rows }).passthrough();

/**
 * What reading functions answer, as far as we rely on it. An answer of another shape counts as none: read as an empty list
 * it would say that nobody is there, and somebody would be created twice.
 */
const READS: Record<string, z.ZodTypeAny> = {
	core_cohort_get_cohort_members: rows,
	core_cohort_get_cohorts: rows,
	core_cohort_search_cohorts: holding('cohorts'),
	core_completion_get_activities_completion_status: holding('statuses'),
	core_course_get_categories: rows,
	core_course_get_contents: rows,
	core_course_get_courses: rows,
	core_course_get_courses_by_field: holding('courses'),
	core_course_search_courses: holding('courses'),
	core_enrol_get_course_enrolment_methods: rows,
	core_enrol_get_enrolled_users: rows,
	core_enrol_get_users_courses: rows,
	core_group_get_course_groupings: rows,
	core_group_get_course_groups: rows,
	core_group_get_course_user_groups: holding('groups'),
	core_group_get_group_members: rows,
	core_group_get_groupings: rows,
	core_group_get_groups: rows,
	core_user_get_course_user_profiles: rows,
	core_user_get_users: holding('users'),
	core_user_get_users_by_field: rows,
	gradereport_overview_get_course_grades: holding('grades'),
	gradereport_user_get_grade_items: holding('usergrades'),
};

/** Whether the answer of a reading function has the shape that we rely on. Functions without an entry pass. */
export function isReadable(wsfunction: string, reply: unknown): boolean {
	return READS[wsfunction]?.safeParse(reply).success ?? true;
}
