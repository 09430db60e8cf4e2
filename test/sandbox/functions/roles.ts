/** core_role_assign_roles, core_role_unassign_roles */
import { giveRole, mayAssign, takeRoles, type Ctx, type Handlers } from '../access';
import { codingError, invalidParameter } from '../errors';
import { contextFrom } from './cohorts';

interface RoleInput {
	roleid: number;
	userid: number;
	contextid?: number;
	contextlevel?: string;
	instanceid?: number;
}

/** Checks the caller's rights; gives the id of the context. */
function checkedContext(ctx: Ctx, input: RoleInput, verb: string): number {
	const context = contextFrom(ctx, input);
	ctx.enter(context.id);
	ctx.need('moodle/role:assign', context.id);
	if (!mayAssign(ctx, input.roleid, context)) {
		throw invalidParameter(`Can not ${verb} roleid=${input.roleid} in contextid=${context.id}`);
	}
	return context.id;
}

function assignRoles(ctx: Ctx, params: { assignments: RoleInput[] }): null {
	ctx.atomic(() => {
		for (const input of params.assignments) {
			const contextid = checkedContext(ctx, input, 'assign');
			const user = ctx.site.users.get(input.userid);
			if (!user || user.deleted) throw codingError('User ID does not exist or is deleted!');
			giveRole(ctx.site, input.roleid, user.id, contextid);
		}
	});
	return null;
}

function unassignRoles(ctx: Ctx, params: { unassignments: RoleInput[] }): null {
	ctx.atomic(() => {
		for (const input of params.unassignments) {
			const contextid = checkedContext(ctx, input, 'unassign');
			takeRoles(
				ctx.site,
				input.userid,
				contextid,
				(roleid, component) => roleid === input.roleid && component === '',
			);
		}
	});
	return null;
}

export const roleFunctions: Handlers = {
	core_role_assign_roles: assignRoles,
	core_role_unassign_roles: unassignRoles,
};
