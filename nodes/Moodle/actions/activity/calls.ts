import { asIs } from '../../common/asIs';
import { isMissingActivity, unknownActivity } from '../../lookup/activities';
import { UNKNOWN, type CallFacts, type Read, type RecordResult } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { nothing } from '../../moodle/replies';
import { settleNull } from '../../moodle/settle';
import { isObject, objectsOf, type Json, type Params, type Value } from '../../moodle/values';
import { z } from '../../schemas/zod';

/** What has become of activities: Moodle answers with a text that holds a list in JSON; undefined where it does not. */
function changesIn(reply: string): Json[] | undefined {
	try {
		const list: unknown = JSON.parse(reply);
		return Array.isArray(list) ? objectsOf(list) : undefined;
	} catch {
		return undefined;
	}
}

const kept = (cmid: number) =>
	new Problem({
		message: `Moodle does not say that the activity with the number ${cmid} was changed`,
		mend: 'Look at it in the course.',
		code: 'visibilitykept',
	});

/** The reply part of a record is whether it is visible now. */
function settleVisible(reply: unknown, records: Value[]): RecordResult[] {
	const rows = (changesIn(String(reply)) ?? []).filter(
		({ name, action }) => name === 'cm' && action === 'put',
	);
	const states = new Map(
		rows.map(({ fields }) => {
			const { id, visible } = isObject(fields) ? fields : {};
			return [Number(id), visible];
		}),
	);
	return records.map((cmid) => ({ reply: states.get(Number(cmid)) }));
}

/**
 * Whether the answer tells of the wanted state: nothing is asked. What an account without the right to see hidden activities
 * has hidden is not in the answer any more (4.1 to 5.1 measured).
 */
const confirmVisible = (cmids: Value[], visible: unknown[], { action }: Params): RecordResult[] =>
	cmids.map((cmid, at) =>
		(visible[at] ?? false) === (action === 'cm_show')
			? { reply: null }
			: { problem: kept(Number(cmid)) },
	);

/**
 * Shows or hides activities of a course. All of them are checked before the first one is changed: an unknown one refuses the
 * request (4.1 to 5.1 measured). 4.1 wants both permissions, later versions only that for visibility.
 */
export const setVisibility: CallFacts = {
	function: 'core_courseformat_update_course',
	serial: true,
	list: 'ids',
	atomic: 'all',
	repeat: 'safe',
	capabilities: [
		'moodle/course:activityvisibility',
		'moodle/course:manageactivities',
		'moodle/course:viewhiddenactivities',
	],
	reply: z.string().refine((text) => changesIn(text) !== undefined),
	settle: settleVisible,
	confirm: async (records, replies, shared) =>
		await Promise.resolve(confirmVisible(records, replies, shared)),
	subject: (cmid) => `activity ${String(cmid)}`,
	context: (_cmid, shared) => `course ${String(shared.courseid)}`,
	words: ({ code }, cmid) =>
		code === 'unexistingcmid' ? unknownActivity(Number(cmid)) : undefined,
};

/** "Found" means that it is gone. Moodle tells a missing activity from one that may not be seen (4.1 to 5.1). */
async function isGone(read: Read, cmid: Value): Promise<unknown> {
	try {
		await read(READS.core_course_get_course_module, { cmid });
		return undefined;
	} catch (caught) {
		if (isMissingActivity(caught)) return { id: cmid };
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return UNKNOWN;
		throw asIs(caught);
	}
}

/** Deletes activities one after the other: those before an unknown one are gone (4.1 to 5.1 measured). */
export const deleteActivities: CallFacts = {
	function: 'core_course_delete_modules',
	serial: true,
	list: 'cmids',
	atomic: 'none',
	repeat: 'lookup',
	perRequest: 1,
	capabilities: ['moodle/course:manageactivities'],
	reply: nothing,
	settle: settleNull,
	context: (cmid) => `activity ${String(cmid)}`,
	find: async (records, _shared, read) =>
		await Promise.all(records.map(async (cmid) => await isGone(read, cmid))),
	knownBy: 'ID',
	words: (failure, cmid) =>
		isMissingActivity(failure) ? unknownActivity(Number(cmid)) : undefined,
};
