/** Courses, enrolments and accounts of the site, read through the node. */
import type { INodeParameterResourceLocator } from 'n8n-workflow';
import { accountsOf, isSearchable } from './accounts';
import type { BookedCourse, BookingList } from '../accessplanit/bookings';
import type { Stage } from './stage';

/** A value of a resource locator. */
export const locate = (mode: string, value: string): INodeParameterResourceLocator => ({
	__rl: true,
	mode,
	value,
});

/** A course as the site holds it. */
export interface SiteCourse {
	id: number;
	shortname: string;
	fullname: string;
	idnumber: string;
	summary: string;
	/** Seconds since 1970. */
	startdate: number;
	enddate: number;
}

/** A course by one of its names; undefined when there is none. */
export async function courseBy(
	stage: Stage,
	mode: 'id' | 'idnumber' | 'shortname',
	value: string,
): Promise<SiteCourse | undefined> {
	const [answer] = await stage.each(
		{ resource: 'course', operation: 'get', courseId: locate(mode, value), simplify: false },
		[{}],
	);
	const row = 'rows' in answer ? answer.rows[0] : undefined;
	if (!row) return undefined;
	return {
		id: Number(row.id),
		shortname: String(row.shortname),
		fullname: String(row.fullname),
		idnumber: String(row.idnumber ?? ''),
		summary: String(row.summary ?? ''),
		startdate: Number(row.startdate),
		enddate: Number(row.enddate),
	};
}

/** The course that a course of the list is, in the way in which the list names it. */
async function siteCourse(stage: Stage, course: BookedCourse): Promise<SiteCourse | undefined> {
	if (course.moodleid !== '') return await courseBy(stage, 'id', course.moodleid);
	if (course.shortname !== '') return await courseBy(stage, 'shortname', course.shortname);
	return await courseBy(stage, 'idnumber', course.id);
}

/** Role short names of the users enrolled in a course, by user id. */
async function participants(stage: Stage, courseid: number): Promise<Map<number, string[]>> {
	const parameters = {
		resource: 'enrolment',
		operation: 'getAll',
		courseId: locate('id', String(courseid)),
		returnAll: true,
		simplify: true,
	};
	const [users] = await stage.all(parameters, [{}]);
	return new Map(
		users.map((user) => [Number(user.id), (user.roles as string[] | undefined) ?? []]),
	);
}

/** What the site holds of all courses of the list, by their number. */
export interface State {
	courses: Map<string, SiteCourse>;
	enrolled: Map<string, Map<number, string[]>>;
	/** Ids of accounts, by address in small letters. */
	users: Map<string, number>;
}

/** Reads what the site holds now. */
export async function stateOf(stage: Stage, list: BookingList): Promise<State> {
	const state: State = { courses: new Map(), enrolled: new Map(), users: new Map() };
	for (const { course } of list.courses) {
		const found = await siteCourse(stage, course);
		if (!found) continue;
		state.courses.set(course.id, found);
		state.enrolled.set(course.id, await participants(stage, found.id));
	}
	const accounts = await accountsOf(
		stage,
		list.bookings.map(({ booking }) => booking.email).filter(isSearchable),
	);
	accounts.forEach(({ id }, email) => state.users.set(email, id));
	return state;
}
