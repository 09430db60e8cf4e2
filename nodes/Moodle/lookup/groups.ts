import { answerEach, mapAnswers } from './answers';
import { inChunks, LOOKUP_SIZE } from './chunks';
import type { Read } from '../moodle/calls';
import { objectsOf, type Json } from '../moodle/values';
import { foundRow, type Finder } from './lookup';
import { havingText, Spellings } from './spellings';

/** Groups and groupings, which differ only in the names of their functions. */
export type GroupKind = 'group' | 'grouping';

const OF_COURSE = { group: 'core_group_get_course_groups', grouping: 'core_group_get_course_groupings' } as const;
const BY_ID = { group: 'core_group_get_groups', grouping: 'core_group_get_groupings' } as const;
const IDS = { group: 'groupids', grouping: 'groupingids' };

/** All groups or groupings of a course. */
export async function groupsOfCourse(read: Read, kind: GroupKind, courseid: number): Promise<Json[]> {
	return objectsOf(await read(OF_COURSE[kind], { courseid }));
}

/** Groups or groupings by their ids. One unknown id fails the whole request (all versions). */
export async function groupsById(read: Read, kind: GroupKind, ids: number[]): Promise<Json[]> {
	const ask = async (part: string[]) => objectsOf(await read(BY_ID[kind], { [IDS[kind]]: part }));
	return await inChunks([...new Set(ids.map(String))], LOOKUP_SIZE, ask);
}

/** Finder inside a course: its whole list is read once, names and ID numbers are compared here. */
export const findGroups =
	(kind: GroupKind): Finder =>
	async ({ read }, mode, values, scope) => {
		const rows = new Spellings(scope === undefined ? [] : await groupsOfCourse(read, kind, scope), (row) => row[mode]);
		const answers = await answerEach(values, async (value) => await havingText(read, rows, value));
		return mapAnswers(answers, (row) => foundRow(row, mode, String(row.name)));
	};
