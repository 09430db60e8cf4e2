import { field, type Field } from '../fields';
import { textFormat } from '../moodleFields';

export const fullname = field('fullname', 'Full Name', 'text', {
	max: 1333,
	placeholder: 'e.g. Introduction to Biology',
	description:
		'The name of the course as people see it. Before Moodle 5.1 it may hold 254 characters.',
});
export const shortname = field('shortname', 'Short Name', 'text', {
	max: 255,
	placeholder: 'e.g. BIO-101',
	description: 'The short name of the course. No other course of the site may have it.',
});
export const idnumber = field('idnumber', 'ID Number', 'text', {
	max: 100,
	clearable: true,
	placeholder: 'e.g. CRM-4711',
	description: 'Number of the course in another system. No other course of the site may have it.',
});

/** Fields of a course that creating and updating share. Lengths are those of the database columns (MariaDB). */
export const settings: Field[] = [
	idnumber,
	field('summary', 'Summary', 'multiline', {
		clearable: true,
		description: 'The text about the course that people see before they enter it',
	}),
	textFormat('summaryformat', 'Summary Format'),
	field('format', 'Format', 'text', {
		placeholder: 'e.g. topics',
		description:
			'How the course page is laid out: topics, weeks, singleactivity, social, or the name of an installed format. Moodle does not check it.',
	}),
	field('startdate', 'Start Date', 'date', { description: 'First day of the course' }),
	field('enddate', 'End Date', 'date', {
		description:
			'Last day of the course. Set 0 for a course without an end; a new course without an end date gets one from the defaults of the site.',
	}),
	field('visible', 'Visible', 'switch', {
		default: true,
		description:
			'Whether students can see the course. Without the right to hide courses Moodle takes what the category has.',
	}),
	field('showgrades', 'Show Gradebook to Students', 'switch', {
		default: true,
		description: 'Whether students see their grades in the course',
	}),
	field('showreports', 'Show Activity Reports', 'switch', {
		description: 'Whether students see the reports of their own activity',
	}),
	field('newsitems', 'Number of Announcements', 'integer', {
		default: 5,
		min: 0,
		description: 'How many recent announcements the course page shows',
	}),
	field('maxbytes', 'Maximum Upload Size (Bytes)', 'integer', {
		min: 0,
		description: 'Largest file that can be uploaded into the course; 0 is the limit of the site',
	}),
	field('groupmode', 'Group Mode', 'choice', {
		default: 0,
		options: [
			{ name: 'No Groups', value: 0 },
			{ name: 'Separate Groups', value: 1 },
			{ name: 'Visible Groups', value: 2 },
		],
	}),
	field('groupmodeforce', 'Force Group Mode', 'switch', {
		description: 'Whether the group mode counts for every activity of the course',
	}),
	field('defaultgroupingid', 'Default Grouping ID', 'integer', {
		min: 0,
		description: 'ID of the grouping that activities use; 0 for none',
	}),
	field('enablecompletion', 'Enable Completion Tracking', 'switch', {
		default: true,
		description: 'Whether Moodle records which activities are completed',
	}),
	field('completionnotify', 'Notify on Completion', 'switch', {
		description: 'Whether users are told when they complete the course',
	}),
	field('lang', 'Force Language', 'text', {
		max: 30,
		placeholder: 'e.g. en',
		description: 'Code of an installed language pack in which the course is always shown',
	}),
	field('forcetheme', 'Force Theme', 'text', {
		max: 50,
		placeholder: 'e.g. boost',
		description:
			'Name of an installed theme. Where the site allows no themes for courses, Moodle leaves it out, and the item says so.',
	}),
	field('courseformatoptions', 'Format Options', 'pairs', {
		keys: ['name', 'value'],
		description:
			'Options of the course format. For topics and weeks: hiddensections, coursedisplay; for weeks also automaticenddate; for singleactivity: activitytype; for social: numdiscussions.',
	}),
	field('customfields', 'Custom Fields', 'customFields', {
		keys: ['shortname', 'value'],
		description:
			'By short name. A list of choices takes the number of the choice, starting at 1; a date takes a date; a checkbox takes 1 or 0.',
	}),
];

/** Fields that only a new course takes. */
export const newSettings: Field[] = [
	...settings,
	field('numsections', 'Number of Sections', 'integer', {
		min: 0,
		description: 'How many empty sections the new course has',
	}),
];
