import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { propertiesOf, subtitleOf } from './events/description';
import { events } from './events/registry';
import { listSearch } from './run/pickers';
import { poll } from './run/poll';

export class MoodleTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Moodle Trigger',
		name: 'moodleTrigger',
		icon: { light: 'file:../../icons/moodle.svg', dark: 'file:../../icons/moodle.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle: subtitleOf(events),
		description: 'Start a workflow when something happens in Moodle',
		eventTriggerDescription: 'Waiting for Moodle to be asked at the poll times you have set',
		defaults: { name: 'Moodle Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'moodleApi', required: true }],
		properties: propertiesOf(events),
	};

	methods = { listSearch };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this);
	}
}
