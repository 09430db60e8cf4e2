import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { READS, readFacts } from '../../moodle/reads';
import { rows } from '../../moodle/replies';
import { namedValues, objectsOf, type Json } from '../../moodle/values';
import { notSeen } from '../activities';
import { contentsOf } from '../course/contents';
import { listOfCourse } from '../courseLists';
import { VIEW_DISCUSSION } from './calls';

const forumsFacts = readFacts({
	function: 'mod_forum_get_forums_by_courses',
	capabilities: ['mod/forum:viewdiscussion'],
	reply: rows,
});

/**
 * A course that is not there, or closed, has no forums either, and forums that the account may not see are left out, all
 * without a word (4.1 to 5.1 measured): then the course page is asked, which shows them.
 */
async function forumsOf(read: Read, courseid: number): Promise<Json[]> {
	const forums = objectsOf(await read(forumsFacts, { courseids: [courseid] }));
	if (forums.length > 0) return forums;
	const sections = await contentsOf(read, courseid, namedValues({ modname: 'forum' }));
	if (sections.every(({ modules }) => objectsOf(modules).length === 0)) return [];
	throw notSeen(`forums of the course with the ID ${courseid}`, VIEW_DISCUSSION);
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
	description: 'Retrieve a list of forums of a course that the account behind the token may see',
	reads: [forumsFacts, READS.core_course_get_contents],
	rowsOf: forumsOf,
	simplified,
});
