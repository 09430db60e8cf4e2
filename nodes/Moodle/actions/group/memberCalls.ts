import { asIs } from '../../common/asIs';
import { inParallel, READ_WIDTH } from '../../common/parallel';
import { missingUsers } from '../../lookup/missing';
import { isEnrolled } from '../../lookup/participants';
import { userLabel, usersByField } from '../../lookup/users';
import { LIGHT_RECORDS, type CallFacts, type Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { nothing } from '../../moodle/replies';
import { settleNull } from '../../moodle/settle';
import { objectsOf, type Value } from '../../moodle/values';
import { unknownUser } from '../cohort/memberCalls';
import { readGroups, unknownGroup } from '../groupsAndGroupings/read';

/** A member to be added or removed. */
export interface GroupMember {
	groupid: number;
	userid: number;
	[key: string]: Value;
}

const as = (record: Value) => record as GroupMember;

/** From this many users of a course on, the list of its participants is read before anybody is asked about. */
const LIST_FROM = 4;

async function participants(read: Read, courseid: number): Promise<Set<number>> {
	try {
		const [name, value] = ['userfields', 'id'];
		return new Set(
			objectsOf(
				await read(READS.core_enrol_get_enrolled_users, { courseid, options: [{ name, value }] }),
			).map((user) => Number(user.id)),
		);
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return new Set();
		throw asIs(caught);
	}
}

/** Which of these users are not enrolled in the course. The list can lack people whom the account may not see, so each is asked about. */
async function strangers(read: Read, course: number, users: number[]): Promise<Set<number>> {
	const listed = users.length >= LIST_FROM ? await participants(read, course) : new Set<number>();
	const doubtful = [...new Set(users)].filter((user) => !listed.has(user));
	const enrolled = await inParallel(
		doubtful,
		READ_WIDTH,
		async (user) => await isEnrolled(read, course, user),
	);
	return new Set(doubtful.filter((_, at) => enrolled[at] === false));
}

async function notEnrolled(
	members: GroupMember[],
	courses: Map<number, number>,
	read: Read,
): Promise<Map<GroupMember, Problem>> {
	const problems = new Map<GroupMember, Problem>();
	for (const course of new Set(courses.values())) {
		const here = members.filter(({ groupid }) => courses.get(groupid) === course);
		const outside = await strangers(
			read,
			course,
			here.map(({ userid }) => userid),
		);
		const names = new Map(
			(await usersByField(read, 'id', [...outside].map(String))).map((user) => [
				Number(user.id),
				userLabel(user),
			]),
		);
		for (const member of here.filter(({ userid }) => outside.has(userid)))
			problems.set(
				member,
				new Problem({
					message: `${names.get(member.userid) ?? 'The user'} (ID ${member.userid}) is not enrolled in the course of the group (ID ${course})`,
					mend: "Only people who are enrolled in a course can join its groups: enrol the user first, with 'Enrol User' of the resource 'Enrolment'.",
					code: 'notenrolled',
				}),
			);
	}
	return problems;
}

async function diagnose(
	records: Value[],
	read: Read,
	mustBeEnrolled: boolean,
): Promise<Array<Problem | undefined>> {
	const members = records.map(as);
	const groups = await readGroups(
		read,
		'group',
		members.map(({ groupid }) => groupid),
	);
	const missing = await missingUsers(
		read,
		members.map(({ userid }) => userid),
	);
	const courses = new Map([...groups.rows].map(([id, row]) => [id, Number(row.courseid)]));
	const left = members.filter(
		({ groupid, userid }) => courses.has(groupid) && !missing.has(userid),
	);
	const outside = mustBeEnrolled
		? await notEnrolled(left, courses, read)
		: new Map<GroupMember, Problem>();
	return members.map((member) => {
		const refusal = groups.refused.get(member.groupid);
		if (refusal?.code === 'notfound') return unknownGroup('group', member.groupid);
		return missing.has(member.userid) ? unknownUser(member.userid) : outside.get(member);
	});
}

const shared = {
	list: 'members',
	atomic: 'all' as const,
	repeat: 'safe' as const,
	usual: LIGHT_RECORDS,
	capabilities: ['moodle/course:managegroups'],
	reply: nothing,
	settle: settleNull,
	context: (record: Value) => `group ${as(record).groupid}`,
	order: (record: Value) => [as(record).groupid, as(record).userid],
};

/** Adds members to groups: all or nothing. Only enrolled users are taken. */
export const addGroupMembers: CallFacts = {
	...shared,
	function: 'core_group_add_group_members',
	diagnose: async (records, _shared, read) => await diagnose(records, read, true),
};

/** Removes members from groups: all or nothing. Somebody who is no member does not matter. */
export const removeGroupMembers: CallFacts = {
	...shared,
	function: 'core_group_delete_group_members',
	diagnose: async (records, _shared, read) => await diagnose(records, read, false),
};
