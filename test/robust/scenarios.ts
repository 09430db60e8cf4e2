import { operation as addMember } from '../../nodes/Moodle/actions/cohort/addMember';
import { operation as enrolUser } from '../../nodes/Moodle/actions/enrolment/enrol';
import { operation as addGroupMember } from '../../nodes/Moodle/actions/group/addMember';
import { operation as createGroup } from '../../nodes/Moodle/actions/group/create';
import { operation as sendMessage } from '../../nodes/Moodle/actions/message/send';
import { operation as createUser } from '../../nodes/Moodle/actions/user/create';
import { operation as getUser } from '../../nodes/Moodle/actions/user/get';
import { operation as deleteUser } from '../../nodes/Moodle/actions/user/delete';
import { operation as updateUser } from '../../nodes/Moodle/actions/user/update';
import { operation as upsertUser } from '../../nodes/Moodle/actions/user/upsert';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { formBody } from '../../nodes/Moodle/moodle/encode';
import type { Params } from '../../nodes/Moodle/moodle/values';
import type { InProcessMoodle } from '../support/inProcess';

/** An operation class under fire: what is sent, and how the site shows what was done. */
export interface Scenario {
	name: string;
	operation: Operation;
	/** Prepares the site before the run. */
	prepare: (moodle: InProcessMoodle, count: number) => void;
	/** The parameters of good item `index`. */
	item: (index: number, moodle: InProcessMoodle) => Record<string, unknown>;
	/** The parameters of a bad item, which Moodle (not we) refuses. */
	bad: (index: number, moodle: InProcessMoodle) => Record<string, unknown>;
	/** Whether nobody can know beforehand that Moodle refuses the bad item. */
	isUnforeseeable?: boolean;
	/** How often item `index` has been done, by the site's own data. */
	done: (moodle: InProcessMoodle, index: number) => number;
	/** Whether item `index` is as wanted before the run. */
	startsDone?: (index: number) => boolean;
}

const person = (index: number) => ({
	username: `fire${index}`,
	firstname: `Fire ${index}`,
	lastname: 'Proof',
	email: `fire${index}@example.org`,
	additionalFields: {},
});

const byId = (id: number | undefined) => ({ __rl: true, mode: 'id', value: String(id ?? 999_999) });

/** A call on the site beside the run, as an administrator would make it. */
function call(moodle: InProcessMoodle, wsfunction: string, params: Params): unknown {
	const { text } = moodle.answer(formBody(wsfunction, params), moodle.adminToken);
	const reply = JSON.parse(text) as unknown;
	if (typeof reply === 'object' && reply !== null && 'exception' in reply)
		throw new Error(`${wsfunction}: ${text}`);
	return reply;
}

function makeUsers(
	moodle: InProcessMoodle,
	count: number,
	made: (index: number) => boolean = () => true,
): void {
	for (let index = 0; index < count; index++) {
		const { username, firstname, lastname, email } = person(index);
		if (made(index))
			call(moodle, 'core_user_create_users', {
				users: [{ username, firstname, lastname, email, createpassword: true }],
			});
	}
}

const users = ({ site }: InProcessMoodle, index: number) =>
	[...site.users.all()].filter((user) => user.username === `fire${index}` && !user.deleted);

const idOf = (moodle: InProcessMoodle, index: number) => users(moodle, index)[0]?.id;

const create: Scenario = {
	name: 'create',
	operation: createUser,
	prepare: () => undefined,
	item: person,
	// The administrator's address is taken.
	bad: (index, { site }) => ({ ...person(index), email: site.users.get(2)!.email }),
	done: (moodle, index) => users(moodle, index).length,
};

/** Every third user is there and has another name; every third is there as wanted; every third is not there. */
const upsert: Scenario = {
	name: 'upsert',
	operation: upsertUser,
	prepare: (moodle, count) => {
		makeUsers(moodle, count, (index) => index % 3 !== 2);
		for (let index = 0; index < count; index += 3)
			call(moodle, 'core_user_update_users', {
				users: [{ id: idOf(moodle, index), firstname: 'Other' }],
			});
	},
	item: (index) => ({ ...person(index), matchBy: 'username' }),
	bad: (index, { site }) => ({
		...person(index),
		matchBy: 'username',
		email: site.users.get(2)!.email,
	}),
	done: (moodle, index) =>
		users(moodle, index).filter(
			(user) => user.firstname === `Fire ${index}` && user.email === `fire${index}@example.org`,
		).length,
	startsDone: (index) => index % 3 === 1,
};

const update: Scenario = {
	name: 'update',
	operation: updateUser,
	prepare: (moodle, count) => makeUsers(moodle, count),
	item: (index, moodle) => ({
		userId: byId(idOf(moodle, index)),
		updateFields: { city: `City ${index}` },
	}),
	bad: (index, moodle) => ({
		userId: byId(idOf(moodle, index)),
		updateFields: { city: `City ${index}`, email: moodle.site.users.get(2)!.email },
	}),
	done: (moodle, index) =>
		users(moodle, index).filter((user) => user.city === `City ${index}`).length,
};

const remove: Scenario = {
	name: 'delete',
	operation: deleteUser,
	prepare: (moodle, count) => makeUsers(moodle, count),
	item: (index, moodle) => ({ userId: byId(idOf(moodle, index)) }),
	// An administrator cannot be deleted; no function tells who is one.
	bad: () => ({ userId: byId(2) }),
	isUnforeseeable: true,
	done: (moodle, index) => (users(moodle, index).length === 0 ? 1 : 0),
};

const member: Scenario = {
	name: 'member',
	operation: addMember,
	prepare: (moodle, count) => {
		makeUsers(moodle, count);
		call(moodle, 'core_cohort_create_cohorts', {
			cohorts: [{ categorytype: { type: 'system', value: '' }, name: 'Fire', idnumber: 'FIRE' }],
		});
	},
	item: (index, moodle) => ({
		cohortId: { mode: 'idnumber', value: 'FIRE' },
		userId: byId(idOf(moodle, index)),
	}),
	bad: () => ({ cohortId: { mode: 'idnumber', value: 'FIRE' }, userId: byId(undefined) }),
	done: (moodle, index) =>
		[...moodle.site.cohortMembers.all()].filter((row) => row.userid === idOf(moodle, index)).length,
};

const COURSE = { mode: 'shortname', value: 'FIRE' };
const makeCourse = (moodle: InProcessMoodle) =>
	call(moodle, 'core_course_create_courses', {
		courses: [{ fullname: 'Fire', shortname: 'FIRE', categoryid: 1 }],
	}) as Array<{ id: number }>;

const enrolments = ({ site }: InProcessMoodle, userid: number | undefined) =>
	[...site.userEnrolments.all()].filter((row) => row.userid === userid);

/** The role goes by short name, the course too. */
const enrol: Scenario = {
	name: 'enrol',
	operation: enrolUser,
	prepare: (moodle, count) => {
		makeUsers(moodle, count);
		makeCourse(moodle);
	},
	item: (index, moodle) => ({
		courseId: COURSE,
		userId: byId(idOf(moodle, index)),
		roleId: { mode: 'shortname', value: 'student' },
		additionalFields: {},
		options: {},
	}),
	bad: () => ({
		courseId: COURSE,
		userId: byId(undefined),
		roleId: { mode: 'shortname', value: 'student' },
		additionalFields: {},
		options: {},
	}),
	done: (moodle, index) => enrolments(moodle, idOf(moodle, index)).length,
};

const groupMember: Scenario = {
	name: 'group member',
	operation: addGroupMember,
	prepare: (moodle, count) => {
		makeUsers(moodle, count + 1);
		const [{ id: courseid }] = makeCourse(moodle);
		const enrolments = Array.from({ length: count }, (_, index) => ({
			roleid: 5,
			userid: idOf(moodle, index),
			courseid,
		}));
		for (let at = 0; at < count; at += 100)
			call(moodle, 'enrol_manual_enrol_users', { enrolments: enrolments.slice(at, at + 100) });
		call(moodle, 'core_group_create_groups', {
			groups: [{ courseid, name: 'Fire', description: '' }],
		});
	},
	item: (index, moodle) => ({
		courseId: COURSE,
		groupId: { mode: 'name', value: 'Fire' },
		userId: byId(idOf(moodle, index)),
	}),
	// The guest is enrolled nowhere.
	bad: () => ({ courseId: COURSE, groupId: { mode: 'name', value: 'Fire' }, userId: byId(1) }),
	done: ({ site, ...moodle }, index) =>
		[...site.groupMembers.all()].filter(
			(row) => row.userid === idOf({ site, ...moodle } as InProcessMoodle, index),
		).length,
};

const group: Scenario = {
	name: 'group',
	operation: createGroup,
	prepare: (moodle) => {
		const [{ id: courseid }] = makeCourse(moodle);
		call(moodle, 'core_group_create_groups', {
			groups: [{ courseid, name: 'Taken', description: '', idnumber: 'TAKEN' }],
		});
	},
	item: (index) => ({ courseId: COURSE, name: `Fire ${index}`, additionalFields: {} }),
	bad: (index) => ({
		courseId: COURSE,
		name: `Fire ${index}`,
		additionalFields: { idnumber: 'TAKEN' },
	}),
	done: ({ site }, index) =>
		[...site.groups.all()].filter((row) => row.name === `Fire ${index}`).length,
};

const message: Scenario = {
	name: 'message',
	operation: sendMessage,
	prepare: (moodle, count) => makeUsers(moodle, count),
	item: (index, moodle) => ({
		userId: byId(idOf(moodle, index)),
		text: `Hello ${index}`,
		textformat: 2,
	}),
	bad: () => ({ userId: byId(undefined), text: 'Hello', textformat: 2 }),
	done: ({ site }, index) =>
		[...site.messages.all()].filter((row) => new RegExp(`Hello ${index}(?!\\d)`).test(row.text))
			.length,
};

/** Reading writes nothing: `done` means that the user is there to be read. */
const read: Scenario = {
	name: 'read',
	operation: getUser,
	prepare: (moodle, count) => makeUsers(moodle, count),
	item: (index) => ({
		userId: { mode: 'email', value: `fire${index}@example.org` },
		simplify: true,
	}),
	bad: () => ({ userId: { mode: 'email', value: 'nobody@example.org' }, simplify: true }),
	done: (moodle, index) => users(moodle, index).length,
	startsDone: () => true,
};

export const scenarios: Scenario[] = [
	create,
	upsert,
	update,
	remove,
	member,
	enrol,
	groupMember,
	group,
	message,
	read,
];
