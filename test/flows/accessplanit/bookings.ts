/**
 * Courses and bookings as a booking system such as accessplanit gives them: courses that are new to Moodle, courses that
 * are there already and are linked, and the delegates. The same list every time.
 */
import type { Account } from '../support/accounts';
import { makePerson } from '../support/people';
import { Random } from '../support/random';

/** A course of the booking system. */
export interface BookedCourse {
	/** Number in the booking system; becomes the ID number in Moodle. */
	id: string;
	title: string;
	/** Moodle's own ID, for a course that is linked so; empty for others. */
	moodleid: string;
	/** Moodle's short name, for a course that is linked so; empty for others. */
	shortname: string;
	aims: string;
	/** Local time of the workflow's time zone. */
	start: string;
	end: string;
}

/** A booking of a delegate. */
export interface Booking {
	id: string;
	/** Number of the course in the booking system. */
	course: string;
	status: 'booked' | 'cancelled';
	firstname: string;
	lastname: string;
	email: string;
	company: string;
	accessFrom: string;
	accessUntil: string;
}

/** A course that the site has before the list arrives. */
export interface ExistingCourse {
	shortname: string;
	fullname: string;
	startdate: string;
	enddate: string;
}

/** What a booking must come to. */
export type BookingOutcome =
	| 'enrolled'
	| 'enrolled before'
	| 'cancelled'
	| 'nothing to cancel'
	| 'failed';

/** A booking and what must come of it on a site that holds nothing but what `existing…` say. */
export interface BookingEntry {
	booking: Booking;
	expect: BookingOutcome;
	/** For one that fails: what its reason must name, and the value it must hold. */
	field?: string;
	value?: string;
}

/** A course and what must come of it. */
export interface CourseEntry {
	course: BookedCourse;
	expect: 'created' | 'updated' | 'unchanged' | 'failed';
	field?: string;
	value?: string;
}

/** Everything the flow starts from. */
export interface BookingList {
	courses: CourseEntry[];
	bookings: BookingEntry[];
	existingCourses: ExistingCourse[];
	/** Accounts from before; the first one is enrolled in the course that is linked by ID. */
	existingUsers: Account[];
}

/** Short name of the course that is linked by Moodle's ID. */
export const LINKED_BY_ID = 'FIRE-ONLINE';

/** Short name of the course that is linked by it. */
export const LINKED_BY_NAME = 'LIFT-SAFE';

/** An ID that no course has. */
const NO_SUCH_ID = '99999999';

const course = (
	id: string,
	title: string,
	start: string,
	end: string,
	more: Partial<BookedCourse> = {},
): BookedCourse => ({
	id,
	title,
	moodleid: '',
	shortname: '',
	aims: `<p>After ${title} you will know what to do.</p>`,
	start,
	end,
	...more,
});

/** @param linkedId Moodle's ID of the course that is linked by ID */
export function makeBookings(linkedId: string): BookingList {
	const courses: CourseEntry[] = [
		{
			course: course('AP-2001', 'First Aid at Work', '2025-09-15T09:00', '2025-09-17T17:00'),
			expect: 'created',
		},
		{
			course: course(
				'AP-2002',
				'Webinar: Data Protection & You',
				'2025-10-06T10:00',
				'2025-10-06T12:30',
			),
			expect: 'created',
		},
		{
			course: course(
				'AP-2003',
				'Führung – Grundlagen für “Neue” 🎓',
				'2025-11-03T08:30',
				'2025-11-28T16:00',
				{ aims: '<p>Ziele: <b>zuhören</b>, delegieren &amp; entscheiden.</p>' },
			),
			expect: 'created',
		},
		{
			course: course('AP-2004', 'Fire Safety Online', '2025-01-01T00:00', '2035-12-31T23:59', {
				moodleid: linkedId,
			}),
			expect: 'updated',
		},
		{
			course: course('AP-2005', 'Lifting Safely', '2025-02-03T09:00', '2025-02-04T16:00', {
				shortname: LINKED_BY_NAME,
			}),
			expect: 'updated',
		},
		{
			course: course('AP-2006', 'Ends Before It Starts', '2025-12-10T09:00', '2025-12-01T17:00'),
			expect: 'failed',
			field: 'end date',
		},
		{
			course: course('AP-2007', 'Linked to Nothing', '2025-03-01T09:00', '2025-03-02T17:00', {
				moodleid: NO_SUCH_ID,
			}),
			expect: 'failed',
			field: 'course',
			value: NO_SUCH_ID,
		},
	];
	return { courses, ...bookingsFor(), existingCourses: existingCourses() };
}

function existingCourses(): ExistingCourse[] {
	const dates = { startdate: '2024-01-01T00:00:00Z', enddate: '2024-12-31T00:00:00Z' };
	return [
		{ shortname: LINKED_BY_ID, fullname: 'Fire Safety Online', ...dates },
		{ shortname: LINKED_BY_NAME, fullname: 'Lifting', ...dates },
	];
}

const REAL = ['AP-2001', 'AP-2002', 'AP-2003', 'AP-2004', 'AP-2005'];

type Delegate = Pick<Booking, 'firstname' | 'lastname' | 'email' | 'company'>;

function delegates(count: number): Delegate[] {
	const random = new Random(2004);
	const used = new Set<string>();
	return Array.from({ length: count }, () => {
		const { firstname, lastname, email, company } = makePerson(random, used);
		// addresses of their own: these are other people than those of the contact list
		return {
			firstname,
			lastname,
			email: `${email.split('@')[0]}.${used.size}@delegates.example`,
			company,
		};
	});
}

const accountOfDelegate = ({ firstname, lastname, email, company }: Delegate): Account => ({
	username: email,
	email,
	firstname,
	lastname,
	institution: company,
	city: '',
	country: '',
});

function bookingsFor(): Pick<BookingList, 'bookings' | 'existingUsers'> {
	const people = delegates(36);
	const [cancelled, elsewhere, ...others] = people;
	const drafts: Array<
		Omit<BookingEntry, 'booking'> & { who: Delegate; course: string; status?: Booking['status'] }
	> = [];
	others.forEach((who, index) => {
		drafts.push({ who, course: REAL[index % REAL.length], expect: 'enrolled' });
		// every third one has booked a second course, once with the address in capitals
		if (index % 3 === 0)
			drafts.push({
				who: { ...who, email: index % 2 ? who.email.toUpperCase() : who.email },
				course: REAL[(index + 2) % REAL.length],
				expect: 'enrolled',
			});
	});
	const [first, second, third] = others;
	drafts.push({ who: first, course: REAL[0], expect: 'enrolled before' });
	drafts.push({ who: cancelled, course: 'AP-2004', status: 'cancelled', expect: 'cancelled' });
	drafts.push({
		who: elsewhere,
		course: 'AP-2005',
		status: 'cancelled',
		expect: 'nothing to cancel',
	});
	drafts.push({
		who: second,
		course: 'AP-2006',
		expect: 'failed',
		field: 'course',
		value: 'AP-2006',
	});
	drafts.push({
		who: { ...third, email: 'delegate at example' },
		course: 'AP-2001',
		expect: 'failed',
		field: 'Email',
		value: 'delegate at example',
	});
	drafts.push({
		who: { ...third, email: 'nameless@delegates.example', lastname: ' ' },
		course: 'AP-2001',
		expect: 'failed',
		field: 'Last Name',
	});
	const bookings = drafts.map(
		({ who, course: courseid, status = 'booked', ...expectation }, index): BookingEntry => ({
			...expectation,
			booking: {
				id: `B-${String(index + 1).padStart(4, '0')}`,
				course: courseid,
				status,
				...who,
				accessFrom: '2025-01-01T00:00',
				accessUntil: '2035-12-31T23:59',
			},
		}),
	);
	return { bookings, existingUsers: [cancelled, elsewhere].map(accountOfDelegate) };
}
