import { chunks, inParallel, READ_WIDTH } from '../../common/parallel';
import { LOOKUP_SIZE } from '../../lookup/inChunks';
import { usersByField } from '../../lookup/users';
import type { Read } from '../../moodle/calls';
import type { Json } from '../../moodle/values';
import { pick } from '../build';

/** Whether members are looked up: shared by cohorts and groups. */
export const withUsers = {
	displayName: 'Include User Details',
	name: 'includeUsers',
	type: 'boolean' as const,
	default: false,
	description:
		'Whether to look up user name, name and email of each member; otherwise there are IDs only',
};

const SHOWN = ['username', 'fullname', 'firstname', 'lastname', 'email', 'idnumber', 'suspended'];

/** What is shown of these users, by id. Only that much is kept: cohorts can be large. */
export async function detailsOf(read: Read, ids: number[]): Promise<Map<number, Json>> {
	const details = new Map<number, Json>();
	await inParallel(chunks([...new Set(ids)], LOOKUP_SIZE), READ_WIDTH, async (part) => {
		for (const user of await usersByField(read, 'id', part.map(String)))
			details.set(Number(user.id), pick(user, SHOWN));
	});
	return details;
}
