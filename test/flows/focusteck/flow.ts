/**
 * Focusteck's guide: users are created, updated and deleted with a token. Of a list of employees those who were hired get
 * an account, changes are written to it, and the accounts of those who left are deleted.
 */
import type { IDataObject } from 'n8n-workflow';
import { accountFor, createdNothing, outcomeBy, recordCheck } from '../support/accounting';
import { locate } from '../support/courses';
import { BEFORE, EMPLOYEES, type Employee } from './employees';
import { readExample } from '../support/example';
import { onceOrTwice, type Flow } from '../support/flow';
import type { Check, RunReport } from '../support/report';
import type { Stage } from '../support/stage';
import { traced } from '../support/trace';

const OUTCOMES = ['created', 'updated', 'unchanged', 'deleted', 'failed'] as const;

/** The functions that the guide's service holds, and the one by which user names become ids. */
export const FUNCTIONS = [
	'core_user_create_users',
	'core_user_update_users',
	'core_user_delete_users',
	'core_user_get_users_by_field',
	'core_webservice_get_site_info',
];

const KEPT = ['firstname', 'lastname', 'email', 'department'] as const;

/** Accounts by user name. */
async function accounts(stage: Stage): Promise<Map<string, IDataObject>> {
	const names = EMPLOYEES.map(({ person }) => ({ username: person.username }));
	const answers = await stage.each(
		{
			resource: 'user',
			operation: 'get',
			userId: locate('username', '={{ $json.username }}'),
			simplify: false,
		},
		names,
	);
	return new Map(
		answers
			.flatMap((answer) => ('rows' in answer ? answer.rows : []))
			.map((row) => [String(row.username), row]),
	);
}

/** Makes the accounts from before the list, and removes those that an earlier try has left. */
async function prepare(stage: Stage): Promise<void> {
	const there = await accounts(stage);
	// nobody real has such an address
	const remove = [...there.values()]
		.filter((row) => String(row.email).endsWith('.example'))
		.map((row) => ({ id: Number(row.id) }));
	await stage.all(
		{ resource: 'user', operation: 'delete', userId: locate('id', '={{ $json.id }}') },
		remove,
	);
	if (remove.length > 0) stage.say(`  accounts of an earlier try: ${remove.length} deleted`);
	const field = (name: string): string => `={{ $json.${name} }}`;
	const parameters = {
		resource: 'user',
		operation: 'create',
		username: field('username'),
		firstname: 'From',
		lastname: 'Before',
		email: field('email'),
		additionalFields: { department: 'Old' },
	};
	await stage.all(
		parameters,
		BEFORE.map((username) => ({ username, email: `${username}@old.example` })),
	);
	stage.say(`  accounts from before the list: ${BEFORE.length} made`);
}

const outcomeOf = outcomeBy((row) => String(row.outcome));

function differences(person: Employee, found: IDataObject | undefined): string[] {
	if (!found) return [`${person.username} is not there`];
	return KEPT.filter((key) => String(found[key] ?? '') !== person[key]).map(
		(key) => `${person.username}: ${key} '${String(found[key])}', not '${person[key]}'`,
	);
}

function accountCheck(
	there: Map<string, IDataObject>,
	rows: Array<IDataObject | undefined>,
): Check {
	const wrong = EMPLOYEES.flatMap(({ person, first }, index) => {
		const found = there.get(person.username);
		if (first.expect === 'failed' || person.event === 'left')
			return found ? [`${person.username} is there, and should not be`] : [];
		const id = rows[index]?.userid;
		return [
			...differences(person, found),
			...(found && id !== found.id
				? [
						`${person.username}: the workflow gave user ${String(id)}, the site has ${String(found.id)}`,
					]
				: []),
		];
	});
	return {
		what: 'the accounts are on the site as the list says, and those of leavers are gone',
		wrong,
	};
}

async function runOnce(stage: Stage, limited: Stage, number: number): Promise<RunReport> {
	stage.say(`  ${EMPLOYEES.length} employees`);
	const played = await limited.play(readExample('focusteck'), 'Example Data', [
		{ people: EMPLOYEES.map(({ person }) => ({ ...person })) },
	]);
	stage.say('  reading back what the site holds now');
	const employees = accountFor({
		kind: 'employees',
		names: EMPLOYEES.map(({ person }) => `${person.id} ${person.username} (${person.event})`),
		put: ['Hired', 'Changed', 'Gone', 'Not Done'].flatMap((node) =>
			traced(played.run, node, 'People'),
		),
		outcomeOf,
		outcomes: OUTCOMES,
		expected: EMPLOYEES.map(({ first, again }) => (number > 1 ? again : first)),
	});
	const checks: Check[] = [
		...employees.checks,
		accountCheck(await accounts(stage), employees.rows),
		recordCheck(played),
	];
	if (number > 1) checks.push(createdNothing([['users', employees.count('created')]]));
	return {
		figures: employees.figures,
		failures: employees.failures,
		checks,
		...played.spent,
	};
}

export const focusteck: Flow = {
	name: 'focusteck',
	title: 'employees come, change and leave',
	async run(stage, options) {
		stage.say('prepare');
		await prepare(stage);
		const limited = stage.withService('focusteck', FUNCTIONS);
		const runs = await onceOrTwice(
			stage,
			options,
			async (number) => await runOnce(stage, limited, number),
		);
		return { flow: 'focusteck', runs };
	},
};
