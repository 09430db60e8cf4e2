import type { Reach } from './failure';

/** Codes of the token, its account, the service or the site: no other call of the run can do better. */
const EVERYBODY = new Set([
	'invalidtoken',
	'wsaccessusersuspended',
	'wsaccessuserdeleted',
	'wsaccessuserunconfirmed',
	'wsaccessusernologin',
	'wsaccessuserexpired',
	'sitepolicynotagreed',
	'forcepasswordchangenotice',
	'usernotfullysetup',
	'sitemaintenance',
	'upgraderunning',
	'dbconnectionfailed',
	'enablewsdescription',
]);

/** Codes by which a course, category, activity or the system refuses the token's account. */
const CONTEXT = new Set([
	'nopermissions',
	'nopermission',
	'requireloginerror',
	'errorcoursecontextnotvalid',
	'errorcatcontextnotvalid',
	'wsnoinstance',
	'manualpluginnotinstalled',
	// The role may not be given in this course, whoever the user is: the context of an enrolment names both.
	'wsusercannotassign',
	'nopermissiontoviewgrades',
	'accessdenied',
	'cannotviewreport',
	'notingroup',
	'coursehidden',
	'completionnotenabled',
	'nocriteriaset',
	'errorreportview',
]);

/**
 * How far a refusal reaches, by `errorcode` and the last part of `exception` (never by the text, which is translated).
 * Sources: measured on 5.1, source of 4.1 to 5.1 (errors 5 to 9 of the project's reference).
 */
export function reachOf(code: string, exception: string): Reach {
	if (EVERYBODY.has(code)) return 'everybody';
	if (code === 'accessexception') return 'function';
	if (exception === 'dml_write_exception' || code === 'dmlwriteexception') return 'conflict';
	if (CONTEXT.has(code)) return 'context';
	// The reply could not be read although the call may have been carried out: see "committed although refused".
	if (code === 'invalidresponse' || code === 'formatnotsupported') return 'lost';
	if (exception === 'Error' || exception === 'TypeError') return 'lost';
	return 'record';
}

/** Network codes with which a request certainly never reached the server. */
const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_INVALID_URL', 'EPROTO']);

/** Whether a network code speaks of the certificate of the server, or of the way to read it (Node and OpenSSL). */
export function isCertificateCode(code: string): boolean {
	return /CERT|SSL|TLS|ISSUER|SELF_SIGNED|HOSTNAME|SIGNATURE|INVALID_CA|INVALID_PURPOSE|CRL/.test(code);
}

/** How far a broken connection reaches, by its network code. Certificate codes never carry a request. */
export function reachOfNetwork(code: string): Reach {
	if (UNSENT.has(code) || isCertificateCode(code)) return 'unsent';
	return 'lost';
}
