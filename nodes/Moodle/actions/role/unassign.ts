import type { Params } from '../../moodle/values';
import { success, writing } from '../build';
import { locator } from '../locators';
import { usersByFieldFacts } from '../user/calls';
import { unassignRoles } from './calls';
import { placeFields, roleInput, roleOutput, roleRecord } from './place';

export const operation = writing({
	resource: 'role',
	value: 'unassign',
	name: 'Unassign',
	action: 'Unassign role from user',
	description: 'Take a role that was given by hand away from a user',
	calls: [unassignRoles],
	reads: [usersByFieldFacts],
	fields: [locator('role'), locator('user'), ...placeFields],
	// Moodle passes over unknown users in silence, so an id is looked up, too.
	input: (p) => roleInput(p, true),
	record: (input) => ({ ...roleRecord(input) }) as Params,
	output: (input) => success(roleOutput(input)),
});
