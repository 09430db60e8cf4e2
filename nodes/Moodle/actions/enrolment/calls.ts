import { visibleById } from '../../lookup/courses';
import { presenceOf } from '../../lookup/missing';
import { LIGHT_RECORDS, type CallFacts, type Read } from '../../moodle/calls';
import { explainCode } from '../../moodle/explain';
import { Problem, shown } from '../../moodle/problem';
import { nothing } from '../../moodle/replies';
import { settleNull } from '../../moodle/settle';
import { fieldText, asList, type Value } from '../../moodle/values';
import { unknownCourse } from '../course/calls';

function unknownUser(id: string): Problem {
	return new Problem({
		message: `There is no user with the ID ${shown(id)} that the account behind the token can see`,
		mend: 'Check the ID; the account may have been deleted.',
		code: 'notfound',
	});
}

/** Why a user cannot be enrolled or unenrolled: no such user, no such course, no manual enrolment in it. */
async function diagnoseEnrolments(
	records: Value[],
	read: Read,
	needsMethod: boolean,
): Promise<Array<Problem | undefined>> {
	const distinct = [...new Set(records.map((record) => fieldText(record, 'courseid')))];
	const courses = new Map(
		(await visibleById(read, distinct)).map((course) => [String(course.id), course]),
	);
	const users = await presenceOf(
		read,
		records.map((record) => fieldText(record, 'userid')),
	);
	return records.map((record, index) => {
		const course = courses.get(fieldText(record, 'courseid'));
		if (!course) return unknownCourse(fieldText(record, 'courseid'));
		if (needsMethod && !asList(course.enrollmentmethods).includes('manual'))
			return explainCode('wsnoinstance');
		return users[index] === 'gone' ? unknownUser(fieldText(record, 'userid')) : undefined;
	});
}

const byCourseThenUser = (record: Value) => [
	Number(fieldText(record, 'courseid')),
	Number(fieldText(record, 'userid')),
];

/**
 * Enrols users by hand. One transaction. An enrolment that is there is overwritten: dates that are left out become "none"
 * and a suspended one becomes active; another role is added (all versions).
 */
export const enrolUsers: CallFacts = {
	function: 'enrol_manual_enrol_users',
	list: 'enrolments',
	atomic: 'all',
	repeat: 'safe',
	usual: LIGHT_RECORDS,
	capabilities: ['enrol/manual:enrol', 'moodle/course:view', 'moodle/role:assign'],
	reply: nothing,
	settle: settleNull,
	context: (record) =>
		`course ${fieldText(record, 'courseid')} role ${fieldText(record, 'roleid')}`,
	order: byCourseThenUser,
	diagnose: async (records, _shared, read) => await diagnoseEnrolments(records, read, true),
	// Before late 4.5.x an unknown user breaks the function in its middle; the transaction undoes it (4.5.0 measured).
	words: (failure, record) =>
		failure.facts.exception === 'TypeError' ? unknownUser(fieldText(record, 'userid')) : undefined,
};

/** Ends manual enrolments with all their roles. One transaction; says nothing when there was no enrolment. */
export const unenrolUsers: CallFacts = {
	function: 'enrol_manual_unenrol_users',
	list: 'enrolments',
	atomic: 'all',
	repeat: 'safe',
	usual: LIGHT_RECORDS,
	capabilities: ['enrol/manual:unenrol', 'moodle/course:view'],
	reply: nothing,
	settle: settleNull,
	context: (record) => `course ${fieldText(record, 'courseid')}`,
	order: byCourseThenUser,
	diagnose: async (records, _shared, read) => await diagnoseEnrolments(records, read, false),
};

/** Adds a role in a course to users who are enrolled: their enrolment keeps its dates. One transaction. */
export const addCourseRoles: CallFacts = {
	function: 'core_role_assign_roles',
	list: 'assignments',
	atomic: 'all',
	repeat: 'safe',
	usual: LIGHT_RECORDS,
	capabilities: ['moodle/role:assign', 'moodle/course:view'],
	reply: nothing,
	settle: settleNull,
	context: (record) => `course ${fieldText(record, 'instanceid')}`,
	order: (record) => [Number(fieldText(record, 'instanceid')), Number(fieldText(record, 'userid'))],
	// User and course have just been read, so a refusal concerns the role: Moodle says "invalid parameter" (all versions).
	words: (failure) =>
		failure.code === 'invalidparameter' ? explainCode('wsusercannotassign') : undefined,
};
