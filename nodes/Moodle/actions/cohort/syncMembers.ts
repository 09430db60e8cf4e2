import { explain } from '../../moodle/explain';
import { READS } from '../../moodle/reads';
import { isObject } from '../../moodle/values';
import { usersByFieldFacts } from '../user/calls';
import { field } from '../fields';
import { locator } from '../locators';
import type { Operation, Services, Step } from '../types';
import { addMembers, newMember, removeMembers, unknownCohort } from './memberCalls';
import { wantedOf, wishOf, type Membership, type Wish } from './membership';
import { readMembers } from './read';

const allowEmpty = field('allowEmpty', 'Allow Empty', 'boolean', {
	description:
		'Whether an item without a user means that nobody belongs to its cohort. If off, such an item counts as a slip.',
});

interface Input {
	/** Not at the top level: items whose names are not found must be seen here, too. */
	wish: Wish;
}

function addition(cohortid: number, userid: number, items: number[]): Step {
	const output = (reply: unknown) => ({
		cohortid,
		userid,
		change: isObject(reply) && reply.already === true ? 'none' : 'added',
	});
	return {
		items,
		task: {
			call: addMembers,
			record: newMember(cohortid, userid),
			action: 'add',
			output,
			preview: { cohortid, userid },
		},
	};
}

function removal(cohortid: number, userid: number, items: number[]): Step {
	const output = () => ({ cohortid, userid, change: 'removed' });
	return {
		items,
		task: {
			call: removeMembers,
			record: { cohortid, userid },
			action: 'remove',
			output,
			preview: { cohortid, userid },
		},
	};
}

/** The changes that make one cohort equal to the wish; a summary when there is nothing to change. */
function changesOf(
	cohortid: number,
	{ items, wanted, isDoubtful }: Membership,
	members: number[],
): Step[] {
	const current = new Set(members);
	const steps = [...wanted]
		.filter(([user]) => !current.has(user))
		.map(([user, by]) => addition(cohortid, user, by));
	const unwanted = members.filter((user) => !wanted.has(user));
	if (!isDoubtful) for (const user of unwanted) steps.push(removal(cohortid, user, items));
	if (steps.length > 0 || items.length === 0) return steps;
	const kept = isDoubtful && unwanted.length > 0 ? { notRemoved: unwanted.length } : {};
	return [{ items, done: { cohortid, added: 0, removed: 0, unchanged: wanted.size, ...kept } }];
}

async function steps(
	inputs: Input[],
	{ lookup, read, isComplete }: Services,
	items: number[],
): Promise<Step[]> {
	const { cohorts, faults } = await wantedOf(
		inputs.map(({ wish }) => wish),
		items,
		lookup,
		isComplete,
	);
	const { rows, refused } = await readMembers(read, [...cohorts.keys()]);
	// Problems first: in a run that stops at the first one, nothing is changed at all.
	const result: Step[] = faults.map(({ item, problem }) => ({ items: [item], problem }));
	for (const [id, membership] of cohorts) {
		const refusal = refused.get(id);
		if (!refusal) continue;
		const problem = refusal.code.startsWith('invalidrecord')
			? unknownCohort(id)
			: explain(refusal, { capabilities: READS.core_cohort_get_cohort_members.capabilities });
		for (const item of membership.items) result.push({ items: [item], problem });
	}
	for (const [id, membership] of cohorts) {
		const members = rows.get(id);
		if (members) for (const step of changesOf(id, membership, members)) result.push(step);
	}
	return result;
}

export const operation: Operation<Input> = {
	resource: 'cohort',
	value: 'syncMembers',
	name: 'Sync Members',
	action: 'Sync members of cohort',
	description:
		'Make the members of each cohort equal to the users that the input items name: adds those who are missing and removes all others',
	writes: true,
	batched: true,
	whole: true,
	calls: [addMembers, removeMembers],
	reads: [READS.core_cohort_get_cohort_members, READS.core_cohort_get_cohorts, usersByFieldFacts],
	fields: [
		{
			displayName:
				'The items are the whole list of members. Whoever is in the cohort and not among them is removed. Dry Run shows it beforehand.',
			name: 'wholeList',
			type: 'notice',
			default: '',
		},
		locator('cohort'),
		locator('user', {
			description: 'One member that the cohort is to have. Give one item for each member.',
			required: false,
		}),
	],
	options: [allowEmpty],
	input: (p) => ({ wish: wishOf(p, p.optionFlag(allowEmpty)) }),
	steps,
};
