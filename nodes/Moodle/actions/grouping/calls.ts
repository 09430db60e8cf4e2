import { groupNamesakes } from '../../lookup/namesakes';
import type { CallFacts, Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { createdRows, nothing } from '../../moodle/replies';
import { settleInOrder, settleNull } from '../../moodle/settle';
import { diagnoseGroups, findCreatedGroups, type GroupRecord } from '../groupsAndGroupings/clash';
import { readGroups } from '../groupsAndGroupings/read';

const capabilities = ['moodle/course:managegroups'];

/** Creates groupings: one transaction. Names and ID numbers are unique inside a course; the ID number must be sent. */
export const createGroupings: CallFacts<GroupRecord> = {
	function: 'core_group_create_groupings',
	list: 'groupings',
	atomic: 'all',
	repeat: 'lookup',
	capabilities,
	reply: createdRows,
	settle: settleInOrder('name'),
	context: (record) => `course ${record.courseid}`,
	find: async (records, _shared, read) => await findCreatedGroups('grouping', records, read),
	knownBy: 'name in the course or ID number',
	namesakes: async (records, _ids, _shared, read) =>
		await groupNamesakes('grouping', records, read),
	diagnose: async (records, _shared, read, refusal) =>
		await diagnoseGroups('grouping', records, read, refusal !== undefined),
};

/** Changes groupings: one transaction. Name and description are required even when they stay. */
export const updateGroupings: CallFacts<GroupRecord> = {
	function: 'core_group_update_groupings',
	list: 'groupings',
	atomic: 'all',
	repeat: 'safe',
	capabilities,
	reply: nothing,
	settle: settleNull,
	context: (record) => `grouping ${record.id}`,
	diagnose: async (records, _shared, read, refusal) =>
		await diagnoseGroups('grouping', records, read, refusal !== undefined),
	order: (record) => [Number(record.id)],
};

/** Deletes groupings; unknown ids are ignored in silence (all versions), so that `atomic` is what its code says. */
export const deleteGroupings: CallFacts = {
	function: 'core_group_delete_groupings',
	list: 'groupingids',
	atomic: 'all',
	repeat: 'safe',
	capabilities,
	reply: nothing,
	settle: settleNull,
	context: (id) => `grouping ${Number(id)}`,
	order: (id) => [Number(id)],
};

/** A group in a grouping. */
type Assignment = {
	groupingid: number;
	groupid: number;
};

/** Which of these groupings and groups are not there. */
async function diagnosePairs(
	records: Assignment[],
	read: Read,
): Promise<Array<Problem | undefined>> {
	const groupings = await readGroups(
		read,
		'grouping',
		records.map((record) => record.groupingid),
	);
	const groups = await readGroups(
		read,
		'group',
		records.map((record) => record.groupid),
	);
	return records.map(
		(record) => groupings.refused.get(record.groupingid) ?? groups.refused.get(record.groupid),
	);
}

const pairs = {
	atomic: 'all' as const,
	repeat: 'safe' as const,
	capabilities,
	reply: nothing,
	settle: settleNull,
	context: (record: Assignment) => `grouping ${record.groupingid}`,
	diagnose: async (records: Assignment[], _shared: unknown, read: Read) =>
		await diagnosePairs(records, read),
	order: (record: Assignment) => [record.groupingid, record.groupid],
};

/** Puts groups into groupings. A group of another course is taken in silence (all versions): check before. */
export const assignGroupings: CallFacts<Assignment> = {
	...pairs,
	function: 'core_group_assign_grouping',
	list: 'assignments',
};

/** Takes groups out of groupings. A group that is not in it does not matter. */
export const unassignGroupings: CallFacts<Assignment> = {
	...pairs,
	function: 'core_group_unassign_grouping',
	list: 'unassignments',
};
