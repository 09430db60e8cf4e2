import { asIs } from '../../common/asIs';
import type { CallFacts, Read, RecordResult } from '../../moodle/calls';
import { explain } from '../../moodle/explain';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { nothing } from '../../moodle/replies';
import { settleNull } from '../../moodle/settle';
import { objectsOf, type Json, type Params, type Value } from '../../moodle/values';
import { z } from '../../schemas/zod';
import { itemOf, reportsOf } from './gradeItems';
import { numberOrNull } from './gradeFields';

/** A grade as the gradebook wants it. */
export type GradeRecord = { studentid: number; grade: number };

/** Grades are stored with five decimals (grade_grades.finalgrade, assign_grades.grade). */
export const sameGrade = (a: number, b: number) => Math.abs(a - b) < 0.000011;

export const lockedGrade = () =>
	new Problem({
		message: 'The grade is locked in the gradebook',
		mend: 'Unlock it in the gradebook of the course.',
		code: 'gradelocked',
	});
export const overriddenGrade = () =>
	new Problem({
		message:
			'A teacher has overridden this grade in the gradebook, so that Moodle keeps it as it is',
		mend: "Untick 'Overridden' for the grade in the gradebook of the course, or change the grade there.",
		code: 'gradeoverridden',
	});
const notTaken = (shown: number | null) =>
	new Problem({
		message:
			shown === null
				? 'Moodle did not take the grade'
				: `Moodle did not take the grade: it still shows ${shown}`,
		mend: 'Look at the activity in Moodle: a rubric or marking guide, or grading that is switched off, takes no plain grades.',
		code: 'gradenottaken',
	});
const unread = (failure: MoodleFailure) =>
	new Problem({
		message: 'Moodle refused some of these grades, and which ones could not be read back',
		mend: `Look at the grades in Moodle. Reading them: ${explain(failure).message}.`,
		code: 'gradesunread',
	});

const someRefused = () =>
	new Problem({
		message: 'Moodle refused some grades of this call, and does not say which',
		mend: "Most often a grade is locked in the gradebook. Look at the grades in Moodle, or use 'Update' of grades, which reads them back.",
		code: 'gradesrefused',
	});

/** `GRADE_UPDATE_*` of lib/grade/constants.php, all versions. 1 stands for "some were refused", the others are written. */
function settleUpdate(reply: unknown, records: Value[]): RecordResult[] {
	if (reply === 0 || reply === 1) return records.map(() => ({ reply }));
	const problem =
		reply === 4
			? new Problem({
					message: 'The grade item of the activity is locked in the gradebook',
					mend: 'Unlock it in the gradebook of the course.',
					code: 'gradelocked',
				})
			: new Problem({
					message: 'Moodle cannot tell which grade item of the activity is meant',
					mend: 'Look at the grade items of the activity in the gradebook.',
					code: 'manyitems',
				});
	return records.map(() => ({ problem }));
}

/** What the gradebook shows after a write. Of several grades for one student in a request the last one counts. */
function judge(sent: number, reply: unknown, item: Json | undefined): RecordResult {
	const stored = numberOrNull(item?.graderaw);
	if (stored !== null && sameGrade(stored, sent)) return { reply: { grade: stored } };
	if (item?.gradeislocked === true || item?.locked === true) return { problem: lockedGrade() };
	if (item?.gradeisoverridden === true) return { problem: overriddenGrade() };
	// Taken, and shown otherwise: the grade item multiplies or adds, or the grade is hidden from the token's account.
	return reply === 0 ? { reply: { grade: stored ?? sent } } : { problem: notTaken(stored) };
}

/** Where the gradebook cannot be read, the answer alone counts. */
const unjudged = (failure: MoodleFailure, grade: number, reply: unknown): RecordResult =>
	reply === 0 ? { reply: { grade } } : { problem: unread(failure) };

async function confirmUpdate(
	records: Value[],
	replies: unknown[],
	shared: Params,
	read: Read,
): Promise<RecordResult[]> {
	const grades = records as GradeRecord[];
	const last = new Map(grades.map(({ studentid, grade }) => [studentid, grade]));
	const { courseid, activityid, itemnumber } = shared as {
		courseid: number;
		activityid: number;
		itemnumber: number;
	};
	try {
		const reports = await reportsOf(read, courseid, [...last.keys()], true);
		return grades.map(({ studentid, grade }, at) => {
			const report = reports.get(studentid);
			return report instanceof MoodleFailure
				? unjudged(report, grade, replies[at])
				: judge(last.get(studentid) ?? grade, replies[at], itemOf(report, activityid, itemnumber));
		});
	} catch (caught) {
		if (!(caught instanceof MoodleFailure)) throw asIs(caught);
		return grades.map(({ grade }, at) => unjudged(caught, grade, replies[at]));
	}
}

/**
 * Writes grades of an activity into the gradebook. Locked grades are left out without a name, overridden ones without a
 * word (4.1 and 5.1 measured), which is why they are read back.
 */
export const updateGrades: CallFacts = {
	function: 'core_grades_update_grades',
	serial: true,
	list: 'grades',
	atomic: 'each',
	repeat: 'safe',
	capabilities: ['moodle/grade:edit'],
	reply: z.number().int(),
	settle: settleUpdate,
	confirm: confirmUpdate,
	partly: (reply) => (reply === 1 ? someRefused() : undefined),
	context: (_record, shared) => `course ${String(shared.courseid)}`,
	subject: (record, shared) =>
		`grade ${String(shared.activityid)} ${String(shared.itemnumber)} of ${(record as GradeRecord).studentid}`,
	order: (record) => [(record as GradeRecord).studentid],
};

/** The latest grades of an assignment, by user. */
async function assignmentGrades(
	read: Read,
	assignmentid: number,
): Promise<Map<number, { attempt: number; grade: number }>> {
	const reply = await read(READS.mod_assign_get_grades, { assignmentids: [assignmentid] });
	const latest = new Map<number, { attempt: number; grade: number }>();
	for (const assignment of objectsOf(reply.assignments)) {
		for (const row of objectsOf(assignment.grades)) {
			const known = latest.get(Number(row.userid));
			if (!known || Number(row.attemptnumber) > known.attempt)
				latest.set(Number(row.userid), {
					attempt: Number(row.attemptnumber),
					grade: Number(row.grade),
				});
		}
	}
	return latest;
}

async function confirmAssignment(
	records: Value[],
	_replies: unknown[],
	shared: Params,
	read: Read,
): Promise<RecordResult[]> {
	const grades = records as Array<{ userid: number; grade: number }>;
	const last = new Map(grades.map(({ userid, grade }) => [userid, grade]));
	try {
		const stored = await assignmentGrades(read, Number(shared.assignmentid));
		return grades.map(({ userid }) => {
			const grade = stored.get(userid)?.grade ?? -1;
			return sameGrade(grade, last.get(userid) ?? 0)
				? { reply: { grade } }
				: { problem: notTaken(grade < 0 ? null : grade) };
		});
	} catch (caught) {
		if (!(caught instanceof MoodleFailure)) throw asIs(caught);
		return grades.map(() => ({ problem: unread(caught) }));
	}
}

/** Grades inside assignments, with feedback. The answer is null whatever became of it (all versions), so it is read back. */
export const saveAssignmentGrades: CallFacts = {
	function: 'mod_assign_save_grades',
	serial: true,
	list: 'grades',
	atomic: 'each',
	repeat: 'safe',
	capabilities: ['mod/assign:grade', 'mod/assign:view'],
	reply: nothing,
	settle: settleNull,
	confirm: confirmAssignment,
	context: (_record, shared) => `assignment ${String(shared.assignmentid)}`,
	subject: (record, shared) =>
		`grade in assignment ${String(shared.assignmentid)} of ${(record as { userid: number }).userid}`,
	order: (record) => [(record as { userid: number }).userid],
};
