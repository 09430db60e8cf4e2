import type { INodeProperties } from 'n8n-workflow';
import { FRONT_PAGE } from '../../lookup/courses';
import { toIso } from '../../moodle/dates';
import { idOf, writing } from '../build';
import { collection, field, property, required } from '../fields';
import { valueKeys } from '../keys';
import { locator } from '../locators';
import { createEvents } from './calls';

const name = field('name', 'Name', 'text', { max: 255 });
const start = field('timestart', 'Start', 'date', { description: 'When the event begins' });
const details = [
	field('description', 'Description', 'multiline', { description: 'May hold HTML' }),
	field('timeduration', 'Duration (Seconds)', 'integer', {
		min: 0,
		description: 'How long the event takes, in seconds. 0 for an event without a known end.',
	}),
];

const calendar: INodeProperties = {
	displayName: 'Calendar',
	name: 'eventtype',
	type: 'options',
	options: [
		{ name: 'Account', value: 'user', description: 'Only the account behind the token sees it' },
		{ name: 'Course', value: 'course', description: 'Everybody in the course sees it' },
		{ name: 'Site', value: 'site', description: 'Everybody on the site sees it' },
	],
	default: 'course',
	description: 'Whose calendar the event belongs to',
};

export const operation = writing({
	resource: 'calendarEvent',
	value: 'create',
	name: 'Create',
	action: 'Create calendar event',
	description: 'Create a new event in the calendar of a course, of the site or of the account',
	calls: [createEvents],
	fields: [
		calendar,
		{ ...locator('course'), displayOptions: { show: { eventtype: ['course'] } } },
		required(name),
		{ ...property(start), required: true },
		collection('additionalFields', details),
	],
	input: (p) => {
		const eventtype = p.choice(calendar);
		return {
			courseId: eventtype === 'course' ? p.ref('course', 'Course') : undefined,
			eventtype,
			name: p.text(name),
			timestart: p.need(start),
			more: p.fields('additionalFields', details),
		};
	},
	// the reply names refused events by nothing but their name
	keys: (input) => valueKeys('event', input.name),
	record: ({ courseId, eventtype, name: title, timestart, more }) => ({
		name: title,
		eventtype,
		courseid: eventtype === 'site' ? FRONT_PAGE : (courseId ?? 0),
		timestart,
		...more,
	}),
	output: ({ courseId, eventtype, name: title, timestart }, reply) => ({
		id: idOf(reply),
		courseid: courseId ?? null,
		name: title,
		eventtype,
		timestart: toIso(timestart),
	}),
});
