import { asIs } from '../../common/asIs';
import { inParallel, READ_WIDTH } from '../../common/parallel';
import { coursesById } from '../../lookup/courses';
import { GUEST } from '../../lookup/everybody';
import { usersByField } from '../../lookup/users';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { objectsOf, type Json } from '../../moodle/values';
import type { Services } from '../types';
import { enrolledPage, enrolledPages } from './pages';

/** Who is enrolled in a course, as far as the account sees them. */
export interface Participants {
	/** User id to the ids of the roles in this course. */
	roles: Map<number, Set<number>>;
	/** Users that Moodle cannot serialise; not even their ids are known. */
	odd: number;
	/** The last page that was read: the place of its first row, and how many users it showed. */
	last: { from: number; count: number };
	/** Whether that page was not full, so that the list ends there, if the account sees everybody. */
	isEnded: boolean;
	/** Users of one page. */
	size: number;
}

/** Users of a whole page. */
export const SIZE = 1000;

const SEPARATE_GROUPS = 1;

/** First users of the site to look at. */
const SAMPLE = 20;

/** A group that no course has: asking for it needs the right to see all groups. */
const NO_GROUP = 2_000_000_000;

/**
 * Everybody enrolled in a course, with roles. With these two fields Moodle needs about a fifth of its usual time.
 *
 * @param rows no more pages are read once there are so many rows
 */
export async function participantsOf(
	read: Read,
	courseid: number,
	rows = Infinity,
): Promise<Participants> {
	const roles = new Map<number, Set<number>>();
	const size = Math.min(SIZE, rows);
	let odd = 0;
	const pages = enrolledPages(read, courseid, { userfields: 'id,roles' }, size);
	for (;;) {
		const { from, count, ...page } = (await pages.next()).value;
		for (const user of page.users)
			roles.set(Number(user.id), new Set(objectsOf(user.roles).map((role) => Number(role.roleid))));
		odd += page.odd;
		const isEnded = count < size;
		if (isEnded || from + size >= rows) return { roles, odd, last: { from, count }, isEnded, size };
	}
}

/** Whether the account sees any of the first users of the site. */
export async function seesOthers({ read, site }: Services): Promise<boolean> {
	const info = await site();
	if (info?.siteadmin) return true;
	const sample = Array.from({ length: SAMPLE }, (_, index) => index + 2).filter(
		(id) => id !== info?.userid,
	);
	return (await usersByField(read, 'id', sample.map(String))).some(
		(user) => user.id !== info?.userid,
	);
}

/** Whether the account sees the groups of a course it is not in. */
async function seesAllGroups(read: Read, courseid: number): Promise<boolean> {
	try {
		await enrolledPage(read, courseid, { userfields: 'id', groupid: NO_GROUP }, 0, 1);
		return true;
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return false;
		throw asIs(caught);
	}
}

async function modes(read: Read, courseids: number[]): Promise<Json[]> {
	try {
		return await coursesById(read, courseids.map(String));
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return [];
		throw asIs(caught);
	}
}

/** Why a list may lack a user: the account may not see all users, it may not see all groups, or Moodle cannot read the user out. */
export type Blindness = 'users' | 'groups' | 'odd';

/** Users by their ids; nobody where the account may not ask. */
async function usersById(read: Read, ids: number[]): Promise<Json[]> {
	try {
		return ids.length > 0 ? await usersByField(read, 'id', [...new Set(ids)].map(String)) : [];
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return [];
		throw asIs(caught);
	}
}

/**
 * Whether a list lacks nobody. That it shows some proves nothing: everybody sees himself, and people who teach anywhere.
 * Moodle takes hidden users out of a page after it has cut it (get_enrolled_users, 4.1 to 5.1): there are none when the last
 * page is full in its very size, and the list ends, read from its end, with the same user.
 */
async function isWhole(
	read: Read,
	courseid: number,
	{ roles, last }: Participants,
): Promise<boolean> {
	if (last.from + last.count === 0) return false;
	const tail =
		last.count === 0
			? { users: [], odd: 0 }
			: await enrolledPage(read, courseid, { userfields: 'id' }, last.from, last.count);
	if (tail.users.length + tail.odd < last.count) return false;
	const end = await enrolledPage(read, courseid, { userfields: 'id', sortdirection: 'DESC' }, 0, 1);
	return (
		end.odd > 0 ||
		Number(end.users[0]?.id) === [...roles.keys()].reduce((highest, id) => Math.max(highest, id), 0)
	);
}

/** The courses among these whose list may lack users, for an account that does not see everybody. */
async function withHiddenUsers(
	read: Read,
	courseids: number[],
	lists: Map<number, Participants>,
): Promise<Set<number>> {
	const whole = await inParallel(
		courseids,
		READ_WIDTH,
		async (courseid) => await isWhole(read, courseid, lists.get(courseid)!),
	);
	return new Set(courseids.filter((_, index) => !whole[index]));
}

/** The courses whose mode of groups hides none from anybody. The mode is shown to some accounts only. */
async function openCourses(read: Read, courseids: number[]): Promise<Set<number>> {
	const shown = (await modes(read, courseids)).filter(
		({ groupmode }) => groupmode !== undefined && Number(groupmode) !== SEPARATE_GROUPS,
	);
	return new Set(shown.map(({ id }) => Number(id)));
}

/** What the account sees, as far as it tells whether lists of participants can be trusted. */
export interface Sight {
	/** Whether it sees the guest account, which is on every site and in no course: only those do who see everybody. */
	everybody: boolean;
	/** The courses whose groups hide nobody. */
	openCourses: Set<number>;
}

/**
 * What the account sees of these courses, asked side by side. What is refused counts as not seen.
 *
 * @throws MoodleFailure when Moodle cannot be asked at all
 */
export async function sightOf(read: Read, courseids: number[]): Promise<Sight> {
	const [guest, open] = await Promise.all([usersById(read, [GUEST]), openCourses(read, courseids)]);
	return { everybody: guest.length > 0, openCourses: open };
}

/** The courses among these that have groups which the account may not see. */
async function withHiddenGroups(read: Read, courseids: number[]): Promise<Set<number>> {
	const seen = await inParallel(courseids, READ_WIDTH, (courseid) => seesAllGroups(read, courseid));
	return new Set(courseids.filter((_, index) => !seen[index]));
}

/** Whether the list of a course shows all its groups to the account. */
export async function showsAllGroups(read: Read, courseid: number): Promise<boolean> {
	return (
		(await seesAllGroups(read, courseid)) || (await openCourses(read, [courseid])).has(courseid)
	);
}

/** Whether an activity shows all its groups to the account. `groupmode` is its own; the course may force another one. */
export async function activityShowsAllGroups(
	read: Read,
	courseid: number,
	groupmode: number,
): Promise<boolean> {
	if (await seesAllGroups(read, courseid)) return true;
	const [course] = await modes(read, [courseid]);
	const isForced = Number(course?.groupmodeforce ?? 0) === 1;
	return (isForced ? Number(course.groupmode) : groupmode) !== SEPARATE_GROUPS;
}

/** Those of the users that Moodle cannot serialise. */
async function oddUsers(read: Read, userids: number[]): Promise<Set<number>> {
	return new Set(
		(await usersById(read, userids))
			.filter((user) => user.unreadable === true)
			.map((user) => Number(user.id)),
	);
}

/**
 * Why a user may be enrolled in a course although the list does not show it: Moodle leaves out whom the account may not
 * see, without a word. Takes two requests, side by side, for all courses, and one or two more for each that proves nothing.
 *
 * @param unlisted for each course the ids of users that its list does not show
 * @param asked what the account sees of these courses, where that has been asked already
 * @returns for a course and a user the reason, undefined where the list can be trusted
 */
export async function blindSpots(
	lists: Map<number, Participants>,
	unlisted: Map<number, number[]>,
	{ read }: Pick<Services, 'read'>,
	asked?: Promise<Sight>,
): Promise<(courseid: number, userid: number) => Blindness | undefined> {
	const courses = [...unlisted.keys()];
	const withOdd = courses.filter((courseid) => lists.get(courseid)!.odd > 0);
	const [sight, odd] = await Promise.all([
		asked ?? sightOf(read, courses),
		oddUsers(
			read,
			withOdd.flatMap((courseid) => unlisted.get(courseid)!),
		),
	]);
	const users = sight.everybody ? new Set<number>() : await withHiddenUsers(read, courses, lists);
	const groups = await withHiddenGroups(
		read,
		courses.filter((courseid) => !users.has(courseid) && !sight.openCourses.has(courseid)),
	);
	return (courseid, userid) => {
		if (users.has(courseid)) return 'users';
		if (groups.has(courseid)) return 'groups';
		return odd.has(userid) && lists.get(courseid)!.odd > 0 ? 'odd' : undefined;
	};
}
