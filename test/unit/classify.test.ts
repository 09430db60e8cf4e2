import { isCertificateCode, reachOf, reachOfNetwork } from '../../nodes/Moodle/moodle/classify';
import type { Reach } from '../../nodes/Moodle/moodle/failure';

describe('reachOf', () => {
	it.each<[string, string, Reach]>([
		['invalidtoken', 'moodle_exception', 'everybody'],
		['wsaccessusersuspended', 'moodle_exception', 'everybody'],
		['wsaccessuserdeleted', 'moodle_exception', 'everybody'],
		['wsaccessuserunconfirmed', 'moodle_exception', 'everybody'],
		['wsaccessusernologin', 'moodle_exception', 'everybody'],
		['wsaccessuserexpired', 'moodle_exception', 'everybody'],
		['sitepolicynotagreed', 'moodle_exception', 'everybody'],
		['forcepasswordchangenotice', 'moodle_exception', 'everybody'],
		['usernotfullysetup', 'moodle_exception', 'everybody'],
		['sitemaintenance', 'moodle_exception', 'everybody'],
		['upgraderunning', 'moodle_exception', 'everybody'],
		['dbconnectionfailed', 'dml_connection_exception', 'later'],
		['accessexception', 'webservice_access_exception', 'function'],
		['nopermissions', 'required_capability_exception', 'context'],
		['requireloginerror', 'require_login_exception', 'context'],
		['errorcoursecontextnotvalid', 'moodle_exception', 'context'],
		['wsnoinstance', 'moodle_exception', 'context'],
		['dmlwriteexception', 'dml_write_exception', 'conflict'],
		['some text of a database', 'dml_write_exception', 'conflict'],
		['invalidresponse', 'invalid_response_exception', 'lost'],
		['formatnotsupported', 'moodle_exception', 'lost'],
		['TypeError', 'TypeError', 'lost'],
		['Error', 'Error', 'lost'],
		['invalidparameter', 'invalid_parameter_exception', 'record'],
		['invalidrecordunknown', 'dml_missing_record_exception', 'record'],
		['shortnametaken', 'moodle_exception', 'record'],
		['dmlreadexception', 'dml_read_exception', 'record'],
		['codingerror', 'coding_exception', 'record'],
		['something new', 'plugin_exception', 'record'],
		['', '', 'record'],
	])('%s of %s reaches %s', (code, exception, reach) => {
		expect(reachOf(code, exception)).toBe(reach);
	});
});

describe('reachOfNetwork', () => {
	it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ERR_INVALID_URL'])(
		'%s: nothing was sent',
		(code) => {
			expect(reachOfNetwork(code)).toBe('unsent');
		},
	);

	it.each([
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'CERT_HAS_EXPIRED',
		'CERT_UNTRUSTED',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'INVALID_CA',
	])('%s: the certificate was refused before anything was sent', (code) => {
		expect(reachOfNetwork(code)).toBe('unsent');
		expect(isCertificateCode(code)).toBe(true);
	});

	// Routes can break, and TLS can, after the server has handled the request.
	it.each([
		'EHOSTUNREACH',
		'ENETUNREACH',
		'EPROTO',
		'ERR_SSL_WRONG_VERSION_NUMBER',
		'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
		'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
		'ECONNRESET',
		'ECONNABORTED',
		'ETIMEDOUT',
		'EPIPE',
		'ERR_BAD_RESPONSE',
		'anything',
	])('%s: nobody knows what was done', (code) => {
		expect(reachOfNetwork(code)).toBe('lost');
	});
});
