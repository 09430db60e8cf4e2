import type { Step } from '../actions/types';
import { isObject } from '../moodle/values';
import type { Entry } from './inputs';

/** What can be done now, and what must wait for it. */
export interface Turns {
	steps: Step[];
	entries: Entry[];
	/** Entries to be decided anew afterwards, one group after the other. */
	later: Entry[][];
}

/** What a step changes or leaves as it is; undefined where nothing else could mean the same. */
function subjectOf(step: Step, resource: string): string | undefined {
	if (step.subject !== undefined || !('task' in step)) return step.subject;
	const { call, record, shared } = step.task;
	if (call.subject) return call.subject(record, shared ?? {});
	return isObject(record) && Number(record.id) > 0 ? `${resource} ${Number(record.id)}` : undefined;
}

/**
 * Items can mean one record under two names, such as an ID and a user name. What the later one wants was then decided on a
 * state that the first one is about to change, so it waits, and is decided again.
 *
 * @param stop in a run that stops everything after such an item waits with it, so that nothing is overtaken
 */
export function inTurns(steps: Step[], entries: Entry[], resource: string, stop: boolean): Turns {
	const turns: Turns = { steps: [], entries: [], later: [] };
	const times = new Map<string, number>();
	for (const [index, step] of steps.entries()) {
		const subject = subjectOf(step, resource);
		const before = subject === undefined ? 0 : (times.get(subject) ?? 0);
		if (before > 0 && stop) return { ...turns, later: [entries.slice(index)] };
		if (subject !== undefined) times.set(subject, before + 1);
		if (before > 0) (turns.later[before - 1] ??= []).push(entries[index]);
		else {
			turns.steps.push(step);
			turns.entries.push(entries[index]);
		}
	}
	return turns;
}
