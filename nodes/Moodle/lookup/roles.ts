import { answerEach } from './answers';
import type { Finder } from './found';
import { Spellings } from '../moodle/spellings';

/** A role as Moodle installs it. */
export interface StandardRole {
	id: number;
	shortname: string;
	name: string;
}

/**
 * The roles of a new Moodle with their ids, the same from 4.1 to 5.1 (lib/db/install.php). Core has no web-service
 * function that lists roles, so a site that made its own needs their ids.
 */
export const STANDARD_ROLES: StandardRole[] = [
	{ id: 5, shortname: 'student', name: 'Student' },
	{ id: 4, shortname: 'teacher', name: 'Non-editing teacher' },
	{ id: 3, shortname: 'editingteacher', name: 'Teacher' },
	{ id: 1, shortname: 'manager', name: 'Manager' },
	{ id: 2, shortname: 'coursecreator', name: 'Course creator' },
];

/** Finder of roles by short name, which is in lower case. Nothing is asked of Moodle. */
export const findRoles: Finder = async (_context, mode, values) => {
	const rows = new Spellings(STANDARD_ROLES, (role) => (mode === 'id' ? role.id : role.shortname));
	return await answerEach(
		values,
		async (value) =>
			await Promise.resolve(
				rows.inAnyCapitals(value).map((role) => ({ id: role.id, key: value, label: role.name })),
			),
	);
};
