import type { Params, Value } from '../../moodle/values';
import { idOf, writing } from '../build';
import { collection, field, required, type Field } from '../fields';
import { valueKeys } from '../keys';
import { locator } from '../locators';
import { duplicateCourse } from './copying';
import { fullname, shortname } from './courseFields';
import { getCoursesFacts } from './reads';
import { READS } from '../../moodle/reads';

/** What the copy takes along (`options` of the function). Moodle's own defaults apply to what is not chosen. */
const parts: Field[] = [
	field('activities', 'Activities', 'switch', {
		default: true,
		description: 'Whether activities are copied',
	}),
	field('blocks', 'Blocks', 'switch', { default: true, description: 'Whether blocks are copied' }),
	field('filters', 'Filters', 'switch', {
		default: true,
		description: 'Whether filter settings are copied',
	}),
	field('users', 'Users', 'switch', {
		description: 'Whether users and what they did in the course are copied',
	}),
	field('enrolments', 'Enrolment Methods', 'switch', {
		default: true,
		description: 'Whether enrolment methods are copied; they only are together with users',
	}),
	field('role_assignments', 'Role Assignments', 'switch', {
		description: 'Whether the roles of users are copied',
	}),
	field('comments', 'Comments', 'switch', { description: 'Whether comments of users are copied' }),
	field('userscompletion', 'Completion', 'switch', {
		description: 'Whether what users completed is copied',
	}),
	field('logs', 'Logs', 'switch', { description: 'Whether logs are copied' }),
	field('grade_histories', 'Grade History', 'switch', {
		description: 'Whether the history of grades is copied',
	}),
];
const visible = field('visible', 'Visible', 'switch', {
	default: true,
	description: 'Whether students can see the copy',
});

export const operation = writing({
	resource: 'course',
	value: 'duplicate',
	name: 'Duplicate',
	action: 'Duplicate course',
	description: 'Make a new course as a copy of another one. A large course takes Moodle minutes.',
	calls: [duplicateCourse],
	reads: [
		READS.core_course_get_categories,
		getCoursesFacts,
		READS.core_course_get_courses_by_field,
	],
	batched: false,
	timeout: 600_000,
	fields: [
		locator('course', { description: 'The course to copy' }),
		required({ ...fullname, description: 'The full name of the copy' }),
		required({
			...shortname,
			description: 'The short name of the copy. No other course of the site may have it.',
		}),
		locator('category', { description: 'The category that the copy goes into' }),
		collection('additionalFields', [...parts, visible]),
	],
	input: (p) => {
		const chosen = p.fields('additionalFields', [...parts, visible]);
		const { visible: isVisible, ...rest } = chosen;
		return {
			courseId: p.ref('course', 'Course', 'courseId', { verify: true }),
			categoryId: p.ref('category', 'Category', 'categoryId', { verify: true }),
			fullname: p.text(fullname),
			shortname: p.text(shortname),
			visible: isVisible ?? 1,
			options: Object.entries(rest).map(
				([name, value]): Value => ({ name, value: String(value as number) }),
			),
		};
	},
	keys: (input) => valueKeys('shortname', input.shortname),
	record: (input): Params => ({
		courseid: input.courseId,
		fullname: input.fullname,
		shortname: input.shortname,
		categoryid: input.categoryId,
		visible: input.visible,
		...(input.options.length > 0 ? { options: input.options } : {}),
	}),
	output: (input, reply) => ({
		id: idOf(reply),
		shortname: input.shortname,
		fullname: input.fullname,
		categoryid: input.categoryId,
		copiedfrom: input.courseId,
	}),
});
