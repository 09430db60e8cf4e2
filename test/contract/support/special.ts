/** What cannot be told from the description of an operation's parameters, each with its reason. */
import type { Operation } from '../../../nodes/Moodle/actions/types';
import type { FakeOptions } from './fakeMoodle';
import type { Values } from './samples';

/** Entries of Options that are read by the run as a whole and not by the operation. */
export const SETTINGS = [
	'dryRun',
	'recordsPerRequest',
	'requestsInFlight',
	'timeout',
	'recoverySeconds',
];

export interface Special extends Pick<FakeOptions, 'keys' | 'replies'> {
	/** Values that go with every filling, instead of those made up. */
	always?: Values;
	/** Values that go with every filling but "required fields only". */
	mostly?: Values;
	/** Values that a collection's entry needs beside it in the collection, by `collection.entry`. */
	beside?: Record<string, Values>;
	/** Values that a collection's entry needs among all others, by `collection.entry`. */
	besideAll?: Record<string, Values>;
	/** Entries that exclude another one, left out when everything is filled in. */
	without?: string[];
	/** Codes of problems that are right when nothing but the required fields is filled in. */
	needsMore?: string[];
	/** Functions that are named and only called when something goes wrong. */
	onFailure?: string[];
	/** Replies of another site, on which the operation has other things to do. */
	elsewhere?: FakeOptions['replies'];
	why: string;
}

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

const NOTHING_TO_CHANGE = { needsMore: ['empty'], why: 'an update without a change is refused' };

/** Categories, side by side. */
const categories = {
	core_course_get_categories: () =>
		[42, 43, 142, 242].map((id) => ({
			id,
			name: `Category ${id}`,
			idnumber: `HR-10${id}`,
			description: '',
			descriptionformat: 1,
			parent: 0,
			sortorder: id,
			coursecount: 0,
			depth: 1,
			path: `/${id}`,
			theme: 'boost',
		})),
};

const groupings = (groups: object[]) => () =>
	[42, 142, 242].map((id) => ({
		id,
		courseid: 42,
		name: 'Sample',
		description: '',
		descriptionformat: 1,
		idnumber: '',
		groups,
	}));

/** Nobody goes by the names of samples. */
const isNew = (params: Values) =>
	/\bada/.test(JSON.stringify(params))
		? params.criteria
			? { users: [], warnings: [] }
			: []
		: undefined;

/** A short name that no course has, nor those like it, nor the ID number of samples. */
const FREE = 'BIO-102';
const isFree = ({ value }: Values) =>
	/^(?:BIO\d?-102|CRM\d?-7)$/.test(String(value)) ? { courses: [], warnings: [] } : undefined;

const activity = {
	modname: 'assign',
	module: 'assign',
	itemtype: 'mod',
	itemnumber: 0,
	grademin: 0,
	grademax: 100,
	grade: '7',
};
const assignmentGrade = (userid: number) => ({
	id: userid,
	userid,
	attemptnumber: 0,
	timecreated: 0,
	timemodified: 0,
	grader: 2,
	grade: '7.00000',
});
const comments = { subtype: 'assignfeedback', plugin: 'comments', name: 'enabled', value: '1' };

const graded: Special = {
	keys: { ...activity, ...comments },
	replies: {
		mod_assign_get_grades: () => ({
			assignments: [{ assignmentid: 42, grades: [42, 142, 242].map(assignmentGrade) }],
			warnings: [],
		}),
	},
	why: 'the activity is a graded assignment with feedback comments, in which the grades are by now what was sent',
};

/** Everybody who is asked about takes part. */
const participants: FakeOptions['replies'] = {
	core_user_get_course_user_profiles: ({ userlist }) =>
		(userlist as Array<{ userid: number }>).map(({ userid }) => ({
			id: userid,
			roles: [{ roleid: 5 }],
		})),
};

/** An event as a list of events shows it. */
const event = {
	id: 42,
	name: 'Sample',
	description: '',
	format: 1,
	groupid: null,
	categoryid: null,
	userid: 2,
	repeatid: null,
	modulename: null,
	instance: null,
	eventtype: 'course',
	timestart: 1_700_000_000,
	timeduration: 0,
	visible: 1,
	sequence: 1,
	timemodified: 1_700_000_000,
};

/** What Moodle answers in place of groups. */
const warned = (warningcode: string) => ({
	groups: [],
	warnings: [{ item: 'course', itemid: 42, warningcode, message: warningcode }],
});

const SPECIAL: Record<string, Special> = {
	'activity/setVisibility': {
		replies: {
			core_courseformat_update_course: ({ action, ids }) =>
				JSON.stringify(
					(ids as number[]).map((id) => ({
						name: 'cm',
						action: 'put',
						fields: { id: String(id), visible: action === 'cm_show' },
					})),
				),
		},
		why: 'the answer is a text in JSON that tells the new state',
	},
	'assignment/gradeSubmission': graded,
	'calendarEvent/getAll': {
		replies: {
			core_calendar_get_calendar_events: ({ events }) => ({
				events: (((events as Values).courseids as number[] | undefined) ?? [1]).map((courseid) => ({
					...event,
					courseid,
				})),
				warnings: [],
			}),
		},
		onFailure: ['core_course_get_contents'],
		why: 'the events belong to the course, and to no category; whether the course is there is asked when there are none',
	},
	'calendarEvent/delete': {
		replies: {
			core_calendar_get_calendar_events: ({ events }) => ({
				events: ((events as Values).eventids as number[]).map((id) => ({ id })),
				warnings: [],
			}),
		},
		why: 'the events are there',
	},
	'category/update': {
		...NOTHING_TO_CHANGE,
		replies: categories,
		without: ['updateFields.toTop'],
		why: 'a category has one parent, and not itself',
	},
	'category/upsert': {
		elsewhere: {
			core_course_get_categories: () =>
				categories
					.core_course_get_categories()
					.map((row) => (row.id === 42 ? { ...row, idnumber: 'CRM-7' } : row)),
		},
		why: 'once the category is there, once it is not',
	},
	'cohort/syncMembers': {
		mostly: { userId: byId('42') },
		needsMore: ['empty'],
		elsewhere: { core_cohort_get_cohort_members: () => [{ cohortid: 42, userids: [43] }] },
		why: 'an item without a user counts as a slip; elsewhere the cohort has another member',
	},
	'completion/getActivities': {
		keys: { istrackeduser: true, state: 1, tracking: 1 },
		why: 'the user is a student of the course',
	},
	'completion/markActivity': {
		replies: {
			core_completion_override_activity_completion_status: ({ newstate, ...ids }) => ({
				...ids,
				state: newstate,
				timecompleted: 1_700_000_000,
				overrideby: 2,
				tracking: 1,
			}),
		},
		why: 'the answer tells the new state',
	},
	'course/create': {
		always: { shortname: FREE },
		replies: { core_course_get_courses_by_field: isFree },
		why: 'a new course needs a short name that is not taken',
	},
	'course/duplicate': {
		always: { shortname: FREE },
		replies: { core_course_get_courses_by_field: isFree },
		why: 'the copy needs a short name that is not taken',
	},
	'course/getAll': { always: { ids: '42' }, why: 'there is one course on this site' },
	'course/getContents': {
		beside: { 'filters.modid': { modname: 'assign' } },
		why: 'the ID of an activity is one of its type',
	},
	'course/upsert': {
		mostly: { categoryId: byId('42') },
		elsewhere: {
			core_course_get_courses_by_field: ({ field }) =>
				field === 'id' ? undefined : { courses: [], warnings: [] },
		},
		why: 'elsewhere the course is not there yet, and a new one needs a category',
	},
	'enrolment/enrol': {
		keys: { enrollmentmethods: 'manual' },
		onFailure: ['core_course_get_courses'],
		elsewhere: {
			core_group_get_course_user_groups: () => warned('notenrolled'),
			core_enrol_get_enrolled_users: () => [],
		},
		why: 'the course has manual enrolment; elsewhere nobody is enrolled yet',
	},
	'enrolment/unenrol': {
		onFailure: ['core_course_get_courses'],
		elsewhere: { core_group_get_course_user_groups: () => warned('cannotmanagegroups') },
		why: 'why a course refuses is found out after it has; elsewhere Moodle tells only by the list who is enrolled',
	},
	'file/upload': { keys: { success: true }, why: 'the file is an image' },
	'grade/update': graded,
	'group/create': {
		without: ['additionalFields.participation'],
		why: 'a group whose members are hidden takes no part in activities',
	},
	'group/upsert': {
		without: ['additionalFields.participation'],
		why: 'a group whose members are hidden takes no part in activities',
	},
	'group/update': {
		without: ['updateFields.participation'],
		...NOTHING_TO_CHANGE,
		replies: { core_group_get_group_members: () => [{ groupid: 42, userids: [] }] },
		why: 'visibility can be changed while a group is empty',
	},
	'group/addMember': {
		onFailure: ['core_group_get_course_user_groups', 'core_enrol_get_enrolled_users'],
		why: 'who is not enrolled is found out after a refusal',
	},
	'grouping/assignGroup': {
		elsewhere: { core_group_get_groupings: groupings([]) },
		why: 'elsewhere the group is not assigned yet',
	},
	'note/create': { replies: participants, why: 'the users take part in the course' },
	'competency/getUserCompetencies': {
		replies: participants,
		why: 'the users take part in the course',
	},
	'user/upsert': {
		elsewhere: { core_user_get_users_by_field: isNew, core_user_get_users: isNew },
		why: 'elsewhere nobody of that name is there',
	},
	'webService/callFunction': {
		always: { functionName: { __rl: true, mode: 'name', value: 'core_webservice_get_site_info' } },
		besideAll: {
			'options.collectItems': {
				functionName: { __rl: true, mode: 'name', value: 'core_group_delete_groups' },
				parameters: '{ "groupids": [42] }',
			},
		},
		without: ['options.collectItems'],
		why: 'the parameters are those of the function; items are collected for functions that write and have one list',
	},
};

/** What goes for all operations of a resource. */
const RESOURCES: Record<string, Special> = {
	assignment: { keys: activity, why: 'the activity is an assignment' },
	feedback: { keys: { modname: 'feedback' }, why: 'the activity is a feedback activity' },
	forum: { keys: { modname: 'forum' }, why: 'the activity is a forum' },
	quiz: { keys: { modname: 'quiz' }, why: 'the activity is a quiz' },
	category: { replies: categories, why: 'a category and its parent are two' },
	group: { mostly: { courseId: byId('42') }, why: 'names of groups are looked up inside a course' },
	grouping: {
		mostly: { courseId: byId('42') },
		why: 'names of groupings are looked up inside a course',
	},
};

/** The sites on which an operation is tried out: all is there, nothing is there, and what it needs besides. */
export function sitesOf(
	operation: Pick<Operation, 'resource' | 'value'>,
): Array<Pick<FakeOptions, 'mood' | 'keys' | 'replies'>> {
	const { keys, replies, elsewhere } = specialOf(operation);
	const usual = (['found', 'none'] as const).map((mood) => ({ mood, keys, replies }));
	return elsewhere
		? [...usual, { mood: 'found', keys, replies: { ...replies, ...elsewhere } }]
		: usual;
}

export function specialOf(operation: Pick<Operation, 'resource' | 'value'>): Partial<Special> {
	const update = operation.value === 'update' ? NOTHING_TO_CHANGE : {};
	const [general, own] = [
		RESOURCES[operation.resource],
		SPECIAL[`${operation.resource}/${operation.value}`],
	];
	return { ...update, ...general, ...own, mostly: { ...general?.mostly, ...own?.mostly } };
}
