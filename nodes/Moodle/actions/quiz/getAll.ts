import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { readFacts } from '../../moodle/reads';
import { holding } from '../../moodle/replies';
import { warningsOf } from '../../moodle/settle';
import { objectsOf, type Json } from '../../moodle/values';
import { closedCourse } from '../activities';
import { listOfCourse } from '../courseLists';

const quizzesFacts = readFacts({
	function: 'mod_quiz_get_quizzes_by_courses',
	capabilities: ['mod/quiz:view'],
	reply: holding('quizzes'),
});

/**
 * Quizzes that the account may not see are left out without a word; the course page, too, does not show them then
 * (4.1 to 5.1 measured), so that an empty list cannot be told from a course without quizzes.
 */
async function quizzesOf(read: Read, courseid: number): Promise<Json[]> {
	const reply = await read(quizzesFacts, { courseids: [courseid] });
	const quizzes = objectsOf(reply.quizzes);
	if (quizzes.length === 0 && warningsOf(reply).length > 0) throw closedCourse(courseid);
	// Managers are told the password by which students get into a quiz.
	return quizzes.map((row) =>
		Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'password')),
	);
}

const simplified = (row: Json): Json => ({
	activityid: row.coursemodule,
	id: row.id,
	courseid: row.course,
	name: row.name,
	timeopen: toIso(row.timeopen),
	timeclose: toIso(row.timeclose),
	// seconds; 0: no limit
	timelimit: row.timelimit ?? null,
	// 0: as many as one likes
	attempts: row.attempts ?? null,
	grade: row.grade ?? null,
});

export const operation = listOfCourse({
	resource: 'quiz',
	action: 'Get many quizzes',
	description: 'Retrieve a list of quizzes of a course that the account behind the token may see',
	reads: [quizzesFacts],
	rowsOf: quizzesOf,
	simplified,
});
