import { asIs } from '../../common/asIs';
import { chunks, inParallel, READ_WIDTH } from '../../common/parallel';
import { groupsOfCourse, type GroupKind } from '../../lookup/groups';
import { readHalving } from '../../lookup/readHalving';
import type { Read } from '../../moodle/calls';
import { explain } from '../../moodle/explain';
import { MoodleFailure } from '../../moodle/failure';
import { Problem, shown } from '../../moodle/problem';
import { READS, type ReadFacts } from '../../moodle/reads';
import { asList, objectsOf, type Json, type Params } from '../../moodle/values';

const unique = (ids: number[]) => [...new Set(ids)];

/** What could be read, by id, and why the rest could not. */
export interface ById<T> {
	rows: Map<number, T>;
	refused: Map<number, Problem>;
}

const FUNCTIONS: Record<GroupKind, [facts: ReadFacts, list: string]> = {
	group: [READS.core_group_get_groups, 'groupids'],
	grouping: [READS.core_group_get_groupings, 'groupingids'],
};

/** The words for an id that belongs to no group or grouping. */
export function unknownGroup(kind: GroupKind, id: unknown): Problem {
	return new Problem({
		message: `There is no ${kind} with the ID ${shown(String(id))}`,
		mend: `Check the ID; the ${kind} may have been deleted.`,
		code: 'notfound',
	});
}

function refusalOf(kind: GroupKind, id: number, failure: MoodleFailure): Problem {
	return failure.code.startsWith('invalidrecord')
		? unknownGroup(kind, id)
		: explain(failure, { capabilities: ['moodle/course:managegroups'] });
}

/** Groups or groupings by their ids, whole. One unknown id fails a whole request, so those are singled out. */
export async function readGroups(
	read: Read,
	kind: GroupKind,
	ids: number[],
	more: Params = {},
): Promise<ById<Json>> {
	const [facts, list] = FUNCTIONS[kind];
	const { rows, refused } = await readHalving(unique(ids), async (part) =>
		objectsOf(await read(facts, { ...more, [list]: part })),
	);
	return {
		rows: new Map(rows.map((row) => [Number(row.id), row])),
		refused: new Map([...refused].map(([id, failure]) => [id, refusalOf(kind, id, failure)])),
	};
}

/** Groups whose members are asked for in one request. */
const GROUPS_AT_ONCE = 100;

/** The ids of the members of groups. */
export async function readMembers(read: Read, ids: number[]): Promise<ById<number[]>> {
	const result: ById<number[]> = { rows: new Map(), refused: new Map() };
	for (const part of chunks(unique(ids), GROUPS_AT_ONCE)) {
		const { rows, refused } = await readHalving(part, async (groupids) =>
			objectsOf(await read(READS.core_group_get_group_members, { groupids })),
		);
		for (const row of rows) result.rows.set(Number(row.groupid), asList(row.userids).map(Number));
		refused.forEach((failure, id) => result.refused.set(id, refusalOf('group', id, failure)));
	}
	return result;
}

/** All groups or groupings of each of these courses, each course asked once. */
export async function readCourses(
	read: Read,
	kind: GroupKind,
	courses: number[],
): Promise<ById<Json[]>> {
	const result: ById<Json[]> = { rows: new Map(), refused: new Map() };
	await inParallel(unique(courses), READ_WIDTH, async (course) => {
		try {
			result.rows.set(course, await groupsOfCourse(read, kind, course));
		} catch (caught) {
			if (!(caught instanceof MoodleFailure) || !['context', 'record'].includes(caught.reach))
				throw asIs(caught);
			const isUnknown =
				caught.code.startsWith('invalidrecord') || caught.code === 'invalidcourseid';
			const unknown = new Problem({
				message: `There is no course with the ID '${course}'`,
				mend: 'Check the course.',
				code: 'notfound',
			});
			result.refused.set(
				course,
				isUnknown ? unknown : explain(caught, { capabilities: ['moodle/course:managegroups'] }),
			);
		}
	});
	return result;
}

const FILE_ADDRESS =
	/https?:\/\/[^\s"'<>]*?\/pluginfile\.php\/\d+\/(?:group|grouping)\/description\/\d+\//g;

/** A description as it is stored: Moodle gives out addresses in place of the marks of its files, even in raw mode. */
export function storedDescription(row: Json): string {
	return String(row.description ?? '').replace(FILE_ADDRESS, '@@PLUGINFILE@@/');
}
