import { answerEach, mapAnswers } from './answers';
import type { Read } from '../moodle/calls';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { foundRow, type Finder } from './found';
import { havingText } from './havingText';
import { Spellings } from '../moodle/spellings';

/** Groups and groupings, which differ only in the names of their functions. */
export type GroupKind = 'group' | 'grouping';

const OF_COURSE = {
	group: READS.core_group_get_course_groups,
	grouping: READS.core_group_get_course_groupings,
};

/** All groups or groupings of a course. */
export async function groupsOfCourse(
	read: Read,
	kind: GroupKind,
	courseid: number,
): Promise<Json[]> {
	return objectsOf(await read(OF_COURSE[kind], { courseid }));
}

/** Finder inside a course: its whole list is read once, names and ID numbers are compared here. */
export const findGroups =
	(kind: GroupKind): Finder =>
	async ({ read }, mode, values, scope) => {
		const rows = new Spellings(
			scope === undefined ? [] : await groupsOfCourse(read, kind, scope),
			(row) => row[mode],
		);
		const answers = await answerEach(values, async (value) => await havingText(read, rows, value));
		return mapAnswers(answers, (row) => foundRow(row, mode, String(row.name)));
	};
