/** Accounts of the site, read and made through the node. */
import type { IDataObject } from 'n8n-workflow';
import type { Stage } from './stage';

/** An account as Moodle holds it, in Moodle's own words. */
export interface Account {
	username: string;
	email: string;
	firstname: string;
	lastname: string;
	institution: string;
	city: string;
	country: string;
}

/** An account with its id. */
export interface Found extends Account {
	id: number;
}

const FIELDS = [
	'username',
	'email',
	'firstname',
	'lastname',
	'institution',
	'city',
	'country',
] as const;

const byEmail = {
	resource: 'user',
	operation: 'get',
	userId: { __rl: true, mode: 'email', value: '={{ $json.email }}' },
	simplify: false,
};

function toAccount(row: IDataObject): Found {
	const text = (key: string): string => String(row[key] ?? '');
	return {
		id: Number(row.id),
		username: text('username'),
		email: text('email'),
		firstname: text('firstname'),
		lastname: text('lastname'),
		institution: text('institution'),
		city: text('city'),
		country: text('country'),
	};
}

/** The accounts with these addresses, by address in small letters; those that nobody has are left out. */
export async function accountsOf(
	stage: Stage,
	emails: Iterable<string>,
): Promise<Map<string, Found>> {
	const distinct = [...new Set([...emails].map((email) => email.toLowerCase()))];
	const answers = await stage.each(
		byEmail,
		distinct.map((email) => ({ email })),
	);
	const rows = answers.flatMap((answer) => ('rows' in answer ? answer.rows : []));
	return new Map(rows.map(toAccount).map((account) => [account.email.toLowerCase(), account]));
}

/** Makes those of these accounts that are missing; the others stay as they are. Answers how many were made. */
export async function makeMissing(stage: Stage, accounts: Account[]): Promise<number> {
	const known = await accountsOf(
		stage,
		accounts.map(({ email }) => email),
	);
	const missing = accounts.filter(({ email }) => !known.has(email.toLowerCase()));
	const field = (name: string): string => `={{ $json.${name} }}`;
	const parameters = {
		resource: 'user',
		operation: 'create',
		username: field('username'),
		firstname: field('firstname'),
		lastname: field('lastname'),
		email: field('email'),
		additionalFields: {
			institution: field('institution'),
			city: field('city'),
			country: field('country'),
		},
	};
	await stage.all(
		parameters,
		missing.map((account) => ({ ...account })),
	);
	return missing.length;
}

/** What is not as it should be, e.g. `city 'Oldtown', not 'Leeds'`. Capitals in the address do not matter. */
export function differencesOf(wanted: Account, found: Account): string[] {
	const same = (name: (typeof FIELDS)[number]): boolean =>
		name === 'email'
			? wanted.email.toLowerCase() === found.email.toLowerCase()
			: wanted[name] === found[name];
	return FIELDS.filter((name) => !same(name)).map(
		(name) => `${name} '${found[name]}', not '${wanted[name]}'`,
	);
}

const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$/;

/** Whether a text looks like an address that can be searched for. */
export function isSearchable(email: string): boolean {
	return ADDRESS.test(email.trim());
}
