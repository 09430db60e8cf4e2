import type { Read } from '../../moodle/calls';
import { needing, READS } from '../../moodle/reads';
import { namedValues, objectsOf } from '../../moodle/values';

export const enrolledFacts = needing(
	READS.core_enrol_get_enrolled_users,
	'moodle/course:viewparticipants',
);

/** Roles of Moodle itself that are not graded. */
const STAFF = new Set(['manager', 'coursecreator', 'editingteacher', 'teacher']);

/**
 * A page of the participants of a course that may be graded, and how many participants the page held; 0 is the end.
 * Who is hidden from the token's account is left out of pages, so that a short one is not the last one.
 */
export async function studentsPage(
	read: Read,
	courseid: number,
	from: number,
	count: number,
): Promise<{ userids: number[]; seen: number }> {
	const options = namedValues({ userfields: 'id,roles', limitfrom: from, limitnumber: count });
	const rows = objectsOf(await read(READS.core_enrol_get_enrolled_users, { courseid, options }));
	const graded = rows.filter((row) =>
		objectsOf(row.roles).some((role) => !STAFF.has(String(role.shortname))),
	);
	return { userids: graded.map((row) => Number(row.id)), seen: rows.length };
}
