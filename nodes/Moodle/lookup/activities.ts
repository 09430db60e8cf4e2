import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { READS } from '../moodle/reads';
import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';

/** What is known of an activity by its course module. */
export interface Activity {
	/** Course module, the number in the address. */
	cmid: number;
	courseid: number;
	/** Kind of activity, e.g. `assign`. */
	module: string;
	/** Number of the activity among those of its kind. */
	instance: number;
	name: string;
	/** As set for the activity: 0 none, 1 separate, 2 visible; the course may force another one. */
	groupmode: number;
}

/** @throws Problem when there is no such activity; MoodleFailure when Moodle cannot be asked */
export async function readActivity(read: Read, cmid: number): Promise<Activity> {
	try {
		const reply = await read(READS.core_course_get_course_module, { cmid });
		const { cm } = reply;
		return {
			cmid,
			courseid: Number(cm.course),
			module: String(cm.modname),
			instance: Number(cm.instance),
			name: String(cm.name ?? ''),
			groupmode: Number(cm.groupmode ?? 0),
		};
	} catch (caught) {
		throw isMissingActivity(caught) ? unknownActivity(cmid) : asIs(caught);
	}
}

/** Whether a refusal means that there is no such course module: 4.1 and debugging have names of their own for it. */
export function isMissingActivity(caught: unknown): boolean {
	return (
		caught instanceof MoodleFailure &&
		caught.reach === 'record' &&
		/^invalid(?:record|coursemodule)/.test(caught.code)
	);
}

/** The words for a number that belongs to no activity. */
export function unknownActivity(cmid: number): Problem {
	return new Problem({
		message: `There is no activity with the number ${cmid}`,
		mend: 'Use the number that stands after id= in the address of the activity.',
		code: 'notfound',
	});
}

/** The users that items name, by the course of their activity. An activity that cannot be read is left out: its items hear of it later. */
export async function usersByCourse(
	inputs: Array<{ cmid: number; userId?: number }>,
	activity: (cmid: number) => Promise<Activity>,
): Promise<Map<number, number[]>> {
	const courses = new Map<number, number>();
	await inParallel([...new Set(inputs.map(({ cmid }) => cmid))], READ_WIDTH, async (cmid) => {
		try {
			courses.set(cmid, (await activity(cmid)).courseid);
		} catch (caught) {
			if (!(caught instanceof Problem) && !(caught instanceof MoodleFailure)) throw asIs(caught);
		}
	});
	const users = new Map<number, number[]>();
	for (const { cmid, userId } of inputs) {
		const course = courses.get(cmid);
		if (course === undefined || userId === undefined) continue;
		const known = users.get(course);
		if (known) known.push(userId);
		else users.set(course, [userId]);
	}
	return users;
}
