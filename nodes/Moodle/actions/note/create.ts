import type { INodeProperties } from 'n8n-workflow';
import { remembering } from '../../common/remembering';
import { participantsOf } from '../../lookup/participants';
import type { Resolved } from '../../lookup/reference';
import { READS } from '../../moodle/reads';
import { idOf, writing } from '../build';
import { field, required } from '../fields';
import { locator } from '../locators';
import { notInCourse } from '../participation';
import type { Parameters } from '../parameters';
import type { Services, Step } from '../types';
import { createNotes } from './calls';

const text = field('text', 'Text', 'multiline', { description: 'May hold HTML' });
const publishstate: INodeProperties = {
	displayName: 'For',
	name: 'publishstate',
	type: 'options',
	options: [
		{ name: 'Account', value: 'personal', description: 'Only the account behind the token' },
		{ name: 'Course', value: 'course', description: 'Everybody who may see notes of the course' },
		{ name: 'Site', value: 'site', description: 'Everybody who may see notes anywhere' },
	],
	default: 'course',
	description: 'Who sees the note',
};

function inputOf(p: Parameters) {
	return {
		userId: p.ref('user', 'User'),
		courseId: p.ref('course', 'Course'),
		publishstate: p.choice(publishstate),
		text: p.text(text),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

/** Moodle takes notes on people outside of the course, where nobody finds them (4.1 to 5.1 measured). */
async function strangers(
	inputs: Input[],
	{ read, each }: Services,
): Promise<Array<Step | undefined>> {
	const members = remembering(async (courseid: number) => {
		const there = inputs.filter(({ courseId }) => courseId === courseid);
		return await participantsOf(
			read,
			courseid,
			there.map(({ userId }) => userId),
		);
	});
	const fine: Step = { done: {} };
	const steps = await each(inputs, async ({ courseId, userId }) => {
		const { members: found, refused } = await members(courseId);
		const failure = refused.get(userId);
		if (failure) throw failure;
		return found.has(userId) ? fine : { problem: notInCourse(userId, courseId) };
	});
	return steps.map((step) => (step === fine ? undefined : step));
}

export const operation = writing({
	resource: 'note',
	value: 'create',
	name: 'Create',
	action: 'Create note on user',
	description: 'Create a new note on a user of a course, which teachers see and the user does not',
	batched: false,
	calls: [createNotes],
	reads: [READS.core_user_get_course_user_profiles],
	fields: [locator('user'), locator('course'), publishstate, required(text)],
	input: inputOf,
	before: strangers,
	record: ({ userId, courseId, publishstate: state, text: words }) => ({
		userid: userId,
		courseid: courseId,
		publishstate: state,
		text: words,
		format: 1,
	}),
	output: ({ userId, courseId, publishstate: state }, reply) => ({
		id: idOf(reply),
		userid: userId,
		courseid: courseId,
		publishstate: state,
	}),
});
