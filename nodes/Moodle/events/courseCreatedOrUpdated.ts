import { coursesOfCategory } from '../actions/course/listing';
import { showCourse } from '../actions/course/show';
import { simplify } from '../actions/fields';
import { locator } from '../actions/locators';
import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { coursesById, FRONT_PAGE } from '../lookup/courses';
import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { needing, READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';
import { versionOf } from './codec';
import { needAtMost } from './comings';
import { EMPTY, newestCourse, SLICE } from './newestCourse';
import { event, type Row, type Sight } from './types';

/** Most courses that are remembered: about 160 kB. */
const MOST_COURSES = 20_000;

/** Most courses of a chosen category: they come in one answer. */
const MOST_LISTED = 1000;

/** Slices that are looked at in turn, besides the new ones. */
const TURNS = 2;

interface Input {
	courseId?: number;
	categoryId?: number;
}

const facts = needing(READS.core_course_get_courses, 'moodle/course:update');

/** What makes a course another one. Its time alone would miss a second change in the same second. */
function rowOf(course: Json): Row {
	if (course.timemodified === undefined)
		throw new Problem({
			message: `The account behind the token does not see when the course with the ID ${String(course.id)} was changed`,
			mend: "Allow 'Edit course settings' (moodle/course:update) and 'View courses without participation' (moodle/course:view) in its role.",
			code: 'notvisible',
		});
	const { id, timemodified, shortname, fullname, idnumber, categoryid, visible } = course;
	const rest = [course.startdate, course.enddate];
	return {
		key: Number(id),
		version: versionOf([timemodified, shortname, fullname, idnumber, categoryid, visible, ...rest]),
		at: Number(timemodified),
		data: course,
	};
}

const hiddenCourses = () =>
	new Problem({
		message:
			'The account behind the token does not see all courses of the site, so this event cannot be noticed',
		mend: "Allow 'View hidden courses' (moodle/course:viewhiddencourses) and 'View courses without participation' (moodle/course:view) in its role. Or choose a category: of that, only the courses that it sees are followed.",
		code: 'notvisible',
	});

/**
 * The courses of a slice. One that the account may not read fails the whole slice, and to read around it takes a question for
 * nearly each gap between the IDs: 350 a poll with 3,000 courses, of which 200 are hidden, and 300 gaps.
 *
 * @throws Problem where the account does not see all courses
 */
async function slice(read: Read, first: number): Promise<Json[]> {
	const ids = Array.from({ length: SLICE }, (_, index) => first + index);
	try {
		return objectsOf(await read(facts, { options: { ids } }));
	} catch (caught) {
		const isHidden = caught instanceof MoodleFailure && caught.reach === 'context';
		throw isHidden ? hiddenCourses() : asIs(caught);
	}
}

const slices = async (read: Read, firsts: number[]) =>
	await inParallel(firsts, READ_WIDTH, async (first) => await slice(read, first));

/** All courses from an id on, slice by slice, until `empty` slices in succession hold none. */
async function upwards(read: Read, from: number, empty: number): Promise<Json[]> {
	const found: Json[] = [];
	for (let [first, blank] = [from, 0]; blank < empty; first += SLICE) {
		const [courses] = await slices(read, [first]);
		blank = courses.length === 0 ? blank + 1 : 0;
		for (const course of courses) found.push(course);
		needAtMost(found.length, MOST_COURSES, 'courses on the site, or more', 'Choose a category.');
	}
	return found;
}

const highestId = (ids: number[]) => ids.reduce((most, id) => Math.max(most, id), 0);

/** Polls are counted up to here, for the turns; an ID of a course times this is a safe integer up to 9,000 million. */
const ROUND = 1_000_000;

/** Where the turns go on, and the newest course of the base line, in one number. */
const placeOf = (newest: number, turn: number) => newest * ROUND + (turn % ROUND);
const turnAt = (place: number) => place % ROUND;
const newestAt = (place: number) => Math.floor(place / ROUND);

/**
 * The new courses of the site, a part of the known ones in turn (all of a small site), and a part of the IDs that lie
 * further ahead, because databases leave gaps.
 *
 * @param place with the number of the poll
 */
async function inTurn(read: Read, seen: Sight['seen'], place: number) {
	const turn = turnAt(place);
	const highest = highestId([...seen.keys()]);
	const count = Math.ceil((highest + 1) / SLICE);
	const known = Array.from(
		{ length: Math.min(TURNS, count) },
		(_, index) => ((turn * TURNS + index) % count) * SLICE,
	);
	const ahead = highest + 1 + SLICE * (1 + (turn % (EMPTY - 1)));
	const old = await slices(read, [...known, ahead]);
	const courses = [...old.flat(), ...(await upwards(read, highest + 1, 1))];
	return { courses, place: placeOf(newestAt(place), turn + 1) };
}

async function coursesFor(
	{ courseId, categoryId }: Input,
	{ read, purpose, seen, place }: Sight,
): Promise<{ courses: Json[]; place?: number }> {
	if (courseId !== undefined) return { courses: await coursesById(read, [String(courseId)]) };
	if (categoryId !== undefined) {
		// Before the courses are read: one that is created meanwhile is known then, or told as created.
		const base = purpose === 'base' ? placeOf(await newestCourse(read), 0) : undefined;
		const courses = await coursesOfCategory(read, categoryId);
		const mend = "Leave 'Category' empty: then all courses are looked at, a part in each poll.";
		needAtMost(courses.length, MOST_LISTED, 'courses in the category', mend);
		return { courses, place: base };
	}
	if (purpose === 'base') {
		const courses = await upwards(read, 0, EMPTY);
		return { courses, place: placeOf(highestId(courses.map(({ id }) => Number(id))), 0) };
	}
	return await inTurn(read, seen, purpose === 'sample' ? 0 : place);
}

async function look(input: Input, sight: Sight) {
	const { courses, place } = await coursesFor(input, sight);
	const byId = new Map(courses.map((course) => [Number(course.id), course]));
	byId.delete(FRONT_PAGE);
	// What was hidden, or in another category than the chosen one, is no new course when it comes into sight.
	const newest = input.courseId === undefined ? newestAt(sight.place) : Infinity;
	const isNew = (id: number) => !sight.seen.has(id) && id > newest;
	const rows = [...byId.values()].map((course) => {
		const row = rowOf(course);
		return { ...row, data: { course, created: isNew(row.key) } };
	});
	return { rows, place };
}

export const polled = event({
	value: 'courseCreatedOrUpdated',
	name: 'Course Created or Updated',
	description: 'A course was created, or its settings were changed',
	reads: [facts, READS.core_course_get_courses_by_field],
	fields: [
		locator('category', {
			required: false,
			description: 'Only courses directly in this category. Left empty, all courses of the site.',
		}),
		locator('course', {
			required: false,
			description: 'Only this course. Left empty, all courses.',
		}),
		simplify,
	],
	about: {
		asks: 'Courses by their IDs: those after the newest one known, 400 IDs in turn, and some further ahead; of a chosen category all, or the chosen course',
		knows:
			'An ID that is not known, or another time, name, ID number, category, visibility or date of the course',
		misses: `What happens in the course; on sites with course IDs above 400 a change shows when its turn comes; a gap of more than 1,000 IDs; with a category, courses that are hidden from the account: one that was so at the activation is told as changed when it comes into sight; a course that was created elsewhere after the activation and then moved into the chosen category is told as created; categories of more than ${MOST_LISTED} courses`,
		cost: '4, or 1 with a category or a course. Activation with a category: 14, and some more above 1,000 IDs (24 for 5,000); without both 1 for each 200 IDs and 6 more',
	},
	tells: 'rows',
	most: MOST_COURSES,
	input: (p) => ({
		courseId: p.maybeRef('course', 'Course', 'courseId', { verify: true }),
		categoryId: p.maybeRef('category', 'Category', 'categoryId', { verify: true }),
	}),
	look,
	items: async (_input, rows, _read, { simple }) =>
		await Promise.resolve(
			rows.map(({ data }) => ({
				...showCourse(data.course as Json, simple),
				created: data.created === true,
			})),
		),
});
