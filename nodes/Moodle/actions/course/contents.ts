import { asIs } from '../../common/asIs';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json, type Value } from '../../moodle/values';
import { unknownCourse } from './calls';

/**
 * The sections of a course with their activities.
 *
 * @param options name and value pairs of the function
 * @throws Problem for an unknown course
 */
export async function contentsOf(read: Read, courseid: number, options: Value[]): Promise<Json[]> {
	try {
		return objectsOf(
			await read(READS.core_course_get_contents, {
				courseid,
				...(options.length > 0 ? { options } : {}),
			}),
		);
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.code.startsWith('invalidrecord'))
			throw unknownCourse(String(courseid));
		throw asIs(caught);
	}
}
