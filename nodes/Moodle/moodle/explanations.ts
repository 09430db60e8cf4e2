/** What a code of Moodle means to a person, and how to mend it. `{text}` stands for Moodle's own sentence. */
export interface Explanation {
	message: string;
	mend?: string;
}

const LOGIN_ONCE =
	'Log in to Moodle once in a browser as the account behind the token, and do what it asks for.';
const FUNCTIONS_MENU =
	'Site administration > Server > Web services > External services > Functions';

/**
 * By `errorcode`, the same in every language. Our own codes (network, page, redirect) are here too.
 * Messages carry no identifiers of Moodle: n8n rewrites texts that contain names of system errors.
 */
export const EXPLANATIONS: Record<string, Explanation> = {
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
	// rights
	nopermissions: {
		message: 'The account behind the token lacks a permission for this',
		mend: 'Allow it in the role of that account.',
	},
	nopermission: {
		message: 'The account behind the token lacks a permission for this',
		mend: 'Allow it in the role of that account.',
	},
	accessdenied: {
		message: 'The account behind the token may not see this',
		mend: 'Allow it in the role of that account.',
	},
	cannotviewreport: {
		message:
			'The account behind the token may not see this report, or completion tracking is off in the course',
		mend: 'Allow it in the role of that account, or switch completion tracking on in the course.',
	},
	nopermissiontoviewgrades: {
		message: 'The account behind the token may not see or edit these grades',
		mend: 'Allow it in the role of that account.',
	},
	requireloginerror: {
		message: 'The account behind the token cannot enter the course',
		mend: "Allow 'View courses without participation' in its role, and 'View hidden courses' for hidden ones.",
	},
	errorcoursecontextnotvalid: {
		message: 'The course does not exist, or the account behind the token cannot enter it',
		mend: "Check the course, and allow 'View courses without participation' in the role of that account.",
	},
	errorcatcontextnotvalid: {
		message: 'The category does not exist, or the account behind the token cannot use it',
		mend: 'Check the category and the role of that account.',
	},
	notingroup: {
		message: 'The account behind the token may not see this group',
		mend: "Allow 'Access all groups' in its role.",
	},
	criteriaerror: {
		message: 'The account behind the token may not search by this field',
		mend: "Search by ID or name, or allow 'Manage categories' in its role.",
	},
	coursehidden: {
		message: 'The course is hidden',
		mend: "Allow 'View hidden courses' in the role of the account behind the token.",
	},
	errorreportview: {
		message: 'The account behind the token may not see this report',
		mend: "Add it to an audience of the report, or allow 'View all custom reports' (moodle/reportbuilder:viewall) in its role.",
	},
	// records
	invalidrecord: {
		message: 'A record that this item names does not exist',
		mend: 'Check the IDs and names of the item.',
	},
	invaliduser: { message: 'The user does not exist or is deleted', mend: 'Check the user.' },
	invaliduserid: { message: 'The user does not exist', mend: 'Check the user.' },
	userdeleted: { message: 'The user is deleted', mend: 'Choose another user.' },
	invalidparameter: {
		message: 'Moodle refuses a value of this record without saying which',
		mend: "To make Moodle name it, set Site administration > Development > Debugging to NORMAL and leave 'Display debug messages' off.",
	},
	useremailduplicate: {
		message: 'Another user has this e-mail address',
		mend: 'Use another address, or update the user who has it.',
	},
	useremailinvalid: {
		message: 'Moodle does not accept the e-mail address',
		mend: 'Check the address.',
	},
	usernotupdatedadmin: {
		message: 'Site administrators can be changed by site administrators only',
	},
	usernotupdatedguest: { message: 'The guest account cannot be changed' },
	usernotupdateddeleted: { message: 'The user is deleted' },
	usernotupdatedremote: { message: 'The user belongs to another site and cannot be changed here' },
	useradminodelete: {
		message: 'Site administrators cannot be deleted',
		mend: 'Take the user off the list of site administrators first.',
	},
	usernotdeletederror: { message: 'The account behind the token cannot delete itself' },
	shortnametaken: {
		message: 'Another course has this short name',
		mend: "Use another short name, or 'Create or Update'.",
	},
	courseidnumbertaken: {
		message: 'Another course has this ID number',
		mend: "Use another ID number, or 'Create or Update'.",
	},
	categoryidnumbertaken: {
		message: 'Another category has this ID number',
		mend: "Use another ID number, or 'Create or Update'.",
	},
	idnumbertaken: {
		message: 'This ID number is taken in the course',
		mend: "Use another ID number, or 'Create or Update'.",
	},
	unknowcategory: { message: 'The parent category does not exist', mend: 'Check the category.' },
	unknowncategory: { message: 'The category does not exist', mend: 'Check the category.' },
	categorynamerequired: { message: 'The category has no name', mend: 'Give one.' },
	categorytoolong: {
		message: 'The name of the category is too long',
		mend: 'Use at most 255 characters.',
	},
	cannotmovecategory: {
		message: 'A category cannot be moved into itself or a category below it',
		mend: 'Choose another parent.',
	},
	movecatcontentstoroot: {
		message: 'The category still has content, and top level cannot take courses',
		mend: 'Name a category for the content, or delete the content with it.',
	},
	youcannotdeletecategory: {
		message:
			'The content of the category may neither be deleted nor moved by the account behind the token',
		mend: 'Allow it in the role of that account.',
	},
	errorinvalidparam: {
		message: 'Moodle does not accept a value: {text}',
		mend: 'Usually an empty name, or a language that is not installed.',
	},
	enddatebeforestartdate: {
		message: 'The end date lies before the start date',
		mend: 'Check both dates.',
	},
	nostartdatenoenddate: {
		message: 'A course without a start date cannot have an end date',
		mend: 'Give a start date as well.',
	},
	backupprecheckerrors: {
		message: 'Moodle cannot restore the copy: {text}',
		mend: 'Look at the course in Moodle, and copy it there once to see what is wrong.',
	},
	wscannotunenrol: { message: 'Manual enrolment does not allow this user to be unenrolled' },
	invalidpersistenterror: {
		message: 'A custom field does not accept its value',
		mend: 'A list of choices wants the number of the choice starting at 1, a date wants Unix seconds, a checkbox wants 1 or 0.',
	},
	invalidcourse: { message: 'The front page cannot be changed like a course' },
	invalidcourseid: { message: 'The course does not exist', mend: 'Check the course.' },
	unknowncourseidnumber: { message: 'The course does not exist, or it is deleted already' },
	cannotdeletecourse: {
		message: 'The account behind the token may not delete this course',
		mend: "Allow 'Delete courses' in its role.",
	},
	cannotdeletecategorycourse: { message: 'The front page cannot be deleted' },
	wsnoinstance: {
		message: 'The course has no enabled manual enrolment',
		mend: 'Add or enable it in the course under Participants > Enrolment methods > Manual enrolments.',
	},
	manualpluginnotinstalled: {
		message: 'This Moodle has no manual enrolment',
		mend: 'Enable it under Site administration > Plugins > Enrolments > Manage enrol plugins.',
	},
	wscannotenrol: { message: 'Manual enrolment refuses this user' },
	wsusercannotassign: {
		message: 'The account behind the token may not give this role, or there is no such role',
		mend: 'Tick it under Site administration > Users > Permissions > Define roles > Allow role assignments.',
	},
	guestsarenotallowed: { message: 'The guest account cannot be enrolled' },
	canntenrol: {
		message: 'The course does not let the account behind the token enrol itself',
		mend: "To enrol others use 'Enrol User'.",
	},
	errorremovenotpermitted: {
		message: 'The membership was made by a plugin and cannot be removed here',
		mend: 'Remove it where it was made.',
	},
	notenrolled: { message: 'The user is not enrolled in the course', mend: 'Enrol the user first.' },
	usernotenroled: {
		message: 'The user is not enrolled in the course as a tracked participant',
		mend: 'Enrol the user first.',
	},
	cannotmanagegroups: {
		message: 'The account behind the token may not see the groups of other users here',
		mend: "Allow 'Manage groups' in its role.",
	},
	invalidcoursemodule: {
		message: 'There is no such activity',
		mend: 'Use the number after id= in the address of the activity.',
	},
	morethanonerecordinfetch: {
		message:
			'The gradebook of a course of this user contains an item twice, so Moodle cannot read the grades',
		mend: 'An administrator has to remove the duplicate in the database. It comes about when two programs read the grades of a new course for the first time at the same moment.',
	},
	gradesneedregrading: {
		message: 'Moodle is still working out the grades of the course',
		mend: 'Open the gradebook of the course once, or run the item again in a minute.',
	},
	nocriteriaset: {
		message: 'The course has no completion criteria',
		mend: 'Set them in the course under Course completion.',
	},
	completionnotenabled: {
		message: 'Completion tracking is off',
		mend: 'Switch it on in the settings of the course, and in Advanced features of the site.',
	},
	cannotmanualctrack: {
		message: 'The activity is not completed by hand',
		mend: "Set its completion to 'Students must manually mark the activity as done'.",
	},
	err_system: { message: 'Moodle does not accept the completion state' },
	keyalreadyset: { message: 'The same search field is given twice', mend: 'Give each field once.' },
	invaliduserfield: {
		message: 'Moodle does not know one of the fields asked for',
		mend: 'Check their names.',
	},
	invalidextparam: {
		message: 'Moodle does not accept an option of this call',
		mend: 'Check the options: most of them take yes or no.',
	},
	formatnotsupported: {
		message: 'Moodle does not accept the format of a text',
		mend: 'Use HTML or plain text.',
	},
	disabled: {
		message: 'Messaging is switched off in this Moodle',
		mend: 'Switch on Site administration > General > Advanced features > Enable messaging system.',
	},
	badgesdisabled: { message: 'Badges are switched off in this Moodle' },
	cannotmailconfirm: {
		message: 'Moodle cannot send password mails here',
		mend: 'The site uses another address for passwords.',
	},
	fileexist: { message: 'A file with this name is there already', mend: 'Use another name.' },
	filenameexist: { message: 'A file with this name is there already', mend: 'Use another name.' },
	upload_error_ini_size: { message: 'The file is larger than the server accepts' },
	upload_error_no_file: {
		message: 'No file arrived in Moodle',
		mend: 'Check the binary data of the item.',
	},
	missingparam: {
		message: 'Moodle did not get all that was sent',
		mend: 'Usually the file is larger than the server accepts in one request: send a smaller one.',
	},
	nofile: { message: 'There is no such file' },
	filenotfound: {
		message: 'There is no such file',
		mend: 'Check the address, and that the account behind the token may see the file.',
	},
};
