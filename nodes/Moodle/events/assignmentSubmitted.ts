import { pick } from '../actions/build';
import { simplify } from '../actions/fields';
import { activityLocator, locator } from '../actions/locators';
import { usersByFieldFacts } from '../actions/user/calls';
import type { Read } from '../moodle/calls';
import { toIso } from '../moodle/dates';
import { Problem } from '../moodle/problem';
import { READS } from '../moodle/reads';
import { warningsOf } from '../moodle/settle';
import { objectsOf, type Json } from '../moodle/values';
import { maybeActivity } from './activity';
import { withUser, withUsers } from './people';
import { event, type Row, type Sight } from './types';

/** Seconds. What a slow transaction wrote shows later than its time says. */
const OVERLAP = 600;

interface Input {
	courseId: number;
	cmid?: number;
}

const SIMPLE = ['assignmentid', 'cmid', 'assignmentname', 'courseid', 'userid', 'groupid'];

/** The assignments that count, by their own numbers. @throws Problem where the chosen one is none, or there is none */
async function assignments(read: Read, { courseId, cmid }: Input): Promise<Map<number, Json>> {
	const reply = await read(READS.mod_assign_get_assignments, {
		courseids: [courseId],
		includenotenrolledcourses: true,
	});
	const all = objectsOf(reply.courses).flatMap((course) => objectsOf(course.assignments));
	const chosen = all.filter((entry) => cmid === undefined || Number(entry.cmid) === cmid);
	if (chosen.length === 0 && cmid !== undefined)
		throw new Problem({
			message: `The activity with the ID ${cmid} is no assignment of this course that the account behind the token can see`,
			mend: 'Check the address, and that the activity is not hidden.',
			code: 'notfound',
		});
	return new Map(chosen.map((entry) => [Number(entry.id), entry]));
}

/** @throws Problem where the account may not see the submissions of one of them */
function needRights(reply: unknown, known: Map<number, Json>): void {
	const refused = warningsOf(reply).find(({ warningcode }) => warningcode === '1');
	if (!refused) return;
	const name = String(known.get(Number(refused.itemid))?.name ?? 'an assignment');
	throw new Problem({
		message: `The account behind the token may not see the submissions of '${name}'`,
		mend: 'Allow mod/assign:view and mod/assign:viewgrades in its role; for a hidden activity also moodle/course:viewhiddenactivities, and for one with separate groups moodle/site:accessallgroups.',
		code: 'notvisible',
	});
}

async function look(input: Input, { read, floor }: Sight) {
	const known = await assignments(read, input);
	if (known.size === 0) return { rows: [] };
	const reply = await read(READS.mod_assign_get_submissions, {
		assignmentids: [...known.keys()],
		status: 'submitted',
		since: floor,
	});
	needRights(reply, known);
	const rows = objectsOf(reply.assignments).flatMap(({ assignmentid, submissions }) => {
		const { cmid, name, teamsubmission } = known.get(Number(assignmentid)) ?? {};
		const about = { assignmentid, cmid, assignmentname: name, courseid: input.courseId };
		// Of a team there is one submission, and one of each member who submitted it (assign::update_team_submission).
		const isOwn = ({ userid }: Json) => Number(teamsubmission) !== 1 || Number(userid) === 0;
		return objectsOf(submissions)
			.filter(isOwn)
			.map((submission): Row => {
				const at = Number(submission.timemodified);
				return { key: Number(submission.id), version: at, at, data: { ...about, ...submission } };
			});
	});
	return { rows };
}

export const polled = event({
	value: 'assignmentSubmitted',
	name: 'Assignment Submitted',
	description: 'A user or a team submitted an assignment, for the first time or again',
	reads: [READS.mod_assign_get_submissions, READS.mod_assign_get_assignments, usersByFieldFacts],
	fields: [
		locator('course'),
		{
			...activityLocator({
				description: 'Only this assignment. Left empty, all assignments of the course.',
			}),
			required: false,
		},
		withUser,
		simplify,
	],
	about: {
		asks: 'The submissions of the chosen assignment, or of all of the chosen course, since the newest one told and the 10 minutes before',
		knows: 'A submission, or a new time of it',
		misses:
			'Drafts; what is submitted and withdrawn, or opened for another attempt, between two polls; what users submitted who are suspended in the course by the time of the poll, where the account lacks moodle/course:viewsuspendedusers, or who are not in it any more; a second submission in the same second; what is submitted while the clock of the server is set back by more than 10 minutes',
		cost: '2, and 1 for details. Activation reads all submissions',
	},
	tells: 'rows',
	overlap: OVERLAP,
	most: 5000,
	input: (p) => ({ courseId: p.ref('course', 'Course'), cmid: maybeActivity(p) }),
	look,
	items: async (_, rows, read, show) =>
		await withUsers(
			read,
			rows,
			show,
			({ data }) =>
				show.simple
					? {
							id: data.id,
							...pick(data, SIMPLE),
							attemptnumber: data.attemptnumber,
							timemodified: toIso(data.timemodified),
						}
					: data,
			({ data }) => Number(data.userid),
		),
});
