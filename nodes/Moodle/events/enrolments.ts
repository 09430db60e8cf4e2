import { enrolledUsersFacts } from '../actions/enrolment/reads';
import { enrolledUsers } from '../actions/enrolment/pages';
import { locator } from '../actions/locators';
import type { Parameters } from '../actions/parameters';
import { objectsOf } from '../moodle/values';
import { listed, type Comings } from './comings';
import { needWholeList } from './groups';
import type { Sight } from './types';

/** Most participants of a course that are remembered: about 40 kB. */
export const MOST_ENROLLED = 20_000;

/** With these fields a page costs Moodle about a fifth of its usual time. */
const PAGE = 1000;

export const enrolmentReads = [enrolledUsersFacts];

export const enrolmentFields = [
	locator('course'),
	locator('role', {
		required: false,
		description: 'Only participants with this role in the course. Left empty, all of them.',
	}),
];

/** The course, and the role where only one counts. */
export const enrolmentInput = (p: Parameters) => ({
	courseId: p.ref('course', 'Course'),
	roleId: p.maybeRef('role', 'Role'),
});

/**
 * Who is enrolled in a course. Moodle leaves out whom the account may not see, without a word: somebody who has gone from
 * the list is taken for gone only while the account sees everybody.
 */
export async function lookAtEnrolments(
	{ courseId, roleId }: { courseId: number; roleId?: number },
	sight: Sight,
): Promise<Comings> {
	const { users } = await enrolledUsers(
		sight.read,
		courseId,
		{ userfields: roleId === undefined ? 'id' : 'id,roles' },
		Infinity,
		PAGE,
	);
	const chosen = users.filter(
		(user) =>
			roleId === undefined || objectsOf(user.roles).some((role) => Number(role.roleid) === roleId),
	);
	const ids = chosen.map((user) => Number(user.id));
	const found = listed(ids, sight, MOST_ENROLLED, 'participants in the course');
	if (sight.purpose === 'base' || found.gone.length > 0) await needWholeList(courseId, sight);
	return found;
}
