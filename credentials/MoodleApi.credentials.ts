import type {
	Icon,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';
import { credentialFlaw, PAGES, siteAddress } from '../nodes/Moodle/moodle/address';
import { EXPLANATIONS } from '../nodes/Moodle/moodle/explanations';
import { isInside } from '../nodes/Moodle/run/inside';
import { FORM, withToken, type AnyRequest } from '../nodes/Moodle/run/signing';
import { YES, yesOrNo } from '../nodes/Moodle/moodle/yesNo';

function siteOf(credentials: ICredentialDataDecryptedObject): string {
	return siteAddress(String(credentials.siteUrl ?? '')) ?? '';
}

/** Marks the request of the connection test; it never leaves with the request. */
const TEST_MARK = 'x-connection-test';

/**
 * The test's request when the sign-in gave no token: it asks the sign-in itself, whose answer says why. Only the test
 * may do that: it reads codes out of the answer and passes nothing on.
 */
function signInInstead(
	request: AnyRequest,
	credentials: ICredentialDataDecryptedObject,
): IHttpRequestOptions {
	return { ...request, url: '/login/token.php', body: signInForm(credentials) };
}

function signInForm(credentials: ICredentialDataDecryptedObject): string {
	return new URLSearchParams({
		username: String(credentials.username ?? ''),
		password: String(credentials.password ?? ''),
		service: String(credentials.service ?? ''),
	}).toString();
}

const words = (code: string): string => {
	const { message, mend } = EXPLANATIONS[code];
	return mend ? `${message}. ${mend}` : `${message}.`;
};
const rule = (key: string, value: unknown, message: string) => ({
	type: 'responseSuccessBody',
	properties: { key, value, message },
});
const byCode = (code: string, message = words(code)) => rule('errorcode', code, message);
const byStatus = (value: number, message: string) => ({
	type: 'responseCode',
	properties: { value, message },
});

const LATER = 'Try again later.';

/** Codes of which the words for the node's runs say all: token and account, sign-in, state of the site. */
const CODES = [
	'invalidtoken',
	'sitepolicynotagreed',
	'forcepasswordchangenotice',
	'usernotfullysetup',
	'wsaccessusersuspended',
	'wsaccessuserdeleted',
	'wsaccessuserunconfirmed',
	'wsaccessusernologin',
	'wsaccessuserexpired',
	'invalidlogin',
	'servicenotavailable',
	'enablewsdescription',
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
	'upgraderunning',
	'dbconnectionfailed',
];

const rules = [
	...[301, 302, 303, 307, 308].map((status) => byStatus(status, words('redirect'))),
	byStatus(401, words('http401')),
	byStatus(
		403,
		`${words('wsoff')} If both are on, the server in front of Moodle refuses: ask its administrator.`,
	),
	byStatus(404, words('http404')),
	byStatus(429, words('http429')),
	byStatus(
		500,
		'The server broke off. Try again; if it happens again, look into the server log of Moodle.',
	),
	byStatus(502, `The server in front of Moodle got no answer from it. ${LATER}`),
	byStatus(503, `The site is in maintenance mode or overloaded. ${LATER}`),
	byStatus(504, `The server in front of Moodle got no answer in time. ${LATER}`),
	...CODES.map((code) => byCode(code)),
	byCode('requirecorrectaccess', words('redirect')),
	byCode('sslonlyaccess', words('redirect')),
	byCode(
		'accessexception',
		"The token is not accepted for 'core_webservice_get_site_info'. Either it is past its date, or this function is not in the service of the token (Site administration > Server > Web services > External services > Functions), the service is disabled, the account is not among its authorised users, its role does not allow the REST protocol, or n8n's address is restricted.",
	),
	byCode(
		'invalidrecordunknown',
		"Moodle does not find the function 'core_webservice_get_site_info'. Is this a Moodle 4.1 or later?",
	),
	// The net below everything: no user id, no Moodle web service. (Whether a policy waits for agreement cannot be told here:
	// `policyagreed` is 0 on every site that has none.)
	rule(
		'userid',
		undefined,
		'The address answers, but not as a Moodle web service. Check that the Site URL is the home page of a Moodle site.',
	),
];

export class MoodleApi implements ICredentialType {
	name = 'moodleApi';

	displayName = 'Moodle API';

	icon: Icon = { light: 'file:../icons/moodle.svg', dark: 'file:../icons/moodle.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-moodle-lms/n8n-nodes-moodle-lms#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Site URL',
			name: 'siteUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://moodle.example.com',
			description: 'Address of the home page of the Moodle site, with its sub-folder if it has one',
		},
		{
			displayName: 'Sign In With',
			name: 'authMethod',
			type: 'options',
			default: 'token',
			options: [
				{
					name: 'Token',
					value: 'token',
					description: 'A token made in Moodle under Manage tokens',
				},
				{
					name: 'Username and Password',
					value: 'password',
					description:
						"Moodle hands out a token for a service, which n8n keeps and renews. Not for accounts of the method 'Web services authentication': they need a token.",
				},
			],
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'From Site administration > Server > Web services > Manage tokens. Moodle shows it once.',
			displayOptions: { show: { authMethod: ['token'] } },
		},
		{
			displayName: 'Username',
			name: 'username',
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { authMethod: ['password'] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { authMethod: ['password'] } },
		},
		{
			displayName: 'Service Short Name',
			name: 'service',
			type: 'string',
			default: 'moodle_mobile_app',
			description:
				'Short name of the external service. The service of the Moodle app is called moodle_mobile_app.',
			displayOptions: { show: { authMethod: ['password'] } },
		},
		{
			displayName: 'Read Only',
			name: 'readOnly',
			type: 'boolean',
			default: false,
			description: 'Whether only functions that read may be called, for example by an AI agent',
		},
		{
			displayName: 'Ignore SSL Issues',
			name: 'ignoreSslIssues',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if SSL certificate validation is not possible',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];

	/** n8n calls this while the session token is empty, and in every connection test, and keeps what it returns. */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const site = siteOf(credentials);
		if (credentials.authMethod !== 'password' || credentialFlaw(credentials)) return {};
		let reply: IDataObject | undefined;
		try {
			reply = (await this.helpers.httpRequest({
				method: 'POST',
				url: `${site}/login/token.php`,
				headers: { 'content-type': FORM, accept: 'application/json' },
				body: signInForm(credentials),
				json: true,
				disableFollowRedirect: true,
				ignoreHttpStatusErrors: true,
				skipSslCertificateValidation: yesOrNo(credentials.ignoreSslIssues) === true,
			})) as IDataObject | undefined;
		} catch {
			// The failed request holds the password, so it goes nowhere; the request that follows fails in the same way.
			return {};
		}
		// Without a token nothing is kept. The test then asks why, and a run of the node signs in itself.
		return typeof reply?.token === 'string' ? { sessionToken: reply.token } : {};
	}

	/**
	 * Adds the token to requests that go to the site, and to no others. The caller's request is not changed.
	 *
	 * @throws Error in the connection test, for a credential that cannot be tried
	 */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { [TEST_MARK]: mark, ...headers } = options.headers ?? {};
		const flaw = mark === undefined ? undefined : credentialFlaw(credentials);
		// The test shows this text; without it, it would show no more than a code of the network library.
		if (flaw) throw new Error(words(flaw));
		const request: AnyRequest = mark === undefined ? options : { ...options, headers };
		if (!isInside(siteOf(credentials), request)) return options;
		const token = String(
			(credentials.authMethod === 'password' ? credentials.sessionToken : credentials.token) ?? '',
		).trim();
		if (token === '' && credentials.authMethod === 'password' && mark !== undefined)
			return signInInstead(request, credentials);
		return withToken(request, token);
	}

	test: ICredentialTestRequest = {
		request: {
			// The same as siteAddress(), in the only form in which n8n takes it here.
			baseURL: `={{ $credentials.siteUrl.trim().replace(/^(?![a-z][a-z0-9+.-]*:\\/\\/)/i, "https://").replace(/[?#].*$/, "").replace(/${PAGES.replace(/\//g, '\\/')}/, "").replace(/\\/+$/, "") }}`,
			url: '/webservice/rest/server.php',
			method: 'POST',
			headers: { 'Content-Type': FORM, [TEST_MARK]: '1' },
			body: { moodlewsrestformat: 'json', wsfunction: 'core_webservice_get_site_info' },
			disableFollowRedirect: true,
			skipSslCertificateValidation:
				`={{ ${JSON.stringify(YES)}.includes(String($credentials.ignoreSslIssues).trim().toLowerCase()) }}` as unknown as boolean,
		},
		rules: rules as ICredentialTestRequest['rules'],
	};
}
