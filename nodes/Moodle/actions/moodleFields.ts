import { field, type Field } from './fields';

/** In which form a text is: Moodle's FORMAT_MOODLE (0), FORMAT_HTML (1), FORMAT_PLAIN (2) and FORMAT_MARKDOWN (4). */
export const textFormat = (name: string, label: string): Field =>
	field(name, label, 'choice', {
		default: 1,
		options: [
			{ name: 'HTML', value: 1 },
			{ name: 'Markdown', value: 4 },
			{ name: 'Moodle Auto-Format', value: 0 },
			{ name: 'Plain Text', value: 2 },
		],
	});

/** Custom fields of cohorts, groups and groupings, whose functions take them from this version of Moodle on. */
export const customFields = (since: string): Field =>
	field('customfields', 'Custom Fields', 'customFields', {
		keys: ['shortname', 'value'],
		since,
		description:
			'By short name. A list of choices wants the number of the choice, a date Unix seconds, a checkbox 1 or 0.',
	});
