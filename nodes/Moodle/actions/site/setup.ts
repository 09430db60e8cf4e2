import { signatureOf } from '../../moodle/signature';
import { hasReached, type SiteInfo } from '../../moodle/version';
import { titleOf } from '../description';
import { functionsOf, needsOf } from '../needs';
import type { Needing, ServiceSetting } from '../types';
import type { Use } from '../uses';

/**
 * - `usable`: the token has every function of the operation.
 * - `partlyUsable`: the operation works, but not all of it, or names of records cannot be looked up.
 * - `notInService`: the token's service lacks the function.
 * - `notInMoodle`: this version of Moodle has no such function.
 */
export type Status = 'usable' | 'partlyUsable' | 'notInService' | 'notInMoodle';

/** What is known of a token and its site. */
export interface Seen {
	site: SiteInfo;
	/** The settings of the service that are on. */
	settings: Set<ServiceSetting>;
}

/** What the token can do with one operation. */
export interface Report {
	operation: Needing;
	/** `User: Create or Update`. */
	title: string;
	status: Status;
	/** Functions to add to the service. */
	missing: string[];
	/** Settings to switch on in the service. */
	off: ServiceSetting[];
	/** Functions that this version of Moodle does not have. */
	unknown: string[];
	capabilities: string[];
}

const unique = <T>(list: T[]) => [...new Set(list)];
const namesOf = (facts: Array<{ function: string }>) =>
	unique(facts.map(({ function: name }) => name));

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
export function reportOf(operation: Needing, { site, settings }: Seen): Report {
	const { own, also, comforts } = functionsOf(operation);
	const has = (name: string) => site.functions.has(name);
	const absent = namesOf([...own, ...also, ...comforts]).filter((name) => !has(name));
	const unknown = absent.filter((name) => !exists(name, site.release));
	const off = [operation.serviceSetting ?? []].flat().filter((name) => !settings.has(name));
	const ownNames = namesOf(own);
	const status = (): Status => {
		const isUsable = operation.needsAll ? ownNames.every(has) : ownNames.some(has);
		if (ownNames.length > 0 && !isUsable)
			return ownNames.every((name) => unknown.includes(name)) ? 'notInMoodle' : 'notInService';
		if (off.length > 0) return 'notInService';
		return absent.length === 0 ? 'usable' : 'partlyUsable';
	};
	return {
		operation,
		title: `${titleOf(operation.resource)}: ${operation.name}`,
		status: status(),
		missing: absent.filter((name) => !unknown.includes(name)),
		off,
		unknown,
		capabilities: unique([...own, ...operation.reads].flatMap((facts) => facts.capabilities)),
	};
}

/** What the token can do with a use. */
export interface UseReport {
	use: Use;
	/** The service has all that the use needs, as far as this version of Moodle has it. */
	isReady: boolean;
	/** Functions to add to the service, without which something of the use does not work. */
	missing: string[];
	/** Functions to add for the lists of the editor, many names at once, and names in other capitals. */
	useful: string[];
	/** Settings to switch on in the service. */
	off: ServiceSetting[];
	/** Functions that this version of Moodle does not have. */
	unknown: string[];
	capabilities: string[];
	/** The account is a site administrator, who has all capabilities. */
	siteadmin: boolean;
}

/**
 * What the token can do with a use. Pure.
 *
 * @param operations all operations of the node
 * @param seen undefined while nothing is set up: then everything is missing
 */
export function useReportOf(use: Use, operations: Needing[], seen?: Seen): UseReport {
	const needs = needsOf(operations.filter(use.covers));
	const absent = (names: string[]) => names.filter((name) => !seen?.site.functions.has(name));
	const known = (name: string) => exists(name, seen?.site.release ?? '');
	const missing = absent(needs.functions).filter(known);
	const off = needs.settings.filter((name) => !seen?.settings.has(name));
	return {
		use,
		isReady: missing.length === 0 && off.length === 0,
		missing,
		useful: absent(needs.comforts).filter(known),
		off,
		unknown: absent([...needs.functions, ...needs.comforts]).filter((name) => !known(name)),
		capabilities: needs.capabilities,
		siteadmin: seen?.site.siteadmin === true,
	};
}
