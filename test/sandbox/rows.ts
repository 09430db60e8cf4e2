/** The rows of the tables, with Moodle's column names. */

export interface User {
	id: number;
	username: string;
	auth: string;
	confirmed: boolean;
	suspended: boolean;
	deleted: boolean;
	password: string;
	firstname: string;
	lastname: string;
	middlename: string;
	alternatename: string;
	firstnamephonetic: string;
	lastnamephonetic: string;
	email: string;
	maildisplay: number;
	idnumber: string;
	institution: string;
	department: string;
	address: string;
	phone1: string;
	phone2: string;
	city: string;
	country: string;
	lang: string;
	calendartype: string;
	theme: string;
	timezone: string;
	mailformat: number;
	trackforums: number;
	description: string | null;
	descriptionformat: number;
	interests: string[];
	firstaccess: number;
	lastaccess: number;
	timecreated: number;
	timemodified: number;
	/** The site policy has been accepted. */
	policyagreed: boolean;
	preferences: Record<string, string>;
	/** Custom profile fields, by id of the field. */
	profile: Record<number, string>;
}

/** A tag, such as an interest of users. */
export interface Tag {
	id: number;
	rawname: string;
}

export interface ProfileField {
	id: number;
	shortname: string;
	name: string;
	datatype: string;
	param1: string;
	defaultdata: string;
}

/** A custom field of courses, groups, groupings or cohorts. */
export interface CustomField {
	id: number;
	area: 'course' | 'group' | 'grouping' | 'cohort';
	shortname: string;
	name: string;
	type: 'text' | 'textarea' | 'select' | 'checkbox' | 'date' | 'number';
	options: string[];
}

export interface Context {
	id: number;
	/** 10 system, 30 user, 40 category, 50 course, 70 activity. */
	contextlevel: number;
	instanceid: number;
	/** Ids from the system down to this context. */
	path: number[];
}

export interface Role {
	id: number;
	shortname: string;
	name: string;
	sortorder: number;
	/** Capabilities that the role allows. */
	capabilities: Set<string>;
	/** Context levels where it may be assigned. */
	levels: number[];
	/** Ids of the roles that its holders may assign. */
	mayAssign: number[];
}

export interface RoleAssignment {
	id: number;
	roleid: number;
	userid: number;
	contextid: number;
	component: string;
	itemid: number;
	timemodified: number;
}

export interface Category {
	id: number;
	name: string;
	idnumber: string | null;
	description: string;
	descriptionformat: number;
	parent: number;
	/** Place among the children of its parent. */
	position: number;
	visible: number;
	visibleold: number;
	timemodified: number;
	theme: string;
}

export interface Course {
	id: number;
	category: number;
	/** Courses of a category are listed by falling position: the newest first. */
	position: number;
	fullname: string;
	shortname: string;
	idnumber: string;
	summary: string;
	summaryformat: number;
	format: string;
	showgrades: number;
	newsitems: number;
	startdate: number;
	enddate: number;
	maxbytes: number;
	legacyfiles: number;
	showreports: number;
	visible: number;
	groupmode: number;
	groupmodeforce: number;
	defaultgroupingid: number;
	lang: string;
	theme: string;
	calendartype: string;
	timecreated: number;
	timemodified: number;
	enablecompletion: number;
	completionnotify: number;
	showactivitydates: number;
	showcompletionconditions: number | null;
	creator: number;
	/** Options of the course format. */
	options: Record<string, number | string>;
	customfields: Record<number, string>;
}

export interface Section {
	id: number;
	course: number;
	section: number;
	name: string | null;
	summary: string;
	summaryformat: number;
	visible: number;
}

export interface CourseModule {
	id: number;
	course: number;
	modname: string;
	instance: number;
	/** Id of the section. */
	section: number;
	name: string;
	idnumber: string;
	groupmode: number;
	groupingid: number;
	/** 0 none, 1 by hand, 2 automatic. */
	completion: number;
	completionview: number;
	visible: number;
	added: number;
	/** Settings of the module itself. */
	settings: Record<string, number | string>;
}

export interface Enrol {
	id: number;
	courseid: number;
	enrol: string;
	/** 0 enabled, 1 disabled. */
	status: number;
	roleid: number;
	name: string;
	password: string;
}

export interface UserEnrolment {
	id: number;
	enrolid: number;
	courseid: number;
	userid: number;
	/** 0 active, 1 suspended. */
	status: number;
	timestart: number;
	timeend: number;
	timecreated: number;
	timemodified: number;
}

export interface Group {
	id: number;
	courseid: number;
	name: string;
	description: string;
	descriptionformat: number;
	idnumber: string;
	enrolmentkey: string | null;
	visibility: number;
	participation: number;
	timecreated: number;
	timemodified: number;
	customfields: Record<number, string>;
}

export interface GroupMember {
	id: number;
	groupid: number;
	userid: number;
	timeadded: number;
	component: string;
}

export interface Grouping {
	id: number;
	courseid: number;
	name: string;
	description: string;
	descriptionformat: number;
	idnumber: string;
	timecreated: number;
	customfields: Record<number, string>;
}

export interface GroupingGroup {
	id: number;
	groupingid: number;
	groupid: number;
}

export interface Cohort {
	id: number;
	contextid: number;
	name: string;
	idnumber: string;
	description: string;
	descriptionformat: number;
	visible: number;
	component: string;
	theme: string;
	timecreated: number;
	timemodified: number;
	customfields: Record<number, string>;
}

export interface CohortMember {
	id: number;
	cohortid: number;
	userid: number;
	timeadded: number;
}
