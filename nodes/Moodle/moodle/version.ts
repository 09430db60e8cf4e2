import { isObject, objectsOf } from './values';

/** Moodle's version as major and minor, e.g. `4.5`. */
export type Release = string;

/** What `core_webservice_get_site_info` tells about the site and the token. `userprivateaccesskey` is never kept. */
export interface SiteInfo {
	release: Release;
	/** Release as Moodle words it, e.g. `4.5.5+ (Build: 20250613)`. */
	releaseText: string;
	siteurl: string;
	userid: number;
	username: string;
	siteadmin: boolean;
	/** Full names are the first name, a space and the last name; told by those of the token's own account. */
	firstNameFirst: boolean;
	/** Names of the functions that the token may call. */
	functions: Set<string>;
}

/** `4.5` of `4.5.5+ (Build: 20250613)`; empty when the text holds no version. */
export function releaseOf(text: string): Release {
	return /^\s*(\d+\.\d+)/.exec(text)?.[1] ?? '';
}

/** Whether `release` is the same as or newer than `since`. An unknown release passes: the site itself will decide. */
export function hasReached(release: Release | undefined, since: Release): boolean {
	if (!release) return true;
	const [major, minor] = release.split('.').map(Number);
	const [sinceMajor, sinceMinor] = since.split('.').map(Number);
	return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

/** Reads the reply of `core_webservice_get_site_info`; undefined when it is not one. */
export function readSiteInfo(reply: unknown): SiteInfo | undefined {
	if (!isObject(reply) || typeof reply.userid !== 'number') return undefined;
	const releaseText = String(reply.release ?? '');
	return {
		release: releaseOf(releaseText),
		releaseText,
		siteurl: String(reply.siteurl ?? ''),
		userid: reply.userid,
		username: String(reply.username ?? ''),
		siteadmin: reply.userissiteadmin === true,
		firstNameFirst:
			reply.firstname !== reply.lastname &&
			reply.fullname === `${String(reply.firstname)} ${String(reply.lastname)}`,
		functions: new Set(objectsOf(reply.functions).map((entry) => String(entry.name))),
	};
}
