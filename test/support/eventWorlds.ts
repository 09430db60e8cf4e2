/** For every event of the trigger: a site in which it can happen, as often as a test likes. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import {
	addCategory,
	addCourse,
	addCohort,
	addDiscussion,
	addManualGrade,
	addModule,
	addPost,
	addReport,
	addSubmission,
	addUser,
	completeCourse,
	joinCohort,
	setCriteria,
	type Sandbox,
} from '../sandbox';
import { removeCourse } from '../sandbox/functions/course-tools';
import { enrolInstance, enrolUser, unenrolUser } from '../sandbox/functions/enrol-tools';

/** A site in which one event can happen. */
export interface World {
	parameters: INodeParameters;
	/** Gets ready for this many to happen: makes the people, and for things that go away what is there before. */
	ready: (count: number) => void;
	/** Puts as many records there as have nothing to do with what will happen. */
	existing: (count: number) => void;
	/** Lets it happen so often, oldest first; what each is known by. */
	happen: (count: number) => string[];
	/** Takes back what happened; all that is gone with it. */
	undo: (ids: string[]) => string[];
	/** Lets it happen again after it was taken back; what it is known by now: what was deleted does not come back as the same. */
	again: (ids: string[]) => string[];
	/** Whether that is told even where no poll came in between: by the new time of the same record. */
	isNewAgain?: boolean;
	/** What an output item is known by. */
	idOf: (json: IDataObject) => string;
	/** Another choice of the same event. */
	other: INodeParameters;
	/** A poll finds everything that happened, whatever the number. */
	atOnce: boolean;
	/** In which order it is told: as it happened, or by the ids of those to whom it happened. */
	order: 'time' | 'id';
}

let names = 0;

const by = (value: number) => ({ __rl: true, mode: 'id', value: String(value) });

function person(sandbox: Sandbox): number {
	const username = `person${++names}`;
	return addUser(sandbox.site, { username, firstname: 'First', lastname: username }).id;
}

const people = (sandbox: Sandbox, count: number) =>
	Array.from({ length: count }, () => person(sandbox));

const cohort = (sandbox: Sandbox) => addCohort(sandbox.site, `C${++names}`).id;

/** A course with criteria for completion. */
export function course(sandbox: Sandbox): number {
	const { id } = addCourse(sandbox.site, {
		fullname: `Course ${++names}`,
		shortname: `course${names}`,
		category: 1,
		enablecompletion: 1,
		newsitems: 0,
	});
	setCriteria(sandbox.site, id, []);
	return id;
}

/** Enrols somebody by hand, by default as a student. */
export function enrol(sandbox: Sandbox, courseid: number, userid: number, roleid = 5): void {
	const instance = enrolInstance(sandbox.site, courseid, 'manual');
	if (!instance) throw new Error(`Course ${courseid} has no manual enrolment`);
	enrolUser(sandbox.site, instance, userid, roleid, { timestart: 0, timeend: 0, status: 0 });
}

const userid = (json: IDataObject) => String(json.userid);

/** Does something with each, which stays known by its ID. */
const each =
	(does: (id: number) => void) =>
	(ids: string[]): string[] => {
		ids.forEach((id) => does(Number(id)));
		return ids;
	};

function userCreated(sandbox: Sandbox): World {
	return {
		parameters: { event: 'userCreated' },
		ready: () => undefined,
		existing: (count) => void people(sandbox, count),
		happen: (count) => people(sandbox, count).map(String),
		undo: each((id) => void sandbox.site.users.update(id, { deleted: true })),
		again: (ids) => people(sandbox, ids.length).map(String),
		idOf: (json) => String(json.id),
		other: { event: 'cohortMemberAdded', cohortId: by(cohort(sandbox)) },
		atOnce: true,
		order: 'id' as const,
	};
}

/** Coming into a place, or going out of it. */
interface Place {
	come: (userid: number) => void;
	go: (userid: number) => void;
}

function comings(sandbox: Sandbox, place: Place, isGoing: boolean) {
	const [happens, undoes] = isGoing ? [place.go, place.come] : [place.come, place.go];
	const waiting: number[] = [];
	return {
		ready: (count: number) => {
			for (const id of people(sandbox, count)) {
				if (isGoing) place.come(id);
				waiting.push(id);
			}
		},
		existing: (count: number) => people(sandbox, count).forEach(place.come),
		happen: (count: number) =>
			waiting.splice(0, count).map((id) => {
				happens(id);
				return String(id);
			}),
		undo: each(undoes),
		again: each(happens),
		idOf: userid,
		atOnce: true,
		order: 'id' as const,
	};
}

function members(sandbox: Sandbox, event: string): World {
	const { site } = sandbox;
	const cohortid = cohort(sandbox);
	const place = {
		come: (id: number) => joinCohort(site, cohortid, id),
		go: (id: number) => {
			const row = site.cohortMembers.first('place', `${cohortid}:${id}`);
			if (row) site.cohortMembers.remove(row.id);
		},
	};
	return {
		parameters: { event, cohortId: by(cohortid) },
		...comings(sandbox, place, event === 'cohortMemberRemoved'),
		other: { event, cohortId: by(cohort(sandbox)) },
	};
}

function courseCompleted(sandbox: Sandbox): World {
	const courseid = course(sandbox);
	const waiting: number[] = [];
	const [criterion] = sandbox.site.criteria.find('course', courseid);
	const complete = (id: number) => {
		completeCourse(sandbox.site, courseid, id);
		const row = sandbox.site.courseCompletions.first('place', `${courseid}:${id}`);
		if (row)
			sandbox.site.courseCompletions.update(row.id, {
				criteria: { [criterion.id]: sandbox.site.now() },
			});
	};
	return {
		parameters: { event: 'courseCompleted', courseId: by(courseid) },
		ready: (count) => {
			for (const id of people(sandbox, count)) {
				enrol(sandbox, courseid, id);
				waiting.push(id);
			}
		},
		existing: (count) => {
			for (const id of people(sandbox, count)) {
				enrol(sandbox, courseid, id);
				complete(id);
			}
		},
		happen: (count) =>
			waiting.splice(0, count).map((id) => {
				complete(id);
				return String(id);
			}),
		undo: each((id) => completeCourse(sandbox.site, courseid, id, 0)),
		again: each(complete),
		idOf: userid,
		other: { event: 'courseCompleted', courseId: by(course(sandbox)) },
		atOnce: false,
		order: 'time',
	};
}

function enrolments(sandbox: Sandbox, event: string): World {
	const { site } = sandbox;
	const courseid = course(sandbox);
	const place = {
		come: (id: number) => enrol(sandbox, courseid, id),
		go: (id: number) => {
			const instance = enrolInstance(site, courseid, 'manual');
			if (instance) unenrolUser(site, instance, id);
		},
	};
	const isGoing = event === 'enrolmentRemoved';
	return {
		parameters: { event, courseId: by(courseid) },
		...comings(sandbox, place, isGoing),
		idOf: (json) => String(isGoing ? json.userid : json.id),
		other: { event, courseId: by(course(sandbox)) },
	};
}

/** People of a course, of whom each does something, or takes it back. */
function doers(
	sandbox: Sandbox,
	courseid: number,
	does: (userid: number) => void,
	undoes: (userid: number) => void,
) {
	const waiting: number[] = [];
	const enrolled = (count: number) => {
		const ids = people(sandbox, count);
		for (const id of ids) enrol(sandbox, courseid, id);
		return ids;
	};
	return {
		ready: (count: number) => void waiting.push(...enrolled(count)),
		existing: (count: number) => {
			enrolled(count).forEach(does);
			sandbox.site.config.clockOffset += 86_400;
		},
		happen: (count: number) =>
			waiting.splice(0, count).map((id) => {
				does(id);
				return String(id);
			}),
		undo: each(undoes),
		again: each(does),
		idOf: userid,
		order: 'time' as const,
	};
}

function activityCompleted(sandbox: Sandbox): World {
	const { site } = sandbox;
	const courseid = course(sandbox);
	const activity = () => addModule(site, courseid, 'page', 'Page', { completion: 1 }).id;
	const cmid = activity();
	const set = (id: number, state: number) => {
		const row = site.completions.first('place', `${cmid}:${id}`);
		const values = { cmid, userid: id, state, overrideby: null, timemodified: site.now() };
		if (row) site.completions.update(row.id, values);
		else site.completions.insert(values);
	};
	return {
		parameters: { event: 'activityCompleted', activityId: by(cmid) },
		...doers(
			sandbox,
			courseid,
			(id) => set(id, 1),
			(id) => set(id, 0),
		),
		other: { event: 'activityCompleted', activityId: by(activity()) },
		atOnce: false,
	};
}

function gradeChanged(sandbox: Sandbox): World {
	const { site } = sandbox;
	const courseid = course(sandbox);
	const item = () =>
		addManualGrade(site, { courseid, name: `Test ${++names}`, idnumber: '', userid: 2, grade: 5 });
	const [first, ...others] = Array.from({ length: 10 }, item);
	const grade = (itemid: number, id: number, finalgrade: number | null) => {
		const row = site.gradeGrades.first('place', `${itemid}:${id}`);
		const now = site.now();
		if (row) site.gradeGrades.update(row.id, { finalgrade, timemodified: now });
		else
			site.gradeGrades.insert({
				itemid,
				userid: id,
				rawgrade: null,
				finalgrade,
				feedback: '',
				feedbackformat: 1,
				locked: 0,
				overridden: 0,
				usermodified: 2,
				timecreated: now,
				timemodified: now,
			});
	};
	const done = doers(
		sandbox,
		courseid,
		(id) => grade(first.id, id, 50),
		(id) => grade(first.id, id, null),
	);
	return {
		parameters: { event: 'gradeChanged', courseId: by(courseid) },
		...done,
		existing: (count) => {
			const ids = people(sandbox, Math.ceil(count / 10));
			for (const id of ids) {
				enrol(sandbox, courseid, id);
				for (const { id: itemid } of [first, ...others]) grade(itemid, id, 70);
			}
		},
		other: { event: 'gradeChanged', courseId: by(course(sandbox)) },
		atOnce: true,
	};
}

function assignmentSubmitted(sandbox: Sandbox): World {
	const { site } = sandbox;
	const courseid = course(sandbox);
	const cm = addModule(site, courseid, 'assign', 'Essay');
	/** A submission that is withdrawn is a draft again; submitted anew it is another one only in a later second. */
	const set = (id: number, status: 'draft' | 'submitted') => {
		site.config.clockOffset += 1;
		const row = site.submissions
			.all()
			.find(({ userid: of, assignment }) => of === id && assignment === cm.instance);
		if (row) site.submissions.update(row.id, { status, timemodified: site.now() });
	};
	const done = doers(
		sandbox,
		courseid,
		(id) => void addSubmission(site, cm, id),
		(id) => set(id, 'draft'),
	);
	return {
		parameters: { event: 'assignmentSubmitted', courseId: by(courseid) },
		...done,
		again: each((id) => set(id, 'submitted')),
		isNewAgain: true,
		other: { event: 'assignmentSubmitted', courseId: by(course(sandbox)) },
		atOnce: true,
	};
}

function forumPostCreated(sandbox: Sandbox): World {
	const { site } = sandbox;
	const courseid = course(sandbox);
	const forum = () => addModule(site, courseid, 'forum', 'Forum');
	const cm = forum();
	const author = person(sandbox);
	let [discussion, count] = [0, 0];
	const post = () => {
		if (count++ % 5 > 0 && site.discussions.get(discussion))
			return addPost(site, discussion, author, 'An answer').id;
		discussion = addDiscussion(site, cm, author, 'A question', 'A question?').id;
		return site.posts.find('discussion', discussion)[0].id;
	};
	const posts = (total: number) => Array.from({ length: total }, post).map(String);
	return {
		parameters: { event: 'forumPostCreated', activityId: by(cm.id) },
		ready: () => undefined,
		existing: (total) => {
			for (let left = total; left > 0; left--) {
				site.config.clockOffset += 30;
				post();
			}
		},
		happen: posts,
		undo: (ids) =>
			ids.flatMap((id) => {
				const row = site.posts.get(Number(id));
				if (!row) return [];
				const isFirst = row.parent === 0;
				const gone = isFirst ? site.posts.find('discussion', row.discussion) : [row];
				for (const { id: own } of gone) site.posts.remove(own);
				if (isFirst) site.discussions.remove(row.discussion);
				return gone.map(({ id: own }) => String(own));
			}),
		again: (ids) => posts(ids.length),
		idOf: (json) => String(json.id),
		other: { event: 'forumPostCreated', activityId: by(forum().id) },
		atOnce: true,
		order: 'time',
	};
}

function reportRowAdded(sandbox: Sandbox): World {
	const rows: string[][] = [];
	const report = (list: string[][]) =>
		addReport(sandbox.site, 'People', ['Number', 'Note'], () => list).id;
	const row = (id: string) => [id, 'Same'];
	const more = (count: number) =>
		Array.from({ length: count }, () => {
			rows.push(row(String(++names)));
			return String(names);
		});
	return {
		parameters: { event: 'reportRowAdded', reportId: by(report(rows)) },
		ready: () => undefined,
		existing: (count) => void more(count),
		happen: more,
		undo: each((id) => {
			const at = rows.findIndex(([number]) => number === String(id));
			rows.splice(at, 1);
		}),
		again: each((id) => void rows.push(row(String(id)))),
		idOf: (json) => String(json.Number),
		other: { event: 'reportRowAdded', reportId: by(report([])) },
		atOnce: true,
		order: 'time',
	};
}

function courseCreatedOrUpdated(sandbox: Sandbox): World {
	const courses = (count: number) => Array.from({ length: count }, () => String(course(sandbox)));
	return {
		parameters: { event: 'courseCreatedOrUpdated' },
		ready: () => undefined,
		existing: (count) => void courses(count),
		happen: courses,
		undo: each((id) => removeCourse(sandbox.site, id)),
		again: (ids) => courses(ids.length),
		idOf: (json) => String(json.id),
		other: {
			event: 'courseCreatedOrUpdated',
			categoryId: by(addCategory(sandbox.site, { name: `Empty ${++names}`, parent: 0 }).id),
		},
		atOnce: true,
		order: 'time',
	};
}

/** How to make the site of each event, by its value. */
export const worlds: Record<string, (sandbox: Sandbox) => World> = {
	userCreated,
	cohortMemberAdded: (sandbox) => members(sandbox, 'cohortMemberAdded'),
	cohortMemberRemoved: (sandbox) => members(sandbox, 'cohortMemberRemoved'),
	courseCompleted,
	courseCreatedOrUpdated,
	enrolmentCreated: (sandbox) => enrolments(sandbox, 'enrolmentCreated'),
	enrolmentRemoved: (sandbox) => enrolments(sandbox, 'enrolmentRemoved'),
	activityCompleted,
	gradeChanged,
	assignmentSubmitted,
	forumPostCreated,
	reportRowAdded,
};
