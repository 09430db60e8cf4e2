import { type Finder } from './lookup';

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

/** Finder of roles by short name. */
export const findRoles: Finder = async (_context, mode, values) => {
	const wanted = new Set(values.map((value) => value.trim().toLowerCase()));
	const rows = STANDARD_ROLES.filter((role) => (mode === 'id' ? wanted.has(String(role.id)) : wanted.has(role.shortname)));
	return rows.map((role) => ({ id: role.id, key: mode === 'id' ? String(role.id) : role.shortname, label: role.name }));
};
