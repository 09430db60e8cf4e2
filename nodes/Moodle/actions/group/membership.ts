import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import type { Problem } from '../../moodle/problem';
import { readMembers } from '../groupsAndGroupings/read';
import { groupRef } from '../groupsAndGroupings/refs';
import { refKey } from '../keys';
import type { Parameters } from '../parameters';

/** The group and the user that an item names. */
export const membershipOf = (p: Parameters) => ({
	...groupRef(p),
	userId: p.ref('user', 'User'),
});

type Input = ReturnType<typeof membershipOf>;

/** What two items must not have in common inside one request. */
export const membershipKeys = ({ groupId, userId }: Input) => [
	`${refKey(groupId)} ${refKey(userId)}`,
];

/** Of each input whether the user is in the group, or why that cannot be told. */
export async function areMembers(
	inputs: Array<Resolved<Input>>,
	read: Read,
): Promise<Array<boolean | Problem>> {
	const { rows, refused } = await readMembers(
		read,
		inputs.map(({ groupId }) => groupId),
	);
	const members = new Map([...rows].map(([group, users]) => [group, new Set(users)]));
	return inputs.map(
		({ groupId, userId }) => refused.get(groupId) ?? members.get(groupId)?.has(userId) ?? false,
	);
}
