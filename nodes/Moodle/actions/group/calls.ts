import { groupNamesakes } from '../../lookup/namesakes';
import type { CallFacts, Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { createdRows, nothing } from '../../moodle/replies';
import { settleInOrder, settleNull } from '../../moodle/settle';
import type { Value } from '../../moodle/values';
import { diagnoseGroups, findCreatedGroups } from './clash';
import { readGroups, readMembers } from './read';

const capabilities = ['moodle/course:managegroups'];

const idOfRecord = (record: Value) => Number((record as { id?: unknown }).id);

/** Creates groups: one transaction. Names and ID numbers are unique inside a course. */
export const createGroups: CallFacts = {
	function: 'core_group_create_groups',
	list: 'groups',
	atomic: 'all',
	repeat: 'lookup',
	capabilities,
	reply: createdRows,
	settle: settleInOrder('name'),
	context: (record) => `course ${Number((record as { courseid?: unknown }).courseid)}`,
	find: async (records, _shared, read) => await findCreatedGroups('group', records, read),
	knownBy: 'name in the course or ID number',
	namesakes: async (records, _ids, _shared, read) => await groupNamesakes('group', records, read),
	diagnose: async (records, _shared, read, refusal) =>
		await diagnoseGroups('group', records, read, refusal !== undefined),
};

interface Veiled {
	visibility?: string;
	participation?: number;
}

/** The visibility of a group with members cannot change (4.2 on): Moodle says no more than that a value is invalid. */
async function veiled(records: Value[], read: Read): Promise<Array<Problem | undefined>> {
	const concerned = records.filter(
		(record) =>
			(record as Veiled).visibility !== undefined || (record as Veiled).participation !== undefined,
	);
	const ids = concerned.map(idOfRecord);
	const [groups, members] = [await readGroups(read, 'group', ids), await readMembers(read, ids)];
	return records.map((record) => {
		const { visibility, participation } = record as Veiled;
		const row = groups.rows.get(idOfRecord(record));
		if (!row || (members.rows.get(idOfRecord(record)) ?? []).length === 0) return undefined;
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
export const updateGroups: CallFacts = {
	function: 'core_group_update_groups',
	list: 'groups',
	atomic: 'all',
	repeat: 'safe',
	capabilities,
	reply: nothing,
	settle: settleNull,
	context: (record) => `group ${idOfRecord(record)}`,
	diagnose: async (records, _shared, read, refusal) => {
		const causes = await diagnoseGroups('group', records, read, refusal !== undefined);
		const hidden = causes.every(Boolean) ? [] : await veiled(records, read);
		return causes.map((cause, at) => cause ?? hidden[at]);
	},
	order: (record) => [idOfRecord(record)],
};

/** Deletes groups; unknown ids are ignored in silence (all versions). */
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
