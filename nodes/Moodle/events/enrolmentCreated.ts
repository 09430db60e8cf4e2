import { showParticipant } from '../actions/enrolment/getAll';
import { simplify } from '../actions/fields';
import { readHalving } from '../lookup/readHalving';
import type { Read } from '../moodle/calls';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import {
	enrolmentFields,
	enrolmentInput,
	enrolmentReads,
	lookAtEnrolments,
	MOST_ENROLLED,
} from './enrolments';
import { event } from './types';

/** What a course shows of these users, by user; those whom Moodle cannot serialise are left out. */
async function profiles(read: Read, courseid: number, ids: number[]): Promise<Map<number, Json>> {
	const { rows } = await readHalving(ids, async (some) =>
		objectsOf(
			await read(READS.core_user_get_course_user_profiles, {
				userlist: some.map((userid) => ({ userid, courseid })),
			}),
		),
	);
	return new Map(rows.map((user) => [Number(user.id), user]));
}

/** As Enrolment: Get Many shows it; the last visit to the course is not told here. */
function shown(user: Json, simple: boolean): Json {
	if (!simple) return user;
	const rest = showParticipant(user, true);
	delete rest.lastcourseaccess;
	return rest;
}

export const polled = event({
	value: 'enrolmentCreated',
	name: 'Enrolment Created',
	description: 'A user was enrolled in a course',
	reads: [...enrolmentReads, READS.core_user_get_course_user_profiles],
	fields: [...enrolmentFields, simplify],
	about: {
		asks: 'The IDs of all participants of the chosen course, suspended ones too; with a role, also their roles',
		knows: 'Who was not there at the last poll, or did not have the role',
		misses:
			'Who is enrolled and unenrolled again between two polls; a second enrolment, by another method, of who is in the course already',
		cost: '1 for each 1,000 participants and 1 more, and 1 for the details of up to 100 new ones',
	},
	tells: 'rows',
	most: MOST_ENROLLED,
	input: enrolmentInput,
	look: lookAtEnrolments,
	items: async ({ courseId }, rows, read, { simple }) => {
		const users = await profiles(
			read,
			courseId,
			rows.map(({ key }) => key),
		);
		return rows.map(({ key }) => ({
			courseid: courseId,
			...shown(users.get(key) ?? { id: key }, simple),
		}));
	},
});
