import { chunks, inParallel, READ_WIDTH } from '../../common/parallel';
import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { toIso } from '../../moodle/dates';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';
import { remembering } from '../../common/remembering';
import type { Parameters } from '../parameters';
import type { Services, Step } from '../types';
import { reportsOf, userReport } from './gradeItems';
import { numberOrNull } from './gradeFields';
import { enrolledFacts, studentsPage } from './participants';

/**
 * Up to this many participants the report is read for the whole course at once: 600 take a second and 0.4 MB (5.1
 * measured). Moodle has no pages here and runs out of memory with very many, so that others are read user by user.
 */
const AT_ONCE = 600;
const PAGE = 200;

function inputOf(p: Parameters) {
	return {
		courseId: p.ref('course', 'Course'),
		userId: p.maybeRef('user', 'User'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

/** A grade in short. */
export function simplifiedGrade(report: Json, item: Json): Json {
	return {
		userid: report.userid,
		userfullname: report.userfullname,
		itemname: item.itemname ?? null,
		itemtype: item.itemtype,
		cmid: item.cmid ?? null,
		grade: numberOrNull(item.graderaw),
		gradeformatted: item.gradeformatted === '-' ? null : item.gradeformatted,
		grademax: item.grademax,
		feedback: item.feedback === '' ? null : item.feedback,
		dategraded: toIso(item.gradedategraded),
	};
}

/** One item per user and grade item; as Moodle answers, it is one per user with the grade items inside. */
function itemsOf(report: Json, simple: boolean): Json[] {
	return simple
		? objectsOf(report.gradeitems).map((item) => simplifiedGrade(report, item))
		: [report];
}

/** The reports of a large course, page by page, until there are enough items. */
async function readPages(read: Read, { courseId, limit, simple }: Input): Promise<Json[]> {
	const items: Json[] = [];
	for (let from = 0; items.length < limit; from += PAGE) {
		const { userids, seen } = await studentsPage(read, courseId, from, PAGE);
		if (seen === 0) break;
		for (const part of chunks(userids, READ_WIDTH)) {
			if (items.length >= limit) break;
			const reports = await inParallel(
				part,
				READ_WIDTH,
				async (userid) => await userReport(read, courseId, userid),
			);
			for (const report of reports.flat())
				for (const item of itemsOf(report, simple)) items.push(item);
		}
	}
	return items;
}

async function readCourse(read: Read, input: Input): Promise<Json[]> {
	const { seen } = await studentsPage(read, input.courseId, AT_ONCE, 20);
	if (seen > 0) return await readPages(read, input);
	const items: Json[] = [];
	for (const report of await userReport(read, input.courseId))
		for (const item of itemsOf(report, input.simple)) items.push(item);
	return items;
}

function notParticipant({ userId, courseId }: Input): Problem {
	return new Problem({
		message: `The user with the ID ${userId} takes no part in the course with the ID ${courseId}`,
		mend: 'Enrol the user there first. It may also be that the account behind the token cannot see the user.',
		code: 'notenrolled',
	});
}

/** The users that items ask for, by course. */
function usersByCourse(inputs: Input[]): Map<number, number[]> {
	const users = new Map<number, number[]>();
	for (const { courseId, userId } of inputs) {
		if (userId === undefined) continue;
		const known = users.get(courseId);
		if (known) known.push(userId);
		else users.set(courseId, [userId]);
	}
	return users;
}

async function steps(inputs: Input[], { read, each }: Services): Promise<Step[]> {
	const users = usersByCourse(inputs);
	const reports = remembering(
		async (courseid: number) => await reportsOf(read, courseid, users.get(courseid) ?? []),
	);
	return await each(inputs, async (input) => {
		const { userId, courseId, limit, simple } = input;
		const report = userId === undefined ? undefined : (await reports(courseId)).get(userId);
		if (report instanceof MoodleFailure) throw report;
		if (userId !== undefined && !report) return { problem: notParticipant(input) };
		const items = report ? itemsOf(report, simple) : await readCourse(read, input);
		return { done: items.slice(0, Math.min(limit, items.length)) };
	});
}

export const operation = reading({
	resource: 'grade',
	value: 'getUserGradeItems',
	name: 'Get User Grade Items',
	action: 'Get grade items of users',
	description:
		'Retrieve the grades of one user or of all participants of a course, one item per user and grade item',
	reads: [
		READS.gradereport_user_get_grade_items,
		READS.core_user_get_course_user_profiles,
		enrolledFacts,
	],
	batched: true,
	fields: [
		locator('course'),
		locator('user', {
			required: false,
			description:
				'Only the grades of this user. Leave it empty for all participants of the course.',
		}),
		...returnAllAndLimit,
		simplify,
	],
	input: inputOf,
	steps,
});
