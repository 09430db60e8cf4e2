import { isMissingActivity, unknownActivity } from '../../lookup/activities';
import type { CallFacts, RecordResult } from '../../moodle/calls';
import type { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { isObject, type Value } from '../../moodle/values';
import { z } from '../../schemas/zod';

/** A change of the token account's own completion. */
export type OwnMark = { cmid: number; completed: boolean };

/** A change of somebody else's completion. */
export type ForeignMark = { cmid: number; userid: number; newstate: number };

const cmidOf = (record: Value) => (record as { cmid: number }).cmid;

const notTracked = new Problem({
	message: 'The activity has no completion tracking, so nothing was changed',
	mend: 'Set completion conditions in the settings of the activity.',
	code: 'nottracked',
});

function keptState(state: unknown): Problem {
	return new Problem({
		message: `Moodle kept the activity ${Number(state) > 0 ? 'completed' : 'not completed'}`,
		mend: 'Look at its completion conditions: other rules of the activity decide.',
		code: 'statekept',
	});
}

/** The answer tells the state as it is now. An activity without completion tracking is answered for like any other (all versions). */
function settleForeign(reply: unknown, records: Value[]): RecordResult[] {
	const { state, tracking } = isObject(reply) ? reply : {};
	if (tracking === 0) return [{ problem: notTracked }];
	const wanted = (records[0] as ForeignMark).newstate > 0;
	return [Number(state) > 0 === wanted ? { reply } : { problem: keptState(state) }];
}

function settleOwn(reply: unknown, records: Value[]): RecordResult[] {
	const isDone = isObject(reply) && reply.status === true;
	return [isDone ? { reply } : { problem: keptState((records[0] as OwnMark).completed ? 0 : 1) }];
}

const words = (failure: MoodleFailure, record: Value) =>
	isMissingActivity(failure) ? unknownActivity(cmidOf(record)) : undefined;

/** Marks an activity for the account behind the token. */
export const markOwn: CallFacts = {
	function: 'core_completion_update_activity_completion_status_manually',
	atomic: 'all',
	repeat: 'safe',
	capabilities: ['moodle/course:togglecompletion'],
	reply: z.object({ status: z.boolean() }).passthrough(),
	settle: settleOwn,
	subject: (record) => `own mark of ${cmidOf(record)}`,
	context: (record) => `activity ${cmidOf(record)}`,
	words,
};

/** Marks an activity for somebody else. Unknown users and those outside of the course are taken too: check first. */
export const markForeign: CallFacts = {
	function: 'core_completion_override_activity_completion_status',
	atomic: 'all',
	repeat: 'safe',
	capabilities: ['moodle/course:overridecompletion'],
	reply: z.object({ state: z.number(), tracking: z.number() }).passthrough(),
	settle: settleForeign,
	subject: (record) => `mark of ${cmidOf(record)} for ${(record as ForeignMark).userid}`,
	context: (record) => `activity ${cmidOf(record)}`,
	words,
};
