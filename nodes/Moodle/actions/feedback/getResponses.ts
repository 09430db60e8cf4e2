import type { Activity } from '../../lookup/activities';
import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { READS, readFacts } from '../../moodle/reads';
import { rows, shaped } from '../../moodle/replies';
import { objectsOf, type Json } from '../../moodle/values';
import { activitiesOf, FEEDBACK } from '../activities';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { activityLocator } from '../locators';

const responsesFacts = readFacts({
	function: 'mod_feedback_get_responses_analysis',
	capabilities: ['mod/feedback:view', 'mod/feedback:viewreports'],
	reply: shaped({ attempts: rows, anonattempts: rows }),
});

const PAGE = 100;

/** Responses with names, then those without: Moodle pages through both at once (4.1 to 5.1 measured). */
async function responses(read: Read, feedbackid: number, limit: number): Promise<Json[]> {
	const named: Json[] = [];
	const anonymous: Json[] = [];
	for (let page = 0; named.length + anonymous.length < limit; page++) {
		const reply = await read(responsesFacts, {
			feedbackid,
			page,
			perpage: PAGE,
		});
		const found = [objectsOf(reply.attempts), objectsOf(reply.anonattempts)];
		named.push(...found[0]);
		anonymous.push(...found[1]);
		if (found.every((rows) => rows.length < PAGE)) break;
	}
	return [...named, ...anonymous].slice(0, limit);
}

const simplified = ({ cmid, courseid }: Activity, row: Json): Json => ({
	id: row.id,
	activityid: cmid,
	courseid,
	// null where the response is anonymous
	userid: row.userid ?? null,
	userfullname: row.fullname ?? null,
	timemodified: toIso(row.timemodified),
	answers: objectsOf(row.responses).map(({ id, name, printval }) => ({
		id,
		question: name,
		answer: printval,
	})),
});

export const operation = reading({
	resource: 'feedback',
	value: 'getResponses',
	name: 'Get Responses',
	action: 'Get responses to feedback',
	description: 'Retrieve what people have answered in a feedback activity, one item per response',
	reads: [responsesFacts, READS.core_course_get_course_module],
	fields: [activityLocator({ displayName: 'Feedback' }), ...returnAllAndLimit, simplify],
	input: (p) => ({
		cmid: p.activity('Feedback'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) => {
		const activity = activitiesOf(read, FEEDBACK);
		return await each(inputs, async ({ cmid, limit, simple }) => {
			const found = await activity(cmid);
			const rows = await responses(read, found.instance, limit);
			return { done: simple ? rows.map((row) => simplified(found, row)) : rows };
		});
	},
});
