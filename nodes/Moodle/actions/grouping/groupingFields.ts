import type { Json, Params } from '../../moodle/values';
import { pick } from '../build';
import { field } from '../fields';
import { customFields } from '../moodleFields';

export const name = field('name', 'Name', 'text', {
	max: 255,
	placeholder: 'e.g. Laboratory groups',
	description: 'Unique inside the course',
});
export const idnumber = field('idnumber', 'ID Number', 'text', {
	max: 100,
	clearable: true,
	placeholder: 'e.g. LAB',
	description: 'Key of the grouping in your own system, unique inside the course',
});

/** What can be said of a grouping besides name and ID number. */
export const details = [
	field('description', 'Description', 'multiline', {
		clearable: true,
		description: 'May hold HTML',
	}),
	customFields('4.3'),
];

/**
 * A new grouping. Without an ID number, be it empty, Moodle makes it and then cannot answer; a description is required
 * (all versions).
 */
export function newGrouping(courseid: number, record: Params): Params {
	return { courseid, description: '', ...record, idnumber: record.idnumber ?? '' };
}

/** A grouping as Simplify shows it. */
export function simplified(grouping: Json): Json {
	return pick(grouping, ['id', 'courseid', 'name', 'idnumber', 'description']);
}
