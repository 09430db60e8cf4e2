/**
 * accessplanit: courses of a booking system are created in Moodle or linked to ones that are there, with their dates;
 * delegates get an account and are enrolled as students; a cancellation is unenrolled; the scores come back. What must
 * become of everything is worked out from the list and from what the site holds, and compared with what it holds then.
 */
import {
	accountFor,
	createdNothing,
	outcomeBy,
	recordCheck,
	recordOutcome,
} from '../support/accounting';
import { makeMissing } from '../support/accounts';
import { LINKED_BY_ID, makeBookings, type BookingList } from './bookings';
import {
	courseCheck,
	enrolmentCheck,
	expectedOfBookings,
	expectedOfCourses,
	scoreCheck,
} from './bookings-expected';
import { courseBy, locate, stateOf } from '../support/courses';
import { readExample } from '../support/example';
import type { Flow } from '../support/flow';
import { grade } from './grades';
import type { Check, RunReport } from '../support/report';
import type { Stage } from '../support/stage';
import { traced } from '../support/trace';

const CATEGORY = 'accessplanit';

const COURSE_OUTCOMES = ['created', 'updated', 'unchanged', 'failed'] as const;
const BOOKING_OUTCOMES = [
	'enrolled',
	'enrolled before',
	'cancelled',
	'nothing to cancel',
	'failed',
] as const;

/** Makes category, linked courses, and the delegates who were there before; what is there stays as it is. Answers the id of the course that is linked by ID. */
async function prepare(stage: Stage): Promise<string> {
	const list = makeBookings('');
	const [[category]] = await stage.all(
		{
			resource: 'category',
			operation: 'upsert',
			matchBy: 'idnumber',
			idnumber: CATEGORY,
			name: 'accessplanit',
		},
		[{}],
	);
	stage.say(`  category ${CATEGORY}: ${category.created === true ? 'made' : 'is there'}`);
	for (const { shortname, fullname, startdate, enddate } of list.existingCourses) {
		const found = await courseBy(stage, 'shortname', shortname);
		stage.say(`  course ${shortname}: ${found ? 'is there' : 'made'}`);
		if (found) continue;
		await stage.all(
			{
				resource: 'course',
				operation: 'create',
				shortname,
				fullname,
				categoryId: locate('idnumber', CATEGORY),
				additionalFields: { startdate, enddate },
			},
			[{}],
		);
	}
	const made = await makeMissing(stage, list.existingUsers);
	stage.say(`  delegates from before: ${made} made, ${list.existingUsers.length - made} are there`);
	const linked = await courseBy(stage, 'shortname', LINKED_BY_ID);
	const [delegate] = list.existingUsers;
	if (made > 0)
		await stage.all(
			{
				resource: 'enrolment',
				operation: 'enrol',
				userId: locate('email', delegate.email),
				courseId: locate('shortname', LINKED_BY_ID),
				roleId: locate('shortname', 'student'),
			},
			[{}],
		);
	return String(linked?.id ?? '');
}

const bookingOutcome = outcomeBy((row) => {
	if (row.nothingToDo !== undefined)
		return row.nothingToDo === true ? 'nothing to cancel' : 'cancelled';
	return row.wasEnrolled === true ? 'enrolled before' : 'enrolled';
});

async function runOnce(
	stage: Stage,
	list: BookingList,
	number: number,
	grades: Map<string, string> | undefined,
): Promise<RunReport> {
	const before = await stateOf(stage, list);
	const { expectations, enrolled } = expectedOfBookings(list, before);
	stage.say(`  ${list.courses.length} courses, then ${list.bookings.length} bookings`);
	const data = {
		courses: list.courses.map(({ course }) => ({ ...course })),
		bookings: list.bookings.map(({ booking }) => ({ ...booking })),
	};
	const played = await stage.play(readExample('accessplanit'), 'Example Data', [data]);
	stage.say('  reading back what the site holds now');
	const after = await stateOf(stage, list);
	const put = (source: string, ...nodes: string[]) =>
		nodes.flatMap((node) => traced(played.run, node, source));
	const courses = accountFor({
		kind: 'courses',
		names: list.courses.map(({ course }) => `${course.id} ${course.title}`),
		put: put('Courses', 'Course Done', 'Course Not Done'),
		outcomeOf: recordOutcome,
		outcomes: COURSE_OUTCOMES,
		expected: expectedOfCourses(list, before),
	});
	const bookings = accountFor({
		kind: 'bookings',
		names: list.bookings.map(
			({ booking }) => `${booking.id} ${booking.email} in ${booking.course}`,
		),
		put: put('Bookings', 'Booking Done', 'Cancellation Done', 'Booking Not Done'),
		outcomeOf: bookingOutcome,
		outcomes: BOOKING_OUTCOMES,
		expected: expectations,
	});
	const newUsers = bookings.rows.filter((row) => row?.userCreated === true).length;
	const checks: Check[] = [
		...courses.checks,
		...bookings.checks,
		courseCheck(list, before, after),
		enrolmentCheck(enrolled, after),
		...scoreCheck(bookings.rows, grades),
		recordCheck(played),
	];
	if (number > 1) {
		checks.push(
			createdNothing([
				['courses', courses.count('created')],
				['users', newUsers],
				['enrolments', bookings.count('enrolled')],
			]),
		);
	}
	const scored = bookings.rows.filter((row) => row?.score !== undefined);
	return {
		figures: [
			...courses.figures,
			...bookings.figures,
			['new users', newUsers],
			['scores read', scored.length],
			['  with a grade', scored.filter((row) => row?.score !== '').length],
		],
		failures: [...courses.failures, ...bookings.failures],
		checks,
		...played.spent,
	};
}

export const accessplanit: Flow = {
	name: 'accessplanit',
	title: 'courses and bookings, a cancellation, and the scores',
	async run(stage, { twice }) {
		stage.say('prepare');
		const list = makeBookings(await prepare(stage));
		stage.say('run');
		const { standIn } = stage.site;
		const runs = [await runOnce(stage, list, 1, standIn && new Map())];
		if (twice) {
			const grades =
				standIn &&
				(await grade(
					stage,
					standIn,
					list.courses.map(({ course }) => course.id),
				));
			if (grades) stage.say(`the courses are held, ${grades.size} delegates get a grade`);
			stage.say('run again');
			runs.push(await runOnce(stage, list, 2, grades));
		}
		return { flow: 'accessplanit', runs };
	},
};
