import { success, writing } from '../build';
import { locator } from '../locators';
import { assignRoles } from './calls';
import { placeFields, roleInput, roleOutput, roleRecord } from './place';
import type { Params } from '../../moodle/values';

export const operation = writing({
	resource: 'role',
	value: 'assign',
	name: 'Assign',
	action: 'Assign role to user',
	description: 'Give a user a role in a course, a category, an activity or the whole site',
	calls: [assignRoles],
	fields: [locator('role'), locator('user'), ...placeFields],
	input: (p) => roleInput(p, false),
	record: (input) => ({ ...roleRecord(input) }) as Params,
	output: (input) => success(roleOutput(input)),
});
