import type { Needing } from '../actions/types';
import { events } from './registry';

/** What the events need in Moodle, for Check Setup, the function lists and the role presets. */
export const eventNeeds: Needing[] = events.map(({ value, name, reads, fields }) => ({
	resource: 'trigger',
	value,
	name,
	writes: false,
	calls: [],
	reads,
	fields,
	needsAll: true,
}));
