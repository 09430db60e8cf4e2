import { LIST_READS, NAME_READS } from '../../lookup/facts';
import type { ReferenceKind } from '../../lookup/reference';
import type { CallFacts } from '../../moodle/calls';
import type { ReadFacts } from '../../moodle/reads';
import { signatureOf } from '../../moodle/signature';
import { hasReached, type SiteInfo } from '../../moodle/version';
import { titleOf } from '../description';
import type { Operation } from '../types';

/**
 * - `usable`: the token has every function of the operation.
 * - `partlyUsable`: the operation works, but not all of it, or names of records cannot be looked up.
 * - `notInService`: the token's service lacks the function.
 * - `notInMoodle`: this version of Moodle has no such function.
 */
export type Status = 'usable' | 'partlyUsable' | 'notInService' | 'notInMoodle';

/** What the token can do with one operation. */
export interface Report {
	operation: Operation;
	/** `User: Create or Update`. */
	title: string;
	status: Status;
	/** Functions to add to the service. */
	missing: string[];
	/** Functions that this version of Moodle does not have. */
	unknown: string[];
	capabilities: string[];
}

const unique = <T>(list: T[]) => [...new Set(list)];

/** What the service allows besides functions, by the address through which the operation goes. */
const SERVICE_FLAGS: Array<[RegExp, string]> = [
	[/upload\.php$/, 'uploadfiles'],
	[/pluginfile\.php$/, 'downloadfiles'],
];

/** The kinds of records that the operation's fields name. */
function kindsOf(operation: Operation): ReferenceKind[] {
	const locators = operation.fields
		.filter((field) => field.type === 'resourceLocator')
		.map((field) => JSON.stringify(field.modes));
	const all = Object.keys(NAME_READS) as ReferenceKind[];
	const lists: Record<ReferenceKind, string> = {
		user: 'searchUsers',
		course: 'searchCourses',
		category: 'searchCategories',
		cohort: 'searchCohorts',
		group: 'searchGroups',
		grouping: 'searchGroupings',
		role: 'searchRoles',
	};
	return all.filter((kind) => locators.some((modes) => modes.includes(`"${lists[kind]}"`)));
}

/** The functions of an operation: its own, those it also uses, and those that look names up and fill its lists. */
export function functionsOf(operation: Operation): {
	own: Array<CallFacts | ReadFacts>;
	also: ReadFacts[];
} {
	const kinds = kindsOf(operation);
	const helpers = kinds.flatMap((kind) => [...NAME_READS[kind], ...LIST_READS[kind]]);
	if (operation.calls.length > 0)
		return { own: operation.calls, also: [...operation.reads, ...helpers] };
	return { own: operation.reads.slice(0, 1), also: [...operation.reads.slice(1), ...helpers] };
}

/** Whether this version of Moodle has a function. Of functions that are not in the catalogue it is assumed. */
function exists(name: string, release: string): boolean {
	const signature = signatureOf(name);
	if (!signature || release === '') return true;
	return (
		(!signature.since || hasReached(release, signature.since)) &&
		!(signature.gone && hasReached(release, signature.gone))
	);
}

/** What the token can do with an operation, by what the site tells of it. Pure. */
export function reportOf(
	operation: Operation,
	site: SiteInfo,
	flags: Record<string, boolean>,
): Report {
	const has = (name: string) => {
		const flag = SERVICE_FLAGS.find(([pattern]) => pattern.test(name));
		return flag ? flags[flag[1]] !== false : site.functions.has(name);
	};
	const { own, also } = functionsOf(operation);
	const names = unique([...own, ...also].map((facts) => facts.function));
	const absent = names.filter((name) => !has(name));
	const unknown = absent.filter((name) => !exists(name, site.release));
	const ownNames = own.map((facts) => facts.function);
	const someOwn = ownNames.length === 0 || ownNames.some(has);
	const status = (): Status => {
		if (someOwn) return absent.length === 0 ? 'usable' : 'partlyUsable';
		return ownNames.every((name) => unknown.includes(name)) ? 'notInMoodle' : 'notInService';
	};
	return {
		operation,
		title: `${titleOf(operation.resource)}: ${operation.name}`,
		status: status(),
		missing: absent.filter((name) => !unknown.includes(name)),
		unknown,
		capabilities: unique([...own, ...operation.reads].flatMap((facts) => facts.capabilities)),
	};
}
