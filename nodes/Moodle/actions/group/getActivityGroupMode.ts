import type { ReadFacts } from '../../moodle/calls';
import { isObject } from '../../moodle/values';
import { reading } from '../build';
import { activityLocator } from '../locators';

const facts: ReadFacts = {
	function: 'core_group_get_activity_groupmode',
	capabilities: ['moodle/course:view'],
};

const MODES = ['No groups', 'Separate groups', 'Visible groups'];

export const operation = reading({
	resource: 'group',
	value: 'getActivityGroupMode',
	name: 'Get Activity Group Mode',
	action: 'Get group mode of activity',
	description: 'Retrieve whether an activity has no groups, separate groups or visible groups',
	reads: [facts],
	fields: [activityLocator()],
	input: (p) => ({ cmid: p.activity() }),
	steps: async (inputs, { each, read }) =>
		await each(inputs, async ({ cmid }) => {
			const reply = await read(facts.function, { cmid });
			const groupmode = isObject(reply) ? Number(reply.groupmode) : 0;
			return { done: { activityid: cmid, groupmode, name: MODES[groupmode] ?? '' } };
		}),
});
