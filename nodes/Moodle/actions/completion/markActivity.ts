import type { INodeProperties } from 'n8n-workflow';
import { readActivity, usersByCourse } from '../../lookup/activities';
import { participantsOf } from '../../lookup/participants';
import type { Resolved } from '../../lookup/reference';
import { toIso } from '../../moodle/dates';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { isObject, type Json } from '../../moodle/values';
import { writing } from '../build';
import { field, property } from '../fields';
import { activityLocator, locator } from '../locators';
import { remembering } from '../../common/remembering';
import type { Parameters } from '../parameters';
import type { Services, Step } from '../types';
import { markForeign, markOwn } from './calls';

const whose: INodeProperties = {
	displayName: 'For',
	name: 'whose',
	type: 'options',
	options: [
		{
			name: 'A User',
			value: 'user',
			description: 'Overrides the state, also of activities that Moodle completes by itself',
		},
		{
			name: 'Own Account',
			value: 'own',
			description: 'The account behind the token, for activities that are marked by hand',
		},
	],
	default: 'user',
	description: 'Whose completion to change',
};
const completed = field('completed', 'Completed', 'boolean', {
	default: true,
	description: 'Whether the activity is to be completed; otherwise it is set back to not completed',
});

function inputOf(p: Parameters) {
	// A field of its own for the own account: an empty user is more often a value that an item lacks.
	const isOwn = p.choice(whose) === 'own';
	// An empty value is refused: it is more often a value that an item lacks than the wish to take a completion back.
	return {
		cmid: p.activity(),
		userId: isOwn ? undefined : p.ref('user', 'User'),
		completed: p.need(completed) === true,
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

function notParticipant(userId: number): Problem {
	return new Problem({
		message: `The user with the ID ${userId} takes no part in the course of the activity, or has no role there`,
		mend: 'Enrol the user there with a role first. It may also be that the account behind the token cannot see the user.',
		code: 'notenrolled',
	});
}

/** Keeps completions from being written for people who are not in the course: Moodle takes them (all versions). */
async function strangers(
	inputs: Input[],
	{ read, each }: Services,
): Promise<Array<Step | undefined>> {
	const activity = remembering(async (cmid: number) => await readActivity(read, cmid));
	const foreign = inputs.filter(({ userId }) => userId !== undefined);
	const users = remembering<'all', Map<number, number[]>>(
		async () => await usersByCourse(foreign, activity),
	);
	const members = remembering(
		async (courseid: number) =>
			await participantsOf(read, courseid, (await users('all')).get(courseid) ?? []),
	);
	const fine: Step = { done: {} };
	const steps = await each(inputs, async ({ cmid, userId }) => {
		if (userId === undefined) return fine;
		const { courseid } = await activity(cmid);
		const participants = await members(courseid);
		const failure = participants.refused.get(userId);
		if (failure) throw failure;
		return participants.members.has(userId) ? fine : { problem: notParticipant(userId) };
	});
	return steps.map((step) => (step === fine ? undefined : step));
}

function outputOf({ cmid, userId, completed: isDone }: Input, reply: unknown): Json {
	const { timecompleted } = isObject(reply) ? reply : {};
	const base = { activityid: cmid, userid: userId ?? null, completed: isDone, updated: true };
	return userId === undefined
		? base
		: { ...base, timecompleted: isDone ? toIso(timecompleted) : null };
}

export const operation = writing({
	resource: 'completion',
	value: 'markActivity',
	verb: 'mark',
	name: 'Mark Activity',
	action: 'Mark activity as completed or not',
	description: 'Mark an activity as completed or not completed for a user',
	batched: false,
	calls: [markForeign, markOwn],
	reads: [READS.core_course_get_course_module, READS.core_user_get_course_user_profiles],
	fields: [
		activityLocator(),
		whose,
		{ ...locator('user'), displayOptions: { show: { whose: ['user'] } } },
		property(completed),
	],
	input: inputOf,
	before: strangers,
	call: ({ userId }) => (userId === undefined ? markOwn : markForeign),
	record: ({ cmid, userId, completed: isDone }) =>
		userId === undefined
			? { cmid, completed: isDone }
			: { cmid, userid: userId, newstate: isDone ? 1 : 0 },
	output: outputOf,
});
