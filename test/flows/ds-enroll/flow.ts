/**
 * DS Enroll: every contact of a list becomes a Moodle user (or is brought up to date) and a member of the cohort
 * OneMembership. What must become of each contact is worked out beforehand from the list and from what the site holds,
 * and compared afterwards with what the workflow put out and with what the site holds then.
 */
import type { IDataObject } from 'n8n-workflow';
import {
	accountFor,
	createdNothing,
	recordCheck,
	recordOutcome,
	type Outcome as Became,
} from '../support/accounting';
import {
	accountsOf,
	differencesOf,
	isSearchable,
	makeMissing,
	type Account,
	type Found,
} from '../support/accounts';
import { judge, TAKEN, type ContactList, type Entry } from './contacts';
import { readExample } from '../support/example';
import { onceOrTwice, type Flow } from '../support/flow';
import type { Check, RunReport, Spent } from '../support/report';
import { contactList } from './shipped';
import type { Stage } from '../support/stage';
import { traced } from '../support/trace';

const COHORT = 'OneMembership';

const OUTCOMES = ['created', 'updated', 'unchanged', 'failed'] as const;

/** What the workflow put out for a contact. */
interface Result extends Became {
	userid?: number;
	wasMember?: boolean;
}

function resultOf(row: IDataObject | undefined): Result | undefined {
	const became = recordOutcome(row);
	if (!row || !became || became.reason !== undefined) return became;
	return { ...became, userid: Number(row.userid), wasMember: row.wasMember === true };
}

const nameOf = ({ contact }: Entry): string =>
	`${contact.id} ${contact.email.trim() || `${contact.firstname} ${contact.lastname}`.trim()}`;
const addressOf = ({ contact }: Entry): string => contact.email.trim().toLowerCase();

/** Ids of the users in the cohort. */
async function membersOf(stage: Stage): Promise<Set<number>> {
	const parameters = {
		resource: 'cohort',
		operation: 'getMembers',
		cohortId: { __rl: true, mode: 'idnumber', value: COHORT },
		returnAll: true,
	};
	const [members] = await stage.all(parameters, [{}]);
	return new Set(members.map((row) => Number(row.userid)));
}

/** Makes the cohort, and the accounts that the list takes for granted; what is there stays as it is. */
async function prepare(stage: Stage, list: ContactList): Promise<void> {
	const [[cohort]] = await stage.all(
		{ resource: 'cohort', operation: 'upsert', name: 'One Membership', idnumber: COHORT },
		[{}],
	);
	stage.say(`  cohort ${COHORT}: ${cohort.created === true ? 'made' : 'is there'}`);
	const made = await makeMissing(stage, list.existing);
	stage.say(
		`  accounts from before the list: ${made} made, ${list.existing.length - made} are there`,
	);
}

function accountCheck(
	entries: Entry[],
	after: Map<string, Account>,
	found: Map<string, Found>,
	results: Array<Result | undefined>,
): Check {
	const wrong: string[] = [];
	for (const [email, wanted] of after) {
		const account = found.get(email);
		if (!account) wrong.push(`${email} is not there`);
		else differencesOf(wanted, account).forEach((text) => wrong.push(`${email}: ${text}`));
	}
	for (const email of found.keys())
		if (!after.has(email)) wrong.push(`${email} is there, although its contact failed`);
	entries.forEach((entry, index) => {
		const userid = results[index]?.userid;
		const id = found.get(addressOf(entry))?.id;
		if (userid !== undefined && userid !== id)
			wrong.push(`${nameOf(entry)}: the workflow gave user ${userid}, the site has ${String(id)}`);
	});
	return {
		what: `the site holds the ${after.size} accounts as expected, and none of the failed ones`,
		wrong,
	};
}

function memberCheck(
	before: Set<number>,
	now: Set<number>,
	results: Array<Result | undefined>,
): Check {
	const wanted = new Set([...before, ...results.flatMap((result) => result?.userid ?? [])]);
	const missing = [...wanted]
		.filter((id) => !now.has(id))
		.map((id) => `user ${id} is not in the cohort`);
	const extra = [...now]
		.filter((id) => !wanted.has(id))
		.map((id) => `user ${id} is in the cohort, and should not be`);
	return {
		what: `the cohort holds exactly the ${wanted.size} users it should`,
		wrong: [...missing, ...extra],
	};
}

/** Steps of the workflow that write, and the fewest records of a request while there are enough and several are under way. */
const STEPS = 2;
const LEAST = 5;

/** Requests that are not full: one of each kind (create, update, join), and one for people who are in the list twice. */
const PARTLY_FULL = 4;

/** Requests more for a record that only Moodle can refuse: the request that is refused, besides the one with the others. */
const PER_REFUSED = 1;

function requestCheck(list: ContactList, { requests, writes = 0 }: Spent): Check {
	const { length } = list.entries;
	const refused = list.entries.filter(({ dirt }) => dirt === TAKEN).length;
	const lookups = requests - writes;
	const most = Math.ceil((length * STEPS) / LEAST) + PARTLY_FULL + refused * PER_REFUSED + lookups;
	const what = `requests at most ${length} × ${STEPS} steps ÷ ${LEAST} + ${PARTLY_FULL} not full + ${refused * PER_REFUSED} refused + ${lookups} look-ups = ${most}`;
	return { what, wrong: requests <= most ? [] : [`there were ${requests}`] };
}

/** Runs the list once. */
async function runOnce(stage: Stage, list: ContactList, number: number): Promise<RunReport> {
	const { entries } = list;
	const addresses = [
		...entries.map(addressOf).filter(isSearchable),
		...list.existing.map(({ email }) => email),
	];
	const membersBefore = await membersOf(stage);
	const { judgements, after } = judge(entries, [...(await accountsOf(stage, addresses)).values()]);
	stage.say(`  ${entries.length} contacts: users, then the cohort`);
	const played = await stage.play(readExample('ds-enroll'), 'Example Contacts', [
		{ contacts: entries.map(({ contact }) => ({ ...contact })) },
	]);
	stage.say('  reading back what the site holds now');
	const account = accountFor({
		kind: 'contacts',
		names: entries.map(nameOf),
		put: ['Done', 'Not Done'].flatMap((node) => traced(played.run, node, 'Contacts')),
		outcomeOf: resultOf,
		outcomes: OUTCOMES,
		expected: judgements,
	});
	const { results } = account;
	const checks: Check[] = [
		...account.checks,
		accountCheck(entries, after, await accountsOf(stage, addresses), results),
		memberCheck(membersBefore, await membersOf(stage), results),
		recordCheck(played),
	];
	if (played.spent.writes !== undefined) checks.push(requestCheck(list, played.spent));
	if (number > 1) checks.push(createdNothing([['users', account.count('created')]]));
	return {
		figures: [
			...account.figures,
			['new in the cohort', results.filter((result) => result?.wasMember === false).length],
		],
		failures: account.failures,
		checks,
		...played.spent,
	};
}

export const dsEnroll: Flow = {
	name: 'ds-enroll',
	title: 'contacts become users and members of a cohort',
	async run(stage, options) {
		const list = contactList(options.contacts);
		stage.say('prepare');
		await prepare(stage, list);
		const runs = await onceOrTwice(
			stage,
			options,
			async (number) => await runOnce(stage, list, number),
		);
		return { flow: 'ds-enroll', runs };
	},
};
