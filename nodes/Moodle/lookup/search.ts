import type { INodeListSearchItems } from 'n8n-workflow';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { READS } from '../moodle/reads';
import { signatureOf } from '../moodle/signature';
import { bareLetters } from '../moodle/spelling';
import { objectsOf, type Json } from '../moodle/values';
import { allCategories } from './categories';
import { asIs } from '../common/asIs';
import { searchCohorts as cohortPage } from './cohorts';
import { allCourses } from './courses';
import { groupsOfCourse, type GroupKind } from './groups';
import { cut, LIST_PAGE, listPage, pageOf, type ListSearch } from './listPages';
import { STANDARD_ROLES } from './roles';

/** Whether a text holds every word of the filter, whatever its capitals and accents. */
function holds(text: string, filter: string | undefined): boolean {
	const folded = bareLetters(text);
	return bareLetters(filter)
		.split(/\s+/)
		.every((word) => folded.includes(word));
}

const labelled = (name: unknown, more: unknown) =>
	more === undefined || more === null || more === ''
		? String(name)
		: `${String(name)} (${String(more)})`;

const courseEntry = (course: Json): INodeListSearchItems => ({
	name: labelled(course.fullname, course.shortname),
	value: String(course.id),
});

/** Courses whose names, ID number or summary hold the filter. The front page is never among them. */
export const searchCourses: ListSearch = async (read, filter = '', token) => {
	const page = pageOf(token);
	try {
		const reply = await read(READS.core_course_search_courses, {
			criterianame: 'search',
			criteriavalue: filter.trim(),
			page,
			perpage: LIST_PAGE,
		});
		const total = Number(reply.total);
		return listPage(
			objectsOf(reply.courses).map(courseEntry),
			page,
			total > (page + 1) * LIST_PAGE,
		);
	} catch (caught) {
		// One course in a category that is gone spoils this search for everybody (all versions).
		const isSpoilt =
			caught instanceof MoodleFailure && ['record', 'function'].includes(caught.reach);
		const all = isSpoilt ? await allCourses(read) : undefined;
		if (!all) throw asIs(caught);
		return cut(
			all.map(courseEntry).filter((entry) => holds(entry.name, filter)),
			token,
		);
	}
};

/** Categories with the ones above them: `Faculty / Year 1`. */
export const searchCategories: ListSearch = async (read, filter, token) => {
	const rows = await allCategories(read);
	const names = new Map(rows.map((row) => [String(row.id), String(row.name)]));
	const pathOf = (row: Json) => {
		const ids = String(row.path ?? '')
			.split('/')
			.filter((id) => id !== '');
		return ids.length > 0 ? ids.map((id) => names.get(id) ?? '…').join(' / ') : String(row.name);
	};
	const entries = rows.map((row) => ({ name: pathOf(row), value: String(row.id) }));
	return cut(
		entries.filter((entry) => holds(entry.name, filter)),
		token,
	);
};

/** Cohorts of the whole site whose name, ID number or description holds the filter. */
export const searchCohorts: ListSearch = async (read, filter = '', token) => {
	const page = pageOf(token);
	const rows = await cohortPage(read, filter.trim(), page, LIST_PAGE);
	return listPage(
		rows.map((row) => ({ name: labelled(row.name, row.idnumber), value: String(row.id) })),
		page,
		rows.length === LIST_PAGE,
	);
};

function inCourse(kind: GroupKind): ListSearch {
	return async (read, filter, token, courseId) => {
		if (courseId === undefined) {
			throw new Problem({
				message: `Choose the course first: the list shows its ${kind}s`,
				mend: 'If the course comes from an expression, give this one by name, ID number or ID.',
				code: 'nocourse',
			});
		}
		const rows = await groupsOfCourse(read, kind, courseId);
		const entries = rows.map((row) => ({
			name: labelled(row.name, row.idnumber),
			value: String(row.id),
		}));
		return cut(
			entries.filter((entry) => holds(entry.name, filter)),
			token,
		);
	};
}

/** Groups of the chosen course. @throws Problem while none is chosen */
export const searchGroups = inCourse('group');

/** Groupings of the chosen course. @throws Problem while none is chosen */
export const searchGroupings = inCourse('grouping');

/** The roles of a new Moodle: core has no function that lists roles, so others are given by their ID. */
export const searchRoles: ListSearch = async (_read, filter, token) => {
	const entries = STANDARD_ROLES.map((role) => ({
		name: labelled(role.name, role.shortname),
		value: String(role.id),
	}));
	return await Promise.resolve(
		cut(
			entries.filter((entry) => holds(entry.name, filter)),
			token,
		),
	);
};

/** What a function does to the data, and since which version Moodle has it. */
function functionLabel(name: string): string {
	const signature = signatureOf(name);
	if (!signature) return `${name} (of a plugin, may write)`;
	const since = signature.since ? `, since Moodle ${signature.since}` : '';
	return `${name} (${signature.write ? 'writes' : 'reads'}${since})`;
}

/** The functions that the token may call; searched by name, and by what they do. */
export const searchFunctions: ListSearch = async (read, filter, token) => {
	const reply = await read(READS.core_webservice_get_site_info, {});
	const names = objectsOf(reply.functions).map((entry) => String(entry.name));
	return cut(
		names
			.sort()
			.map((name) => ({ name: functionLabel(name), value: name }))
			.filter((entry) => holds(entry.name, filter)),
		token,
	);
};

export { searchUsers } from './searchUsers';
export { searchReports } from './reports';
