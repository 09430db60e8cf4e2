import type { INodeProperties } from 'n8n-workflow';
import type { Json } from '../../moodle/values';
import { pick } from '../build';
import { field, type Field } from '../fields';
import { customFields } from '../moodleFields';
import { locator } from '../locators';

export const name = field('name', 'Name', 'text', { max: 254, placeholder: 'e.g. Staff 2026' });
export const idnumber = field('idnumber', 'ID Number', 'text', {
	max: 100,
	placeholder: 'e.g. STAFF-2026',
	description:
		'Key of the cohort in your own system, unique in the whole site. Moodle lets only one cohort be without it.',
});

/** What can be said of a cohort besides name, ID number and place. */
export const details: Field[] = [
	field('description', 'Description', 'multiline', {
		clearable: true,
		description: 'May hold HTML',
	}),
	field('visible', 'Visible', 'switch', {
		default: true,
		description: 'Whether people who manage courses can see the cohort',
	}),
	field('theme', 'Theme', 'text', {
		clearable: true,
		description:
			'Name of an installed theme. Where the site allows no themes for cohorts, Moodle leaves it out, and the item says so.',
	}),
	customFields('4.2'),
];

/** The category of a cohort, shown only while it is asked for. */
export function categoryFor(parameter: string, description: string): INodeProperties {
	return {
		...locator('category', { description }),
		displayOptions: { show: { [parameter]: ['category'] } },
	};
}

/** A cohort as Simplify shows it. */
export function simplified(cohort: Json): Json {
	return pick(cohort, ['id', 'name', 'idnumber', 'description', 'visible', 'theme']);
}
