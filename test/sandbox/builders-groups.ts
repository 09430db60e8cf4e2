/** Groups, groupings and cohorts with their members, without any of the checks of the web services. For tests. */
import { SYSTEM } from './access';
import type { Cohort, Group, GroupMember, Grouping } from './rows';
import type { Site } from './site';

/** Adds a group to a course. */
export function addGroup(
	site: Site,
	courseid: number,
	name: string,
	values: Partial<Group> = {},
): Group {
	const now = site.now();
	return site.groups.insert({
		courseid,
		name,
		description: '',
		descriptionformat: 1,
		idnumber: '',
		enrolmentkey: null,
		visibility: 0,
		participation: 1,
		timecreated: now,
		timemodified: now,
		customfields: {},
		...values,
	});
}

/** Puts a user into a group; with a component it is that one's, such as an enrolment method's. */
export function joinGroup(
	site: Site,
	groupid: number,
	userid: number,
	component = '',
): GroupMember {
	return site.groupMembers.insert({ groupid, userid, timeadded: site.now(), component });
}

/** Adds a grouping to a course. */
export function addGrouping(
	site: Site,
	courseid: number,
	name: string,
	values: Partial<Grouping> = {},
): Grouping {
	return site.groupings.insert({
		courseid,
		name,
		description: '',
		descriptionformat: 1,
		idnumber: '',
		timecreated: site.now(),
		customfields: {},
		...values,
	});
}

/** Adds a cohort with its members: to the whole site, unless `contextid` is that of a category. */
export function addCohort(
	site: Site,
	idnumber: string,
	userids: number[] = [],
	values: Partial<Cohort> = {},
): Cohort {
	const now = site.now();
	const cohort = site.cohorts.insert({
		contextid: SYSTEM,
		name: `Cohort ${idnumber}`,
		idnumber,
		description: '',
		descriptionformat: 1,
		visible: 1,
		component: '',
		theme: '',
		timecreated: now,
		timemodified: now,
		customfields: {},
		...values,
	});
	for (const userid of userids) joinCohort(site, cohort.id, userid);
	return cohort;
}

/** Puts a user into a cohort. */
export function joinCohort(site: Site, cohortid: number, userid: number): void {
	site.cohortMembers.insert({ cohortid, userid, timeadded: site.now() });
}
