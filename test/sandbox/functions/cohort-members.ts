/** Members of cohorts. */
import { type Ctx, type Handlers } from '../access';
import { noPermission } from '../errors';
import { intval } from '../php';
import type { Cohort, User } from '../rows';
import { byText } from './group-tools';

interface MemberInput {
	cohorttype: { type: string; value: string };
	usertype: { type: string; value: string };
}

interface Warning {
	warningcode: string;
	message: string;
}

function needAssign(ctx: Ctx, contextid: number): void {
	ctx.enter(contextid);
	if (!ctx.can('moodle/cohort:manage', contextid) && !ctx.can('moodle/cohort:assign', contextid)) {
		throw noPermission('Add and remove cohort members');
	}
}

function findCohort(ctx: Ctx, { type, value }: MemberInput['cohorttype']): Cohort | undefined {
	return type === 'id'
		? ctx.site.cohorts.get(intval(value))
		: ctx.site.cohorts.first('idnumber', ctx.site.texts.key(value));
}

function findUser(ctx: Ctx, { type, value }: MemberInput['usertype']): User | undefined {
	const user =
		type === 'id'
			? ctx.site.users.get(intval(value))
			: ctx.site.users.first('username', ctx.site.texts.key(value));
	return user?.deleted ? undefined : user;
}

/** Adds one member; gives the warning where that is not possible. */
function addOne(ctx: Ctx, { cohorttype, usertype }: MemberInput): Warning | null {
	if (!['id', 'idnumber'].includes(cohorttype.type))
		return { warningcode: '1', message: `invalid parameter: cohortype=${cohorttype.type}` };
	if (!['id', 'username'].includes(usertype.type))
		return { warningcode: '1', message: `invalid parameter: usertype=${usertype.type}` };
	const cohort = findCohort(ctx, cohorttype);
	if (!cohort)
		return {
			warningcode: '2',
			message: `cohort ${cohorttype.type}=${cohorttype.value} not exists`,
		};
	const user = findUser(ctx, usertype);
	if (!user)
		return { warningcode: '2', message: `user ${usertype.type}=${usertype.value} not exists` };
	if (ctx.site.cohortMembers.count('place', `${cohort.id}:${user.id}`) > 0) {
		const who = `${cohorttype.type}=${cohorttype.value} ${usertype.type}=${usertype.value}`;
		return { warningcode: '3', message: `record already exists: cohort(${who})` };
	}
	needAssign(ctx, cohort.contextid);
	ctx.site.cohortMembers.insert({ cohortid: cohort.id, userid: user.id, timeadded: ctx.now() });
	return null;
}

function addMembers(ctx: Ctx, params: { members: MemberInput[] }): unknown {
	const warnings = ctx.atomic(() =>
		params.members.map((member) => addOne(ctx, member)).filter((warning) => warning !== null),
	);
	return { warnings };
}

function deleteOne(ctx: Ctx, input: { cohortid: number; userid: number }): void {
	const cohort = ctx.site.cohorts.get(input.cohortid);
	if (!cohort) throw ctx.missing('cohort');
	const user = ctx.site.users.get(input.userid);
	if (!user || user.deleted) throw ctx.missing('user');
	needAssign(ctx, cohort.contextid);
	const row = ctx.site.cohortMembers.first('place', `${cohort.id}:${user.id}`);
	if (row) ctx.site.cohortMembers.remove(row.id);
}

function deleteMembers(
	ctx: Ctx,
	params: { members: Array<{ cohortid: number; userid: number }> },
): null {
	ctx.atomic(() => params.members.forEach((member) => deleteOne(ctx, member)));
	return null;
}

function getMembers(ctx: Ctx, params: { cohortids: number[] }): unknown {
	return params.cohortids.map((id) => {
		const cohort = ctx.site.cohorts.get(id);
		if (!cohort) throw ctx.missing('cohort');
		ctx.enter(cohort.contextid);
		if (
			!ctx.can('moodle/cohort:manage', cohort.contextid) &&
			!ctx.can('moodle/cohort:view', cohort.contextid)
		) {
			throw noPermission('View site-wide cohorts');
		}
		const users = ctx.site.cohortMembers
			.find('cohort', id)
			.map((member) => ctx.site.users.get(member.userid))
			.filter((user) => user !== undefined)
			.filter((user) => !user.deleted);
		users.sort(
			(a, b) =>
				byText(ctx.site, a.lastname, b.lastname) ||
				byText(ctx.site, a.firstname, b.firstname) ||
				a.id - b.id,
		);
		return { cohortid: id, userids: users.map((user) => user.id) };
	});
}

export const cohortMemberFunctions: Handlers = {
	core_cohort_add_cohort_members: addMembers,
	core_cohort_delete_cohort_members: deleteMembers,
	core_cohort_get_cohort_members: getMembers,
};
