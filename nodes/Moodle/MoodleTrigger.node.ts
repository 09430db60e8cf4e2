import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { form } from './events/form';
import { listSearch } from './run/methods';

export class MoodleTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Moodle Trigger',
		name: 'moodleTrigger',
		icon: { light: 'file:../../icons/moodle.svg', dark: 'file:../../icons/moodle.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle: form.subtitle,
		description: 'Start a workflow when something happens in Moodle',
		eventTriggerDescription: 'Waiting for Moodle to be asked at the poll times you have set',
		defaults: { name: 'Moodle Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'moodleApi', required: true }],
		properties: form.properties,
	};

	methods = { listSearch };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const { poll } = await import('./run/poll');
		return await poll(this);
	}
}
