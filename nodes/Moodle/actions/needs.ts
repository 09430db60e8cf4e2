import { LIST_READS, NAME_READS } from '../lookup/facts';
import type { ReferenceKind } from '../lookup/reference';
import type { CallFacts } from '../moodle/calls';
import { READS, type ReadFacts } from '../moodle/reads';
import type { Needing, ServiceSetting } from './types';

type Facts = CallFacts | ReadFacts;

/** What a token must be allowed for something to work. */
export interface Needs {
	/** Functions without which it does not work, or not for records given by name. */
	functions: string[];
	/** Functions for the lists of the editor, for many names at once, and for names that are spelt in other capitals. */
	comforts: string[];
	/** Capabilities of the role, those for the comforts included. */
	capabilities: string[];
	/** Settings of the service. */
	settings: ServiceSetting[];
}

/** What every call needs: the protocol, and a way into courses that the account is not enrolled in, hidden ones too. */
const EVERY_CALL = ['webservice/rest:use', 'moodle/course:view', 'moodle/course:viewhiddencourses'];

const LISTS: Record<ReferenceKind, string> = {
	user: 'searchUsers',
	course: 'searchCourses',
	category: 'searchCategories',
	cohort: 'searchCohorts',
	group: 'searchGroups',
	grouping: 'searchGroupings',
	role: 'searchRoles',
};

/** The kinds of records that the operation's fields name. */
function kindsOf(operation: Needing): ReferenceKind[] {
	const modes = operation.fields
		.filter((field) => field.type === 'resourceLocator')
		.map((field) => JSON.stringify(field.modes));
	const kinds = Object.keys(NAME_READS) as ReferenceKind[];
	return kinds.filter((kind) => modes.some((text) => text.includes(`"${LISTS[kind]}"`)));
}

/** Facts on the functions of an operation by what they are for. */
export interface FunctionsOf {
	/** Without all of these there is no operation. */
	own: Facts[];
	/** What it also reads, and how it finds records by name. */
	also: Facts[];
	/** What it can do without. */
	comforts: Facts[];
}

/** The functions of an operation. Of the functions that find a name, the first one always does; the others help it. */
export function functionsOf(operation: Needing): FunctionsOf {
	const kinds = kindsOf(operation);
	const first = operation.needsAll ? operation.reads : operation.reads.slice(0, 1);
	const own: Facts[] = operation.calls.length > 0 ? operation.calls : first;
	const reads = operation.reads.filter((facts) => !own.includes(facts));
	return {
		own,
		also: [...reads, ...kinds.flatMap((kind) => NAME_READS[kind].slice(0, 1))],
		comforts: kinds.flatMap((kind) => [...NAME_READS[kind].slice(1), ...LIST_READS[kind]]),
	};
}

const unique = <T>(list: T[]) => [...new Set(list)].sort();

/** What a token must be allowed to do all of these operations. */
export function needsOf(operations: Needing[]): Needs {
	const parts = operations.map(functionsOf);
	const needed = parts.flatMap(({ own, also }) => [...own, ...also]);
	const comforts = parts.flatMap((part) => part.comforts);
	const functions = unique([
		READS.core_webservice_get_site_info.function,
		...needed.map((facts) => facts.function),
	]);
	return {
		functions,
		comforts: unique(comforts.map((facts) => facts.function)).filter(
			(name) => !functions.includes(name),
		),
		capabilities: unique([
			...EVERY_CALL,
			...[...needed, ...comforts].flatMap((facts) => facts.capabilities),
		]),
		settings: unique(operations.flatMap(({ serviceSetting }) => serviceSetting ?? [])),
	};
}
