/** /login/token.php: user name and password for a token. */
import { hasCapability, SYSTEM } from './access';
import { caught, moodleError, type MoodleError } from './errors';
import { jsonEncode } from './php';
import { param, type Reply, type Request } from './request';
import type { Service, Site } from './site';
import { addressMatches, addToken } from './tokens';
import type { Switches } from './types';

const JSON_TYPE = 'application/json; charset=utf-8';
const MOBILE = 'moodle_mobile_app';

/** An error of token.php, upload.php and pluginfile.php. */
export function ajaxError(error: MoodleError, contentType = JSON_TYPE): Reply {
	const body = {
		error: error.text,
		errorcode: error.code,
		stacktrace: null,
		debuginfo: null,
		reproductionlink: null,
	};
	return {
		status: 200,
		headers: { 'Content-Type': contentType },
		body: jsonEncode(body),
		outcome: error.code ?? 'error',
	};
}

/** A parameter that must be there. */
export function requireParam(request: Request, name: string): string {
	const value = param(request, name);
	if (value === undefined)
		throw moodleError('missingparam', `A required parameter (${name}) was missing`);
	return value;
}

/** Answers a request for a token. */
export function login(site: Site, switches: Switches, request: Request): Reply {
	try {
		if (!switches.webservices)
			throw moodleError(
				'enablewsdescription',
				'Web services must be enabled in Advanced features.',
			);
		if (param(request, 'appsitecheck')) return json({ appsitecheck: 'ok' });
		const username = requireParam(request, 'username').trim().toLowerCase();
		const password = requireParam(request, 'password');
		const service = requireParam(request, 'service');
		const userid = signIn(site, switches, username, password);
		return json(issue(site, userid, service, request.ip));
	} catch (error) {
		return ajaxError(caught(error));
	}
}

function json(value: unknown): Reply {
	return {
		status: 200,
		headers: { 'Content-Type': JSON_TYPE },
		body: jsonEncode(value),
		outcome: 'ok',
	};
}

function signIn(site: Site, switches: Switches, username: string, password: string): number {
	const user = site.users.find('username', site.texts.key(username)).find((u) => !u.deleted);
	if (!user || user.password !== password || user.suspended || user.auth === 'nologin') {
		throw moodleError('invalidlogin', 'Invalid login, please try again');
	}
	if (user.id === 1) throw moodleError('noguest', 'Guests are not allowed here');
	if (!user.confirmed) throw moodleError('usernotconfirmed', `Could not confirm ${user.username}`);
	if (user.preferences.sandbox_passwordexpired === '1')
		throw moodleError('passwordisexpired', 'Your password has expired');
	if (
		switches.maintenance &&
		!hasCapability(site, user.id, 'moodle/site:maintenanceaccess', SYSTEM)
	) {
		throw moodleError(
			'sitemaintenance',
			'The site is undergoing maintenance and is currently not available',
		);
	}
	return user.id;
}

/** The token of a user for a service: an existing one, or a new one where the user may make it. */
function issue(
	site: Site,
	userid: number,
	shortname: string,
	ip: string,
): { token: string; privatetoken: string | null } {
	const service = [...site.services.values()].find((s) => s.shortname === shortname && s.enabled);
	if (!service) {
		throw moodleError(
			'servicenotavailable',
			"Web service is not available. (It doesn't exist or might be disabled.)",
		);
	}
	checkService(site, service, userid, ip);
	const admin = site.admins.has(userid);
	const existing = [...site.tokens.values()].find(
		(t) =>
			t.userid === userid &&
			t.serviceid === service.id &&
			!(t.validuntil && t.validuntil < site.now()),
	);
	if (existing) return { token: existing.token, privatetoken: null };
	const mobile =
		shortname === MOBILE &&
		hasCapability(site, userid, 'moodle/webservice:createmobiletoken', SYSTEM);
	const other = !admin && hasCapability(site, userid, 'moodle/webservice:createtoken', SYSTEM);
	if (!mobile && !other) {
		throw moodleError(
			'cannotcreatetoken',
			`No permission to create web service token for the service ${shortname}.`,
		);
	}
	const token = addToken(site, {
		userid,
		serviceid: service.id,
		validuntil: site.now() + 12 * 7 * 86400,
	});
	return { token: token.token, privatetoken: null };
}

function checkService(site: Site, service: Service, userid: number, ip: string): void {
	if (
		service.requiredcapability &&
		!hasCapability(site, userid, service.requiredcapability, SYSTEM)
	) {
		throw moodleError(
			'missingrequiredcapability',
			'The service requires a capability that you do not have.',
		);
	}
	if (!service.restricted) return;
	const entry = service.users.find((user) => user.userid === userid);
	if (!entry) throw moodleError('usernotallowed', 'The user is not allowed for this service.');
	if (entry.validuntil && entry.validuntil < site.now())
		throw moodleError('invalidtimedtoken', 'Invalid timed token');
	if (entry.iprestriction && !addressMatches(ip, entry.iprestriction)) {
		throw moodleError('invalidiptoken', 'Invalid token - your IP is not supported');
	}
}
