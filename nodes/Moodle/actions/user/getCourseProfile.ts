import { mayBeHalved, readHalving } from '../../lookup/readHalving';
import { REFUSED_USERS } from '../../lookup/participants';
import { asIs } from '../../common/asIs';
import { chunks, inParallel, READ_WIDTH } from '../../common/parallel';
import type { MoodleFailure } from '../../moodle/failure';
import { explain } from '../../moodle/explain';
import { Problem } from '../../moodle/problem';
import { needing, READS } from '../../moodle/reads';
import { objectsOf, type Json } from '../../moodle/values';
import type { Resolved } from '../../lookup/reference';
import { pick, reading } from '../build';
import { simplify } from '../fields';
import { locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Services, Step } from '../types';
import { WHOLE_PROFILES } from './calls';

const profilesFacts = needing(
	READS.core_user_get_course_user_profiles,
	'moodle/course:view',
	...WHOLE_PROFILES,
);

function inputOf(p: Parameters) {
	return {
		userId: p.ref('user', 'User'),
		courseId: p.ref('course', 'Course'),
		simple: p.flag('simplify'),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

interface Pair {
	userid: number;
	courseid: number;
}

const keyOf = (userid: number, courseid: number) => `${userid} ${courseid}`;

/** Two variables each, far below PHP's limit. */
const SIZE = 200;

/** The distinct pairs in rounds: of a user who is asked for in two courses at once Moodle tells only the last (all versions). */
function rounds(inputs: Input[]): Pair[][] {
	const made: Pair[][] = [];
	const used = new Map<number, number>();
	const known = new Set<string>();
	for (const { userId, courseId } of inputs) {
		if (known.has(keyOf(userId, courseId))) continue;
		known.add(keyOf(userId, courseId));
		const round = used.get(userId) ?? 0;
		used.set(userId, round + 1);
		(made[round] ??= []).push({ userid: userId, courseid: courseId });
	}
	return made;
}

type Profiles = Map<string, Json | Problem>;

async function ask(pairs: Pair[], services: Services, profiles: Profiles): Promise<void> {
	const courses = new Map(pairs.map(({ userid, courseid }) => [userid, courseid]));
	for (const row of objectsOf(
		await services.read(profilesFacts, { userlist: pairs.map((pair) => ({ ...pair })) }),
	)) {
		const courseid = courses.get(Number(row.id));
		if (courseid !== undefined) profiles.set(keyOf(Number(row.id), courseid), row);
	}
}

/** The pairs of one course; a user whose profile Moodle cannot give costs the others nothing. */
async function askCourse(pairs: Pair[], services: Services, profiles: Profiles): Promise<void> {
	const { refused } = await readHalving(
		pairs,
		async (some) => {
			await ask(some, services, profiles);
			return [];
		},
		REFUSED_USERS,
	);
	for (const [{ userid, courseid }, failure] of refused)
		profiles.set(keyOf(userid, courseid), refusal(failure));
}

/** One course that cannot be entered fails the whole request: then each course is asked for by itself. */
async function askSafely(pairs: Pair[], services: Services, profiles: Profiles): Promise<void> {
	const courses = new Map<number, Pair[]>();
	for (const pair of pairs)
		courses.set(pair.courseid, [...(courses.get(pair.courseid) ?? []), pair]);
	if (courses.size > 1) {
		try {
			return await ask(pairs, services, profiles);
		} catch (caught) {
			if (!mayBeHalved(caught)) throw asIs(caught);
		}
	}
	for (const part of courses.values()) await askCourse(part, services, profiles);
}

function refusal(failure: MoodleFailure): Problem {
	if (failure.code === 'invalidparameter')
		return new Problem({
			message: 'The course does not exist',
			mend: 'Check the course.',
			code: 'notfound',
		});
	return explain(failure, { capabilities: profilesFacts.capabilities });
}

const SIMPLE = ['id', 'username', 'fullname', 'email', 'idnumber', 'department', 'suspended'];

function simpleProfile(profile: Json, courseid: number): Json {
	const names = (list: unknown, key: string) => objectsOf(list).map((row) => String(row[key]));
	return {
		...pick(profile, SIMPLE),
		courseid,
		roles: names(profile.roles, 'shortname'),
		groups: names(profile.groups, 'name'),
	};
}

function stepFor({ userId, courseId, simple }: Input, profiles: Profiles): Step {
	const profile = profiles.get(keyOf(userId, courseId));
	if (profile instanceof Problem) return { problem: profile };
	if (profile)
		return { done: simple ? simpleProfile(profile, courseId) : { ...profile, courseid: courseId } };
	return {
		problem: new Problem({
			message: `There is no user with the ID '${userId}' whom the account behind the token may see in this course`,
			mend: "Check the user; if it exists, allow 'View user profiles' (moodle/user:viewdetails) in the role of that account.",
			code: 'notfound',
		}),
	};
}

export const operation = reading({
	resource: 'user',
	value: 'getCourseProfile',
	name: 'Get Course Profile',
	action: 'Get course profile of user',
	description:
		'Retrieve a user as seen in a course, with the roles and groups there. The roles of somebody who is not enrolled are empty.',
	batched: true,
	reads: [profilesFacts],
	fields: [locator('user'), locator('course'), simplify],
	input: inputOf,
	steps: async (inputs, services) => {
		const profiles: Profiles = new Map();
		const parts = rounds(inputs).flatMap((round) => chunks(round, SIZE));
		await inParallel(parts, READ_WIDTH, async (part) => await askSafely(part, services, profiles));
		return inputs.map((input) => stepFor(input, profiles));
	},
});
