import type { Explanation } from './types';

/** What the account may do, and what is wrong with records. */
export const OF_RECORDS: Record<string, Explanation> = {
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
		message: 'The account behind the token cannot enter the course, or cannot open the activity',
		mend: "Allow 'View courses without participation' in its role, 'View hidden courses' and 'View hidden activities' for hidden ones, and the right to view this kind of activity, such as 'View assignment' (mod/assign:view).",
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
