import { asIs } from '../lookup/chunks';
import type { Read, ReadFacts } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { isObject } from '../moodle/values';

/** What is known of an activity. */
export interface Activity {
	/** Course module: the number behind id= in its address. */
	cmid: number;
	courseid: number;
	name: string;
	/** Kind of activity, e.g. `assign`. */
	module: string;
	/** Number of the activity among those of its kind. */
	instance: number;
}

/** Everybody who may see the activity may ask for it. */
export const activityFacts: ReadFacts = { function: 'core_course_get_course_module', capabilities: ['moodle/course:view'] };

const unknown = (cmid: number) =>
	new Problem({ message: `There is no activity with the number '${cmid}'`, mend: 'Use the number that stands behind id= in the address of the activity.', code: 'notfound' });

/**
 * An activity by its course module.
 *
 * @throws Problem when there is none; MoodleFailure when Moodle refuses or cannot be asked
 */
export async function readActivity(read: Read, cmid: number): Promise<Activity> {
	try {
		const reply = await read('core_course_get_course_module', { cmid });
		const cm = isObject(reply) && isObject(reply.cm) ? reply.cm : undefined;
		if (!cm) throw unknown(cmid);
		return { cmid: Number(cm.id), courseid: Number(cm.course), name: String(cm.name ?? ''), module: String(cm.modname ?? ''), instance: Number(cm.instance) };
	} catch (caught) {
		const isMissing = caught instanceof MoodleFailure && (caught.code.startsWith('invalidrecord') || caught.code === 'invalidcoursemodule');
		if (isMissing) throw unknown(cmid);
		throw asIs(caught);
	}
}
