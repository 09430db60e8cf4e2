/** For every event of the trigger: a site in which it can happen, as often as a test likes. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { addCourse, addUser, completeCourse, setCriteria, type Sandbox } from '../sandbox';
import { SYSTEM } from '../sandbox/access';
import { enrolInstance, enrolUser } from '../sandbox/functions/enrol-tools';

/** A site in which one event can happen. */
export interface World {
	parameters: INodeParameters;
	/** Gets ready for this many to happen: makes the people, and for things that go away what is there before. */
	ready: (count: number) => void;
	/** Puts as many records there as have nothing to do with what will happen. */
	existing: (count: number) => void;
	/** Lets it happen so often, oldest first; what each is known by. */
	happen: (count: number) => string[];
	/** Takes back what happened, where that is possible. */
	undo?: (ids: string[]) => void;
	/** Lets the very same happen again after it was taken back. */
	again?: (ids: string[]) => void;
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

function cohort(sandbox: Sandbox): number {
	const now = sandbox.site.now();
	return sandbox.site.cohorts.insert({
		contextid: SYSTEM,
		name: `Cohort ${++names}`,
		idnumber: `C${names}`,
		description: '',
		descriptionformat: 1,
		visible: 1,
		component: '',
		theme: '',
		timecreated: now,
		timemodified: now,
		customfields: {},
	}).id;
}

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

/** Enrols a student by hand. */
export function enrol(sandbox: Sandbox, courseid: number, userid: number): void {
	const instance = enrolInstance(sandbox.site, courseid, 'manual');
	if (!instance) throw new Error(`Course ${courseid} has no manual enrolment`);
	enrolUser(sandbox.site, instance, userid, 5, { timestart: 0, timeend: 0, status: 0 });
}

const userid = (json: IDataObject) => String(json.userid);

function userCreated(sandbox: Sandbox): World {
	return {
		parameters: { event: 'userCreated' },
		ready: () => undefined,
		existing: (count) => void people(sandbox, count),
		happen: (count) => people(sandbox, count).map(String),
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
		undo: (ids: string[]) => ids.forEach((id) => undoes(Number(id))),
		again: (ids: string[]) => ids.forEach((id) => happens(Number(id))),
		idOf: userid,
		atOnce: true,
		order: 'id' as const,
	};
}

function members(sandbox: Sandbox, event: string): World {
	const { site } = sandbox;
	const cohortid = cohort(sandbox);
	const place = {
		come: (id: number) =>
			void site.cohortMembers.insert({ cohortid, userid: id, timeadded: site.now() }),
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
		undo: (ids) => ids.forEach((id) => completeCourse(sandbox.site, courseid, Number(id), 0)),
		again: (ids) => ids.forEach((id) => complete(Number(id))),
		idOf: userid,
		other: { event: 'courseCompleted', courseId: by(course(sandbox)) },
		atOnce: false,
		order: 'time',
	};
}

/** How to make the site of each event, by its value. */
export const worlds: Record<string, (sandbox: Sandbox) => World> = {
	userCreated,
	cohortMemberAdded: (sandbox) => members(sandbox, 'cohortMemberAdded'),
	cohortMemberRemoved: (sandbox) => members(sandbox, 'cohortMemberRemoved'),
	courseCompleted,
};
