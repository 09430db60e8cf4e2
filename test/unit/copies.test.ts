import { duplicateCourse } from '../../nodes/Moodle/actions/course/copying';
import { UNKNOWN } from '../../nodes/Moodle/moodle/calls';
import type { Json, Params } from '../../nodes/Moodle/moodle/values';
import { answering } from '../support/answering';

const record = { courseid: 2, fullname: 'Copy', shortname: 'copy', categoryid: 1, visible: 1 };
const copy = { id: 7, fullname: 'Copy', shortname: 'copy', categoryid: 1, visible: 1 };

/** What is found of the record, question by question, when the site has these courses at each one. */
const finds = async (wanted: Params, ...sites: Json[][]): Promise<unknown> => {
	let question = 0;
	const read = answering(async (wsfunction) => {
		expect(wsfunction).toBe('core_course_get_courses_by_field');
		return { courses: sites[Math.min(question++, sites.length - 1)], warnings: [] };
	});
	return (await duplicateCourse.find!([wanted], {}, read))[0];
};

test.each([
	['a copy that is done', record, copy, { id: 7, shortname: 'copy' }],
	['a copy that is being made is hidden', record, { ...copy, visible: 0 }, undefined],
	['a copy that was to be hidden', { ...record, visible: 0 }, { ...copy, visible: 0 }, { id: 7 }],
	['an account that may not enter it', record, { ...copy, visible: undefined }, UNKNOWN],
	['another course of that short name', record, { ...copy, fullname: 'Old' }, undefined],
	['a course in another category', record, { ...copy, categoryid: 2 }, undefined],
])('%s', async (_what, wanted, course, expected) => {
	const found = await finds(wanted, [course]);
	if (typeof expected === 'object') expect(found).toMatchObject(expected);
	else expect(found).toBe(expected);
});

test('a copy that comes into being while it is looked for is not told as open', async () => {
	expect([undefined, { id: 7, shortname: 'copy' }]).toContainEqual(await finds(record, [], [copy]));
});
