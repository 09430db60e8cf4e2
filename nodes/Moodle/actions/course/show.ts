import { toIso } from '../../moodle/dates';
import type { Json } from '../../moodle/values';
import { pick } from '../build';

/** A course as an item: short, or as Moodle has it. What the account may not see of the course is left out. */
export function showCourse(course: Json, simplify: boolean): Json {
	if (!simplify) return course;
	const dates = Object.fromEntries(
		['startdate', 'enddate', 'timemodified']
			.filter((key) => course[key] !== undefined)
			.map((key) => [key, toIso(course[key])]),
	);
	const visible = course.visible === undefined ? {} : { visible: Number(course.visible) === 1 };
	return {
		...pick(course, ['id', 'shortname', 'fullname', 'idnumber', 'categoryid', 'format']),
		...visible,
		...dates,
	};
}
