import type { Explanation } from './types';

const LOGIN_ONCE =
	'Log in to Moodle once in a browser as the account behind the token, and do what it asks for.';
const FUNCTIONS_MENU =
	'Site administration > Server > Web services > External services > Functions';

/** The way to the site, its state, and who asks. */
export const OF_SITE: Record<string, Explanation> = {
	// the way to the site
	ENOTFOUND: {
		message: 'The host of the Site URL cannot be found',
		mend: 'Check the Site URL in the credential, and that n8n may reach it.',
	},
	ECONNREFUSED: {
		message: 'The server of the Site URL refuses the connection',
		mend: 'Check the Site URL and its port in the credential, and that the server is running.',
	},
	EPROTO: {
		message: 'The server of the Site URL does not speak https there',
		mend: 'Check whether the Site URL in the credential begins with http or https, and its port.',
	},
	gone: {
		message: 'The site has stopped answering, so nothing more was sent',
		mend: 'Run the workflow again for these items when the site is back. If it is only slow, raise Timeout or Recovery Time in the options.',
	},
	givenup: {
		message:
			'Not asked for any more: Moodle did not answer the same question several times, although it answers others',
		mend: 'Look at the load of the server, or raise Timeout in the options.',
	},
	http414: {
		message: 'The server refuses the length of the address',
		mend: 'Lower Records per Request.',
	},
	redirect: {
		message: 'Moodle sends this address on to another one, so nothing was done',
		mend: 'Set the Site URL in the credential to the address that Moodle shows in the browser on its home page.',
	},
	wsoff: {
		message: 'Moodle refuses web services',
		mend: 'Switch on Site administration > General > Advanced features > Enable web services, and Site administration > Server > Web services > Manage protocols > REST protocol.',
	},
	http401: {
		message: 'The server in front of Moodle asks for a sign-in',
		mend: 'Ask the administrator of that server to let n8n through.',
	},
	http403: {
		message: 'The server in front of Moodle refuses the request',
		mend: 'Ask its administrator to let n8n through: a firewall or an address filter blocks it.',
	},
	http404: {
		message: 'There is no Moodle at the Site URL',
		mend: 'Check the address, including its sub-folder, for example https://example.org/moodle.',
	},
	http413: {
		message: 'The server refuses the request because of its size',
		mend: 'Lower Records per Request, or shorten this record.',
	},
	http429: {
		message: 'The server asks to slow down',
		mend: 'Run the workflow later, or lower Requests in Flight.',
	},
	http503: {
		message: 'The site is not available for the moment',
		mend: 'Run the workflow again later: maintenance mode is on, or the server is overloaded.',
	},
	xml: {
		message: 'The request lost its content on the way to Moodle',
		mend: 'Lower Records per Request, or shorten this record: the server accepts less data at once.',
	},
	html: {
		message: 'The address answers with a web page instead of data',
		mend: 'Check the Site URL in the credential: it is the address of the Moodle home page, with its sub-folder.',
	},
	emptyreply: {
		message: 'The server sent an empty answer',
		mend: 'Usually Moodle ran out of memory or time: lower Records per Request.',
	},
	notjson: {
		message: 'The answer cannot be read',
		mend: 'Check that the Site URL in the credential is the address of a Moodle site.',
	},
	badaddress: {
		message: "The 'Site URL' of the credential is not an address",
		mend: 'Give the address of the Moodle home page, for example https://moodle.example.com or https://example.com/moodle.',
	},
	// token, service, account
	emptytoken: {
		message: 'The token of the credential is empty',
		mend: 'Make one under Site administration > Server > Web services > Manage tokens, and put it into the credential.',
	},
	emptylogin: {
		message: 'The username or the password of the credential is empty',
		mend: 'Give both in the credential.',
	},
	invalidtoken: {
		message: 'Moodle does not know the token',
		mend: 'Make a new token under Site administration > Server > Web services > Manage tokens, and put it into the credential.',
	},
	accessexception: {
		message: 'The token may not use this function',
		mend: `Add the function under ${FUNCTIONS_MENU}; check that the service is enabled, that the account is among its authorised users with 'Valid until' empty, that its role allows the REST protocol, and that n8n's address is not restricted.`,
	},
	functionmissing: {
		message: 'The service of the token does not contain a function that this operation needs',
		mend: `Add it under ${FUNCTIONS_MENU}.`,
	},
	functionunknown: {
		message: 'This Moodle does not know a function that this operation needs',
		mend: 'It comes with another version of Moodle, or with a plugin that is not installed.',
	},
	readonly: {
		message: 'The credential is set to Read Only, and this operation writes',
		mend: "Switch 'Read Only' off in the credential, or use another one.",
	},
	wsaccessusersuspended: {
		message: 'The account behind the token is suspended',
		mend: 'Reactivate it in Moodle.',
	},
	wsaccessuserdeleted: {
		message: 'The account behind the token is deleted',
		mend: 'Make a token for another account.',
	},
	wsaccessuserunconfirmed: {
		message: 'The account behind the token is not confirmed',
		mend: LOGIN_ONCE,
	},
	wsaccessusernologin: {
		message: 'The account behind the token may not log in',
		mend: "Change its authentication method in Moodle from 'No login'.",
	},
	wsaccessuserexpired: {
		message: 'The password of the account behind the token is too old',
		mend: LOGIN_ONCE,
	},
	sitepolicynotagreed: {
		message: 'The account behind the token has not agreed to the site policy',
		mend: LOGIN_ONCE,
	},
	forcepasswordchangenotice: {
		message: 'The account behind the token must change its password',
		mend: LOGIN_ONCE,
	},
	usernotfullysetup: {
		message: 'The profile of the account behind the token is not complete',
		mend: LOGIN_ONCE,
	},
	invalidlogin: {
		message: 'Moodle refuses the username or the password',
		mend: "Check both in the credential. An account whose authentication method is 'Web services authentication' cannot sign in this way: it needs a token.",
	},
	notoken: {
		message: 'Moodle gave no token at sign-in',
		mend: 'Check username, password and service in the credential. If they are right, run the workflow again later.',
	},
	servicenotavailable: {
		message: 'There is no enabled service with this short name',
		mend: 'Check the short name (not the name) under Site administration > Server > Web services > External services.',
	},
	enablewsdescription: {
		message: 'Web services are switched off in this Moodle',
		mend: 'Switch on Site administration > General > Advanced features > Enable web services.',
	},
	cannotcreatetoken: {
		message: 'Moodle makes no token for this account',
		mend: 'Make one under Site administration > Server > Web services > Manage tokens and use it in the credential: administrators never get one by password.',
	},
	missingrequiredcapability: {
		message: 'The service wants a capability that this account lacks',
		mend: "Allow it in the role of the account: the service names it under 'Required capability'.",
	},
	usernotallowed: {
		message: 'The account is not among the authorised users of the service',
		mend: 'Add it under Site administration > Server > Web services > External services > Authorised users.',
	},
	invalidtimedtoken: {
		message: 'The time of this account in the service is over',
		mend: "Look at its 'Valid until' under Site administration > Server > Web services > External services > Authorised users.",
	},
	invalidiptoken: {
		message: "The service does not accept calls from n8n's address",
		mend: 'Look at the IP restriction of the account under Site administration > Server > Web services > External services > Authorised users.',
	},
	restoredaccountresetpassword: {
		message: 'The account was restored from a backup and has no password yet',
		mend: 'Choose one in Moodle by way of the forgotten password page.',
	},
	passwordisexpired: {
		message: 'The password of the account is too old',
		mend: 'Log in to Moodle once in a browser and choose a new one.',
	},
	usernotconfirmed: {
		message: 'The account is not confirmed',
		mend: 'Confirm it in Moodle, or follow the link in the mail that it got.',
	},
	noguest: { message: 'The guest account cannot be used for this', mend: 'Use another account.' },
	// state of the site
	sitemaintenance: {
		message: 'The site is in maintenance mode',
		mend: 'Run the workflow again when it is over.',
	},
	upgraderunning: {
		message: 'The site is being upgraded',
		mend: 'Run the workflow again when it is over.',
	},
	dbconnectionfailed: {
		message: 'Moodle cannot reach its database',
		mend: 'Run the workflow again later.',
	},
	dmlwriteexception: {
		message: 'The database of Moodle refuses the record',
		mend: 'A value is too long for its field, or another request wrote the same record at the same moment.',
	},
	dmlreadexception: {
		message: 'The database of Moodle cannot answer',
		mend: 'Check names of activity types and components.',
	},
	invalidresponse: {
		message: 'Moodle rejects its own answer as invalid',
		mend: "One of the records in it is not as Moodle expects: a name with '<', an account with capitals in its username or with a removed authentication method.",
	},
	codingerror: {
		message: 'Moodle cannot handle this request',
		mend: 'Check that all records named in it exist.',
	},
	Error: {
		message: 'Moodle broke off in the middle of this function',
		mend: 'It is a defect of this version of Moodle or of a plugin in it. Often one of the records named does not exist: check them.',
	},
	TypeError: {
		message: 'Moodle broke off in the middle of this function',
		mend: 'It is a defect of this version of Moodle or of a plugin in it. Often one of the records named does not exist: check them.',
	},
};
