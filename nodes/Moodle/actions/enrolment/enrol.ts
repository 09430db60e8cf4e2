import type { Reference, Resolved } from '../../lookup/reference';
import { toIso } from '../../moodle/dates';
import { explain } from '../../moodle/explain';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import type { Json, Params } from '../../moodle/values';
import { previewOf } from '../build';
import { unknownCourse } from '../course/calls';
import { getCoursesFacts } from '../course/reads';
import { collection, field, type Field } from '../fields';
import { refKey } from '../keys';
import { locator } from '../locators';
import type { Operation, Step } from '../types';
import { addCourseRoles, enrolUsers } from './calls';
import type { Blindness } from './participants';
import { enrolledUsersFacts } from './reads';
import { standingsOf, type Standing } from './standing';
import { READS } from '../../moodle/reads';

interface Input {
	userId: Reference;
	courseId: Reference;
	roleId: Reference;
	/** Start, end and status, as far as they are given. */
	terms: Params;
	overwrite: boolean;
}

type Ready = Resolved<Input>;

const terms: Field[] = [
	field('timestart', 'Start Date', 'date', {
		description: 'From when on the user may enter the course. Left out, at once.',
	}),
	field('timeend', 'End Date', 'date', {
		description: 'Until when the user may enter the course. Left out or 0, for ever.',
	}),
	field('suspend', 'Suspended', 'switch', {
		default: true,
		description:
			'Whether the enrolment is suspended: the user is listed in the course, but cannot enter it',
	}),
];
const ifEnrolled = field('ifEnrolled', 'If Already Enrolled', 'choice', {
	default: 'keep',
	options: [
		{
			name: 'Keep Dates and Status',
			value: 'keep',
			description:
				'Reads first who is enrolled. Only a missing role is added, unless dates or a status are given here.',
		},
		{
			name: 'Overwrite',
			value: 'overwrite',
			description:
				'Reads nothing. Dates that are not given are removed, and a suspended enrolment becomes active.',
		},
	],
	description:
		'What happens to the dates and the status of a user who is enrolled in the course already. Moodle does not tell the dates, so giving one of them replaces all.',
});

function task(input: Ready, terms: Params, extra: Json): Step {
	const { userId: userid, courseId: courseid, roleId: roleid } = input;
	const record: Params = { roleid, userid, courseid, ...terms };
	const dates = Object.fromEntries(
		['timestart', 'timeend']
			.filter((key) => terms[key] !== undefined)
			.map((key) => [key, toIso(terms[key])]),
	);
	const status = terms.suspend === undefined ? {} : { suspended: terms.suspend === 1 };
	const output = () => ({
		userid,
		courseid,
		roleid,
		enrolled: true,
		...dates,
		...status,
		...extra,
	});
	return {
		task: { call: enrolUsers, record, action: 'enrol', output, preview: previewOf(record) },
	};
}

const hasTerms = ({ terms: given }: Ready) => Object.keys(given).length > 0;

/** For a user who is enrolled: nothing, only the role, or the given terms. */
function again(input: Ready, roles: Set<number>): Step {
	const { userId: userid, courseId: courseid, roleId: roleid } = input;
	if (hasTerms(input)) return task(input, input.terms, { overwritten: true });
	const output = { userid, courseid, roleid, enrolled: true, already: true };
	if (roles.has(roleid)) return { done: output };
	const record: Params = { roleid, userid, contextlevel: 'course', instanceid: courseid };
	return {
		task: {
			call: addCourseRoles,
			record,
			action: 'addRole',
			output: () => ({ ...output, roleAdded: true }),
			preview: previewOf(record),
		},
	};
}

const OVERWRITE = "or set the option 'If Already Enrolled' to 'Overwrite'";

/** Why nobody can tell who is enrolled in a course. */
function participantsUnread(failure: MoodleFailure, course: number): Problem {
	if (failure.code.startsWith('invalidrecord')) return unknownCourse(String(course));
	const cause = explain(failure, { capabilities: ['moodle/course:viewparticipants'] });
	if (failure.reach !== 'function' && !failure.code.startsWith('nopermission')) return cause;
	return new Problem({
		message: `It cannot be told whether the user is enrolled already: ${cause.message.charAt(0).toLowerCase()}${cause.message.slice(1)}`,
		mend: `Add core_enrol_get_enrolled_users to the service of the token and allow 'View participants' (moodle/course:viewparticipants) in the role of its account, ${OVERWRITE}. Nothing was sent.`,
		code: cause.code,
	});
}

const RIGHTS = {
	users: "'View user profiles' (moodle/user:viewdetails)",
	groups: "'Access all groups' (moodle/site:accessallgroups)",
};

/** Why it cannot be told of one user. */
function blind(why: Blindness): Problem {
	const isOdd = why === 'odd';
	return new Problem({
		message: `It cannot be told whether the user is enrolled already: ${isOdd ? 'Moodle cannot read the account out' : 'the account behind the token does not see all participants of the course'}`,
		mend: `${isOdd ? "Open the account in Moodle and mend what is odd, such as a name with '<'" : `Check the user. Allow ${RIGHTS[why]} in the role of that account`}, ${OVERWRITE}. Nothing was sent.`,
		code: isOdd ? 'unreadable' : 'notvisible',
	});
}

/** Decides for items that keep what is there. Two items of one run that mean the same enrolment follow one another. */
class Keeper {
	private readonly planned = new Map<string, Params>();

	constructor(private readonly standing: (courseId: number, userId: number) => Standing) {}

	step(input: Ready): Step {
		const standing = this.standing(input.courseId, input.userId);
		if ('unknown' in standing)
			return {
				problem:
					standing.unknown instanceof MoodleFailure
						? participantsUnread(standing.unknown, input.courseId)
						: blind(standing.unknown),
			};
		if (standing.isEnrolled) return again(input, standing.roles ?? new Set());
		const key = `${input.courseId} ${input.userId}`;
		const isDated = hasTerms(input);
		const terms = isDated ? input.terms : (this.planned.get(key) ?? {});
		this.planned.set(key, terms);
		return task(input, terms, {});
	}
}

export const operation: Operation<Input> = {
	resource: 'enrolment',
	value: 'enrol',
	name: 'Enrol User',
	action: 'Enrol user in course',
	description: 'Enrol a user in a course with a role, by manual enrolment',
	writes: true,
	batched: true,
	calls: [enrolUsers, addCourseRoles],
	reads: [
		READS.core_group_get_course_user_groups,
		READS.core_user_get_course_user_profiles,
		enrolledUsersFacts,
		getCoursesFacts,
		READS.core_course_get_courses_by_field,
	],
	fields: [
		locator('user'),
		locator('course'),
		locator('role', {
			preset: { mode: 'shortname', value: 'student' },
			description: 'The role of the user in the course',
		}),
		collection('additionalFields', terms),
	],
	options: [ifEnrolled],
	input: (p) => {
		const given = p.fields('additionalFields', terms);
		const [start, end] = [Number(given.timestart ?? 0), Number(given.timeend ?? 0)];
		if (start > 0 && end > 0 && end < start)
			throw new Problem({
				message: 'The enrolment would end before it starts',
				mend: "Check 'Start Date' and 'End Date'.",
				code: 'enddatebeforestartdate',
			});
		return {
			userId: p.ref('user', 'User'),
			courseId: p.ref('course', 'Course'),
			roleId: p.ref('role', 'Role'),
			terms: given,
			overwrite: p.fields('options', [ifEnrolled]).ifEnrolled === 'overwrite',
		};
	},
	keys: ({ userId, courseId }) => [`enrol:${refKey(userId)}:${refKey(courseId)}`],
	steps: async (inputs, services) => {
		const keeping = inputs.filter((input) => !input.overwrite);
		const questions = keeping.map((input) => ({ ...input, withRoles: !hasTerms(input) }));
		const keeper = new Keeper(await standingsOf(questions, services));
		return inputs.map((input) =>
			input.overwrite ? task(input, input.terms, {}) : keeper.step(input),
		);
	},
};
