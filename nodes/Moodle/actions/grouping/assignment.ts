import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { objectsOf, type Json } from '../../moodle/values';
import { readGroups, unknownGroup, type ById } from '../groupsAndGroupings/read';
import { refInCourse } from '../groupsAndGroupings/refs';
import { refKey } from '../keys';
import type { Parameters } from '../parameters';

/** The group and the grouping that an item names. */
export function assignmentOf(p: Parameters) {
	const courseId = p.maybeRef('course', 'Course');
	return {
		courseId,
		groupingId: refInCourse(p, 'grouping', courseId),
		groupId: refInCourse(p, 'group', courseId),
	};
}

type Input = ReturnType<typeof assignmentOf>;

/** What two items must not have in common inside one request. */
export const assignmentKeys = ({ groupingId, groupId }: Input) => [
	`${refKey(groupingId)} ${refKey(groupId)}`,
];

/** The groupings of these inputs with their groups. */
export async function groupingsOf(inputs: Array<Resolved<Input>>, read: Read): Promise<ById<Json>> {
	return await readGroups(
		read,
		'grouping',
		inputs.map(({ groupingId }) => groupingId),
		{ returngroups: true },
	);
}

/** Whether a group is in its grouping already, or why that cannot be told. */
export function isAssigned(
	{ groupingId, groupId }: Resolved<Input>,
	groupings: ById<Json>,
): boolean | Problem {
	const row = groupings.rows.get(groupingId);
	if (!row) return groupings.refused.get(groupingId) ?? unknownGroup('grouping', groupingId);
	return objectsOf(row.groups).some((group) => Number(group.id) === groupId);
}

/** Groups that belong to another course than the grouping: Moodle would put them together all the same (all versions). */
export async function foreignGroups(
	inputs: Array<Resolved<Input>>,
	groupings: ById<Json>,
	read: Read,
): Promise<Array<Problem | undefined>> {
	const groups = await readGroups(
		read,
		'group',
		inputs.map(({ groupId }) => groupId),
	);
	return inputs.map(({ groupingId, groupId }) => {
		const [grouping, group] = [groupings.rows.get(groupingId), groups.rows.get(groupId)];
		if (!grouping || !group) return groups.refused.get(groupId);
		if (Number(grouping.courseid) === Number(group.courseid)) return undefined;
		return new Problem({
			message: `The group ${shown(String(group.name))} belongs to another course (ID ${String(group.courseid)}) than the grouping ${shown(String(grouping.name))} (ID ${String(grouping.courseid)})`,
			mend: 'Choose a group of the same course. Moodle would not refuse this one, but it could not be used.',
			code: 'othercourse',
		});
	});
}
