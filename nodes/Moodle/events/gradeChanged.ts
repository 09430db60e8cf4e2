import { simplify } from '../actions/fields';
import { simplifiedGrade } from '../actions/grade/getUserGradeItems';
import { userReport } from '../actions/grade/gradeItems';
import { studentsPage, enrolledFacts } from '../actions/grade/participants';
import { activityLocator, locator } from '../actions/locators';
import type { Read } from '../moodle/calls';
import { needing, READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { maybeActivity } from './activity';
import { versionOf } from './codec';
import { needAtMost } from './comings';
import { needWholeList } from './groups';
import { event, type Row, type Sight } from './types';

/** Most grades that are remembered: about 160 kB. */
const MOST_GRADES = 20_000;

/** Most participants: 1.8 ms each (5.1 measured), and Moodle has no pages here. */
const MOST_PARTICIPANTS = 2000;

/** User ids are below this, so that a grade item and a user make one number. */
const USERS = 2 ** 26;

const TOTALS = new Set(['course', 'category']);

interface Input {
	courseId: number;
	cmid?: number;
}

const gradeKey = (item: Json, userid: number) => Number(item.id) * USERS + userid;

/** A grade with or without feedback, or neither. The date is no part of it: Moodle sets it anew where nothing changed. */
function rowOf(report: Json, item: Json): Row | undefined {
	const hasFeedback = typeof item.feedback === 'string' && item.feedback !== '';
	if ((item.graderaw === null || item.graderaw === undefined) && !hasFeedback) return undefined;
	return {
		key: gradeKey(item, Number(report.userid)),
		version: versionOf([item.graderaw ?? null, item.feedback ?? '']),
		at: Number(item.gradedategraded ?? 0),
		data: { report: { ...report, gradeitems: undefined }, item },
	};
}

/** Whether a grade may be there that is not shown: it is not taken for one that was taken away, and told again later. */
const isHidden = (item: Json) => item.gradeishidden === true || item.gradehiddenbydate === true;

async function needSmallCourse(read: Read, courseid: number): Promise<void> {
	const { seen } = await studentsPage(read, courseid, MOST_PARTICIPANTS, 20);
	needAtMost(
		seen > 0 ? MOST_PARTICIPANTS + seen : 0,
		MOST_PARTICIPANTS,
		'participants in the course, or more',
		'Use Assignment Submitted for a single activity, or a custom report with the event Report Row Added.',
	);
}

async function look({ courseId, cmid }: Input, sight: Sight) {
	const { read, purpose, seen } = sight;
	await needSmallCourse(read, courseId);
	if (purpose === 'base') await needWholeList(courseId, sight);
	const [rows, gone]: [Row[], number[]] = [[], []];
	for (const report of await userReport(read, courseId))
		for (const item of objectsOf(report.gradeitems)) {
			if (TOTALS.has(String(item.itemtype)) || (cmid !== undefined && Number(item.cmid) !== cmid))
				continue;
			const row = rowOf(report, item);
			if (row) rows.push(row);
			else if (!isHidden(item) && seen.has(gradeKey(item, Number(report.userid))))
				gone.push(gradeKey(item, Number(report.userid)));
		}
	needAtMost(
		rows.length,
		MOST_GRADES,
		'grades in the course',
		"Choose an activity in 'Activity', so that only its grades count.",
	);
	return { rows, gone };
}

export const polled = event({
	value: 'gradeChanged',
	name: 'Grade Changed',
	description: 'A user got a grade or feedback in a course, or another one',
	reads: [
		READS.gradereport_user_get_grade_items,
		needing(enrolledFacts, 'moodle/site:accessallgroups'),
	],
	fields: [
		locator('course'),
		{
			...activityLocator({
				description:
					'Only grades of this activity. Left empty, all grades of the course but totals.',
			}),
			required: false,
		},
		simplify,
	],
	about: {
		asks: 'The user report of the chosen course: all grades of all participants',
		knows: 'A grade or feedback that was not there at the last poll, or was another one',
		misses: `Totals of the course and of categories; a grade that is taken away; participants who are suspended; courses of more than ${MOST_PARTICIPANTS} participants or ${MOST_GRADES} grades`,
		cost: '2, of which the report takes Moodle about 2 ms for each participant',
	},
	tells: 'rows',
	most: MOST_GRADES,
	input: (p) => ({
		courseId: p.ref('course', 'Course'),
		cmid: maybeActivity(p),
	}),
	look,
	items: async (_input, rows, _read, { simple }) =>
		await Promise.resolve(
			rows.map(({ data }) => {
				const [report, item] = [data.report as Json, data.item as Json];
				return simple ? simplifiedGrade(report, item) : { ...report, gradeitems: [item] };
			}),
		),
});
