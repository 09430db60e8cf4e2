import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { collection, field, simplify } from '../fields';
import { locator } from '../locators';
import { remembering } from '../../common/remembering';
import type { Parameters } from '../parameters';
import type { Services, Step } from '../types';

const state = field('state', 'State', 'choice', {
	options: [
		{ name: 'All', value: 'all' },
		{ name: 'Completed', value: 'completed', description: 'Also with a passing grade' },
		{ name: 'Not Completed', value: 'open', description: 'Also with a failing grade' },
	],
	description: 'Only activities in this state',
});
const activityNames = field('activityNames', 'Include Activity Names', 'boolean', {
	default: false,
	description:
		'Whether to add the names of the activities, which takes one more request per course',
});

/** `COMPLETION_*` of lib/completionlib.php, all versions. */
const STATES = ['incomplete', 'complete', 'passed', 'failed'];
const TRACKING = ['none', 'manual', 'automatic'];

function inputOf(p: Parameters) {
	return {
		courseId: p.ref('course', 'Course'),
		userId: p.ref('user', 'User'),
		state: p.fields('filters', [state]).state ?? 'all',
		simple: p.flag('simplify'),
		names: p.optionFlag(activityNames),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

/** Completed, also with a passing grade. */
export const isCompleted = (row: Json) => row.state === 1 || row.state === 2;

/** Where a user stands in an activity, in short. */
export function simplifiedActivity(
	{ courseId, userId }: Pick<Input, 'courseId' | 'userId'>,
	row: Json,
): Json {
	return {
		courseid: courseId,
		userid: userId,
		cmid: row.cmid,
		modname: row.modname,
		completed: isCompleted(row),
		state: STATES[Number(row.state)] ?? row.state,
		timecompleted: isCompleted(row) ? toIso(row.timecompleted) : null,
		tracking: TRACKING[Number(row.tracking)] ?? row.tracking,
		overrideby: row.overrideby ?? null,
	};
}

function untracked({ courseId, userId }: Input): Problem {
	return new Problem({
		message: `Moodle does not track the completion of the user with the ID ${userId} in the course with the ID ${courseId}`,
		mend: 'The user must be enrolled there with a role whose completion is tracked, such as student.',
		code: 'notenrolled',
	});
}

/** Names of the activities of a course, by course module. */
async function namesOf(read: Read, courseid: number): Promise<Map<number, unknown>> {
	const options = Object.entries({ excludecontents: '1' }).map(([name, value]) => ({
		name,
		value,
	}));
	const sections = objectsOf(await read(READS.core_course_get_contents, { courseid, options }));
	return new Map(
		sections
			.flatMap((section) => objectsOf(section.modules))
			.map((module) => [Number(module.id), module.name]),
	);
}

async function steps(inputs: Input[], { read, each }: Services): Promise<Step[]> {
	const names = remembering(async (courseid: number) => await namesOf(read, courseid));
	return await each(inputs, async (input) => {
		const reply = await read(READS.core_completion_get_activities_completion_status, {
			courseid: input.courseId,
			userid: input.userId,
		});
		const rows = objectsOf(reply.statuses);
		// Moodle answers for people who are not in the course as well, as if they had done nothing.
		if (rows.length > 0 && rows.every((row) => row.istrackeduser === false))
			return { problem: untracked(input) };
		const wanted = rows.filter(
			(row) => input.state === 'all' || isCompleted(row) === (input.state === 'completed'),
		);
		const known = input.names ? await names(input.courseId) : undefined;
		return {
			done: wanted.map((row) => ({
				...(input.simple ? simplifiedActivity(input, row) : row),
				...(known ? { name: known.get(Number(row.cmid)) ?? null } : {}),
			})),
		};
	});
}

export const operation = reading({
	resource: 'completion',
	value: 'getActivities',
	name: 'Get Activity Completion',
	action: 'Get activity completion of user',
	description:
		'Retrieve which activities of a course a user has completed, one item per activity with completion tracking',
	reads: [READS.core_completion_get_activities_completion_status, READS.core_course_get_contents],
	fields: [locator('course'), locator('user'), simplify, collection('filters', [state])],
	options: [activityNames],
	input: inputOf,
	steps,
});
