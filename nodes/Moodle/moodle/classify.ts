import { MoodleFailure, NetworkFailure, type Reach } from './failure';

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
	// Moodle could not even begin (setuplib.php, 4.1 to 5.1): the database is busy, or starts again.
	if (code === 'dbconnectionfailed') return 'later';
	if (EVERYBODY.has(code)) return 'everybody';
	if (code === 'accessexception') return 'function';
	if (exception === 'dml_write_exception' || code === 'dmlwriteexception') return 'conflict';
	if (CONTEXT.has(code)) return 'context';
	// The reply could not be read although the call may have been carried out: see "committed although refused".
	if (code === 'invalidresponse' || code === 'formatnotsupported') return 'lost';
	if (exception === 'Error' || exception === 'TypeError') return 'lost';
	return 'record';
}

/** Network codes with which a request certainly never reached the server: its name is unknown, or nobody listens. */
const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ERR_INVALID_URL']);

/**
 * Codes by which the certificate of a server is refused, before the request leaves (Node's documentation of TLS, "X509
 * certificate error codes"). Other codes of TLS can come at any time: also after the server has handled the request.
 */
const CERTIFICATE = new Set([
	'CERT_CHAIN_TOO_LONG',
	'CERT_HAS_EXPIRED',
	'CERT_NOT_YET_VALID',
	'CERT_REJECTED',
	'CERT_REVOKED',
	'CERT_SIGNATURE_FAILURE',
	'CERT_UNTRUSTED',
	'CRL_HAS_EXPIRED',
	'CRL_NOT_YET_VALID',
	'CRL_SIGNATURE_FAILURE',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'ERROR_IN_CERT_NOT_AFTER_FIELD',
	'ERROR_IN_CERT_NOT_BEFORE_FIELD',
	'ERROR_IN_CRL_LAST_UPDATE_FIELD',
	'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
	'HOSTNAME_MISMATCH',
	'INVALID_CA',
	'INVALID_PURPOSE',
	'PATH_LENGTH_EXCEEDED',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
	'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
	'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
	'UNABLE_TO_GET_CRL',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether a network code says that the certificate of the server is refused, so that nothing was sent. */
export function isCertificateCode(code: string): boolean {
	return CERTIFICATE.has(code);
}

/** How far a broken connection reaches, by its network code: unsent only where that is certain. */
export function reachOfNetwork(code: string): Reach {
	return UNSENT.has(code) || isCertificateCode(code) ? 'unsent' : 'lost';
}

/** Whether a failure is the refusal of a server in front of Moodle that looks into requests. */
export function isFirewall({ code, reach }: { code: string; reach: Reach }): boolean {
	return (code === 'http403' || code === 'http406') && reach !== 'everybody';
}

/** A broken connection as a failure of the call; anything else as it is. */
export function asFailure(caught: unknown, wsfunction: string): Error {
	if (!(caught instanceof NetworkFailure)) return caught as Error;
	return new MoodleFailure(wsfunction, { reach: reachOfNetwork(caught.code), code: caught.code });
}
