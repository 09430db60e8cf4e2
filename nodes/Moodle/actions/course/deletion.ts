import { asIs } from '../../common/asIs';
import { UNKNOWN, type CallFacts, type Read } from '../../moodle/calls';
import { explainCode } from '../../moodle/explain';
import { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import { warningsOnly } from '../../moodle/replies';
import { settleWarnings } from '../../moodle/settle';
import { isObject, objectsOf, type Value } from '../../moodle/values';

import { unknownCourse } from './calls';

/**
 * The courses that are gone by now: "found" means that the deletion has happened. Courses that are not there are left out of
 * the list (get_courses, 4.1 to 5.1); when Moodle refuses the list, one of them is there and may not be read.
 */
async function findGone(records: Value[], _shared: unknown, read: Read): Promise<unknown[]> {
	try {
		const left = new Set(
			objectsOf(await read(READS.core_course_get_courses, { options: { ids: records } })).map(
				(course) => String(course.id),
			),
		);
		return records.map((id) => (left.has(String(id)) ? undefined : { id }));
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody')
			return records.map(() => UNKNOWN);
		throw asIs(caught);
	}
}

/**
 * Deletes courses. An exception at one course leaves those before it deleted, and each takes Moodle 90 to 200 ms (5.1
 * measured): one a request costs nothing and is always clear.
 */
export const deleteCourses: CallFacts = {
	function: 'core_course_delete_courses',
	serial: true,
	list: 'courseids',
	atomic: 'none',
	repeat: 'lookup',
	perRequest: 1,
	capabilities: ['moodle/course:delete', 'moodle/course:view'],
	reply: warningsOnly,
	settle: settleWarnings(
		(id) => id,
		(warning, id) =>
			warning.warningcode === 'unknowncourseidnumber'
				? unknownCourse(String(id))
				: explainCode(warning.warningcode, warning.message),
	),
	context: (id) => `course ${String(id)}`,
	find: findGone,
	knownBy: 'ID',
	diagnose: async (records, shared, read) =>
		(await findGone(records, shared, read)).map((gone, index) =>
			isObject(gone) ? unknownCourse(String(records[index])) : undefined,
		),
};
