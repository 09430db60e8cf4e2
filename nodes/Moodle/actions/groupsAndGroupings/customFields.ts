import { customFieldProblem, setCustomFields } from '../../lookup/customFields';
import type { GroupKind } from '../../lookup/groups';
import type { Read } from '../../moodle/calls';
import type { Problem } from '../../moodle/problem';
import type { Json, Params } from '../../moodle/values';
import { readCourses, readGroups } from './read';

/** Any group or grouping of these courses, whole: it lists all custom fields of its kind. */
async function sampleOf(read: Read, kind: GroupKind, courses: number[]): Promise<Json | undefined> {
	const lists = await readCourses(read, kind, courses);
	const first = [...lists.rows.values()].find((rows) => rows.length > 0)?.[0];
	if (!first) return undefined;
	return (await readGroups(read, kind, [Number(first.id)])).rows.get(Number(first.id));
}

/** Custom fields of these new records that Moodle would lose without a word, as far as a group of these courses tells. */
export async function customFieldProblems(
	read: Read,
	kind: GroupKind,
	inputs: Array<{ courseId: number; record: Params }>,
): Promise<Array<Problem | undefined>> {
	const concerned = inputs.filter(({ record }) => setCustomFields([record]));
	if (concerned.length === 0) return inputs.map(() => undefined);
	const sample = await sampleOf(
		read,
		kind,
		concerned.map(({ courseId }) => courseId),
	);
	return inputs.map(({ record }) => customFieldProblem(record, sample));
}
