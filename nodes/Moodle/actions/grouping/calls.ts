import { groupNamesakes } from '../../lookup/namesakes';
import type { CallFacts, Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { createdRows, nothing } from '../../moodle/replies';
import { settleInOrder, settleNull } from '../../moodle/settle';
import type { Value } from '../../moodle/values';
import { diagnoseGroups, findCreatedGroups } from '../group/clash';
import { readGroups } from '../group/read';

const capabilities = ['moodle/course:managegroups'];

/** Creates groupings: one transaction. Names and ID numbers are unique inside a course; the ID number must be sent. */
export const createGroupings: CallFacts = {
	function: 'core_group_create_groupings',
	list: 'groupings',
	atomic: 'all',
	repeat: 'lookup',
	capabilities,
	reply: createdRows,
	settle: settleInOrder('name'),
	context: (record) => `course ${Number((record as { courseid?: unknown }).courseid)}`,
	find: async (records, _shared, read) => await findCreatedGroups('grouping', records, read),
	knownBy: 'name in the course or ID number',
	namesakes: async (records, _ids, _shared, read) =>
		await groupNamesakes('grouping', records, read),
	diagnose: async (records, _shared, read, refusal) =>
		await diagnoseGroups('grouping', records, read, refusal !== undefined),
};

/** Changes groupings: one transaction. Name and description are required even when they stay. */
export const updateGroupings: CallFacts = {
	function: 'core_group_update_groupings',
	list: 'groupings',
	atomic: 'all',
	repeat: 'safe',
	capabilities,
	reply: nothing,
	settle: settleNull,
	context: (record) => `grouping ${Number((record as { id?: unknown }).id)}`,
	diagnose: async (records, _shared, read, refusal) =>
		await diagnoseGroups('grouping', records, read, refusal !== undefined),
	order: (record) => [Number((record as { id?: unknown }).id)],
};

/** Deletes groupings; unknown ids are ignored in silence (all versions). */
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
interface Assignment {
	groupingid: number;
	groupid: number;
}

const as = (record: Value) => record as unknown as Assignment;

/** Which of these groupings and groups are not there. */
async function diagnosePairs(records: Value[], read: Read): Promise<Array<Problem | undefined>> {
	const groupings = await readGroups(
		read,
		'grouping',
		records.map((record) => as(record).groupingid),
	);
	const groups = await readGroups(
		read,
		'group',
		records.map((record) => as(record).groupid),
	);
	return records.map(
		(record) =>
			groupings.refused.get(as(record).groupingid) ?? groups.refused.get(as(record).groupid),
	);
}

const pairs = {
	atomic: 'all' as const,
	repeat: 'safe' as const,
	capabilities,
	reply: nothing,
	settle: settleNull,
	context: (record: Value) => `grouping ${as(record).groupingid}`,
	diagnose: async (records: Value[], _shared: unknown, read: Read) =>
		await diagnosePairs(records, read),
	order: (record: Value) => [as(record).groupingid, as(record).groupid],
};

/** Puts groups into groupings. A group of another course is taken in silence (all versions): check before. */
export const assignGroupings: CallFacts = {
	...pairs,
	function: 'core_group_assign_grouping',
	list: 'assignments',
};

/** Takes groups out of groupings. A group that is not in it does not matter. */
export const unassignGroupings: CallFacts = {
	...pairs,
	function: 'core_group_unassign_grouping',
	list: 'unassignments',
};
