import { asIs } from '../common/asIs';
import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { warningsOf } from '../moodle/settle';
import { objectsOf } from '../moodle/values';
import { chunks, inParallel, READ_WIDTH } from '../common/parallel';
import { readHalving } from './readHalving';

/** Users in one request for profiles: two form variables each. */
const PROFILES = 200;

/** Users refused one by one without one that could be read, after which the course is at fault. */
export const REFUSED_USERS = 3;

/** Who of some users takes part in a course. */
export interface Participants {
	members: Set<number>;
	/** Why Moodle does not tell of a user. */
	refused: Map<number, MoodleFailure>;
}

/**
 * Those of the users who have a role in the course. Moodle returns profiles of others too, without roles (all versions).
 * A user whose profile Moodle cannot give costs the others nothing.
 */
export async function participantsOf(
	read: Read,
	courseid: number,
	userids: number[],
): Promise<Participants> {
	const { rows, refused } = await readHalving(
		[...new Set(userids)],
		async (some) =>
			(
				await inParallel(chunks(some, PROFILES), READ_WIDTH, async (part) =>
					objectsOf(
						await read(READS.core_user_get_course_user_profiles, {
							userlist: part.map((userid) => ({ userid, courseid })),
						}),
					),
				)
			).flat(),
		REFUSED_USERS,
	);
	const members = rows.filter((user) => objectsOf(user.roles).length > 0);
	return { members: new Set(members.map((user) => Number(user.id))), refused };
}

/**
 * Whether a user is enrolled in a course, by any method, with any dates and status: what Moodle's own `is_enrolled` says, also
 * of people and groups that the account does not see (get_course_user_groups, 4.1 to 5.1 measured). Costs 10 ms, however
 * large the course is (5.1, 10,000 participants).
 *
 * @returns undefined when Moodle does not tell: the function is not in the service, no right to manage groups, no access, an
 * unknown or unconfirmed user
 * @throws MoodleFailure when Moodle cannot be asked at all
 */
export async function isEnrolled(
	read: Read,
	courseid: number,
	userid: number,
): Promise<boolean | undefined> {
	try {
		const warnings = warningsOf(
			await read(READS.core_group_get_course_user_groups, { courseid, userid }),
		);
		if (warnings.length === 0) return true;
		return warnings.some(({ warningcode }) => warningcode === 'notenrolled') ? false : undefined;
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return undefined;
		throw asIs(caught);
	}
}
