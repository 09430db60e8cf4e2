import type { INodeProperties } from 'n8n-workflow';
import type { Resolved } from '../../lookup/reference';
import { READS } from '../../moodle/reads';
import { activitiesOf } from '../activities';
import { previewOf } from '../build';
import { activityLocator } from '../locators';
import type { Parameters } from '../parameters';
import type { Operation } from '../types';
import { setVisibility } from './calls';

const visibility: INodeProperties = {
	displayName: 'Visibility',
	name: 'visibility',
	type: 'options',
	options: [
		{ name: 'Hide', value: 'hide', description: 'Students neither see it nor get in' },
		{ name: 'Show', value: 'show' },
	],
	default: 'show',
	description:
		'Whether students see the activity on the course page. In a hidden section it is hidden whatever is chosen here.',
};

function inputOf(p: Parameters) {
	return { cmid: p.activity(), isVisible: p.choice(visibility) === 'show' };
}

export const operation: Operation<ReturnType<typeof inputOf>> = {
	resource: 'activity',
	value: 'setVisibility',
	name: 'Show or Hide',
	action: 'Show or hide activity',
	description: 'Show an activity to students, or hide it from them',
	writes: true,
	batched: true,
	calls: [setVisibility],
	reads: [READS.core_course_get_course_module],
	fields: [activityLocator(), visibility],
	input: inputOf,
	steps: async (inputs: Array<Resolved<ReturnType<typeof inputOf>>>, { read, each, dryRun }) => {
		const activity = activitiesOf(read);
		return await each(inputs, async ({ cmid, isVisible }) => {
			const { courseid } = await activity(cmid);
			const done = { activityid: cmid, courseid, visible: isVisible };
			return {
				task: {
					call: setVisibility,
					record: cmid,
					shared: { action: isVisible ? 'cm_show' : 'cm_hide', courseid },
					action: isVisible ? 'show' : 'hide',
					output: () => ({ ...done, updated: true }),
					preview: dryRun ? previewOf(done) : undefined,
				},
			};
		});
	},
};
