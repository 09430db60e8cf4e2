import { groupNamesakes } from '../../lookup/namesakes';
import { LIGHT_RECORDS, type CallFacts, type Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { createdRows, nothing } from '../../moodle/replies';
import { settleInOrder, settleNull } from '../../moodle/settle';
import { diagnoseGroups, findCreatedGroups, type GroupRecord } from '../groupsAndGroupings/clash';
import { readGroups, readMembers } from '../groupsAndGroupings/read';

const capabilities = ['moodle/course:managegroups'];

/** Creates groups: one transaction. Names and ID numbers are unique inside a course. */
export const createGroups: CallFacts<GroupRecord> = {
	function: 'core_group_create_groups',
	list: 'groups',
	atomic: 'all',
	repeat: 'lookup',
	usual: LIGHT_RECORDS,
	capabilities,
	reply: createdRows,
	settle: settleInOrder('name'),
	context: (record) => `course ${record.courseid}`,
	find: async (records, _shared, read) => await findCreatedGroups('group', records, read),
	knownBy: 'name in the course or ID number',
	namesakes: async (records, _ids, _shared, read) => await groupNamesakes('group', records, read),
	diagnose: async (records, _shared, read, refusal) =>
		await diagnoseGroups('group', records, read, refusal !== undefined),
};

/** The visibility of a group with members cannot change (4.2 on): Moodle says no more than that a value is invalid. */
async function visibilityRefusals(
	records: GroupRecord[],
	read: Read,
): Promise<Array<Problem | undefined>> {
	const concerned = records.filter(
		(record) => record.visibility !== undefined || record.participation !== undefined,
	);
	const ids = concerned.map(({ id }) => Number(id));
	const [groups, members] = [await readGroups(read, 'group', ids), await readMembers(read, ids)];
	return records.map((record) => {
		const { visibility, participation } = record;
		const row = groups.rows.get(Number(record.id));
		if (!row || (members.rows.get(Number(record.id)) ?? []).length === 0) return undefined;
		const isChanged =
			(visibility !== undefined && Number(visibility) !== Number(row.visibility)) ||
			(participation !== undefined && Boolean(participation) !== Boolean(row.participation));
		return isChanged
			? new Problem({
					message:
						"'Visibility' and 'Participation' of a group cannot be changed while it has members",
					mend: 'Remove its members first, or leave both fields out.',
					code: 'grouphasmembers',
				})
			: undefined;
	});
}

/** Changes groups: one transaction. The name is required even when it stays; fields left out keep their value. */
export const updateGroups: CallFacts<GroupRecord> = {
	function: 'core_group_update_groups',
	list: 'groups',
	atomic: 'all',
	repeat: 'safe',
	capabilities,
	reply: nothing,
	settle: settleNull,
	context: (record) => `group ${Number(record.id)}`,
	diagnose: async (records, _shared, read, refusal) => {
		const causes = await diagnoseGroups('group', records, read, refusal !== undefined);
		const hidden = causes.every(Boolean) ? [] : await visibilityRefusals(records, read);
		return causes.map((cause, at) => cause ?? hidden[at]);
	},
	order: (record) => [Number(record.id)],
};

/** Deletes groups; unknown ids are ignored in silence (all versions), so that `atomic` is what its code says. */
export const deleteGroups: CallFacts = {
	function: 'core_group_delete_groups',
	list: 'groupids',
	atomic: 'all',
	repeat: 'safe',
	capabilities,
	reply: nothing,
	settle: settleNull,
	context: (id) => `group ${Number(id)}`,
	order: (id) => [Number(id)],
};
