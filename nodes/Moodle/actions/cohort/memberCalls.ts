import { presenceOfCohorts, presenceOfUsers } from '../../lookup/missing';
import {
	LIGHT_RECORDS,
	UNKNOWN,
	type CallFacts,
	type Diagnosis,
	type Read,
	type RecordResult,
} from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { nothing, warningsOnly } from '../../moodle/replies';
import { settleNull, warningsOf } from '../../moodle/settle';
import type { Value } from '../../moodle/values';

/** A member to be added, as Moodle wants it. */
export interface NewMember {
	cohorttype: { type: 'id'; value: number };
	usertype: { type: 'id'; value: number };
	[key: string]: Value;
}

/** A member to be removed, as Moodle wants it: flat, unlike the adding function. */
export interface OldMember {
	cohortid: number;
	userid: number;
	[key: string]: Value;
}

/** The record that adds a user to a cohort. */
export function newMember(cohortid: number, userid: number): NewMember {
	return { cohorttype: { type: 'id', value: cohortid }, usertype: { type: 'id', value: userid } };
}

/** The words for an id that belongs to no cohort. */
export function unknownCohort(id: unknown): Problem {
	return new Problem({
		message: `There is no cohort with the ID ${shown(String(id))}`,
		mend: 'Check the ID; the cohort may have been deleted.',
		code: 'notfound',
	});
}

/** The words for an id that belongs to no user. */
export function unknownUser(id: unknown): Problem {
	return new Problem({
		message: `There is no user with the ID ${shown(String(id))}`,
		mend: 'Check the ID; the account may have been deleted.',
		code: 'notfound',
	});
}

/** How a member may be named by whom Call Function serves: a cohort also by its ID number, a user also by the user name. */
interface NamedMember {
	cohorttype: { type: string; value: number | string };
	usertype: { type: string; value: number | string };
}

/** The three sentences Moodle has for a record: English constants in its code, not translated (source 4.1, 4.5, 5.1). */
function sentences({ cohorttype, usertype }: NamedMember) {
	const cohort = `${cohorttype.type}=${cohorttype.value}`;
	const user = `${usertype.type}=${usertype.value}`;
	return {
		cohort: `cohort ${cohort} not exists`,
		user: `user ${user} not exists`,
		already: `record already exists: cohort(${cohort} ${user})`,
	};
}

/** The words for a cohort or user that is not there. */
function missing(what: 'cohort' | 'user', { type, value }: NamedMember['usertype']): Problem {
	if (type === 'id') return what === 'cohort' ? unknownCohort(value) : unknownUser(value);
	return new Problem({
		message: `There is no ${what} with the ${type} ${shown(String(value))}`,
		mend: 'Check the spelling.',
		code: 'notfound',
	});
}

const unclear = new Problem({
	message: 'Moodle answered with a warning that does not say which member it means',
	mend: 'Look at the members of the cohort in Moodle before you run this item again.',
	code: 'strayWarning',
});

/**
 * Refused members come as warnings that carry their ids in the text only. A text is matched with every record whose ids
 * it holds; one that fits no record counts against all of them. Of equal records the first one was added, which is why
 * "already exists" is given to the last ones.
 */
export function settleMembers(reply: unknown, records: Value[]): RecordResult[] {
	const texts = new Map<string, number>();
	for (const { message } of warningsOf(reply)) texts.set(message, (texts.get(message) ?? 0) + 1);
	const members = records as unknown[] as NamedMember[];
	const known = members.map(sentences);
	const expected = new Set(known.flatMap((words) => Object.values(words)));
	if ([...texts.keys()].some((text) => !expected.has(text)))
		return records.map(() => ({ problem: unclear }));
	const results = records.map<RecordResult>(() => ({ reply: { already: false } }));
	for (let at = records.length - 1; at >= 0; at--) {
		const { cohorttype, usertype } = members[at];
		const repeats = texts.get(known[at].already) ?? 0;
		if (texts.has(known[at].cohort)) results[at] = { problem: missing('cohort', cohorttype) };
		else if (texts.has(known[at].user)) results[at] = { problem: missing('user', usertype) };
		else if (repeats > 0) {
			texts.set(known[at].already, repeats - 1);
			results[at] = { reply: { already: true } };
		}
	}
	return results;
}

/** Which of these cohorts and users are not there. */
async function diagnosePairs(
	pairs: Array<[cohort: number, user: number]>,
	read: Read,
): Promise<Diagnosis[]> {
	const cohorts = await presenceOfCohorts(
		read,
		pairs.map(([cohort]) => cohort),
	);
	const users = await presenceOfUsers(
		read,
		pairs.map(([, user]) => user),
	);
	return pairs.map(([cohort, user]) => {
		if (cohorts.get(cohort) === 'gone') return unknownCohort(cohort);
		if (users.get(user) === 'gone') return unknownUser(user);
		return cohorts.get(cohort) === 'there' && users.get(user) === 'there' ? undefined : UNKNOWN;
	});
}

const newPair = (record: Value): [number, number] => [
	(record as NewMember).cohorttype.value,
	(record as NewMember).usertype.value,
];
const oldPair = (record: Value): [number, number] => [
	(record as OldMember).cohortid,
	(record as OldMember).userid,
];

/** Adds members: those that name an unknown cohort or user are left out with a warning, all others are added. */
export const addMembers: CallFacts = {
	function: 'core_cohort_add_cohort_members',
	list: 'members',
	atomic: 'each',
	repeat: 'safe',
	usual: LIGHT_RECORDS,
	capabilities: ['moodle/cohort:assign'],
	reply: warningsOnly,
	settle: settleMembers,
	heedsWarnings: true,
	context: (record) => `cohort ${newPair(record)[0]}`,
	diagnose: async (records, _shared, read) => await diagnosePairs(records.map(newPair), read),
	// The only other refusal is that of the cohort's context, which undoes the whole call (source, 4.1 to 5.1).
	foresees: true,
	order: newPair,
};

/** Removes members: an unknown cohort or user fails the whole call, somebody who is no member does not matter. */
export const removeMembers: CallFacts = {
	function: 'core_cohort_delete_cohort_members',
	list: 'members',
	atomic: 'all',
	repeat: 'safe',
	usual: LIGHT_RECORDS,
	capabilities: ['moodle/cohort:assign'],
	reply: nothing,
	settle: settleNull,
	context: (record) => `cohort ${oldPair(record)[0]}`,
	diagnose: async (records, _shared, read) => await diagnosePairs(records.map(oldPair), read),
	order: oldPair,
};
