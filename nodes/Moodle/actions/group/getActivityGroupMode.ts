import { SEE_ACTIVITIES, readFacts } from '../../moodle/reads';
import { shaped } from '../../moodle/replies';
import { z } from '../../schemas/zod';
import { reading } from '../build';
import { activityLocator } from '../locators';

const groupModeFacts = readFacts({
	function: 'core_group_get_activity_groupmode',
	capabilities: ['moodle/course:view', ...SEE_ACTIVITIES],
	reply: shaped({ groupmode: z.number() }),
});

const MODES = ['No groups', 'Separate groups', 'Visible groups'];

export const operation = reading({
	resource: 'group',
	value: 'getActivityGroupMode',
	name: 'Get Activity Group Mode',
	action: 'Get group mode of activity',
	description: 'Retrieve whether an activity has no groups, separate groups or visible groups',
	reads: [groupModeFacts],
	fields: [activityLocator()],
	input: (p) => ({ cmid: p.activity() }),
	steps: async (inputs, { each, read }) =>
		await each(inputs, async ({ cmid }) => {
			const { groupmode } = await read(groupModeFacts, { cmid });
			return { done: { activityid: cmid, groupmode, name: MODES[groupmode] ?? '' } };
		}),
});
