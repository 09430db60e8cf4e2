import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { READS } from '../../moodle/reads';
import { warningsOf } from '../../moodle/settle';
import { objectsOf, type Json } from '../../moodle/values';
import { closedCourse, notSeen } from '../activities';
import { listOfCourse } from '../courseLists';

/** Courses in which the account is not enrolled are left out unless they are asked for (all versions). */
async function assignmentsOf(read: Read, courseid: number): Promise<Json[]> {
	const reply = await read(READS.mod_assign_get_assignments, {
		courseids: [courseid],
		includenotenrolledcourses: true,
	});
	const courses = objectsOf(reply.courses);
	if (courses.length === 0 && warningsOf(reply).length > 0) throw closedCourse(courseid);
	const assignments = courses.flatMap((course) => objectsOf(course.assignments));
	// each one that the account may not see is a warning (4.1 to 5.1 measured)
	if (assignments.length === 0 && warningsOf(reply).length > 0)
		throw notSeen(
			`assignments of the course with the ID ${courseid}`,
			"'View assignment' (mod/assign:view)",
		);
	return assignments;
}

const simplified = (row: Json): Json => ({
	activityid: row.cmid,
	id: row.id,
	courseid: row.course,
	name: row.name,
	allowsubmissionsfromdate: toIso(row.allowsubmissionsfromdate),
	duedate: toIso(row.duedate),
	cutoffdate: toIso(row.cutoffdate),
	gradingduedate: toIso(row.gradingduedate),
	// negative: the ID of a scale
	grade: row.grade,
	teamsubmission: row.teamsubmission === 1,
});

export const operation = listOfCourse({
	resource: 'assignment',
	action: 'Get many assignments',
	description:
		'Retrieve a list of assignments of a course that the account behind the token may see',
	reads: [READS.mod_assign_get_assignments],
	rowsOf: assignmentsOf,
	simplified,
});
