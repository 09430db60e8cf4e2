import { Problem } from '../../moodle/problem';
import type { Json, Params } from '../../moodle/values';
import { pick } from '../build';
import { field } from '../fields';
import { customFields } from '../moodleFields';

export const name = field('name', 'Name', 'text', {
	max: 254,
	placeholder: 'e.g. Monday group',
	description: 'Unique inside the course',
});
export const idnumber = field('idnumber', 'ID Number', 'text', {
	max: 100,
	clearable: true,
	placeholder: 'e.g. MON-1',
	description: 'Key of the group in your own system, unique inside the course',
});

/** What can be said of a group besides name and ID number. */
export const details = [
	field('description', 'Description', 'multiline', {
		clearable: true,
		description: 'May hold HTML',
	}),
	field('enrolmentkey', 'Enrolment Key', 'password', {
		max: 50,
		clearable: true,
		description: 'Whoever enrols with this key joins the group',
	}),
	field('visibility', 'Visibility', 'choice', {
		since: '4.2',
		default: 0,
		options: [
			{ name: 'Membership Is Hidden', value: 3 },
			{ name: 'Members See Only Themselves', value: 2 },
			{ name: 'Visible to Everyone', value: 0 },
			{ name: 'Visible to Members', value: 1 },
		],
		description:
			'Who sees who belongs to the group. It cannot be changed while the group has members.',
	}),
	field('participation', 'Participation', 'switch', {
		since: '4.2',
		default: true,
		description:
			'Whether the group can be chosen in activities; only for groups that everyone or their members see, others are refused',
	}),
	customFields('4.3'),
];

/** Visibilities with which Moodle switches participation off (groups_create_group and groups_update_group, 4.2 to 5.1). */
const APART = new Set([2, 3]);

/**
 * The fields of a group as entered.
 *
 * @throws Problem for a participation that Moodle would switch off without a word
 */
export function checkedGroup(fields: Params): Params {
	if (!fields.participation || !APART.has(Number(fields.visibility))) return fields;
	throw new Problem({
		message:
			"'Participation' cannot be on for a group with this 'Visibility': Moodle switches it off",
		mend: 'Switch it off, or let everyone or the members see the group.',
		code: 'badvalue',
	});
}

/** The function that changes groups wants the visibility as text, the one that makes them as a number. */
export function asChange(changes: Params): Params {
	return changes.visibility === undefined
		? changes
		: { ...changes, visibility: String(changes.visibility as number) };
}

/** A group as Simplify shows it; the enrolment key is left out. */
export function simplified(group: Json): Json {
	return pick(group, [
		'id',
		'courseid',
		'name',
		'idnumber',
		'description',
		'visibility',
		'participation',
		'canaccessallgroups',
	]);
}
