import { READS } from '../../moodle/reads';
import { reading } from '../build';
import { activityLocator } from '../locators';

const MODES = ['No groups', 'Separate groups', 'Visible groups'];

export const operation = reading({
	resource: 'group',
	value: 'getActivityGroupMode',
	name: 'Get Activity Group Mode',
	action: 'Get group mode of activity',
	description: 'Retrieve whether an activity has no groups, separate groups or visible groups',
	reads: [READS.core_group_get_activity_groupmode],
	fields: [activityLocator()],
	input: (p) => ({ cmid: p.activity() }),
	steps: async (inputs, { each, read }) =>
		await each(inputs, async ({ cmid }) => {
			const { groupmode } = await read('core_group_get_activity_groupmode', { cmid });
			return { done: { activityid: cmid, groupmode, name: MODES[groupmode] ?? '' } };
		}),
});
