import { coursesById } from '../../lookup/courses';
import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { READS, readFacts } from '../../moodle/reads';
import { holding } from '../../moodle/replies';
import { objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { field, simplify } from '../fields';
import { locator } from '../locators';
import { remembering } from '../../common/remembering';
import type { Parameters } from '../parameters';
import type { Step } from '../types';
import { numberOrNull } from './gradeFields';

const courseGradesFacts = readFacts({
	function: 'gradereport_overview_get_course_grades',
	capabilities: ['moodle/grade:viewall'],
	reply: holding('grades'),
});

const courseNames = field('courseNames', 'Include Course Names', 'boolean', {
	default: false,
	description:
		'Whether to add short name and full name of the courses, which takes one more request for all items together',
});

function inputOf(p: Parameters) {
	return {
		userId: p.ref('user', 'User'),
		courseId: p.maybeRef('course', 'Course'),
		simple: p.flag('simplify'),
		names: p.optionFlag(courseNames),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

async function gradesOf(read: Read, userid: number): Promise<Json[]> {
	const reply = await read(courseGradesFacts, { userid });
	return objectsOf(reply.grades);
}

/** A dash is how Moodle shows that there is no grade (yet). */
function simplified(userid: number, row: Json): Json {
	const grade = row.grade === '-' || row.grade === '' ? null : row.grade;
	const made: Json = {
		userid,
		courseid: row.courseid,
		grade,
		rawgrade: numberOrNull(row.rawgrade),
	};
	return row.rank === undefined || row.rank === null ? made : { ...made, rank: row.rank };
}

function noGrade(userid: number, courseid: number): Problem {
	return new Problem({
		message: `Moodle shows no grade of the user with the ID ${userid} in the course with the ID ${courseid}`,
		mend: "The user must be enrolled there with a role that is graded, and 'Show gradebook to students' must be on in the settings of the course.",
		code: 'notfound',
	});
}

function stepOf(input: Input, grades: Json[]): Step {
	const { userId, courseId, simple } = input;
	const wanted =
		courseId === undefined ? grades : grades.filter((row) => row.courseid === courseId);
	if (courseId !== undefined && wanted.length === 0) return { problem: noGrade(userId, courseId) };
	return { done: wanted.map((row) => (simple ? simplified(userId, row) : row)) };
}

/** Names of all courses in the answers, by id. */
async function namesOf(read: Read, steps: Step[]): Promise<Map<number, Json>> {
	const ids = steps.flatMap((step) =>
		'done' in step ? objectsOf(step.done).map((row) => String(row.courseid)) : [],
	);
	return new Map((await coursesById(read, ids)).map((course) => [Number(course.id), course]));
}

function withNames(step: Step, names: Map<number, Json>): Step {
	if (!('done' in step)) return step;
	const done = objectsOf(step.done).map((row) => {
		const course = names.get(Number(row.courseid));
		return {
			...row,
			courseshortname: course?.shortname ?? null,
			coursefullname: course?.fullname ?? null,
		};
	});
	return { ...step, done };
}

export const operation = reading({
	resource: 'grade',
	value: 'getCourseGrades',
	name: 'Get Course Grades',
	action: 'Get course grades of user',
	description: "Retrieve a user's final grades, one item per course",
	reads: [courseGradesFacts, READS.core_course_get_courses],
	fields: [
		locator('user'),
		locator('course', {
			required: false,
			description: 'Only the grade of this course. Leave it empty for all courses of the user.',
		}),
		simplify,
	],
	options: [courseNames],
	input: inputOf,
	steps: async (inputs, services) => {
		const grades = remembering((userid: number) => gradesOf(services.read, userid));
		const steps = await services.each(inputs, async (input) =>
			stepOf(input, await grades(input.userId)),
		);
		if (!inputs.some((input) => input.names)) return steps;
		const names = await namesOf(
			services.read,
			steps.filter((_, index) => inputs[index].names),
		);
		return steps.map((step, index) => (inputs[index].names ? withNames(step, names) : step));
	},
});
