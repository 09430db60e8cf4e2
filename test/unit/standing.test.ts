import { standingsOf } from '../../nodes/Moodle/actions/enrolment/standing';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';
import type { Json } from '../../nodes/Moodle/moodle/values';
import { answering } from '../support/answering';

interface Site {
	/** Ids of those who are enrolled, by course, in order. */
	courses: Map<number, number[]>;
	/** Users that the account does not see: they are left out after the page was cut. */
	hidden?: (userid: number) => boolean;
	/** Functions that the token may not use. */
	lacking?: string[];
	/** The account may not manage groups. */
	isHelpless?: boolean;
	/** A course that the account may not enter, nor see the groups of any other one. */
	closed?: number;
}

const STUDENT = { roleid: 5, shortname: 'student' };

const LIST = 'core_enrol_get_enrolled_users';
const refused = (wsfunction: string) =>
	new MoodleFailure(wsfunction, { reach: 'function', code: 'accessexception' });

/** A site as the functions tell it, every request, and the rows of all lists. */
function siteOf({ courses, hidden = () => false, lacking = [], isHelpless = false, closed }: Site) {
	const asked: string[] = [];
	const told = { rows: 0, atOnce: 0 };
	let underWay = 0;
	const listed = (params: Json): Json[] => {
		const options = Object.fromEntries(
			(params.options as Array<{ name: string; value: string }>).map(({ name, value }) => [
				name,
				value,
			]),
		);
		if (params.courseid === closed || (closed !== undefined && options.groupid))
			throw refused(LIST);
		const all = [...courses.get(Number(params.courseid))!];
		if (options.sortdirection === 'DESC') all.reverse();
		const from = Number(options.limitfrom);
		const page = all.slice(from, from + Number(options.limitnumber));
		const rows = page.filter((id) => !hidden(id)).map((id) => ({ id, roles: [STUDENT] }));
		told.rows += rows.length;
		return rows;
	};
	const answers: Record<string, (params: Json) => unknown> = {
		core_enrol_get_enrolled_users: listed,
		core_course_get_courses: ({ options }) => {
			const { ids } = options as { ids: string[] };
			if (ids.includes(String(closed))) throw refused('core_course_get_courses');
			return [...courses.keys()].map((id) => ({ id, groupmode: 0, shortname: `c${id}` }));
		},
		core_user_get_users_by_field: () => (hidden(1) ? [] : [{ id: 1, username: 'guest' }]),
		core_group_get_course_user_groups: ({ courseid, userid }) => {
			const warning = isHelpless
				? 'cannotmanagegroups'
				: courses.get(Number(courseid))!.includes(Number(userid))
					? undefined
					: 'notenrolled';
			return { groups: [], warnings: warning ? [{ warningcode: warning }] : [] };
		},
		core_user_get_course_user_profiles: ({ userlist }) =>
			(userlist as Array<{ userid: number; courseid: number }>)
				.filter(({ userid }) => !hidden(userid))
				.map(({ userid, courseid }) => ({
					id: userid,
					roles: courses.get(courseid)!.includes(userid) ? [STUDENT] : [],
				})),
	};
	const read = answering(async (wsfunction, params) => {
		told.atOnce = Math.max(told.atOnce, ++underWay);
		await Promise.resolve();
		underWay--;
		asked.push(wsfunction);
		if (lacking.includes(wsfunction)) throw refused(wsfunction);
		return answers[wsfunction](params as Json);
	});
	const count = (wsfunction: string) => asked.filter((name) => name === wsfunction).length;
	return { services: { read } as never, asked, told, count };
}

const numbers = (count: number, first = 100) =>
	Array.from({ length: count }, (_, index) => first + index);
const question = (courseId: number, userId: number, withRoles = true) => ({
	courseId,
	userId,
	withRoles,
});
const PAIR = 'core_group_get_course_user_groups';
const PROFILES = 'core_user_get_course_user_profiles';

describe('a course of 10,000 participants', () => {
	const courses = new Map([[7, numbers(10_000)]]);

	test('one new person takes one request and no list', async () => {
		const { services, asked, told } = siteOf({ courses });
		const standing = await standingsOf([question(7, 50_000)], services);
		expect(standing(7, 50_000)).toEqual({ isEnrolled: false });
		expect(asked).toEqual([PAIR]);
		expect(told.rows).toBe(0);
	});

	test('one who is enrolled takes one more for the roles, none where they do not matter', async () => {
		const { services, asked } = siteOf({ courses });
		const standing = await standingsOf([question(7, 9000)], services);
		expect(standing(7, 9000)).toEqual({ isEnrolled: true, roles: new Set([5]) });
		expect(asked).toEqual([PAIR, PROFILES]);
		const other = siteOf({ courses });
		expect((await standingsOf([question(7, 9000, false)], other.services))(7, 9000)).toEqual({
			isEnrolled: true,
		});
		expect(other.asked).toEqual([PAIR]);
	});

	test('ten people: as many rows as ten questions are worth, then questions for the others', async () => {
		const { services, told, count } = siteOf({ courses });
		const users = [...numbers(5, 395), ...numbers(5, 50_000)];
		const standing = await standingsOf(
			users.map((user) => question(7, user)),
			services,
		);
		expect(users.map((user) => 'isEnrolled' in standing(7, user) && standing(7, user))).toEqual([
			...numbers(5).map(() => ({ isEnrolled: true, roles: new Set([5]) })),
			...numbers(5).map(() => ({ isEnrolled: false })),
		]);
		expect([count(LIST), told.rows, count(PAIR)]).toEqual([1, 300, 5]);
	});

	test('without the function the whole list is read, after no more than four questions in vain', async () => {
		for (const site of [{ lacking: [PAIR] }, { isHelpless: true }]) {
			for (const many of [1, 2, 40]) {
				const { services, count } = siteOf({ courses, ...site });
				const users = [10_050, ...numbers(many, 50_000)];
				const standing = await standingsOf(
					users.map((user) => question(7, user)),
					services,
				);
				expect(standing(7, 10_050)).toEqual({ isEnrolled: true, roles: new Set([5]) });
				for (const user of users.slice(1)) expect(standing(7, user)).toEqual({ isEnrolled: false });
				expect(count(PAIR)).toBeLessThanOrEqual(4);
			}
		}
	});
});

test('what tells whether the list of a course can be trusted is asked beside it, where many are asked about', async () => {
	for (const [many, atOnce] of [
		[49, 2],
		[50, 3],
	]) {
		const { services, asked, told } = siteOf({ courses: new Map([[7, numbers(30)]]) });
		const standing = await standingsOf(
			numbers(many).map((user) => question(7, user)),
			services,
		);
		expect(standing(7, 129)).toEqual({ isEnrolled: true, roles: new Set([5]) });
		expect(standing(7, 130)).toEqual({ isEnrolled: false });
		expect(told.atOnce).toBe(atOnce);
		expect([...asked].sort()).toEqual([
			'core_course_get_courses',
			LIST,
			'core_user_get_users_by_field',
		]);
	}
});

test('a course that refuses its list costs the other ones nothing', async () => {
	const courses = new Map([7, 8].map((id) => [id, numbers(30)]));
	const lacking = ['core_course_get_courses_by_field'];
	const { services, count } = siteOf({ courses, closed: 8, lacking });
	const standing = await standingsOf(
		[
			...numbers(500).map((user) => question(7, user)),
			...numbers(3).map((user) => question(8, user)),
		],
		services,
	);
	expect(standing(7, 599)).toEqual({ isEnrolled: false });
	expect(count(PAIR)).toBeLessThanOrEqual(3);
});

test('1,000 people in 200 courses of 30: a list a course, and nothing for each person', async () => {
	const courses = new Map(numbers(200, 10).map((id) => [id, numbers(30)]));
	const { services, asked, told, count } = siteOf({ courses });
	const questions = numbers(200, 10).flatMap((id) =>
		numbers(5, 128).map((user) => question(id, user)),
	);
	const standing = await standingsOf(questions, services);
	for (const { courseId, userId } of questions)
		expect(standing(courseId, userId)).toMatchObject({ isEnrolled: userId < 130 });
	expect([count(LIST), count(PAIR), told.rows]).toEqual([200, 0, 6000]);
	expect(asked).toHaveLength(202);
});

test('one person in each of 300 courses, where the function is not there: a list a course', async () => {
	const courses = new Map(numbers(300, 10).map((id) => [id, numbers(30)]));
	const { services, count } = siteOf({ courses, lacking: [PAIR] });
	const standing = await standingsOf(
		[...courses.keys()].map((id) => question(id, 105)),
		services,
	);
	expect(standing(309, 105)).toMatchObject({ isEnrolled: true });
	expect([count(LIST), count(PAIR)]).toEqual([300, 4]);
});

describe('people whom the account does not see', () => {
	const courses = new Map([[7, numbers(20)]]);
	const hidden = (id: number) => id < 105;

	test('are asked about, and told for sure', async () => {
		for (const users of [[101], [101, 102, 50_000, 110]]) {
			const { services } = siteOf({ courses, hidden });
			const standing = await standingsOf(
				users.map((user) => question(7, user, false)),
				services,
			);
			expect(users.map((user) => standing(7, user))).toEqual(
				users.map((user) => expect.objectContaining({ isEnrolled: user < 1000 })),
			);
		}
	});

	test('whose roles matter: unknown, for the roles are not shown', async () => {
		const { services } = siteOf({ courses, hidden });
		const standing = await standingsOf([question(7, 101), question(7, 50_000)], services);
		expect(standing(7, 101)).toEqual({ unknown: 'users' });
		expect(standing(7, 50_000)).toEqual({ isEnrolled: false });
	});

	test('are never told as not enrolled after Moodle said they are, though the list seems to lack nobody', async () => {
		for (const users of [[101], [101, 50_000]]) {
			const { services, asked } = siteOf({ courses, hidden: (id) => id === 101 });
			const standing = await standingsOf(
				users.map((user) => question(7, user)),
				services,
			);
			expect(asked).toContain(LIST);
			expect(standing(7, 101)).toEqual({ unknown: 'users' });
		}
	});

	test('are unknown where the function is not there', async () => {
		const { services } = siteOf({ courses, hidden, lacking: [PAIR] });
		const standing = await standingsOf([question(7, 101)], services);
		expect(standing(7, 101)).toEqual({ unknown: 'users' });
	});
});

test('one user in several courses: the roles of each course, in requests of their own', async () => {
	const courses = new Map([
		[7, numbers(20)],
		[8, numbers(20)],
	]);
	const { services, count } = siteOf({ courses });
	const standing = await standingsOf([question(7, 101), question(8, 101)], services);
	expect(standing(7, 101)).toMatchObject({ roles: new Set([5]) });
	expect(standing(8, 101)).toMatchObject({ roles: new Set([5]) });
	expect(count(PROFILES)).toBe(2);
});
