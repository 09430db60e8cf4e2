import { Problem } from '../moodle/problem';
import { events } from './registry';
import type { PollEvent } from './types';

/** @throws Problem for a value that is no event */
export function findEvent(value: string): PollEvent {
	const found = events.find((entry) => entry.value === value);
	if (found) return found;
	throw new Problem({
		message: `There is no event '${value}' in this node`,
		mend: "Choose one of the list of 'Trigger On'.",
		code: 'noevent',
	});
}
