import type { Reference } from '../../lookup/reference';
import { toIso } from '../../moodle/dates';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { objectsOf, type Json, type Params } from '../../moodle/values';
import { asIs } from '../../common/asIs';
import { pick, reading } from '../build';
import { unknownCourse } from '../course/calls';
import { collection, field, returnAllAndLimit, simplify, type Field } from '../fields';
import { locator } from '../locators';
import type { Services } from '../types';
import { enrolledUsers } from './pages';
import { seesOthers } from './participants';
import { enrolledUsersFacts } from './reads';

interface Input {
	courseId: Reference;
	groupId?: Reference;
	filters: Params;
	limit: number;
	simplify: boolean;
}

const SHORT =
	'id,username,firstname,lastname,fullname,email,idnumber,roles,groups,lastcourseaccess';

/** Users of a page. Whole records cost Moodle about five times as much. */
const SHORT_PAGE = 500;
const RAW_PAGE = 200;

const filters: Field[] = [
	field('status', 'Status', 'choice', {
		default: 'active',
		options: [
			{ name: 'Active Only', value: 'active', description: 'Users who may enter the course now' },
			{ name: 'Suspended Only', value: 'suspended' },
		],
		description: 'Left out, users of every status are listed, which Moodle does not tell',
	}),
	field('withcapability', 'With Capability', 'text', {
		placeholder: 'e.g. mod/assign:grade',
		description: 'Only users who have this capability in the course',
	}),
];

/** The filters as options of the function. */
function optionsOf(chosen: Params, group: number | undefined, isShort: boolean): Params {
	return {
		withcapability: chosen.withcapability,
		onlyactive: chosen.status === 'active' ? 1 : undefined,
		onlysuspended: chosen.status === 'suspended' ? 1 : undefined,
		groupid: group,
		userfields: isShort ? SHORT : undefined,
	};
}

/** A participant as an item: short, or as Moodle has it. */
export function showParticipant(user: Json, isShort: boolean): Json {
	if (!isShort) return user;
	return {
		...pick(user, ['id', 'username', 'fullname', 'firstname', 'lastname', 'email', 'idnumber']),
		roles: objectsOf(user.roles).map((role) => role.shortname),
		groups: objectsOf(user.groups).map((group) => group.name),
		lastcourseaccess: toIso(user.lastcourseaccess),
	};
}

/** The users as they go out, and at the end one item for each that Moodle cannot serialise. */
async function list(
	course: number,
	options: Params,
	input: { limit: number; simplify: boolean },
	services: Services,
): Promise<Json[]> {
	try {
		const { users, odd } = await enrolledUsers(
			services.read,
			course,
			options,
			input.limit,
			input.simplify ? SHORT_PAGE : RAW_PAGE,
		);
		const skipped = Array.from({ length: odd }, () => ({ skippedUser: true }));
		if (users.length + odd > 0 || (await seesOthers(services)))
			return [...users.map((user) => showParticipant(user, input.simplify)), ...skipped];
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.code.startsWith('invalidrecord'))
			throw unknownCourse(String(course));
		throw asIs(caught);
	}
	throw new Problem({
		message:
			'Nobody was found, but the account behind the token sees no other user at all, so it cannot tell who is enrolled',
		mend: "Allow 'View user profiles' (moodle/user:viewdetails) in the role of that account.",
		code: 'notvisible',
	});
}

export const operation = reading<Input>({
	resource: 'enrolment',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many enrolled users',
	description: 'Retrieve a list of the users enrolled in a course',
	reads: [enrolledUsersFacts],
	fields: [
		locator('course'),
		locator('group', {
			required: false,
			description: 'Only members of this group. Left empty, everybody.',
		}),
		...returnAllAndLimit,
		simplify,
		collection('filters', filters),
	],
	input: (p) => {
		const courseId = p.ref('course', 'Course');
		return {
			courseId,
			groupId: p.maybeRef('group', 'Group', 'groupId', { scope: courseId }),
			filters: p.fields('filters', filters),
			limit: p.limit(),
			simplify: p.flag('simplify'),
		};
	},
	steps: async (inputs, services) =>
		await services.each(inputs, async ({ courseId, groupId, filters: chosen, ...rest }) => {
			return {
				done: await list(courseId, optionsOf(chosen, groupId, rest.simplify), rest, services),
			};
		}),
});
