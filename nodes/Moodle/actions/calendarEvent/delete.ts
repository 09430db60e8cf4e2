import { READS } from '../../moodle/reads';
import { success, writing } from '../build';
import { field, property, required } from '../fields';
import { deleteEvents, missingEvents, unknownEvent } from './deleteCalls';

const event = field('eventid', 'Event ID', 'integer', {
	min: 1,
	default: '',
	description: "The ID of the event, as 'Create' and 'Get Many' give it",
});
const series = field('repeat', 'Whole Series', 'boolean', {
	default: false,
	description: 'Whether all events of a repeated event are deleted',
});

export const operation = writing({
	resource: 'calendarEvent',
	value: 'delete',
	name: 'Delete',
	action: 'Delete calendar event',
	description: 'Delete an event permanently. Dates of activities go with the activity only.',
	calls: [deleteEvents],
	reads: [READS.core_calendar_get_calendar_events],
	fields: [required(event), property(series)],
	input: (p) => ({ eventid: Number(p.need(event)), repeat: p.flag('repeat', 'Whole Series') }),
	keys: ({ eventid }) => [`event:${eventid}`],
	before: async (inputs, { read }) => {
		const { missing } = await missingEvents(
			read,
			inputs.map(({ eventid }) => eventid),
		);
		return inputs.map(({ eventid }) =>
			missing.has(eventid) ? { problem: unknownEvent(eventid) } : undefined,
		);
	},
	record: ({ eventid, repeat }) => ({ eventid, repeat }),
	output: ({ eventid }) => success({ id: eventid }),
});
