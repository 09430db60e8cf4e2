import { asIs } from '../../common/asIs';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { readFacts } from '../../moodle/reads';
import { holding } from '../../moodle/replies';
import { objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { simplify } from '../fields';
import { locator } from '../locators';
import { remembering } from '../../common/remembering';
import { numberOrNull } from './gradeFields';

const gradeItemsFacts = readFacts({
	function: 'core_grades_get_gradeitems',
	capabilities: ['moodle/course:view'],
	reply: holding('gradeItems'),
});

/** 4.1 has no function that lists grade items without a user. */
function tooOld(caught: unknown): Error {
	if (!(caught instanceof MoodleFailure) || caught.code !== 'functionunknown') return asIs(caught);
	return new Problem({
		message: 'This Moodle cannot list the grade items of a course: that came with Moodle 4.2',
		mend: "Use 'Get User Grade Items' with one user of the course: it shows every grade item.",
		code: 'functionunknown',
	});
}

export const operation = reading({
	resource: 'grade',
	value: 'getItems',
	name: 'Get Items',
	action: 'Get grade items of course',
	description:
		'Retrieve what is graded in a course: activities and manual grade items (Moodle 4.2 or later)',
	reads: [gradeItemsFacts],
	fields: [locator('course'), simplify],
	input: (p) => ({ courseId: p.ref('course', 'Course'), simple: p.flag('simplify') }),
	steps: async (inputs, services) => {
		const items = remembering(async (courseid: number): Promise<Json[]> => {
			try {
				const reply = await services.read(gradeItemsFacts, { courseid });
				return objectsOf(reply.gradeItems);
			} catch (caught) {
				throw tooOld(caught);
			}
		});
		return await services.each(inputs, async ({ courseId, simple }) => {
			const rows = await items(courseId);
			return {
				done: simple
					? rows.map((row) => ({
							courseid: courseId,
							id: numberOrNull(row.id),
							itemname: row.itemname,
							category: row.category ?? null,
						}))
					: rows,
			};
		});
	},
});
