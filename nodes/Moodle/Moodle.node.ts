import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { form } from './actions/form';
import { listSearch, resourceMapping } from './run/methods';

export class Moodle implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Moodle',
		name: 'moodle',
		icon: { light: 'file:../../icons/moodle.svg', dark: 'file:../../icons/moodle.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle: form.subtitle,
		description: 'Work with users, courses, enrolments, groups, cohorts and grades in Moodle',
		defaults: { name: 'Moodle' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'moodleApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: form.resources,
				default: 'user',
			},
			...form.properties,
		],
	};

	methods = { listSearch, resourceMapping };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { execute } = await import('./run/execute');
		const { operations } = await import('./actions/registry');
		return [await execute(this, operations)];
	}
}
