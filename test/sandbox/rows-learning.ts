/** Rows of grades, completion, messages, calendar, badges, files and reports. */

export interface GradeItem {
	id: number;
	courseid: number;
	categoryid: number | null;
	itemname: string | null;
	itemtype: 'mod' | 'manual' | 'course' | 'category';
	itemmodule: string | null;
	iteminstance: number;
	itemnumber: number | null;
	idnumber: string;
	grademin: number;
	grademax: number;
	gradepass: number;
	gradetype: number;
	hidden: number;
	locked: number;
	cmid: number | null;
}

export interface GradeGrade {
	id: number;
	itemid: number;
	userid: number;
	rawgrade: number | null;
	finalgrade: number | null;
	feedback: string;
	feedbackformat: number;
	locked: number;
	overridden: number;
	usermodified: number | null;
	timecreated: number | null;
	timemodified: number | null;
}

export interface GradeCategory {
	id: number;
	courseid: number;
	parent: number | null;
	fullname: string;
}

export interface AssignGrade {
	id: number;
	assignment: number;
	userid: number;
	grader: number;
	grade: number;
	attemptnumber: number;
	timecreated: number;
	timemodified: number;
}

export interface Note {
	id: number;
	userid: number;
	courseid: number;
	/** In the words of the request: `personal`, `course` or `site`. */
	publishstate: string;
	text: string;
	/** Who made it. */
	author: number;
	timecreated: number;
}

export interface FeedbackResponse {
	id: number;
	feedback: number;
	/** 0: anonymous. */
	userid: number;
	timemodified: number;
	/** By question. */
	answers: Record<string, string>;
}

/** A competency of a course. */
export interface Competency {
	id: number;
	course: number;
	shortname: string;
	idnumber: string;
	framework: string;
	/** By user, from 1 on; 2 and above are proficient. */
	grades: Record<number, number>;
}

export interface QuizAttempt {
	id: number;
	quiz: number;
	userid: number;
	attempt: number;
	state: 'inprogress' | 'overdue' | 'finished' | 'abandoned';
	timestart: number;
	timefinish: number;
	sumgrades: number | null;
}

/** Until when a user may submit. */
export interface AssignExtension {
	id: number;
	assignment: number;
	userid: number;
	/** 0: no longer than the others. */
	extensionduedate: number;
}

export interface AssignSubmission {
	id: number;
	assignment: number;
	userid: number;
	status: 'new' | 'draft' | 'submitted' | 'reopened';
	attemptnumber: number;
	timecreated: number;
	timemodified: number;
	groupid: number;
	text: string;
}

export interface CompletionState {
	id: number;
	cmid: number;
	userid: number;
	/** 0 not, 1 complete, 2 passed, 3 failed. */
	state: number;
	overrideby: number | null;
	timemodified: number;
}

export interface CompletionCriterion {
	id: number;
	course: number;
	/** 1 by oneself, 4 activity. */
	type: number;
	cmid: number | null;
}

export interface CourseCompletion {
	id: number;
	course: number;
	userid: number;
	timecompleted: number;
	/** Criteria reached, by id, with the time. */
	criteria: Record<number, number>;
}

export interface Message {
	id: number;
	useridfrom: number;
	useridto: number;
	conversationid: number;
	subject: string;
	text: string;
	format: number;
	timecreated: number;
}

/** Two users who write to each other. */
export interface Conversation {
	id: number;
	key: string;
}

export interface CalendarEvent {
	id: number;
	name: string;
	description: string;
	format: number;
	courseid: number;
	groupid: number;
	userid: number;
	categoryid: number;
	repeatid: number;
	eventtype: string;
	timestart: number;
	timeduration: number;
	visible: number;
	sequence: number;
	timemodified: number;
}

export interface Badge {
	id: number;
	name: string;
	description: string;
	courseid: number | null;
	type: number;
	timecreated: number;
}

export interface BadgeIssued {
	id: number;
	badgeid: number;
	userid: number;
	dateissued: number;
	uniquehash: string;
	visible: number;
}

export interface StoredFile {
	id: number;
	contextid: number;
	component: string;
	filearea: string;
	itemid: number;
	filepath: string;
	filename: string;
	content: Buffer;
	userid: number;
	author: string;
	license: string;
	mimetype: string;
	timemodified: number;
}

export interface ForumDiscussion {
	id: number;
	forum: number;
	course: number;
	name: string;
	userid: number;
	groupid: number;
	timemodified: number;
	/** Display start, server seconds; 0 for none. */
	timestart: number;
	pinned: boolean;
}

export interface ForumPost {
	id: number;
	discussion: number;
	parent: number;
	userid: number;
	created: number;
	modified: number;
	subject: string;
	message: string;
}

export interface Report {
	id: number;
	name: string;
	source: string;
	headers: string[];
	/** Rows of the report, one text (or null) a column. */
	rows: () => Array<Array<string | null>>;
	timecreated: number;
	usermodified: number;
}

/** A change in a course, for core_course_get_updates_since. */
export interface Change {
	id: number;
	courseid: number;
	cmid: number;
	name: string;
	time: number;
	itemid: number;
}
