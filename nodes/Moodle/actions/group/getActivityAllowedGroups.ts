import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { MANAGE_GROUPS, SEE_ACTIVITIES, readFacts } from '../../moodle/reads';
import { holding } from '../../moodle/replies';
import { warningsOf } from '../../moodle/settle';
import { objectsOf, type Params } from '../../moodle/values';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { activityLocator, locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Step } from '../types';
import { simplified } from './groupFields';

const allowedGroupsFacts = readFacts({
	function: 'core_group_get_activity_allowed_groups',
	capabilities: [...MANAGE_GROUPS, ...SEE_ACTIVITIES],
	reply: holding('groups'),
});

function inputOf(p: Parameters) {
	return {
		cmid: p.activity(),
		userId: p.maybeRef('user', 'User'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	};
}

async function step(
	read: Read,
	{ cmid, userId, limit, simple }: Resolved<ReturnType<typeof inputOf>>,
): Promise<Step> {
	const params: Params = userId === undefined ? { cmid } : { cmid, userid: userId };
	const reply = await read(allowedGroupsFacts, params);
	if (warningsOf(reply).length > 0)
		return {
			problem: new Problem({
				message: 'The user has no access to the course of this activity',
				mend: 'Enrol the user first, or choose another user.',
				code: 'notenrolled',
			}),
		};
	const groups = objectsOf(reply.groups).slice(0, limit);
	const all = reply.canaccessallgroups === true;
	return {
		done: groups.map((group) => ({
			...(simple ? simplified(group) : group),
			canaccessallgroups: all,
		})),
	};
}

export const operation = reading({
	resource: 'group',
	value: 'getActivityAllowedGroups',
	name: 'Get Activity Allowed Groups',
	action: 'Get allowed groups of activity',
	description: 'Retrieve the groups that a user may choose in an activity',
	reads: [allowedGroupsFacts],
	fields: [
		activityLocator(),
		locator('user', {
			required: false,
			description: 'If left empty, the account behind the token',
		}),
		...returnAllAndLimit,
		simplify,
	],
	input: inputOf,
	steps: async (inputs, services) =>
		await services.each(inputs, async (input) => await step(services.read, input)),
});
