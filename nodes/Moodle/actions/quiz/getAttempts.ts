import { toIso } from '../../moodle/dates';
import { READS, readFacts } from '../../moodle/reads';
import { holding } from '../../moodle/replies';
import { objectsOf, type Json } from '../../moodle/values';
import type { Activity } from '../../lookup/activities';
import { activitiesOf, QUIZ } from '../activities';
import { reading } from '../build';
import { collection, field, returnAllAndLimit, simplify } from '../fields';
import { activityLocator, locator } from '../locators';

const attemptsFacts = readFacts({
	function: 'mod_quiz_get_user_attempts',
	capabilities: ['mod/quiz:view', 'mod/quiz:viewreports'],
	reply: holding('attempts'),
});

const status = field('status', 'Status', 'choice', {
	default: 'all',
	options: [
		{ name: 'All', value: 'all' },
		{ name: 'Finished', value: 'finished' },
		{ name: 'Unfinished', value: 'unfinished', description: 'In progress or overdue' },
	],
	description: 'Only attempts in this state',
});

const simplified = (activity: Activity, row: Json): Json => ({
	id: row.id,
	activityid: activity.cmid,
	courseid: activity.courseid,
	userid: row.userid,
	attempt: row.attempt,
	state: row.state,
	timestart: toIso(row.timestart),
	timefinish: toIso(row.timefinish),
	// points of the questions; Get Best Grade has the grade
	sumgrades: row.sumgrades ?? null,
});

export const operation = reading({
	resource: 'quiz',
	value: 'getAttempts',
	name: 'Get Attempts',
	action: 'Get attempts at quiz',
	description: 'Retrieve the attempts of a user at a quiz, without previews',
	// Deprecated since 5.0 in favour of a function that earlier versions do not have; 5.1 still answers (measured).
	reads: [attemptsFacts, READS.core_course_get_course_module],
	fields: [
		activityLocator({ displayName: 'Quiz' }),
		locator('user'),
		...returnAllAndLimit,
		simplify,
		collection('filters', [status]),
	],
	input: (p) => ({
		cmid: p.activity('Quiz'),
		userId: p.ref('user', 'User'),
		status: p.fields('filters', [status]).status ?? 'all',
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) => {
		const activity = activitiesOf(read, QUIZ);
		return await each(inputs, async ({ cmid, userId, status: wanted, limit, simple }) => {
			const found = await activity(cmid);
			const reply = await read(attemptsFacts, {
				quizid: found.instance,
				userid: userId,
				status: wanted,
			});
			const rows = objectsOf(reply.attempts).slice(0, limit);
			return { done: simple ? rows.map((row) => simplified(found, row)) : rows };
		});
	},
});
