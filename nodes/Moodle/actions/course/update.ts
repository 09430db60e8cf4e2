import type { Reference } from '../../lookup/reference';
import { coursesById } from '../../lookup/courses';
import { asIs } from '../../common/asIs';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import type { Json, Params } from '../../moodle/values';
import { previewOf } from '../build';
import { collection } from '../fields';
import { refKey } from '../keys';
import { locator } from '../locators';
import type { Operation, Services, Step } from '../types';
import { unknownCourse, updateCourses } from './calls';
import { fullname, settings, shortname } from './courseFields';
import { checkedCourse, completeChange, endsTooEarly, wouldReverse } from './courseRecord';
import { withCustomFields } from './customFields';
import { notFrontPage } from './frontPage';
import { getCoursesFacts } from './reads';
import { READS } from '../../moodle/reads';

const changeable = [fullname, shortname, ...settings];

interface Input {
	courseId: Reference;
	categoryId?: Reference;
	record: Params;
}

/** The fields to change, with the category to move to as one more entry. */
function updateFields() {
	const made = collection('updateFields', changeable);
	const category = locator('category', {
		required: false,
		description: 'The category that the course is moved to',
	});
	const options = [...(made.options ?? []), category] as Array<typeof category>;
	return {
		...made,
		options: options.sort((a, b) => a.displayName.localeCompare(b.displayName, 'en')),
	};
}

/** Courses as they are, for changes of dates, which Moodle judges by what is sent alone. */
async function existingFor(
	records: Params[],
	ids: number[],
	services: Services,
): Promise<Map<number, Json> | undefined> {
	const dated = ids.filter(
		(_, index) => records[index].startdate !== undefined || records[index].enddate !== undefined,
	);
	try {
		return new Map(
			(await coursesById(services.read, dated.map(String))).map((course) => [
				Number(course.id),
				course,
			]),
		);
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return undefined;
		throw asIs(caught);
	}
}

function stepOf(id: number, changes: Params, existing: Map<number, Json> | undefined): Step {
	const isDated = changes.startdate !== undefined || changes.enddate !== undefined;
	const course = existing?.get(id);
	if (isDated && existing && !course) return { problem: unknownCourse(String(id)) };
	if (course && wouldReverse(changes, course)) return { problem: endsTooEarly() };
	const record = { id, ...(course ? completeChange(changes, course) : changes) };
	return {
		task: {
			call: updateCourses,
			record,
			action: 'update',
			output: () => ({ id, updated: true }),
			preview: previewOf(record),
		},
	};
}

export const operation: Operation<Input> = {
	resource: 'course',
	value: 'update',
	name: 'Update',
	action: 'Update course',
	description: 'Update a course',
	writes: true,
	batched: true,
	calls: [updateCourses],
	reads: [
		getCoursesFacts,
		READS.core_course_get_courses_by_field,
		READS.core_course_get_categories,
	],
	fields: [locator('course'), updateFields()],
	input: (p) => {
		const categoryId = p.reference(p.entered('updateFields').categoryId, 'category', 'Category', {
			verify: true,
		});
		const record = checkedCourse(p.fields('updateFields', changeable, 'update'));
		if (!categoryId && Object.keys(record).length === 0)
			throw new Problem({
				message: 'There is nothing to change',
				mend: "Add a field under 'Update Fields'.",
				code: 'empty',
			});
		return { courseId: notFrontPage(p.ref('course', 'Course')), categoryId, record };
	},
	keys: ({ courseId }) => [refKey(courseId)],
	steps: async (inputs, services) => {
		const records = await withCustomFields(
			inputs.map(({ record, categoryId }) => ({ ...record, categoryid: categoryId })),
			services,
		);
		const good = records.map((record) => (record instanceof Problem ? {} : record));
		const existing = await existingFor(
			good,
			inputs.map((input) => input.courseId),
			services,
		);
		return inputs.map(({ courseId }, index) => {
			const problem = records[index];
			return problem instanceof Problem ? { problem } : stepOf(courseId, good[index], existing);
		});
	},
};
