/** What must become of courses and bookings, worked out from the list and from what the site holds before. */
import type { IDataObject } from 'n8n-workflow';
import type { Expectation } from '../support/accounting';
import type { BookedCourse, BookingEntry, BookingList } from './bookings';
import type { SiteCourse, State } from '../support/courses';
import type { Check } from '../support/report';

/** Local time in London in seconds since 1970. In summer the clock there is one hour ahead. */
export function london(local: string): number {
	const utc = Date.parse(`${local}:00Z`);
	const there = new Intl.DateTimeFormat('en-GB', {
		timeZone: 'Europe/London',
		hour: '2-digit',
		hourCycle: 'h23',
	}).format(utc);
	const ahead = (Number(there) - new Date(utc).getUTCHours() + 24) % 24;
	return utc / 1000 - ahead * 3600;
}

/** What a course must be like afterwards. A course that is linked by Moodle's ID keeps its names. */
function wantedCourse(
	course: BookedCourse,
	before: SiteCourse | undefined,
): Omit<SiteCourse, 'id'> {
	const kept = course.moodleid !== '' && before ? before : undefined;
	return {
		shortname: kept?.shortname ?? (course.shortname || `${course.title} (${course.id})`),
		fullname: kept?.fullname ?? course.title,
		summary: kept?.summary ?? course.aims,
		idnumber: course.id,
		startdate: london(course.start),
		enddate: london(course.end),
	};
}

function unlike(wanted: Omit<SiteCourse, 'id'>, found: SiteCourse): string[] {
	return (Object.keys(wanted) as Array<keyof typeof wanted>)
		.filter((key) => wanted[key] !== found[key])
		.map((key) => `${key} '${found[key]}', not '${wanted[key]}'`);
}

/** What must become of each course. */
export function expectedOfCourses(list: BookingList, before: State): Expectation[] {
	return list.courses.map(({ course, ...given }) => {
		if (given.expect === 'failed') return given;
		const found = before.courses.get(course.id);
		if (!found) return { expect: 'created' };
		// Update always writes; Create or Update leaves alone what is as it should be
		return {
			expect:
				course.moodleid === '' && unlike(wantedCourse(course, found), found).length === 0
					? 'unchanged'
					: 'updated',
		};
	});
}

const addressOf = ({ booking }: BookingEntry): string => booking.email.trim().toLowerCase();

/** What must become of each booking, and who must be enrolled where afterwards (addresses by course). */
export function expectedOfBookings(
	list: BookingList,
	before: State,
): { expectations: Expectation[]; enrolled: Map<string, Set<string>> } {
	const enrolled = new Map<string, Set<string>>(
		list.courses.map(({ course }) => [course.id, new Set()]),
	);
	const addresses = new Map([...before.users].map(([email, id]) => [id, email]));
	for (const [course, users] of before.enrolled)
		for (const id of users.keys()) enrolled.get(course)?.add(addresses.get(id) ?? `user ${id}`);
	// cancellations are the first branch of the workflow, and come before all others
	const cancelledFirst = [...list.bookings.keys()].sort(
		(a, b) =>
			Number(list.bookings[b].booking.status === 'cancelled') -
			Number(list.bookings[a].booking.status === 'cancelled'),
	);
	const expectations = new Array<Expectation>(list.bookings.length);
	for (const index of cancelledFirst) {
		const entry = list.bookings[index];
		const there = enrolled.get(entry.booking.course);
		const was = there?.has(addressOf(entry)) === true;
		if (entry.expect === 'failed') expectations[index] = entry;
		else if (entry.booking.status === 'cancelled') {
			expectations[index] = { expect: was ? 'cancelled' : 'nothing to cancel' };
			there?.delete(addressOf(entry));
		} else {
			expectations[index] = { expect: was ? 'enrolled before' : 'enrolled' };
			there?.add(addressOf(entry));
		}
	}
	return { expectations, enrolled };
}

/** Whether the courses are there, and are like the list says. */
export function courseCheck(list: BookingList, before: State, after: State): Check {
	const wrong: string[] = [];
	for (const { course, expect } of list.courses) {
		const found = after.courses.get(course.id);
		if (expect === 'failed') {
			if (found) wrong.push(`${course.id} failed, and is there all the same`);
		} else if (!found) wrong.push(`${course.id} is not there`);
		else
			unlike(wantedCourse(course, before.courses.get(course.id)), found).forEach((text) =>
				wrong.push(`${course.id}: ${text}`),
			);
	}
	return { what: 'the courses are on the site, with number, names and dates', wrong };
}

/** Whether the right people are enrolled, and nobody else. */
export function enrolmentCheck(enrolled: Map<string, Set<string>>, after: State): Check {
	const wrong: string[] = [];
	const addresses = new Map([...after.users].map(([email, id]) => [id, email]));
	for (const [course, wanted] of enrolled) {
		const found = new Map(
			[...(after.enrolled.get(course) ?? [])].map(([id, roles]) => [
				addresses.get(id) ?? `user ${id}`,
				roles,
			]),
		);
		for (const email of wanted)
			if (found.get(email)?.includes('student') !== true)
				wrong.push(`${email} is no student in ${course}`);
		for (const email of found.keys())
			if (!wanted.has(email)) wrong.push(`${email} is enrolled in ${course}, and should not be`);
	}
	return { what: 'exactly those who should be are enrolled, as students', wrong };
}

/**
 * Whether the scores that came back are the right ones.
 * @param given what was graded before the run, by `user course`; undefined where grades are whatever the site holds
 */
export function scoreCheck(
	rows: Array<IDataObject | undefined>,
	given: Map<string, string> | undefined,
): Check[] {
	if (!given) return [];
	const wrong = rows.flatMap((row) => {
		if (row?.score === undefined) return [];
		const wanted = given.get(`${String(row.userid)} ${String(row.courseid)}`) ?? '';
		return row.score === wanted
			? []
			: [`${String(row.booking)}: '${String(row.score)}', not '${wanted}'`];
	});
	return [{ what: 'the scores that came back are those that were given', wrong }];
}
