import { remembering } from '../common/remembering';
import { readActivity, type Activity } from '../lookup/activities';
import type { Resolved } from '../lookup/reference';
import type { CallFacts, Read } from '../moodle/calls';
import { Problem } from '../moodle/problem';
import type { Json, Params, Value } from '../moodle/values';
import { previewOf } from './build';
import type { Operation } from './types';

/** A kind of activity: Moodle's name of it, and how people call one, e.g. `an assignment`. */
export interface Kind {
	module: string;
	one: string;
}

export const ASSIGNMENT: Kind = { module: 'assign', one: 'an assignment' };
export const QUIZ: Kind = { module: 'quiz', one: 'a quiz' };
export const FORUM: Kind = { module: 'forum', one: 'a forum' };
export const FEEDBACK: Kind = { module: 'feedback', one: 'a feedback activity' };

/**
 * Reads activities, each once.
 *
 * @param kind refuses those of other kinds: their number would be taken for that of another activity
 * @returns throws Problem for an activity that is not there, or of another kind
 */
export function activitiesOf(read: Read, kind?: Kind): (cmid: number) => Promise<Activity> {
	return remembering(async (cmid) => {
		const activity = await readActivity(read, cmid);
		if (!kind || activity.module === kind.module) return activity;
		throw new Problem({
			message: `The activity with the number ${cmid}, '${activity.name}', is not ${kind.one}`,
			mend: `Give the address of ${kind.one}, or the number after id= in it.`,
			code: 'wrongactivity',
		});
	});
}

/** An operation that writes one record per item, about an activity or something in it. */
export interface ActivityWriteSpec<I extends { cmid: number }>
	extends Omit<Operation<I>, 'steps' | 'writes' | 'batched'> {
	batched: boolean;
	/** Of which kind the activity must be; any, where it is not given. */
	kind?: Kind;
	record: (input: Resolved<I>, activity: Activity) => Value;
	shared?: (input: Resolved<I>, activity: Activity) => Params;
	output: (input: Resolved<I>, activity: Activity, reply: unknown) => Json;
	/** Word of Dry Run; by default the operation's value. */
	verb?: string;
}

/** A write of one record per item, whose activity is read first. */
export function writingIn<I extends { cmid: number }>(spec: ActivityWriteSpec<I>): Operation<I> {
	const { kind, record, shared, output, verb, ...rest } = spec;
	const call: CallFacts = spec.calls[0];
	return {
		...rest,
		writes: true,
		steps: async (inputs, { read, each, dryRun }) => {
			const activity = activitiesOf(read, kind);
			return await each(inputs, async (input) => {
				const found = await activity(input.cmid);
				const value = record(input, found);
				return {
					task: {
						call,
						record: value,
						shared: shared?.(input, found),
						action: verb ?? spec.value,
						output: (reply) => output(input, found, reply),
						preview: dryRun ? previewOf(value) : undefined,
					},
				};
			});
		},
	};
}

/** Why the account gets none of what is certainly there. */
export function notSeen(what: string, right: string): Problem {
	return new Problem({
		message: `The account behind the token may not see the ${what}`,
		mend: `Its role needs ${right} there, and 'View hidden activities' (moodle/course:viewhiddenactivities) where they are hidden.`,
		code: 'nopermissions',
	});
}

/** Why Moodle gives nothing of a course. It tells no more than that (mod_*_get_*_by_courses, 4.1 to 5.1). */
export function closedCourse(courseid: number): Problem {
	return new Problem({
		message: `Moodle shows nothing of the course with the ID ${courseid} to the account behind the token`,
		mend: "Check that the course is there. The role of the account needs 'View courses without participation' (moodle/course:view), and 'View hidden courses' (moodle/course:viewhiddencourses) where it is hidden.",
		code: 'closedcourse',
	});
}
