import type { Read, ReadFacts } from '../moodle/calls';
import { objectsOf } from '../moodle/values';
import { chunks, inParallel, READ_WIDTH } from './chunks';

export const profilesFacts: ReadFacts = {
	function: 'core_user_get_course_user_profiles',
	capabilities: ['moodle/user:viewdetails'],
};

/** Users in one request for profiles: two form variables each. */
const PROFILES = 200;

/** Those of the users who have a role in the course. Moodle returns profiles of others too, without roles (all versions). */
export async function participantsOf(
	read: Read,
	courseid: number,
	userids: number[],
): Promise<Set<number>> {
	const distinct = [...new Set(userids)];
	const pages = await inParallel(chunks(distinct, PROFILES), READ_WIDTH, async (part) =>
		objectsOf(
			await read('core_user_get_course_user_profiles', {
				userlist: part.map((userid) => ({ userid, courseid })),
			}),
		),
	);
	return new Set(
		pages
			.flat()
			.filter((user) => objectsOf(user.roles).length > 0)
			.map((user) => Number(user.id)),
	);
}
