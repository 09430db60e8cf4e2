/** Tokens and services: who calls, and may the function be called. */
import { randomBytes } from 'node:crypto';

import { hasCapability, SYSTEM } from './access';
import { accessError, moodleError } from './errors';
import type { Service, Site, Token } from './site';
import type { Switches } from './types';

/** A caller whose token is good. */
export interface Caller {
	token: Token;
	service: Service;
	userid: number;
}

/** A new token text. */
export function makeToken(): string {
	return randomBytes(16).toString('hex');
}

/** Adds a service. */
export function addService(site: Site, values: Partial<Service> & { shortname: string }): Service {
	const service: Service = {
		id: site.services.size + 1,
		name: values.shortname,
		enabled: true,
		restricted: false,
		functions: 'all',
		uploadfiles: true,
		downloadfiles: true,
		requiredcapability: '',
		users: [],
		...values,
	};
	site.services.set(service.id, service);
	return service;
}

/** Adds a token of a service. */
export function addToken(
	site: Site,
	values: Partial<Token> & { userid: number; serviceid: number },
): Token {
	const token: Token = {
		token: makeToken(),
		validuntil: 0,
		iprestriction: '',
		privatetoken: makeToken() + makeToken(),
		...values,
	};
	site.tokens.set(token.token, token);
	return token;
}

/** Moodle's address_in_subnet for `1.2.3.4`, `1.2.3.` and `1.2.3.0/24`, comma separated. */
export function addressMatches(ip: string, list: string): boolean {
	const number = (text: string): number =>
		text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
	return list.split(',').some((entry) => {
		const subnet = entry.trim();
		if (subnet === '') return false;
		const [base, bits] = subnet.split('/');
		if (bits === undefined) return ip === base || (base.endsWith('.') && ip.startsWith(base));
		const size = 2 ** (32 - Number(bits));
		return Math.floor(number(ip) / size) === Math.floor(number(base) / size);
	});
}

/**
 * authenticate_by_token and what follows it, in Moodle's order.
 * @throws MoodleError invalidtoken, accessexception, sitemaintenance, wsaccessuser...
 */
export function authenticate(
	site: Site,
	switches: Switches,
	text: string | undefined,
	ip: string,
): Caller {
	const token = text === undefined ? undefined : site.tokens.get(text);
	if (!token) throw moodleError('invalidtoken', 'Invalid token - token not found');
	if (token.validuntil && token.validuntil < site.now()) {
		site.tokens.delete(token.token);
		throw accessError('Invalid token - token expired - check validuntil time for the token');
	}
	if (token.iprestriction && !addressMatches(ip, token.iprestriction)) {
		throw accessError(`Invalid service - IP:${ip} is not supported - check this allowed user`);
	}
	if (switches.upgradeRunning)
		throw moodleError('upgraderunning', 'Site is being upgraded, please retry later.');
	checkMaintenance(site, switches, token.userid);
	checkUser(site, token.userid);
	noteSync(site, token.userid);
	return { token, service: site.services.get(token.serviceid) as Service, userid: token.userid };
}

function checkMaintenance(site: Site, switches: Switches, userid: number): void {
	if (
		switches.maintenance &&
		!hasCapability(site, userid, 'moodle/site:maintenanceaccess', SYSTEM)
	) {
		throw moodleError(
			'sitemaintenance',
			'The site is undergoing maintenance and is currently not available',
		);
	}
}

/** Signing in leaves a preference. */
function noteSync(site: Site, userid: number): void {
	const user = site.users.get(userid);
	if (!user || user.preferences.last_time_enrolments_synced) return;
	const preferences = { ...user.preferences, last_time_enrolments_synced: String(site.now()) };
	site.users.update(userid, { preferences });
}

function checkUser(site: Site, userid: number): void {
	const user = site.users.get(userid);
	const refuse = (code: string, state: string) =>
		moodleError(code, `Refused web service access for ${state} username: ${user?.username ?? ''}`);
	if (!user || user.deleted) throw refuse('wsaccessuserdeleted', 'deleted');
	if (!user.confirmed) throw refuse('wsaccessuserunconfirmed', 'unconfirmed');
	if (user.suspended) throw refuse('wsaccessusersuspended', 'suspended');
	if (user.preferences.sandbox_passwordexpired === '1')
		throw refuse('wsaccessuserexpired', 'password expired');
	if (user.auth === 'nologin') throw refuse('wsaccessusernologin', 'nologin authentication');
}

/** @throws MoodleError accessexception where the protocol is not allowed */
export function checkProtocol(site: Site, userid: number): void {
	if (!hasCapability(site, userid, 'webservice/rest:use', SYSTEM)) {
		throw accessError(
			'You are not allowed to use the rest protocol (missing capability: webservice/rest:use)',
		);
	}
}

/** True where the service lets this user call the function. A "valid until" in the FUTURE refuses, as in Moodle. */
export function mayCall(site: Site, caller: Caller, name: string, ip: string): boolean {
	const service = caller.service;
	if (!service.enabled) return false;
	if (service.functions !== 'all' && !service.functions.has(name)) return false;
	if (
		service.requiredcapability &&
		!hasCapability(site, caller.userid, service.requiredcapability, SYSTEM)
	)
		return false;
	if (!service.restricted) return true;
	return service.users.some(
		(user) =>
			user.userid === caller.userid &&
			!(user.validuntil && user.validuntil > site.now()) &&
			(user.iprestriction === '' || addressMatches(ip, user.iprestriction)),
	);
}

/** Names of the functions that a service offers. */
export function functionsOf(service: Service, names: readonly string[]): string[] {
	if (service.functions === 'all') return [...names];
	const chosen = service.functions;
	return names.filter((name) => chosen.has(name));
}
