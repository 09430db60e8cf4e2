import { asIs } from '../../common/asIs';
import { inParallel, READ_WIDTH } from '../../common/parallel';
import { participantsOf } from '../../lookup/participants';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json } from '../../moodle/values';

/** From this many users on the report is read for the whole course: 1.8 ms a participant there, 18 ms a user one by one (5.1 measured). */
const WHOLE_FROM = 10;

/** The rows of the user report: one per user, with all grade items of the course. Without `userid` those of all graded, active participants. */
export async function userReport(read: Read, courseid: number, userid?: number): Promise<Json[]> {
	const reply = await read(
		READS.gradereport_user_get_grade_items,
		userid === undefined ? { courseid } : { courseid, userid },
	);
	return objectsOf(reply.usergrades);
}

/**
 * What the user report says of users in a course, by user. Who takes no part in the course is left out, because the
 * report would answer for everybody: with empty grades.
 *
 * @param known the users are known to take part
 * @returns by user the report, or why Moodle does not give it
 */
export async function reportsOf(
	read: Read,
	courseid: number,
	userids: number[],
	known = false,
): Promise<Map<number, Json | MoodleFailure>> {
	const distinct = [...new Set(userids)];
	const rows = distinct.length < WHOLE_FROM ? [] : await userReport(read, courseid);
	const found = new Map<number, Json | MoodleFailure>(rows.map((row) => [Number(row.userid), row]));
	const missing = distinct.filter((userid) => !found.has(userid));
	const { members, refused } =
		known || missing.length === 0
			? { members: missing, refused: [] }
			: await participantsOf(read, courseid, missing);
	for (const [userid, failure] of refused) found.set(userid, failure);
	await inParallel([...members], READ_WIDTH, async (userid) => {
		try {
			for (const row of await userReport(read, courseid, userid)) found.set(userid, row);
		} catch (caught) {
			if (!(caught instanceof MoodleFailure) || caught.reach !== 'record') throw asIs(caught);
			found.set(userid, caught);
		}
	});
	return found;
}

/** The grade item of an activity in what the report says of a user. */
export function itemOf(
	report: Json | undefined,
	cmid: number,
	itemnumber: number,
): Json | undefined {
	return objectsOf(report?.gradeitems).find(
		(item) =>
			item.itemtype === 'mod' &&
			Number(item.cmid) === cmid &&
			Number(item.itemnumber) === itemnumber,
	);
}
