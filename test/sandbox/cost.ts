/** The measured time of a call: a + b per record, in milliseconds (semantics.md 13). */

const COSTS: Record<string, [number, number]> = {
	core_user_create_users: [14, 8.5],
	core_user_update_users: [13, 1.4],
	core_user_delete_users: [16, 8],
	core_user_get_users_by_field: [17, 2.5],
	core_user_get_course_user_profiles: [17, 2.5],
	enrol_manual_enrol_users: [14, 3.5],
	enrol_manual_unenrol_users: [11, 5.2],
	core_cohort_add_cohort_members: [9, 1.2],
	core_cohort_delete_cohort_members: [9, 1.2],
	core_cohort_create_cohorts: [9, 1.8],
	core_group_create_groups: [9, 1.8],
	core_group_add_group_members: [11, 2.8],
	core_group_delete_group_members: [11, 2.8],
	core_course_get_courses: [11, 2],
	core_course_get_courses_by_field: [11, 3],
	core_course_create_courses: [8, 36],
	core_course_update_courses: [8, 10],
	core_course_delete_courses: [8, 120],
	core_course_duplicate_course: [8, 160],
	core_role_assign_roles: [9, 1.5],
	core_role_unassign_roles: [9, 1.5],
	core_message_send_instant_messages: [16, 4.4],
	core_webservice_get_site_info: [27, 0],
};

/** What the cheapest call costs beside its records, in milliseconds. */
export const CHEAPEST = Math.min(...Object.values(COSTS).map(([perCall]) => perCall));

/** Makes a function cost something else, as on a larger site. */
export function setCost(name: string, perCall: number, perRecord: number): void {
	COSTS[name] = [perCall, perRecord];
}

/** Delay of a call in milliseconds: by the records it carries, or by those it finds where it looks for some. */
export function costOf(name: string, params: unknown, reply: unknown): number {
	const [a, b] = COSTS[name] ?? [10, 1];
	const isSearch = /_get_users_by_field$/.test(name) && Array.isArray(reply);
	return a + b * (isSearch ? reply.length : recordsIn(params));
}

/** Length of the longest list among the parameters. */
function recordsIn(params: unknown): number {
	if (typeof params !== 'object' || params === null) return 0;
	const lengths = Object.values(params).map((value) =>
		Array.isArray(value) ? value.length : recordsIn(value),
	);
	return Math.max(0, ...lengths);
}
