/** The requests that are recorded: every function of activities, with good, bad and refused ones, and who asks. */

/** Parameters of a function; `{user:rwada}` stands for an ID. */
export type Params = string | number | boolean | Params[] | { [name: string]: Params };

export interface RecordStep {
	scenario: string;
	name: string;
	function: string;
	/** Whose token; the administrator's without. */
	account?: string;
	params: Params;
	/** IDs that the reply makes known: symbolic name to its place. */
	defines?: Record<string, string>;
}

const UNKNOWN = 987654;
const [ada, ben, out] = ['{user:rwada}', '{user:rwben}', '{user:rwout}'];
const course = '{course:rw}';

const person = (name: string) => ({
	username: `rw${name}`,
	password: 'Passw0rd!',
	firstname: 'Rw',
	lastname: name,
	email: `rw${name}@example.org`,
});

/** What the steps need before the server has been prepared. */
export const places: RecordStep[] = [
	{
		scenario: 'places',
		name: 'users',
		function: 'core_user_create_users',
		params: { users: ['ada', 'ben', 'out'].map(person) },
		defines: { 'user:rwada': '0.id', 'user:rwben': '1.id', 'user:rwout': '2.id' },
	},
	{
		scenario: 'places',
		name: 'course',
		function: 'core_course_create_courses',
		params: {
			courses: [
				{
					fullname: 'RW One',
					shortname: 'RW-1',
					idnumber: 'RWC-1',
					categoryid: 1,
					startdate: 1790000001,
					enddate: 1829999999,
				},
			],
		},
		defines: { 'course:rw': '0.id' },
	},
	{
		scenario: 'places',
		name: 'enrol',
		function: 'enrol_manual_enrol_users',
		params: {
			enrolments: [ada, ben].map((userid) => ({ roleid: 5, userid, courseid: course })),
		},
	},
];

type Defines = RecordStep['defines'];

/** Steps of one scenario. */
function scenario(name: string, list: Array<Omit<RecordStep, 'scenario'>>): RecordStep[] {
	return list.map((step) => ({ scenario: name, ...step }));
}

/** The same request of several accounts; what it defines, the last one defines. */
function as(
	accounts: Array<'main' | 'role' | 'bare'>,
	fn: string,
	name: string,
	params: Params,
	defines?: Defines,
): Array<Omit<RecordStep, 'scenario'>> {
	return accounts.map((account, at) => ({
		name: `${name} as ${account}`,
		function: fn,
		...(account === 'main' ? {} : { account }),
		params,
		...(defines && at === accounts.length - 1 ? { defines } : {}),
	}));
}

const all: Array<'main' | 'role' | 'bare'> = ['main', 'role', 'bare'];
const both: Array<'main' | 'role'> = ['main', 'role'];

const grade = (userid: string | number, value: number, text = '') => ({
	userid,
	grade: value,
	attemptnumber: -1,
	addattempt: 0,
	workflowstate: '',
	...(text === '' ? {} : { plugindata: { assignfeedbackcomments_editor: { text, format: 1 } } }),
});
const grades = (...list: Params[]) => ({
	assignmentid: '{assign:rwessay}',
	applytoall: 0,
	grades: list,
});
const extension = (userid: string | number, date: number, assignmentid = '{assign:rwessay}') => ({
	assignmentid,
	userids: [userid],
	dates: [date],
});

const assignments = scenario('assignments', [
	...as(all, 'mod_assign_get_assignments', 'list', {
		courseids: [course],
		includenotenrolledcourses: 1,
	}),
	...as(['role'], 'mod_assign_get_assignments', 'unknown course', {
		courseids: [UNKNOWN],
		includenotenrolledcourses: 1,
	}),
	...as(['role'], 'mod_assign_get_assignments', 'not enrolled', { courseids: [course] }),
	...as(all, 'mod_assign_get_submissions', 'submissions', { assignmentids: ['{assign:rwessay}'] }),
	...as(['role'], 'mod_assign_get_submissions', 'handed in', {
		assignmentids: ['{assign:rwessay}'],
		status: 'submitted',
	}),
	...as(['role'], 'mod_assign_get_submissions', 'none', { assignmentids: ['{assign:rwother}'] }),
	...as(['role'], 'mod_assign_get_submissions', 'later', {
		assignmentids: ['{assign:rwessay}'],
		since: 1829999999,
	}),
	...as(both, 'mod_assign_get_submissions', 'unknown', { assignmentids: [UNKNOWN] }),
	...as(all, 'mod_assign_get_grades', 'none yet', { assignmentids: ['{assign:rwessay}'] }),
	...as(['role'], 'mod_assign_get_grades', 'unknown', { assignmentids: [UNKNOWN] }),
	...as(['bare'], 'mod_assign_save_grades', 'grade', grades(grade(ada, 80))),
	...as(['role'], 'mod_assign_save_grades', 'grade', grades(grade(ada, 88.5, '<p>Good</p>'))),
	...as(['role'], 'mod_assign_save_grades', 'unknown assignment', {
		assignmentid: UNKNOWN,
		applytoall: 0,
		grades: [grade(ada, 80)],
	}),
	...as(['role'], 'mod_assign_save_grades', 'out of range', grades(grade(ben, 250))),
	...as(all, 'mod_assign_get_grades', 'grades', { assignmentids: ['{assign:rwessay}'] }),
	...as(['role'], 'mod_assign_get_submissions', 'graded', { assignmentids: ['{assign:rwessay}'] }),
	...as(['bare'], 'mod_assign_save_user_extensions', 'extension', extension(ada, 1805000000)),
	...as(both, 'mod_assign_save_user_extensions', 'extension', extension(ada, 1805000000)),
	...as(['role'], 'mod_assign_save_user_extensions', 'too early', extension(ben, 1795000000)),
	...as(['role'], 'mod_assign_save_user_extensions', 'stranger', extension(out, 1805000000)),
	...as(['role'], 'mod_assign_save_user_extensions', 'nobody', extension(UNKNOWN, 1805000000)),
	...as(
		['role'],
		'mod_assign_save_user_extensions',
		'unknown assignment',
		extension(ada, 1805000000, String(UNKNOWN)),
	),
	...as(['role'], 'mod_assign_save_user_extensions', 'lists of different lengths', {
		assignmentid: '{assign:rwessay}',
		userids: [ada, ben],
		dates: [1805000000],
	}),
]);

const attempts = (
	userid: string | number,
	status = 'all',
	quizid: string | number = '{quiz:rwquiz}',
) => ({
	quizid,
	userid,
	status,
	includepreviews: 0,
});

const quizzes = scenario('quizzes', [
	...as(all, 'mod_quiz_get_quizzes_by_courses', 'list', { courseids: [course] }),
	...as(['role'], 'mod_quiz_get_quizzes_by_courses', 'unknown course', { courseids: [UNKNOWN] }),
	...as(all, 'mod_quiz_get_user_attempts', 'all', attempts(ada)),
	...as(['role'], 'mod_quiz_get_user_attempts', 'finished', attempts(ada, 'finished')),
	...as(['role'], 'mod_quiz_get_user_attempts', 'unfinished', attempts(ada, 'unfinished')),
	...as(['role'], 'mod_quiz_get_user_attempts', 'none', attempts(ben)),
	...as(['role'], 'mod_quiz_get_user_attempts', 'stranger', attempts(out)),
	...as(['role'], 'mod_quiz_get_user_attempts', 'nobody', attempts(UNKNOWN)),
	...as(['role'], 'mod_quiz_get_user_attempts', 'odd state', attempts(ada, 'odd')),
	...as(['role'], 'mod_quiz_get_user_attempts', 'unknown quiz', attempts(ada, 'all', UNKNOWN)),
	...as(all, 'mod_quiz_get_user_best_grade', 'graded', { quizid: '{quiz:rwquiz}', userid: ada }),
	...as(['role'], 'mod_quiz_get_user_best_grade', 'not graded', {
		quizid: '{quiz:rwquiz}',
		userid: ben,
	}),
	...as(['role'], 'mod_quiz_get_user_best_grade', 'nobody', {
		quizid: '{quiz:rwquiz}',
		userid: UNKNOWN,
	}),
	...as(['role'], 'mod_quiz_get_user_best_grade', 'unknown quiz', {
		quizid: UNKNOWN,
		userid: ada,
	}),
]);

const start = (forumid: string | number, subject: string, message = 'Hello') => ({
	forumid,
	subject,
	message,
});
const reply = (postid: string | number, subject = 'Re: RW') => ({
	postid,
	subject,
	message: 'Thank you',
});

const forums = scenario('forums', [
	...as(all, 'mod_forum_get_forums_by_courses', 'list', { courseids: [course] }),
	...as(['role'], 'mod_forum_get_forums_by_courses', 'unknown course', { courseids: [UNKNOWN] }),
	...as(['bare'], 'core_course_get_contents', 'on the page', {
		courseid: course,
		options: [{ name: 'modname', value: 'forum' }],
	}),
	...as(['bare'], 'mod_forum_add_discussion', 'start', start('{forum:rwforum}', 'RW')),
	...as(['role'], 'mod_forum_add_discussion', 'start', start('{forum:rwforum}', 'RW'), {
		'discussion:rw': 'discussionid',
	}),
	...as(['role'], 'mod_forum_add_discussion', 'unknown forum', start(UNKNOWN, 'RW')),
	...as(['role'], 'mod_forum_add_discussion', 'odd option', {
		...start('{forum:rwforum}', 'RW'),
		options: [{ name: 'odd', value: '1' }],
	}),
	...as(all, 'mod_forum_get_forum_discussions', 'one', { forumid: '{forum:rwforum}' }, {}),
	...as(
		['role'],
		'mod_forum_get_forum_discussions',
		'the first post',
		{ forumid: '{forum:rwforum}' },
		{
			'post:rw': 'discussions.0.id',
		},
	),
	...as(['role'], 'mod_forum_get_forum_discussions', 'unknown forum', { forumid: UNKNOWN }),
	...as(['bare'], 'mod_forum_add_discussion_post', 'reply', reply('{post:rw}')),
	...as(['role'], 'mod_forum_add_discussion_post', 'reply', reply('{post:rw}'), {
		'post:rwreply': 'postid',
	}),
	...as(['role'], 'mod_forum_add_discussion_post', 'unknown post', reply(UNKNOWN)),
	...as(all, 'mod_forum_get_discussion_posts', 'posts', {
		discussionid: '{discussion:rw}',
		sortby: 'created',
		sortdirection: 'ASC',
	}),
	...as(['role'], 'mod_forum_get_discussion_posts', 'unknown discussion', {
		discussionid: UNKNOWN,
	}),
]);

const event = (name: string, eventtype: string, courseid: string | number) => ({
	name,
	eventtype,
	courseid,
	timestart: 1800100000,
});

const events = scenario('events', [
	...as(
		['role'],
		'core_calendar_create_calendar_events',
		'create',
		{
			events: [
				event('RW course', 'course', course),
				event('RW site', 'site', 1),
				event('RW own', 'user', 0),
			],
		},
		{
			'event:rwcourse': 'events.0.id',
			'event:rwsite': 'events.1.id',
			'event:rwown': 'events.2.id',
		},
	),
	...as(['bare'], 'core_calendar_create_calendar_events', 'create', {
		events: [event('RW course', 'course', course)],
	}),
	...as(['role'], 'core_calendar_create_calendar_events', 'unknown course', {
		events: [event('RW', 'course', UNKNOWN)],
	}),
	...as(['role'], 'core_calendar_get_calendar_events', 'of the course', {
		events: { courseids: [course] },
		options: { userevents: 0, siteevents: 0, timestart: 1800099999, timeend: 1800100001 },
	}),
	...as(['bare'], 'core_calendar_delete_calendar_events', 'delete', {
		events: [{ eventid: '{event:rwcourse}', repeat: 0 }],
	}),
	...as(['role'], 'core_calendar_delete_calendar_events', 'delete', {
		events: ['course', 'site', 'own'].map((name) => ({ eventid: `{event:rw${name}}`, repeat: 0 })),
	}),
	...as(['role'], 'core_calendar_delete_calendar_events', 'unknown', {
		events: [{ eventid: UNKNOWN, repeat: 0 }],
	}),
]);

const show = (action: string, id: string | number) => ({ action, courseid: course, ids: [id] });

const activities = scenario('activities', [
	...as(all, 'core_course_get_course_module', 'module', { cmid: '{cm:rwessay}' }),
	...as(all, 'core_course_get_course_module', 'hidden module', { cmid: '{cm:rwhidden}' }),
	...as(['bare'], 'core_course_get_course_module', 'forum', { cmid: '{cm:rwforum}' }),
	...as(['role'], 'core_course_get_course_module', 'unknown', { cmid: UNKNOWN }),
	...as(['bare'], 'core_courseformat_update_course', 'hide', show('cm_hide', '{cm:rwpage}')),
	...as(['role'], 'core_courseformat_update_course', 'hide', show('cm_hide', '{cm:rwpage}')),
	...as(['role'], 'core_courseformat_update_course', 'show', show('cm_show', '{cm:rwpage}')),
	...as(['role'], 'core_courseformat_update_course', 'unknown', show('cm_hide', UNKNOWN)),
	...as(['bare'], 'core_course_delete_modules', 'delete', { cmids: ['{cm:rwpage}'] }),
	...as(['role'], 'core_course_delete_modules', 'delete', { cmids: ['{cm:rwpage}'] }),
	...as(['role'], 'core_course_delete_modules', 'unknown', { cmids: [UNKNOWN] }),
]);

const note = (userid: string | number, courseid: string | number, publishstate = 'course') => ({
	notes: [{ userid, courseid, publishstate, text: 'RW', format: 1 }],
});

const notes = scenario('notes', [
	...as(both, 'core_notes_create_notes', 'create', note(ada, course)),
	...as(['bare'], 'core_notes_create_notes', 'create', note(ada, course)),
	...as(['role'], 'core_notes_create_notes', 'personal', note(ada, course, 'personal')),
	...as(['role'], 'core_notes_create_notes', 'stranger', note(out, course)),
	...as(['role'], 'core_notes_create_notes', 'nobody', note(UNKNOWN, course)),
	...as(['role'], 'core_notes_create_notes', 'unknown course', note(ada, UNKNOWN)),
]);

const notesOf = (userid: string | number, courseid: string | number = course) => ({
	courseid,
	userid,
});

/** What Note: Get Many and Delete ask, and in between what `find` asks of a deletion. */
const keptNotes = scenario('kept notes', [
	...as(all, 'core_notes_get_course_notes', 'none yet', notesOf(ada)),
	...as(['role'], 'core_notes_create_notes', 'course', note(ada, course), {
		'note:rwcourse': '0.noteid',
	}),
	...as(['role'], 'core_notes_create_notes', 'site', note(ada, course, 'site'), {
		'note:rwsite': '0.noteid',
	}),
	...as(['role'], 'core_notes_create_notes', 'personal', note(ada, course, 'personal'), {
		'note:rwown': '0.noteid',
	}),
	...as(['main'], 'core_notes_create_notes', 'personal', note(ada, course, 'personal'), {
		'note:rwother': '0.noteid',
	}),
	...as(all, 'core_notes_get_course_notes', 'of a user', notesOf(ada)),
	...as(['role'], 'core_notes_get_course_notes', 'of somebody else', notesOf(ben)),
	...as(['role'], 'core_notes_get_course_notes', 'stranger', notesOf(out)),
	...as(['role'], 'core_notes_get_course_notes', 'nobody', notesOf(UNKNOWN)),
	...as(both, 'core_notes_get_course_notes', 'unknown course', notesOf(ada, UNKNOWN)),
	...as(all, 'core_notes_get_notes', 'one', { notes: ['{note:rwcourse}'] }),
	...as(both, 'core_notes_get_notes', 'personal of another', { notes: ['{note:rwother}'] }),
	...as(['role'], 'core_notes_get_notes', 'one and an unknown one', {
		notes: ['{note:rwcourse}', UNKNOWN],
	}),
	...as(both, 'core_notes_get_notes', 'unknown', { notes: [UNKNOWN] }),
	...as(['bare'], 'core_notes_delete_notes', 'delete', { notes: ['{note:rwcourse}'] }),
	...as(['role'], 'core_notes_delete_notes', 'delete', { notes: ['{note:rwcourse}'] }),
	...as(both, 'core_notes_delete_notes', 'again', { notes: ['{note:rwcourse}'] }),
	...as(['role'], 'core_notes_get_notes', 'deleted', { notes: ['{note:rwcourse}'] }),
	...as(['role'], 'core_notes_delete_notes', 'an unknown one and a good one', {
		notes: [UNKNOWN, '{note:rwsite}'],
	}),
	...as(['role'], 'core_notes_delete_notes', 'own and personal of another', {
		notes: ['{note:rwown}', '{note:rwother}'],
	}),
	...as(both, 'core_notes_get_course_notes', 'none any more', notesOf(ada)),
]);

const marks = (userid: string | number, courseid: string | number = course) => ({
	courseid,
	userid,
	moduleid: 0,
});

const competencies = scenario('competencies', [
	...as(all, 'report_competency_data_for_report', 'marks', marks(ada)),
	...as(['role'], 'report_competency_data_for_report', 'not graded', marks(ben)),
	...as(['role'], 'report_competency_data_for_report', 'stranger', marks(out)),
	...as(['role'], 'report_competency_data_for_report', 'unknown course', marks(ada, UNKNOWN)),
]);

const responses = (feedbackid: string | number, page = 0, perpage = 0) => ({
	feedbackid,
	page,
	perpage,
});

const feedback = scenario('feedback', [
	...as(all, 'mod_feedback_get_responses_analysis', 'named', responses('{feedback:rwfeedback}')),
	...as(
		both,
		'mod_feedback_get_responses_analysis',
		'anonymous',
		responses('{feedback:rwanonymous}'),
	),
	...as(
		['role'],
		'mod_feedback_get_responses_analysis',
		'one a page',
		responses('{feedback:rwfeedback}', 1, 1),
	),
	...as(['role'], 'mod_feedback_get_responses_analysis', 'unknown', responses(UNKNOWN)),
]);

const preference = (userid: string | number, name: string, value: string) => ({
	preferences: [{ userid, name, value }],
});

const preferences = scenario('preferences', [
	...as(all, 'core_user_set_user_preferences', 'set', preference(ada, 'htmleditor', 'textarea')),
	...as(
		['role'],
		'core_user_set_user_preferences',
		'odd value',
		preference(ada, 'calendar_maxevents', 'x'),
	),
	...as(['role'], 'core_user_set_user_preferences', 'odd name', preference(ada, 'rw_odd', '1')),
	...as(
		['role'],
		'core_user_set_user_preferences',
		'nobody',
		preference(UNKNOWN, 'htmleditor', ''),
	),
]);

const badges = scenario('badges', [
	...as(all, 'core_badges_get_user_badges', 'none', { userid: ada }),
	...as(['role'], 'core_badges_get_user_badges', 'nobody', { userid: UNKNOWN }),
]);

/** What is recorded by itself, each a file of `test/data/exchanges` for each version. */
export const recordings: Record<string, RecordStep[]> = {
	notes: keptNotes,
	activities: [
		...assignments,
		...quizzes,
		...forums,
		...events,
		...activities,
		...notes,
		...competencies,
		...feedback,
		...preferences,
		...badges,
	],
};
