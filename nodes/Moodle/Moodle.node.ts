import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { propertiesOf, resourceOptions, subtitleOf } from './actions/description';
import { operations } from './actions/registry';
import { execute } from './run/execute';
import { listSearch, resourceMapping } from './run/pickers';

export class Moodle implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Moodle',
		name: 'moodle',
		icon: { light: 'file:../../icons/moodle.svg', dark: 'file:../../icons/moodle.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle: subtitleOf(operations),
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
				options: resourceOptions(operations),
				default: 'user',
			},
			...propertiesOf(operations),
		],
	};

	methods = { listSearch, resourceMapping };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await execute(this, operations)];
	}
}
