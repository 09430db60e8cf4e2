import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { READS, readFacts } from '../../moodle/reads';
import { rows } from '../../moodle/replies';
import { namedValues, objectsOf, type Json } from '../../moodle/values';
import { contentsOf } from '../course/contents';
import { listOfCourse } from '../courseLists';

const forumsFacts = readFacts({
	function: 'mod_forum_get_forums_by_courses',
	capabilities: ['mod/forum:viewdiscussion'],
	reply: rows,
});

/** A course that is not there, or closed, has no forums either, without a word (4.1 to 5.1 measured): then it is asked for. */
async function forumsOf(read: Read, courseid: number): Promise<Json[]> {
	const forums = objectsOf(await read(forumsFacts, { courseids: [courseid] }));
	if (forums.length === 0) await contentsOf(read, courseid, namedValues({ excludemodules: 1 }));
	return forums;
}

const simplified = (row: Json): Json => ({
	activityid: row.cmid,
	id: row.id,
	courseid: row.course,
	name: row.name,
	type: row.type,
	numdiscussions: row.numdiscussions ?? null,
	duedate: toIso(row.duedate),
	cutoffdate: toIso(row.cutoffdate),
});

export const operation = listOfCourse({
	resource: 'forum',
	action: 'Get many forums',
	description: 'Retrieve a list of forums of a course',
	reads: [forumsFacts, READS.core_course_get_contents],
	rowsOf: forumsOf,
	simplified,
});
