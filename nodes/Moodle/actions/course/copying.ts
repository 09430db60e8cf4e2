import { coursesById } from '../../lookup/courses';
import { UNKNOWN, type CallFacts, type Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { settleWhole } from '../../moodle/settle';
import { fieldText, isObject, type Value } from '../../moodle/values';
import { z } from '../../schemas/zod';

import { createdAs, diagnoseNew, holderOfEach, isSpeltSo, unknownCourse } from './calls';

/**
 * A copy that is there: while it is being made it is hidden (restore_dbops::create_new_course, all versions). Whether a
 * course is hidden is told to accounts that may enter it (get_courses_by_field, 4.1 to 5.1).
 */
async function findCopies(records: Value[], _shared: unknown, read: Read): Promise<unknown[]> {
	const found = await holderOfEach(records, read);
	return found.map((course, index) => {
		const created = createdAs(course, records[index]);
		if (!isObject(created) || fieldText(records[index], 'visible') !== '1') return created;
		if (!isObject(course) || course.visible === undefined) return UNKNOWN;
		return Number(course.visible) === 0 ? undefined : created;
	});
}

async function diagnoseCopies(records: Value[], read: Read): Promise<Array<Problem | undefined>> {
	const found = await holderOfEach(records, read);
	const causes = await diagnoseNew(records, read);
	const sources = new Set(
		(
			await coursesById(
				read,
				records.map((record) => fieldText(record, 'courseid')),
			)
		).map((course) => String(course.id)),
	);
	return records.map((record, index) => {
		if (!sources.has(fieldText(record, 'courseid')))
			return unknownCourse(fieldText(record, 'courseid'));
		const holder = found[index];
		if (!isObject(holder) || !isSpeltSo(holder, record)) return causes[index];
		return new Problem({
			message: `There is a course with this short name and full name already (ID ${String(holder.id)})`,
			mend: 'It may be a copy that an earlier run began: look at it in Moodle. To copy again, use another short name.',
			code: 'shortnametaken',
		});
	});
}

/** Copies one course. No transaction: a copy that breaks off can leave half a course. */
export const duplicateCourse: CallFacts = {
	function: 'core_course_duplicate_course',
	serial: true,
	atomic: 'none',
	repeat: 'lookup',
	perRequest: 1,
	capabilities: [
		'moodle/course:create',
		'moodle/restore:restorecourse',
		'moodle/backup:backupcourse',
		'moodle/course:view',
		'moodle/backup:userinfo',
		'moodle/restore:userinfo',
		'moodle/backup:configure',
		'moodle/restore:configure',
	],
	reply: z.object({ id: z.number().int().positive() }).passthrough(),
	settle: settleWhole,
	find: findCopies,
	knownBy: 'short name of the copy',
	diagnose: async (records, _shared, read) => await diagnoseCopies(records, read),
};
