import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { explain, explainCode } from '../../moodle/explain';
import { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import { asIs } from '../../common/asIs';
import { warningsOf } from '../../moodle/settle';
import { objectsOf, type Params } from '../../moodle/values';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Step } from '../types';
import { simplified } from './groupFields';
import { isBlankRef, refInCourse } from '../groupsAndGroupings/refs';

function inputOf(p: Parameters) {
	const courseId = p.maybeRef('course', 'Course');
	return {
		userId: p.ref('user', 'User'),
		courseId,
		groupingId: isBlankRef(p, 'groupingId') ? undefined : refInCourse(p, 'grouping', courseId),
		limit: p.limit(),
		simple: p.flag('simplify'),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

async function step(
	read: Read,
	{ userId, courseId, groupingId, limit, simple }: Input,
): Promise<Step> {
	const params: Params = { userid: userId, courseid: courseId ?? 0, groupingid: groupingId ?? 0 };
	try {
		const reply = await read(READS.core_group_get_course_user_groups, params);
		const [warning] = warningsOf(reply);
		const groups = objectsOf(reply.groups);
		if (warning && groups.length === 0)
			return { problem: explainCode(warning.warningcode, warning.message) };
		const wanted = groups.slice(0, limit);
		return { done: simple ? wanted.map(simplified) : wanted };
	} catch (caught) {
		if (!(caught instanceof MoodleFailure) || caught.reach === 'everybody') throw asIs(caught);
		return {
			problem: explain(caught, {
				capabilities: READS.core_group_get_course_user_groups.capabilities,
			}),
		};
	}
}

export const operation = reading({
	resource: 'group',
	value: 'getUserGroups',
	name: 'Get User Groups',
	action: 'Get groups of user',
	description: 'Retrieve the groups to which a user belongs',
	reads: [READS.core_group_get_course_user_groups],
	fields: [
		locator('user'),
		locator('course', {
			required: false,
			description:
				'Only groups of this course. If left empty, those of all courses in which the user is enrolled.',
		}),
		locator('grouping', { required: false, description: 'Only groups in this grouping' }),
		...returnAllAndLimit,
		simplify,
	],
	input: inputOf,
	steps: async (inputs, services) =>
		await services.each(inputs, async (input) => await step(services.read, input)),
});
