/** The catalogue of the Enrollait flow: categories, courses and students. */
import type { Expectation } from '../support/accounting';

/** A category; its parent by number, empty for the top level. */
export interface CatalogueCategory {
	id: string;
	name: string;
	parent: string;
}

/** A course; its category by number. */
export interface CatalogueCourse {
	id: string;
	shortname: string;
	title: string;
	category: string;
	visible: boolean;
}

/** Somebody who takes a course. */
export interface Student {
	id: string;
	course: string;
	firstname: string;
	lastname: string;
	email: string;
}

/** An item and, for one that must fail, what its reason must name. */
export interface Given<T> {
	item: T;
	fails?: Expectation;
}

/** The whole catalogue. */
export interface Catalogue {
	categories: Array<Given<CatalogueCategory>>;
	courses: Array<Given<CatalogueCourse>>;
	students: Array<Given<Student>>;
}

const failed = (field: string, value: string): Expectation => ({ expect: 'failed', field, value });

function course(id: string, title: string, category: string, visible = true): CatalogueCourse {
	return { id, shortname: `ENR ${id}`, title, category, visible };
}

function student(
	number: number,
	taken: string,
	firstname: string,
	lastname: string,
	name: string,
): Student {
	return {
		id: `ENR-S-${number}`,
		course: taken,
		firstname,
		lastname,
		email: `${name}@school.example`,
	};
}

/** The same catalogue every time. */
export const CATALOGUE: Catalogue = {
	categories: [
		{ item: { id: 'ENR-CAT-1', name: 'Languages & Cultures', parent: '' } },
		{ item: { id: 'ENR-CAT-2', name: 'Français', parent: 'ENR-CAT-1' } },
		{ item: { id: 'ENR-CAT-3', name: '日本語', parent: 'ENR-CAT-1' } },
		{
			item: { id: 'ENR-CAT-4', name: 'Orphan', parent: 'ENR-CAT-NONE' },
			fails: failed('category', 'ENR-CAT-NONE'),
		},
	],
	courses: [
		{ item: course('ENR-C-1', "French for Beginners: l'essentiel", 'ENR-CAT-2') },
		{ item: course('ENR-C-2', "French, next year's course", 'ENR-CAT-2', false) },
		{ item: course('ENR-C-3', '日本語入門', 'ENR-CAT-3') },
		{
			item: course('ENR-C-4', 'Of no category', 'ENR-CAT-NONE'),
			fails: failed('category', 'ENR-CAT-NONE'),
		},
	],
	students: [
		{ item: student(1, 'ENR-C-1', 'Olivia', "O'Connor", 'enr.olivia') },
		{ item: student(2, 'ENR-C-2', 'Olivia', "O'Connor", 'enr.olivia') },
		{ item: student(3, 'ENR-C-2', 'Jürgen', 'Groß', 'enr.juergen') },
		{ item: student(4, 'ENR-C-3', 'Gülşen', 'Öztürk', 'enr.guelsen') },
		{
			item: student(5, 'ENR-C-NONE', 'Taro', 'Sato', 'enr.taro'),
			fails: failed('course', 'ENR-C-NONE'),
		},
		{
			item: { ...student(6, 'ENR-C-1', 'Lucía', 'Peña', 'enr.lucia'), email: 'lucia(at)school' },
			fails: failed('email', 'lucia(at)school'),
		},
	],
};
