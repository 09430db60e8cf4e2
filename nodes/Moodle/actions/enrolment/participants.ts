import { asIs, inParallel, READ_WIDTH } from '../../lookup/chunks';
import { coursesById } from '../../lookup/courses';
import { usersByField } from '../../lookup/users';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { objectsOf, type Json } from '../../moodle/values';
import type { Services } from '../types';
import { enrolledPage } from './pages';

/** Who is enrolled in a course: user id to the ids of the roles in this course. */
export type Participants = Map<number, Set<number>>;

const SIZE = 1000;

/** Roles that everybody can see of a user, by the site's "course contacts": manager, teacher, non-editing teacher. */
const STAFF = new Set([1, 3, 4]);

const SEPARATE_GROUPS = 1;

/** Unlisted users of a course to look at. */
const SAMPLE = 20;

/** A group that no course has: asking for it needs the right to see all groups. */
const NO_GROUP = 2_000_000_000;

/** Everybody enrolled in a course, with roles. With these two fields Moodle needs about a fifth of its usual time. */
export async function participantsOf(read: Read, courseid: number): Promise<Participants> {
	const found: Participants = new Map();
	for (let from = 0; ; from += SIZE) {
		const { users, odd } = await enrolledPage(read, courseid, { userfields: 'id,roles' }, from, SIZE);
		for (const user of users) found.set(Number(user.id), new Set(objectsOf(user.roles).map((role) => Number(role.roleid))));
		// An account that sees only some users sees none that matter: `blindCourses` finds that out.
		if (users.length + odd < SIZE) return found;
	}
}

/** The participants of several courses, read once each; in place of a list that Moodle refuses, the failure. */
export async function participantsOfAll(read: Read, courseids: number[]): Promise<Map<number, Participants | MoodleFailure>> {
	const distinct = [...new Set(courseids)];
	const lists = await inParallel(distinct, READ_WIDTH, async (courseid) => {
		try {
			return await participantsOf(read, courseid);
		} catch (caught) {
			if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return caught;
			throw asIs(caught);
		}
	});
	return new Map(distinct.map((courseid, index) => [courseid, lists[index]]));
}

/** Whether the account sees any of the first users of the site. */
export async function seesOthers({ read, site }: Services): Promise<boolean> {
	const info = await site();
	if (info?.siteadmin) return true;
	const sample = Array.from({ length: SAMPLE }, (_, index) => index + 2).filter((id) => id !== info?.userid);
	return (await usersByField(read, 'id', sample.map(String))).some((user) => user.id !== info?.userid);
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

/** For each course the users of these items whom its list does not show. */
export function unlistedUsers(inputs: Array<{ courseId: number; userId: number }>, lists: Map<number, Participants>): Map<number, number[]> {
	const unlisted = new Map<number, number[]>();
	for (const { courseId, userId } of inputs) {
		if (lists.get(courseId)?.has(userId) !== false) continue;
		const users = unlisted.get(courseId);
		if (users) users.push(userId);
		else unlisted.set(courseId, [userId]);
	}
	return unlisted;
}

/** The lists that could be read. */
export function readableLists(lists: Map<number, Participants | MoodleFailure>): Map<number, Participants> {
	return new Map([...lists].filter((entry): entry is [number, Participants] => entry[1] instanceof Map));
}

/** What hides users of a course from the account: nothing, the lack of the right to see users, or separate groups. */
export type Blindness = 'users' | 'groups';

/** Whether a list shows somebody whom not everybody may see. */
function showsAll(list: Participants): boolean {
	return [...list.values()].some((roles) => roles.size > 0 && ![...roles].some((role) => STAFF.has(role)));
}

/** The courses of which some unlisted users are looked at, and none can be seen. */
async function withoutSight(read: Read, unlisted: Map<number, number[]>): Promise<number[]> {
	const samples = [...unlisted].map(([course, users]) => ({ course, users: users.slice(0, SAMPLE) }));
	const users = await usersByField(read, 'id', [...new Set(samples.flatMap((sample) => sample.users))].map(String));
	const visible = new Set(users.map((user) => Number(user.id)));
	return samples.filter((sample) => !sample.users.some((user) => visible.has(user))).map((sample) => sample.course);
}

/**
 * In which of these courses a user may be enrolled although the list does not show it: Moodle leaves out whom the account
 * may not see, without a word. Takes one request for the users of courses whose list proves nothing, one for the courses,
 * and one more for each with separate groups.
 *
 * @param unlisted for each course the ids of users that its list does not show
 */
export async function blindCourses(lists: Map<number, Participants>, unlisted: Map<number, number[]>, { read }: Pick<Services, 'read'>): Promise<Map<number, Blindness>> {
	const unproven = new Map([...unlisted].filter(([course]) => !showsAll(lists.get(course) ?? new Map())));
	const blind = new Map<number, Blindness>((await withoutSight(read, unproven)).map((course) => [course, 'users']));
	const others = [...unlisted.keys()].filter((course) => !blind.has(course));
	const separate = (await modes(read, others)).filter((course) => Number(course.groupmode) === SEPARATE_GROUPS).map((course) => Number(course.id));
	const seen = await inParallel(separate, READ_WIDTH, (course) => seesAllGroups(read, course));
	separate.forEach((course, index) => seen[index] || blind.set(course, 'groups'));
	return blind;
}
