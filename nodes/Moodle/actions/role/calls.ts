import { readActivity } from '../../lookup/activities';
import { categoriesById } from '../../lookup/categories';
import { asIs } from '../../common/asIs';
import { coursesById } from '../../lookup/courses';
import { missingUsers } from '../../lookup/missing';
import { LIGHT_RECORDS, type CallFacts, type Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { nothing } from '../../moodle/replies';
import { settleNull } from '../../moodle/settle';
import { unknownUser } from '../cohort/memberCalls';
import type { RoleRecord } from './place';

const notThere = (what: string, id: number) =>
	new Problem({
		message: `Moodle shows no ${what} with the ID '${id}'`,
		mend: `Check the ${what}, and that the account behind the token may see it.`,
		code: 'notfound',
	});

/** The problem of a place that is not there. Only asked about when Moodle has refused the record. */
async function missingPlace(
	{ contextlevel, instanceid }: RoleRecord,
	read: Read,
): Promise<Problem | undefined> {
	try {
		if (contextlevel === 'course')
			return (await coursesById(read, [String(instanceid)])).length > 0
				? undefined
				: notThere('course', instanceid);
		if (contextlevel === 'coursecat')
			return (await categoriesById(read, [String(instanceid)])).length > 0
				? undefined
				: notThere('category', instanceid);
		if (contextlevel === 'module') await readActivity(read, instanceid);
		return undefined;
	} catch (caught) {
		if (caught instanceof Problem) return caught;
		// Not being allowed to ask says nothing about the place.
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return undefined;
		throw asIs(caught);
	}
}

const WHERE = {
	course: 'in courses',
	coursecat: 'in categories',
	system: 'in the system',
	module: 'in activities',
};

/** What is left when user and place exist: the role. Moodle says no more than that a value is invalid. */
function refusedRole({ roleid, contextlevel }: RoleRecord): Problem {
	return new Problem({
		message: `The account behind the token may not give the role with the ID ${roleid} here, or there is no such role`,
		mend: `Tick the role under Site administration > Users > Permissions > Define roles > Allow role assignments, and check that the role may be assigned ${WHERE[contextlevel]} ('Context types where this role may be assigned').`,
		code: 'rolenotassignable',
	});
}

async function diagnose(
	records: RoleRecord[],
	read: Read,
	refusal: MoodleFailure | undefined,
): Promise<Array<Problem | undefined>> {
	const missing = await missingUsers(
		read,
		records.map((record) => record.userid),
	);
	const causes = records.map((record) =>
		missing.has(record.userid) ? unknownUser(record.userid) : undefined,
	);
	if (!refusal || causes[0]) return causes;
	const place = await missingPlace(records[0], read);
	return [place ?? (refusal.code === 'invalidparameter' ? refusedRole(records[0]) : undefined)];
}

const shared = {
	atomic: 'all' as const,
	repeat: 'safe' as const,
	usual: LIGHT_RECORDS,
	capabilities: ['moodle/role:assign'],
	reply: nothing,
	settle: settleNull,
	context: (record: RoleRecord) => `${record.contextlevel} ${record.instanceid}`,
	diagnose: async (records: RoleRecord[], _shared: unknown, read: Read, refusal?: MoodleFailure) =>
		await diagnose(records, read, refusal),
	order: (record: RoleRecord) => [record.instanceid, record.userid],
};

/** Gives roles: all or nothing. Giving one twice changes nothing. */
export const assignRoles: CallFacts<RoleRecord> = {
	...shared,
	function: 'core_role_assign_roles',
	list: 'assignments',
};

/** Takes roles away: all or nothing. Unknown users, and roles that were never given, are passed over in silence. */
export const unassignRoles: CallFacts<RoleRecord> = {
	...shared,
	function: 'core_role_unassign_roles',
	list: 'unassignments',
};
