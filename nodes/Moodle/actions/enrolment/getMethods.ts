import { remembering } from '../../common/remembering';
import { visibleById } from '../../lookup/courses';
import type { Reference } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { READS, readFacts } from '../../moodle/reads';
import { rows } from '../../moodle/replies';
import { asList, objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { unknownCourse } from '../course/calls';
import { locator } from '../locators';

const methodsFacts = readFacts({
	function: 'core_enrol_get_course_enrolment_methods',
	capabilities: ['moodle/course:viewhiddencourses'],
	reply: rows,
});

interface Input {
	courseId: Reference;
}

/** Names of the methods that Moodle installs (lang/en of each, all versions). */
const NAMES: Record<string, string> = {
	manual: 'Manual enrolments',
	self: 'Self enrolment',
	guest: 'Guest access',
	cohort: 'Cohort sync',
	meta: 'Course meta link',
	database: 'External database',
	fee: 'Enrolment on payment',
	paypal: 'PayPal',
	lti: 'Publish as LTI tool',
	ldap: 'LDAP enrolments',
	imsenterprise: 'IMS Enterprise file',
	category: 'Category enrolments',
	flatfile: 'Flat file (CSV)',
	mnet: 'MNet remote enrolments',
};

/**
 * The enabled methods of a course. The function for it lists only those that offer something to the account itself, never
 * manual enrolment; the course names the others (semantics of both, all versions).
 */
async function methodsOf(read: Read, courseid: number, course: Json | undefined): Promise<Json[]> {
	if (!course) throw unknownCourse(String(courseid));
	const offered = objectsOf(await read(methodsFacts, { courseid }));
	const listed = new Set(offered.map((method) => method.type));
	const others = asList(course.enrollmentmethods)
		.map(String)
		.filter((type) => !listed.has(type));
	return [
		...others.map((type) => ({ courseid, type, name: NAMES[type] ?? type, enabled: true })),
		...offered.map((method) => ({
			courseid,
			type: method.type,
			name: method.name,
			enabled: true,
			instanceid: method.id,
			status: method.status,
		})),
	];
}

export const operation = reading<Input>({
	resource: 'enrolment',
	value: 'getMethods',
	name: 'Get Methods',
	action: 'Get enrolment methods of course',
	description:
		'Retrieve the enabled enrolment methods of a course, to see for example whether users can be enrolled by hand',
	reads: [methodsFacts, READS.core_course_get_courses_by_field],
	fields: [locator('course')],
	input: (p) => ({ courseId: p.ref('course', 'Course') }),
	steps: async (inputs, { read, each }) => {
		const courses = remembering<'all', Map<number, Json>>(async () => {
			const ids = [...new Set(inputs.map(({ courseId }) => String(courseId)))];
			return new Map((await visibleById(read, ids)).map((course) => [Number(course.id), course]));
		});
		const methods = remembering(
			async (id: number) => await methodsOf(read, id, (await courses('all')).get(id)),
		);
		return await each(inputs, async ({ courseId }) => ({
			done: (await methods(courseId)).map((method) => ({ ...method })),
		}));
	},
});
