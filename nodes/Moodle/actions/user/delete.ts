import { GUEST } from '../../lookup/everybody';
import { Problem } from '../../moodle/problem';
import { success, writing } from '../build';
import { refKey } from '../keys';
import { locator } from '../locators';
import { deleteUsers, usersByFieldFacts } from './calls';

export const operation = writing({
	resource: 'user',
	value: 'delete',
	name: 'Delete',
	action: 'Delete user',
	description: 'Delete a user permanently',
	calls: [deleteUsers],
	reads: [usersByFieldFacts],
	fields: [locator('user')],
	input: (p) => ({ userId: p.ref('user', 'User') }),
	keys: ({ userId }) => [refKey(userId)],
	// Moodle answers as if it had deleted the guest account, and does nothing (all versions).
	before: async (inputs) =>
		await Promise.resolve(
			inputs.map(({ userId }) =>
				userId === GUEST
					? {
							problem: new Problem({
								message: 'The guest account cannot be deleted',
								mend: 'Choose another user.',
								code: 'guest',
							}),
						}
					: undefined,
			),
		),
	record: ({ userId }) => userId,
	output: ({ userId }) => success({ id: userId }),
});
