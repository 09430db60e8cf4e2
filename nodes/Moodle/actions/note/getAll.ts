import { FRONT_PAGE } from '../../lookup/courses';
import { toIso } from '../../moodle/dates';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';

/** Without the right to see notes Moodle answers for this one with empty lists, not with a refusal (4.1 and 5.1 measured). */
const noCourse = () =>
	new Problem({
		message:
			'The course with the ID 1 is the front page of the site, which has no notes of its own',
		mend: 'Choose any other course: the notes for the whole site come with those of each course.',
		code: 'badvalue',
	});

/** Moodle's words for who sees a note, in those that it takes when a note is created. */
const STATES: Record<string, string> = { draft: 'personal', public: 'course', site: 'site' };

const simplified = (row: Json): Json => ({
	id: row.id,
	userid: row.userid,
	courseid: row.courseid,
	publishstate: STATES[String(row.publishstate)] ?? row.publishstate,
	text: row.content,
	author: row.usermodified,
	created: toIso(row.created),
	lastmodified: toIso(row.lastmodified),
});

export const operation = reading({
	resource: 'note',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many notes',
	description:
		'Retrieve the notes on a user in a course: those for the site, those for the course, and the personal ones of the account behind the token',
	reads: [READS.core_notes_get_course_notes],
	fields: [locator('user'), locator('course'), ...returnAllAndLimit, simplify],
	input: (p) => ({
		userId: p.ref('user', 'User'),
		courseId: p.ref('course', 'Course'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { each, read }) =>
		await each(inputs, async ({ userId, courseId, limit, simple }) => {
			if (courseId === FRONT_PAGE) return { problem: noCourse() };
			const reply = await read(READS.core_notes_get_course_notes, {
				courseid: courseId,
				userid: userId,
			});
			const lists = [reply.sitenotes, reply.coursenotes, reply.personalnotes];
			const found = lists.flatMap(objectsOf).slice(0, limit);
			return { done: simple ? found.map(simplified) : found };
		}),
});
