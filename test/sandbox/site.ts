/** The in-memory Moodle: its tables and what they hold in a new site. */
import { CAPABILITY_NAMES, standardRoles } from './roles';
import type * as R from './rows';
import type * as L from './rows-learning';
import { looseKey } from './php';
import { Journal, Table } from './table';
import { textsOf, type Texts } from './text';
import { usualDatabase, type Database, type MoodleVersion } from './types';

/** A web service: which functions its tokens may call. */
export interface Service {
	id: number;
	shortname: string;
	name: string;
	enabled: boolean;
	restricted: boolean;
	functions: 'all' | Set<string>;
	uploadfiles: boolean;
	downloadfiles: boolean;
	requiredcapability: string;
	/** Authorised users of a restricted service. */
	users: Array<{ userid: number; validuntil: number; iprestriction: string }>;
}

/** A token. Kept outside the tables: a failed call never brings one back. */
export interface Token {
	token: string;
	userid: number;
	serviceid: number;
	validuntil: number;
	iprestriction: string;
	privatetoken: string;
}

/** Columns of users that can stand in "Show user identity". */
export type IdentityField =
	| 'username'
	| 'idnumber'
	| 'email'
	| 'phone1'
	| 'phone2'
	| 'department'
	| 'institution'
	| 'city'
	| 'country';

/** Settings of the site that functions read. */
export interface SiteConfig {
	sitename: string;
	auths: Set<string>;
	langs: Set<string>;
	themes: Set<string>;
	/** Capabilities beyond those the sandbox names. */
	capabilities: Set<string>;
	/** Columns of users that `moodle/site:viewuseridentity` shows: "Show user identity". */
	identityFields: IdentityField[];
	/** Roles whose holders everybody may see, by their short names: "Course contacts". */
	courseContacts: string[];
	/** Descriptions show only of users with a role somewhere: "Profiles for enrolled users only". */
	profilesForEnrolledOnly: boolean;
	/** Courses, categories and cohorts may have themes; off in a new site, and what is sent is left out then. */
	allowThemes: boolean;
	/** Seconds that the clock of the site is ahead. */
	clockOffset: number;
	/** Course formats installed. */
	formats: Set<string>;
	/** What site info gives as `userprivateaccesskey`; made at random when a sandbox starts. */
	privateKey: string;
}

/** All data of a site. Tests may read and change it directly. */
export class Site {
	readonly journal = new Journal();
	readonly admins = new Set<number>();
	readonly tokens = new Map<string, Token>();
	readonly services = new Map<number, Service>();
	config: SiteConfig = defaultConfig();
	/** How the database compares texts. */
	readonly texts: Texts;

	readonly users = this.table<R.User>(
		{
			username: (u) => this.texts.key(u.username),
			email: (u) => this.texts.key(u.email),
			/** As Moodle asks whether an address is taken. */
			address: (u) => this.texts.lower(u.email),
			idnumber: (u) => (u.idnumber === '' ? null : this.texts.key(u.idnumber)),
		},
		['username'],
	);
	readonly tags = this.table<R.Tag>({ name: (t) => this.texts.key(t.rawname.toLowerCase()) }, [
		'name',
	]);
	readonly profileFields = this.table<R.ProfileField>({
		shortname: (f) => this.texts.key(f.shortname),
	});
	readonly customFields = this.table<R.CustomField>({ area: (f) => f.area });
	readonly contexts = this.table<R.Context>({
		instance: (c) => `${c.contextlevel}:${c.instanceid}`,
	});
	readonly roles = this.table<R.Role>({ shortname: (r) => r.shortname });
	readonly roleAssignments = this.table<R.RoleAssignment>({
		context: (a) => a.contextid,
		user: (a) => a.userid,
		place: (a) => `${a.contextid}:${a.userid}`,
	});
	readonly categories = this.table<R.Category>({
		parent: (c) => c.parent,
		idnumber: (c) => (c.idnumber ? this.texts.key(c.idnumber) : null),
		name: (c) => this.texts.key(c.name),
	});
	readonly courses = this.table<R.Course>({
		category: (c) => c.category,
		shortname: (c) => this.texts.key(c.shortname),
		idnumber: (c) => this.texts.key(c.idnumber),
		unplaced: (c) => (c.position === 0 ? 0 : null),
	});
	readonly sections = this.table<R.Section>({ course: (s) => s.course });
	readonly modules = this.table<R.CourseModule>({
		course: (m) => m.course,
		instance: (m) => `${m.modname}:${m.instance}`,
	});
	readonly enrols = this.table<R.Enrol>({ course: (e) => e.courseid });
	readonly userEnrolments = this.table<R.UserEnrolment>(
		{
			enrol: (e) => e.enrolid,
			course: (e) => e.courseid,
			user: (e) => e.userid,
			place: (e) => `${e.enrolid}:${e.userid}`,
			courseUser: (e) => `${e.courseid}:${e.userid}`,
		},
		['place'],
	);
	readonly groups = this.table<R.Group>({
		course: (g) => g.courseid,
		name: (g) => `${g.courseid}:${this.texts.key(g.name)}`,
		idnumber: (g) => (g.idnumber === '' ? null : `${g.courseid}:${looseKey(g.idnumber)}`),
	});
	readonly groupMembers = this.table<R.GroupMember>(
		{
			group: (m) => m.groupid,
			user: (m) => m.userid,
			place: (m) => `${m.groupid}:${m.userid}`,
		},
		['place'],
	);
	readonly groupings = this.table<R.Grouping>({
		course: (g) => g.courseid,
		name: (g) => `${g.courseid}:${this.texts.key(g.name)}`,
		idnumber: (g) => (g.idnumber === '' ? null : `${g.courseid}:${looseKey(g.idnumber)}`),
	});
	readonly groupingGroups = this.table<R.GroupingGroup>({
		grouping: (g) => g.groupingid,
		group: (g) => g.groupid,
		place: (g) => `${g.groupingid}:${g.groupid}`,
	});
	readonly cohorts = this.table<R.Cohort>({
		context: (c) => c.contextid,
		idnumber: (c) => this.texts.key(c.idnumber),
	});
	readonly cohortMembers = this.table<R.CohortMember>(
		{
			cohort: (m) => m.cohortid,
			user: (m) => m.userid,
			place: (m) => `${m.cohortid}:${m.userid}`,
		},
		['place'],
	);
	readonly gradeItems = this.table<L.GradeItem>({ course: (i) => i.courseid });
	readonly gradeGrades = this.table<L.GradeGrade>(
		{
			item: (g) => g.itemid,
			user: (g) => g.userid,
			place: (g) => `${g.itemid}:${g.userid}`,
		},
		['place'],
	);
	readonly gradeCategories = this.table<L.GradeCategory>({ course: (c) => c.courseid });
	readonly assignGrades = this.table<L.AssignGrade>({
		assignment: (g) => g.assignment,
		place: (g) => `${g.assignment}:${g.userid}`,
	});
	readonly notes = this.table<L.Note>();
	readonly feedbackResponses = this.table<L.FeedbackResponse>({ feedback: (r) => r.feedback });
	readonly competencies = this.table<L.Competency>({ course: (c) => c.course });
	readonly quizAttempts = this.table<L.QuizAttempt>({ place: (a) => `${a.quiz}:${a.userid}` });
	readonly extensions = this.table<L.AssignExtension>({
		place: (e) => `${e.assignment}:${e.userid}`,
	});
	readonly submissions = this.table<L.AssignSubmission>({ assignment: (s) => s.assignment });
	readonly completions = this.table<L.CompletionState>(
		{
			cm: (c) => c.cmid,
			place: (c) => `${c.cmid}:${c.userid}`,
		},
		['place'],
	);
	readonly criteria = this.table<L.CompletionCriterion>({ course: (c) => c.course });
	readonly courseCompletions = this.table<L.CourseCompletion>(
		{
			course: (c) => c.course,
			place: (c) => `${c.course}:${c.userid}`,
		},
		['place'],
	);
	readonly conversations = this.table<L.Conversation>({ key: (c) => c.key });
	readonly messages = this.table<L.Message>({ to: (m) => m.useridto });
	readonly events = this.table<L.CalendarEvent>({ course: (e) => e.courseid });
	readonly badges = this.table<L.Badge>();
	readonly badgesIssued = this.table<L.BadgeIssued>({ user: (b) => b.userid });
	readonly files = this.table<L.StoredFile>({
		area: (f) => `${f.contextid}:${f.component}:${f.filearea}:${f.itemid}`,
	});
	readonly discussions = this.table<L.ForumDiscussion>({ forum: (d) => d.forum });
	readonly posts = this.table<L.ForumPost>({ discussion: (p) => p.discussion });
	readonly reports = this.table<L.Report>();
	readonly changes = this.table<L.Change>({ course: (c) => c.courseid });

	constructor(
		readonly version: MoodleVersion,
		/** Address of the site, without a slash at the end. */
		public wwwroot: string,
		readonly database: Database = usualDatabase(version),
	) {
		this.texts = textsOf(database);
		this.reset();
	}

	/** Seconds since 1970 by the clock of the site. */
	now(): number {
		return Math.floor(Date.now() / 1000) + this.config.clockOffset;
	}

	/** Makes the site new: an administrator, a guest, a category, the front page, the standard roles. */
	reset(): void {
		for (const table of Site.tablesOf(this)) table.clear();
		this.admins.clear();
		this.tokens.clear();
		this.services.clear();
		this.config = defaultConfig();
		seed(this);
	}

	/** What is installed, for clean_param. */
	get installed() {
		const known = (name: string): boolean =>
			name in CAPABILITY_NAMES || this.config.capabilities.has(name);
		return { ...this.config, capabilities: known };
	}

	private table<T extends { id: number }>(
		indexes: Record<string, (row: T) => string | number | null> = {},
		uniqueIndexes: string[] = [],
	): Table<T> {
		return new Table<T>(this.journal, indexes, uniqueIndexes);
	}

	private static tablesOf(site: Site): Array<{ clear(): void }> {
		return Object.values(site).filter(
			(value): value is Table<{ id: number }> => value instanceof Table,
		);
	}
}

function defaultConfig(): SiteConfig {
	return {
		sitename: 'Stand-in Moodle',
		auths: new Set(['manual', 'nologin', 'email', 'webservice', 'ldap', 'oauth2', 'db', 'none']),
		langs: new Set(['en']),
		themes: new Set(['boost', 'classic']),
		capabilities: new Set(),
		identityFields: ['email'],
		courseContacts: ['editingteacher'],
		profilesForEnrolledOnly: true,
		allowThemes: false,
		clockOffset: 0,
		formats: new Set(['topics', 'weeks', 'singleactivity', 'social']),
		privateKey: '',
	};
}

/** A user with the columns of a new account. */
export function newUser(
	values: Partial<R.User> & Pick<R.User, 'username'>,
	now: number,
): Omit<R.User, 'id'> & { id?: number } {
	return {
		auth: 'manual',
		confirmed: true,
		suspended: false,
		deleted: false,
		password: '',
		firstname: '',
		lastname: '',
		middlename: '',
		alternatename: '',
		firstnamephonetic: '',
		lastnamephonetic: '',
		email: '',
		maildisplay: 2,
		idnumber: '',
		institution: '',
		department: '',
		address: '',
		phone1: '',
		phone2: '',
		city: '',
		country: '',
		lang: 'en',
		calendartype: 'gregorian',
		theme: '',
		timezone: '99',
		mailformat: 1,
		trackforums: 0,
		description: null,
		descriptionformat: 1,
		interests: [],
		firstaccess: 0,
		lastaccess: 0,
		timecreated: now,
		timemodified: now,
		policyagreed: false,
		preferences: {},
		profile: {},
		...values,
	};
}

function seed(site: Site): void {
	const now = site.now();
	for (const role of standardRoles()) site.roles.insert(role);
	site.contexts.insert({ id: 1, contextlevel: 10, instanceid: 0, path: [1] });
	site.users.insert(
		newUser(
			{
				id: 1,
				username: 'guest',
				firstname: 'Guest user',
				lastname: ' ',
				email: 'root@localhost',
				description: 'This user is a special user that allows read-only access to some courses.',
			},
			now,
		),
	);
	site.users.insert(
		newUser(
			{
				id: 2,
				username: 'admin',
				password: 'Admin-1234!',
				firstname: 'Admin',
				lastname: 'User',
				email: 'admin@example.org',
			},
			now,
		),
	);
	site.admins.add(2);
	site.contexts.insert({ id: 2, contextlevel: 50, instanceid: 1, path: [1, 2] });
	site.courses.insert({
		id: 1,
		category: 0,
		position: 0,
		fullname: site.config.sitename,
		shortname: 'stand-in',
		idnumber: '',
		summary: '',
		summaryformat: 0,
		format: 'site',
		showgrades: 1,
		newsitems: 3,
		startdate: 0,
		enddate: 0,
		maxbytes: 0,
		legacyfiles: 0,
		showreports: 0,
		visible: 1,
		groupmode: 0,
		groupmodeforce: 0,
		defaultgroupingid: 0,
		lang: '',
		theme: '',
		calendartype: '',
		timecreated: now,
		timemodified: now,
		enablecompletion: 0,
		completionnotify: 0,
		showactivitydates: 0,
		showcompletionconditions: null,
		creator: 2,
		options: { numsections: 1 },
		customfields: {},
	});
	site.categories.insert({
		id: 1,
		name: 'Category 1',
		idnumber: null,
		description: '',
		descriptionformat: 1,
		parent: 0,
		position: 1,
		visible: 1,
		visibleold: 1,
		timemodified: now,
		theme: '',
	});
	site.contexts.insert({ id: 3, contextlevel: 40, instanceid: 1, path: [1, 3] });
}
