import { explain, explainCode } from '../../nodes/Moodle/moodle/explain';
import { EXPLANATIONS } from '../../nodes/Moodle/moodle/explanations';
import { MoodleFailure, type FailureFacts } from '../../nodes/Moodle/moodle/failure';
import { reachOf, reachOfNetwork } from '../../nodes/Moodle/moodle/classify';

/** n8n replaces a message that holds one of these, in any case. */
const SYSTEM_NAMES = [
	'ECONNREFUSED',
	'ECONNRESET',
	'ENOTFOUND',
	'ETIMEDOUT',
	'ERRADDRINUSE',
	'EADDRNOTAVAIL',
	'ECONNABORTED',
	'EHOSTUNREACH',
	'EAI_AGAIN',
	'ENOENT',
	'EISDIR',
	'ENOTDIR',
	'EACCES',
	'EEXIST',
	'EPERM',
	'GETADDRINFO',
];

const namesIn = (message: string) =>
	SYSTEM_NAMES.filter((name) => message.toUpperCase().includes(name));

const failure = (code: string, more: Partial<FailureFacts> = {}) =>
	new MoodleFailure('core_x', {
		reach: reachOf(code, more.exception ?? 'moodle_exception'),
		code,
		exception: 'moodle_exception',
		...more,
	});

const network = (code: string) =>
	new MoodleFailure('core_x', { reach: reachOfNetwork(code), code });

/** Codes of the project's reference on failures, by section. */
const KNOWN: Record<string, string[]> = {
	'token and access': [
		'invalidtoken',
		'accessexception',
		'wsaccessusersuspended',
		'wsaccessuserdeleted',
		'wsaccessuserunconfirmed',
		'wsaccessusernologin',
		'wsaccessuserexpired',
		'sitepolicynotagreed',
		'forcepasswordchangenotice',
		'usernotfullysetup',
		'errorcoursecontextnotvalid',
		'errorcatcontextnotvalid',
		'requireloginerror',
		'nopermissions',
		'nopermission',
		'nopermissiontoviewgrades',
		'accessdenied',
		'cannotviewreport',
		'invalidrecordunknown',
		'invalidrecord',
	],
	'sign-in': [
		'invalidlogin',
		'servicenotavailable',
		'enablewsdescription',
		'requirecorrectaccess',
		'sslonlyaccess',
		'cannotcreatetoken',
		'missingrequiredcapability',
		'usernotallowed',
		'invalidtimedtoken',
		'invalidiptoken',
		'restoredaccountresetpassword',
		'passwordisexpired',
		'usernotconfirmed',
		'noguest',
		'sitemaintenance',
		'missingparam',
	],
	site: [
		'sitemaintenance',
		'upgraderunning',
		'dbconnectionfailed',
		'dmlwriteexception',
		'dmlreadexception',
		'invalidresponse',
		'codingerror',
		'Error',
		'TypeError',
	],
	parameters: ['invalidparameter'],
	business: [
		'useradminodelete',
		'usernotdeletederror',
		'keyalreadyset',
		'shortnametaken',
		'courseidnumbertaken',
		'categoryidnumbertaken',
		'idnumbertaken',
		'unknowcategory',
		'unknowncategory',
		'categorynamerequired',
		'categorytoolong',
		'cannotmovecategory',
		'movecatcontentstoroot',
		'youcannotdeletecategory',
		'criteriaerror',
		'errorinvalidparam',
		'enddatebeforestartdate',
		'invalidpersistenterror',
		'invalidextparam',
		'wsnoinstance',
		'manualpluginnotinstalled',
		'wscannotenrol',
		'wsusercannotassign',
		'guestsarenotallowed',
		'userdeleted',
		'canntenrol',
		'errorremovenotpermitted',
		'invaliduserfield',
		'invalidcoursemodule',
		'gradesneedregrading',
		'notingroup',
		'nocriteriaset',
		'usernotenroled',
		'completionnotenabled',
		'cannotmanualctrack',
		'err_system',
		'disabled',
		'formatnotsupported',
		'badgesdisabled',
		'cannotmailconfirm',
		'fileexist',
		'filenameexist',
		'upload_error_ini_size',
		'upload_error_no_file',
		'nofile',
		'unknowncourseidnumber',
		'cannotdeletecourse',
		'cannotdeletecategorycourse',
		'invaliduser',
		'invalidcourseid',
	],
	'inside a success': [
		'useremailduplicate',
		'useremailinvalid',
		'invaliduserid',
		'usernotupdatedadmin',
		'usernotupdatedguest',
		'usernotupdateddeleted',
		'usernotupdatedremote',
		'invalidcourse',
		'notenrolled',
		'cannotmanagegroups',
	],
	'the way there': [
		'redirect',
		'wsoff',
		'http401',
		'http403',
		'http404',
		'http413',
		'http414',
		'http429',
		'http503',
		'xml',
		'html',
		'emptyreply',
		'notjson',
	],
};

describe('EXPLANATIONS', () => {
	describe.each(Object.entries(EXPLANATIONS))('%s', (_code, { message, mend }) => {
		it('holds no name of a system error in its message', () => {
			expect(namesIn(message)).toEqual([]);
		});

		it('has a message in plain words', () => {
			expect(message).not.toMatch(/\b(?:error|problem|failure|mistake)/i);
			expect(message).toMatch(/^[A-Z]/);
			expect(message).not.toMatch(/\.$/);
			expect(message.split(/\s+/).length).toBeGreaterThan(2);
		});

		it('shows no identifier of Moodle in its message', () => {
			expect(message).not.toMatch(/[a-z]+_[a-z]+|[a-z]+\/[a-z]+:[a-z]+/);
		});

		it('mends in other words than it complains, in whole sentences', () => {
			if (mend === undefined) return;
			expect(mend).not.toBe(message);
			expect(mend).toMatch(/^[A-Z0-9].*\.$/s);
		});
	});
});

describe.each(Object.entries(KNOWN))('explain: %s', (_section, codes) => {
	it.each(codes)('%s has words of its own', (code) => {
		const { message, mend } = explain(failure(code, { text: 'Text of Moodle in any language' }));
		expect(message).not.toMatch(/^Moodle refuses$|^Moodle refuses: /);
		expect(namesIn(message)).toEqual([]);
		expect(mend).not.toBe(message);
	});
});

describe('explain: codes without words', () => {
	it('shows the sentence of Moodle, and the code beside it', () => {
		const problem = explain(failure('plugincode', { text: 'error/The plugin says no' }));
		expect(problem.message).toBe('Moodle refuses: The plugin says no');
		expect(problem.mend).toContain('plugincode');
	});

	it.each(['usernameexists', 'groupnameexists', 'parentcoursenotfound', 'overridepermissions'])(
		'keeps %s, which n8n would rewrite, out of the message',
		(code) => {
			for (const text of [`error/${code}`, `It says ${code} here`, '', undefined]) {
				const problem = explain(failure(code, { text }));
				expect(namesIn(problem.message)).toEqual([]);
				expect(problem.mend).toContain(code);
			}
		},
	);

	it.each(['constructor', 'toString', '__proto__'])('bears the code %s', (code) => {
		expect(explainCode(code).message).toBe('Moodle refuses');
	});

	it('cuts a long text', () => {
		expect(
			explain(failure('plugincode', { text: `x ${'y'.repeat(5000)}` })).message.length,
		).toBeLessThan(400);
	});
});

describe('explain: details', () => {
	it('fills the sentence of Moodle in, dollar signs and all', () => {
		expect(explainCode('errorinvalidparam', "lang $& $'").message).toContain("lang $& $'");
	});

	it('tells the rules of the password policy', () => {
		const rules =
			'Passwords must be at least 8 characters long. Passwords must have at least 1 digit(s).';
		const problem = explain(failure(rules, { text: `error/${rules}` }));
		expect(problem.message).toBe(`Moodle refuses the password: ${rules}`);
		expect(problem.code).toBe('passwordpolicy');
	});

	it('names the origin of a redirect in the remedy', () => {
		const facts: FailureFacts = {
			reach: 'everybody',
			code: 'redirect',
			status: 303,
			location: 'https://moodle.example.org',
		};
		expect(explain(new MoodleFailure('core_x', facts)).mend).toContain(
			'https://moodle.example.org',
		);
	});

	it('names the function that is not in the service', () => {
		const problem = explain(failure('functionmissing', { reach: 'function' }));
		expect(problem.mend).toContain('core_x');
		expect(problem.message).not.toContain('core_x');
	});

	it('names the capabilities when one of them is missing', () => {
		const refused = failure('nopermissions', { exception: 'required_capability_exception' });
		expect(explain(refused, { capabilities: ['moodle/user:create'] }).mend).toContain(
			'moodle/user:create',
		);
		expect(explain(refused, { capabilities: ['moodle/user:create'] }).message).not.toContain(
			'moodle/user',
		);
		expect(
			explain(failure('shortnametaken'), { capabilities: ['moodle/user:create'] }).mend,
		).not.toContain('moodle/user:create');
	});

	it('says when it may have been carried out', () => {
		expect(explain(network('ECONNRESET'), { uncertain: true }).mend).toContain(
			'may have been carried out',
		);
		expect(explain(network('ECONNRESET')).mend).not.toContain('may have been carried out');
	});

	it('passes on what debugging tells of an invalid parameter, without paths, passwords or further lines', () => {
		const tell = (debuginfo: string, code = 'invalidparameter') =>
			explain(failure(code, { debuginfo })).mend ?? '';
		expect(tell('Username already exists: ada\n#0 /srv/moodle/x.php')).toContain(
			'Moodle says: Username already exists: ada.',
		);
		expect(tell('Username already exists: ada\n#0 /srv/moodle/x.php')).not.toContain('/srv');
		expect(
			tell('password => Invalid parameter value detected: the value is "geheim"'),
		).not.toContain('geheim');
		expect(tell('SELECT * FROM {user}', 'dmlreadexception')).not.toContain('SELECT');
	});
});

describe('explain: connections', () => {
	it.each([
		['ENOTFOUND', 'The host of the Site URL cannot be found'],
		['EAI_AGAIN', 'The host of the Site URL cannot be found'],
		['ECONNREFUSED', 'The server of the Site URL refuses the connection'],
		['EHOSTUNREACH', 'The connection broke before Moodle answered'],
		['CERT_HAS_EXPIRED', 'The certificate of the site cannot be checked'],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'The certificate of the site cannot be checked'],
		['EPROTO', 'The server of the Site URL does not speak https there'],
		['ERR_SSL_WRONG_VERSION_NUMBER', 'The server of the Site URL does not speak https there'],
		['ECONNRESET', 'The connection broke before Moodle answered'],
		['ECONNABORTED', 'The connection broke before Moodle answered'],
		['ETIMEDOUT', 'The connection broke before Moodle answered'],
	])('%s', (code, message) => {
		const problem = explain(network(code));
		expect(problem.message).toBe(message);
		expect(namesIn(problem.message)).toEqual([]);
		expect(problem.mend).toBeTruthy();
	});

	it.each([500, 502, 504, 520])('status %d', (status) => {
		const problem = explain(
			new MoodleFailure('core_x', { reach: 'lost', code: `http${status}`, status }),
		);
		expect(problem.message).toBe(`The server gave up on the request (status ${status})`);
		expect(problem.http).toBe(String(status));
	});

	it.each([400, 405, 410, 451])('status %d, for which there are no words', (status) => {
		const problem = explain(
			new MoodleFailure('core_x', { reach: 'everybody', code: `http${status}`, status }),
		);
		expect(problem.message).toBe(
			`The server in front of Moodle refuses the request (status ${status})`,
		);
		expect(problem.mend).toBeTruthy();
	});
});
